// SPDX-License-Identifier: Apache-2.0
#include "parts.h"

#include <algorithm>

namespace stickyd {

std::vector<ServiceLine> ServicesWorstFirst(const PipelineStats& stats) {
  std::vector<ServiceLine> lines;
  lines.reserve(stats.services.size());
  for (size_t i = 0; i < stats.services.size(); ++i) {
    const auto& [name, service] = stats.services[i];
    if (service.requests.sum() == 0 && !IsInternalService(name)) continue;
    lines.push_back({&name, &service, stats.sessions_active[i], &stats.servers[i]});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const ServiceLine& a, const ServiceLine& b) {
    return a.stats->total.LowerBound() > b.stats->total.LowerBound();
  });
  return lines;
}

OrderedJson LinesJson(const PipelineStats& stats) {
  uint64_t read = 0;
  uint64_t parsed = 0;
  uint64_t unparsed = 0;
  uint64_t skipped = 0;
  uint64_t middles = 0;
  OrderedJson unparsed_by = OrderedJson::object();
  OrderedJson skipped_by = OrderedJson::object();
  for (const SourceStats& source : stats.sources) {
    read += source.lines;
    parsed += source.parsed;
    middles += source.ambiguous_middles;
    for (size_t i = 0; i < source.unparsed.size(); ++i) {
      if (source.unparsed[i] == 0) continue;
      unparsed += source.unparsed[i];
      OrderedJson& entry = unparsed_by[UnparsedReasonName(static_cast<UnparsedReason>(i))];
      entry = (entry.is_null() ? 0 : entry.get<uint64_t>()) + source.unparsed[i];
    }
    for (size_t i = 0; i < source.skipped.size(); ++i) {
      if (source.skipped[i] == 0) continue;
      skipped += source.skipped[i];
      OrderedJson& entry = skipped_by[SkipReasonName(static_cast<SkipReason>(i))];
      entry = (entry.is_null() ? 0 : entry.get<uint64_t>()) + source.skipped[i];
    }
  }
  return {{"read", read},
          {"parsed", parsed},
          {"unparsed", unparsed},
          {"unparsed_by_reason", unparsed_by},
          {"skipped", skipped},
          {"skipped_by_reason", skipped_by},
          {"ambiguous_middles", middles}};
}

}  // namespace stickyd
