// metrics.h: DaemonStatus -> Prometheus metrics.
// Role:    the HTTP server asks for them at every scrape.
// Shape:   families with bounded label sets, zero-initialised for known services; docs/METRICS.md
//          is the list, and a test compares it with a real scrape.
// Threads: pure functions; the Collectable reads an immutable snapshot.
// Source:  prometheus-cpp; naming by Prometheus' conventions.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "stickyd/model/daemon_status.h"

namespace stickyd {

std::vector<prometheus::MetricFamily> MetricsOf(const DaemonStatus& status);

class StatusCollectable : public prometheus::Collectable {
 public:
  using Source = std::function<std::shared_ptr<const DaemonStatus>()>;
  explicit StatusCollectable(Source source) : source_(std::move(source)) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  Source source_;
};

}  // namespace stickyd
