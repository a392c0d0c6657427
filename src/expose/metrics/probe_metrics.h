// SPDX-License-Identifier: Apache-2.0
// probe_metrics.h: how the last runs of probes ended.
// Role:    metrics.cc puts those of all targets among the others; /probe answers with those of one
//          run, under the blackbox exporter's names as well.
// Shape:   the series of a target are there from its beginning: but for its result, which has the
//          cause as a label and is there once it has run.
// Threads: pure functions.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "stickyd/model/probe_status.h"

namespace stickyd {

void AddProbeMetrics(const std::vector<ProbeStatus>& probes,
                     std::vector<prometheus::MetricFamily>& families);

// Of one run.
std::vector<prometheus::MetricFamily> ProbeMetrics(const ProbeStatus& run);

}  // namespace stickyd
