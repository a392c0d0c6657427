// SPDX-License-Identifier: Apache-2.0
#include "service_counts.h"

namespace stickyd {
namespace {

bool IsDeadPin(uint16_t status) { return status == 502 || status == 503 || status == 504; }

}  // namespace

void ServiceCounts::Count(const Outcome& outcome, uint16_t status) {
  Service& service = Of(outcome.service);
  ServiceStats& stats = service.stats;
  const Judgement& judgement = outcome.judgement;
  const bool is_break = judgement.verdict == Verdict::kBreak;
  ++stats.requests[judgement.evidence];
  if (judgement.state != StickyState::kUnknown) ++stats.states[judgement.state];
  service.window.Count(outcome.start, outcome.server, judgement);
  stats.total.AddServer(outcome.server, 1);
  switch (judgement.verdict) {
    case Verdict::kFirst:
      ++stats.first;
      break;
    case Verdict::kHeld:
      ++stats.held;
      stats.own_sessions += judgement.own_session ? 1U : 0U;
      stats.new_own_sessions += judgement.new_own_session ? 1U : 0U;
      break;
    case Verdict::kAmbiguous:
      ++stats.ambiguous;
      break;
    case Verdict::kUnresolved:
      ++stats.unresolved;
      break;
    default:
      break;
  }
  stats.total.NoteGuess(judgement);
  stats.total.unsettled += IsUnsettled(judgement.verdict) ? 1U : 0U;
  if (judgement.unpinned) ++stats.unpinned[judgement.evidence];
  if (!judgement.returning) return;
  ++stats.returning[judgement.evidence];
  ++stats.total.returning;
  if (is_break) {
    ++stats.breaks[judgement.evidence];
    ++stats.total.breaks;
    service.breakers.Count(outcome.group);
    service.recent_breakers.Count(outcome.group, outcome.start);
    stats.broken_sessions += judgement.first_break ? 1 : 0;
  } else if (IsDeadPin(status)) {
    ++stats.dead_pins[status];
  }
}

ServiceCounts::Service& ServiceCounts::OfNew(ServiceId service) {
  const size_t index = Index(service);
  if (index == kOverflowId) return overflow_;
  while (services_.size() <= index) services_.push_back(std::make_unique<Service>());
  return *services_[index];
}

void ServiceCounts::ClearWindows() {
  for (const auto& service : services_) {
    service->window = RatioWindow{};
    service->recent_breakers = {};
  }
}

void ServiceCounts::AddTo(PipelineStats& stats, const Context& context, Pipeline::Windows windows) {
  for (size_t i = 1; i < services_.size(); ++i) {
    const ServiceId id{static_cast<uint16_t>(i)};
    if (!show_internal_ && IsInternalService(context.services.Name(id))) continue;
    Add(id, *services_[i], context, windows, stats);
  }
  if (overflow_.stats.requests.sum() + overflow_.stats.sessions > 0) {
    Add(ServiceId{kOverflowId}, overflow_, context, windows, stats);
  }
}

void ServiceCounts::Add(ServiceId id, Service& service, const Context& context,
                        Pipeline::Windows windows, PipelineStats& stats) {
  service.stats.top_break_share = TopShare(service.breakers);
  stats.services.emplace_back(context.services.Name(id), service.stats);
  stats.sessions_active.push_back(context.sessions.Active(id));
  if (windows == Pipeline::Windows::kSum) {
    service.recent = {service.window.Sum(context.now, 5), service.window.Sum(context.now, 60),
                      service.recent_breakers.Share(context.now), 0};
    service.recent.requests_5m = service.recent.five_minutes.other_servers;
    for (const auto& share : service.recent.five_minutes.servers) {
      service.recent.requests_5m += share.second;
    }
  }
  stats.recent.push_back(service.recent);
  auto& shares = stats.servers.emplace_back();
  for (const auto& [server, count] : service.stats.total.servers) {
    shares.emplace_back(context.servers.Name(server), count);
  }
}

}  // namespace stickyd
