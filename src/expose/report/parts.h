// SPDX-License-Identifier: Apache-2.0
// parts.h: what the report for people and the one for programs have in common.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "stickyd/model/pipeline_stats.h"

namespace stickyd {

using OrderedJson = nlohmann::ordered_json;

struct ServiceLine {
  const std::string* name;
  const ServiceStats* stats;
  uint64_t active;
  const std::vector<std::pair<std::string, uint64_t>>* servers;
};

// Worst first: by how much is surely broken. Points into `stats`.
std::vector<ServiceLine> ServicesWorstFirst(const PipelineStats& stats);

// The member `lines` of the report, over all sources.
OrderedJson LinesJson(const PipelineStats& stats);

}  // namespace stickyd
