// SPDX-License-Identifier: Apache-2.0
// metrics.h: DaemonStatus -> Prometheus metrics.
// Role:    the HTTP server makes them for scrapes.
// Shape:   families with bounded label sets, zero-initialised for known services; docs/METRICS.md
//          is the list, and a test compares it with a real scrape.
// Threads: pure functions.
// Source:  prometheus-cpp; naming by Prometheus' conventions.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "stickyd/expose/http/limits.h"
#include "stickyd/model/daemon_status.h"

namespace stickyd {

// `drops`: of the HTTP server.
std::vector<prometheus::MetricFamily> MetricsOf(const DaemonStatus& status,
                                                const HttpDrops& drops = {});

}  // namespace stickyd
