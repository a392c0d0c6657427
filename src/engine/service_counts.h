// SPDX-License-Identifier: Apache-2.0
// service_counts.h: what has been counted per service; not what a verdict is.
// Role:    the pipeline counts each verdict here, once it is certain; snapshots are made of it.
// Shape:   one entry per ServiceId, and one for all beyond --max-services.
// Threads: pipeline thread only.
// Cost:    Count allocates only for a service, server or status that is new.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stickyd/engine/pipeline.h"
#include "stickyd/model/observation.h"
#include "stickyd/model/outcome.h"
#include "stickyd/model/service_stats.h"
#include "stickyd/model/top_share.h"

namespace stickyd {

class ServiceCounts {
 public:
  // `show_internal`: are Traefik's own services part of what AddTo adds?
  explicit ServiceCounts(bool show_internal) : show_internal_(show_internal) {}
  // Counts a verdict. `status`: of the response.
  void Count(const Outcome& outcome, uint16_t status);
  ServiceStats& StatsOf(ServiceId service) { return Of(service).stats; }
  // Cookies of other balancers are counted as they come: no verdict changes them.
  void NoteBalancers(const Observation& seen, ServiceId service) {
    if ((seen.cookie.balancers | seen.set_cookie.balancers) == 0) return;
    ServiceStats& stats = StatsOf(service);
    stats.other_balancers.sent |= seen.cookie.balancers;
    stats.other_balancers.set |= seen.set_cookie.balancers;
    stats.other_balancers.requests += seen.cookie.balancers != 0 ? 1U : 0U;
    stats.set_cookies_logged |= seen.set_cookies_logged;
  }
  // The log's clock was set back: the windows hold what is yet to come.
  void ClearWindows();
  // Adds every service that was seen to `stats`.
  struct Context {
    const NameTable<ServiceId>& services;
    const NameTable<ServerId>& servers;
    const SessionTable& sessions;
    EventTime now;
  };
  void AddTo(PipelineStats& stats, const Context& context, Pipeline::Windows windows);

 private:
  struct Service {
    ServiceStats stats;
    RatioWindow window;
    RecentRatios recent;
    HeavyHitters breakers;
    RecentTopShare recent_breakers;
  };
  Service& Of(ServiceId service) {
    const size_t index = Index(service);
    return index < services_.size() ? *services_[index] : OfNew(service);
  }
  Service& OfNew(ServiceId service);
  static void Add(ServiceId id, Service& service, const Context& context, Pipeline::Windows windows,
                  PipelineStats& stats);

  const bool show_internal_;
  std::vector<std::unique_ptr<Service>> services_;
  Service overflow_;
};

}  // namespace stickyd
