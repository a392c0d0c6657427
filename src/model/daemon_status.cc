// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/daemon_status.h"

#include <algorithm>

namespace stickyd {

void LatencyHistogram::Add(double seconds, uint64_t count) {
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  counts[static_cast<size_t>(bound - kBounds.begin())] += count;
  sum_seconds += seconds * static_cast<double>(count);
}

uint64_t LatencyHistogram::total() const {
  uint64_t sum = 0;
  for (const uint64_t count : counts) sum += count;
  return sum;
}

std::vector<ServiceConfigured> ConfiguredServices(const ConfigHistory& configs) {
  if (configs.empty()) return {};
  const TraefikConfig& config = configs[configs.size() - 1];
  std::vector<ServiceConfigured> services;
  for (const std::string& name : config.reachable) {
    const ServiceConfig* service = config.FindService(name);
    if (service == nullptr || service->kind == ServiceKind::kOther) continue;
    services.push_back({name, service->cookie.has_value(), service->servers.size(),
                        service->kind == ServiceKind::kLoadBalancer});
  }
  return services;
}

}  // namespace stickyd
