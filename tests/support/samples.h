// SPDX-License-Identifier: Apache-2.0
// samples.h: metric families as samples: `breaks_total{service="shop",evidence="cookie"}` -> 7.
// Shape:   names without `stickyd_`; a histogram has its buckets, sum and count.
#pragma once

#include <fmt/format.h>
#include <prometheus/metric_family.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

using Samples = std::map<std::string, double>;

inline std::string FamilyName(const prometheus::MetricFamily& family) {
  const std::string_view name = family.name;
  return std::string(name.starts_with("stickyd_") ? name.substr(8) : name);
}

inline Samples SamplesOf(const std::vector<prometheus::MetricFamily>& families) {
  Samples samples;
  for (const auto& family : families) {
    const std::string name = FamilyName(family);
    for (const auto& metric : family.metric) {
      std::string labels;
      for (const auto& label : metric.label) {
        labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", label.name, label.value);
      }
      if (!labels.empty()) labels = "{" + labels + "}";
      if (family.type == prometheus::MetricType::Histogram) {
        for (const auto& bucket : metric.histogram.bucket) {
          samples[fmt::format("{}{{le=\"{}\"}}", name, bucket.upper_bound)] =
              static_cast<double>(bucket.cumulative_count);
        }
        samples[name + "_sum"] = metric.histogram.sample_sum;
        samples[name + "_count"] = static_cast<double>(metric.histogram.sample_count);
      } else {
        samples[name + labels] = family.type == prometheus::MetricType::Counter
                                     ? metric.counter.value
                                     : metric.gauge.value;
      }
    }
  }
  return samples;
}

// The part of a sample's name that is its family's.
inline std::string FamilyOf(const std::string& sample) {
  return sample.substr(0, sample.find('{'));
}

}  // namespace stickyd
