// SPDX-License-Identifier: Apache-2.0
// traefik_metrics.h: what Traefik's API says, and how it stands with it.
// Role:    metrics.cc puts these among the others.
// Threads: pure functions.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "stickyd/model/daemon_status.h"

namespace stickyd {

void AddTraefikMetrics(const DaemonStatus& status, std::vector<prometheus::MetricFamily>& families);

}  // namespace stickyd
