// SPDX-License-Identifier: Apache-2.0
#include "probe_metrics.h"

#include "metric_family.h"

namespace stickyd {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

Family SuccessOf(const char* name) {
  return {name, "1 if the last run found sticky sessions; 0 before the first.", MetricType::Gauge};
}
Family DurationOf(const char* name) {
  return {name, "How long the last run took.", MetricType::Gauge};
}

}  // namespace

void AddProbeMetrics(const std::vector<ProbeStatus>& probes, std::vector<MetricFamily>& families) {
  Family success = SuccessOf("stickyd_probe_success");
  Family duration = DurationOf("stickyd_probe_duration_seconds");
  Family last("stickyd_probe_last_run_timestamp_seconds",
              "When the last run ended; 0 before the first.", MetricType::Gauge);
  Family runs("stickyd_probe_runs_total", "Runs, by their verdict.", MetricType::Counter);
  Family result("stickyd_probe_result", "1, with verdict and cause of the last run.",
                MetricType::Gauge);
  for (const ProbeStatus& probe : probes) {
    const Labels labels = {{"target", probe.target}};
    success.Add(labels, probe.success ? 1 : 0);
    duration.Add(labels, probe.duration_seconds);
    last.Add(labels, probe.last_run_seconds);
    ForEachValue<ProbeVerdict>([&](ProbeVerdict verdict) {
      runs.Add({{"target", probe.target}, {"verdict", std::string(Name(verdict))}},
               static_cast<double>(probe.runs[verdict]));
    });
    if (probe.last_run_seconds == 0) continue;
    result.Add({{"target", probe.target},
                {"verdict", std::string(Name(probe.verdict))},
                {"cause", probe.cause ? std::string(Name(*probe.cause)) : "none"}},
               1);
  }
  for (Family* family : {&success, &duration, &last, &runs, &result}) {
    if (!family->empty()) families.push_back(family->Take());
  }
}

std::vector<MetricFamily> ProbeMetrics(const ProbeStatus& run) {
  std::vector<MetricFamily> families;
  Family success = SuccessOf("probe_success");
  success.Add({}, run.success ? 1 : 0);
  Family duration = DurationOf("probe_duration_seconds");
  duration.Add({}, run.duration_seconds);
  for (Family* family : {&success, &duration}) families.push_back(family->Take());
  AddProbeMetrics({run}, families);
  return families;
}

}  // namespace stickyd
