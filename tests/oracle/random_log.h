// SPDX-License-Identifier: Apache-2.0
// random_log.h: small hostile logs: few clients and servers, crowded times, everything at once.
// Role:    oracle_test and chunk_test; unlike simulate, nothing here makes sense as traffic.
// Shape:   the same seed gives the same log. Lines are in the order in which responses end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace stickyd::oracle {

struct Snapshot {
  int64_t time_ns = 0;
  std::string rawdata;
};

struct RandomLog {
  std::vector<std::string> lines;  // each with its line feed
  std::vector<std::string> options;
  std::vector<Snapshot> snapshots;
};

RandomLog MakeRandomLog(uint64_t seed);
std::string Joined(const std::vector<std::string>& lines);
// The log's options, with its snapshots saved in `folder`.
std::vector<std::string> OptionsOf(const RandomLog& log, const std::filesystem::path& folder);

}  // namespace stickyd::oracle
