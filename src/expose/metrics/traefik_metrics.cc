// SPDX-License-Identifier: Apache-2.0
#include "traefik_metrics.h"

#include <map>
#include <utility>

#include "metric_family.h"

namespace stickyd {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

void Done(Family& family, std::vector<MetricFamily>& families) {
  if (!family.empty()) families.push_back(family.Take());
}

void AddStates(const DaemonStatus& status, std::vector<MetricFamily>& families) {
  Family up("stickyd_traefik_up", "1 if the last answer of Traefik's API could be used.",
            MetricType::Gauge);
  Family success("stickyd_traefik_last_success_timestamp_seconds",
                 "When Traefik's API last gave an answer that could be used.", MetricType::Gauge);
  Family failures("stickyd_traefik_failures_total",
                  "Answers that could not be used, or none, by reason.", MetricType::Counter);
  Family changes("stickyd_traefik_config_changes_total",
                 "Differences from one answer to the next, by kind: what `analyze` lists.",
                 MetricType::Counter);
  for (const TraefikStatus& traefik : status.traefiks) {
    const Labels labels = {{"url", traefik.url}};
    up.Add(labels, traefik.up ? 1 : 0);
    success.Add(labels, traefik.last_success_seconds);
    for (size_t i = 0; i < traefik.failures.size(); ++i) {
      failures.Add({{"url", traefik.url}, {"reason", std::string(Name(static_cast<ApiFault>(i)))}},
                   static_cast<double>(traefik.failures[i]));
    }
    for (size_t i = 0; i < traefik.changes.size(); ++i) {
      changes.Add({{"url", traefik.url}, {"kind", Name(static_cast<ChangeKind>(i))}},
                  static_cast<double>(traefik.changes[i]));
    }
  }
  for (Family* family : {&up, &success, &failures, &changes}) Done(*family, families);
}

void AddFindings(const DaemonStatus& status, std::vector<MetricFamily>& families) {
  Family found("stickyd_audit_findings",
               "What the audit finds in the latest answer of Traefik's API, by rule and level.",
               MetricType::Gauge);
  std::map<std::pair<std::string_view, std::string_view>, uint64_t> counts;
  if (status.findings != nullptr) {
    for (const Finding& finding : *status.findings) {
      ++counts[{finding.rule->name, Name(finding.level)}];
    }
  }
  for (const auto& [key, count] : counts) {
    found.Add({{"rule", std::string(key.first)}, {"level", std::string(key.second)}},
              static_cast<double>(count));
  }
  Done(found, families);
}

}  // namespace

void AddTraefikMetrics(const DaemonStatus& status, std::vector<MetricFamily>& families) {
  AddStates(status, families);
  AddFindings(status, families);
}

}  // namespace stickyd
