// SPDX-License-Identifier: Apache-2.0
// client_sample.h: are the clients of a source people at all? Lists of forwarded addresses, words
// that are no address, one address for everybody.
// Role:    LaneIntake shows it records; expose makes remarks of what it counted.
// Shape:   all of the first records, then one in 64: the counts are those of the sample.
// Cost:    a few comparisons for a record of the sample.
#pragma once

#include <functional>
#include <string_view>

#include "stickyd/base/text.h"
#include "stickyd/model/pipeline_stats.h"

namespace stickyd {

class ClientSample {
 public:
  // `client`: ClientHost, or what stands for it.
  void Add(std::string_view client, SourceStats& stats) {
    if (++seen_ > kAllOf && seen_ % kOneIn != 0) return;
    const size_t comma = client.rfind(',');
    const bool list = comma != std::string_view::npos;
    const std::string_view last =
        AddressWithoutPort(Trim(list ? client.substr(comma + 1) : client));
    const uint64_t hash = std::hash<std::string_view>{}(last);
    if (stats.of_clients == 0) stats.first_client = hash;
    ++stats.of_clients;
    stats.client_lists += list ? 1U : 0U;
    stats.odd_clients += IsIpAddress(last) ? 0U : 1U;
    stats.of_first_client += hash == stats.first_client ? 1U : 0U;
  }

 private:
  static constexpr uint64_t kAllOf = 1024;
  static constexpr uint64_t kOneIn = 64;

  uint64_t seen_ = 0;
};

}  // namespace stickyd
