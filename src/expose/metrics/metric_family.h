// SPDX-License-Identifier: Apache-2.0
// metric_family.h: one metric of the exposition, series by series.
// Role:    metrics.cc builds all of them from it.
// Errors:  none; values of labels are made valid and unique (LabelValue).
// Threads: thread-compatible.
#pragma once

#include <prometheus/metric_family.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "label_value.h"
#include "stickyd/model/daemon_status.h"

namespace stickyd {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Family {
 public:
  Family(std::string name, std::string help, prometheus::MetricType type) {
    family_.name = std::move(name);
    family_.help = std::move(help);
    family_.type = type;
  }
  void Add(const Labels& labels, double value) {
    prometheus::ClientMetric& metric = New(labels);
    if (family_.type == prometheus::MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
  }
  void AddHistogram(const LatencyHistogram& histogram) {
    prometheus::ClientMetric& metric = New({});
    uint64_t cumulative = 0;
    for (size_t i = 0; i < histogram.counts.size(); ++i) {
      cumulative += histogram.counts[i];
      prometheus::ClientMetric::Bucket bucket;
      bucket.cumulative_count = cumulative;
      bucket.upper_bound = i < LatencyHistogram::kBounds.size()
                               ? LatencyHistogram::kBounds[i]
                               : std::numeric_limits<double>::infinity();
      metric.histogram.bucket.push_back(bucket);
    }
    metric.histogram.sample_count = cumulative;
    metric.histogram.sample_sum = histogram.sum_seconds;
  }
  prometheus::MetricFamily Take() { return std::move(family_); }
  bool empty() const { return family_.metric.empty(); }

 private:
  prometheus::ClientMetric& New(const Labels& labels) {
    prometheus::ClientMetric metric;
    for (const auto& [name, value] : labels) {
      prometheus::ClientMetric::Label label;
      label.name = name;
      label.value = LabelValue(value);  // names come from the log
      metric.label.push_back(std::move(label));
    }
    family_.metric.push_back(std::move(metric));
    return family_.metric.back();
  }
  prometheus::MetricFamily family_;
};

}  // namespace stickyd
