#include "stickyd/diagnose/scope_facts.h"

#include <algorithm>
#include <map>
#include <utility>

namespace stickyd {
namespace {

constexpr size_t kFewestSteps = 24;
// By chance a server misses as many of its turns once in 160,000; less seldom where clients send
// requests in bursts, so clients must have left it as well.
constexpr uint64_t kMissedTurns = 12;

// In order of arrival: Traefik's own count where the log has one sequence of them.
int64_t OrderOf(const Observation& seen) {
  return seen.sequence != 0 ? int64_t{seen.count} : seen.start.low.time_since_epoch().count();
}

// Those that nobody left in go first, then the oldest.
void Keep(const ScopeFacts::Silence& silence, ScopeFacts::Server& server) {
  const auto less = [](const ScopeFacts::Silence& a, const ScopeFacts::Silence& b) {
    return a.Telling() != b.Telling() ? b.Telling() : a.from < b.from;
  };
  *std::min_element(server.silences.begin(), server.silences.end(), less) = silence;
}

void AddTo(ScopeFacts::Silence& silence, bool from_here, uint64_t client) {
  if (!from_here) {
    ++silence.others_left;
  } else if (silence.last_client != client) {
    ++silence.clients_left;
    silence.last_client = client;
  }
}

}  // namespace

void ScopeFacts::Add(const Observation& seen) {
  steps_[assignments_ % kSteps] = {OrderOf(seen), seen.server};
  ++assignments_;
  given_ += seen.set_cookie.sticky ? 1 : 0;
  set_cookies_ += seen.set_cookie.sent ? 1 : 0;
  foreign_names_ += seen.set_cookie.foreign ? 1 : 0;
  returned_ += seen.cookie.sticky ? 1 : 0;
  proxied_ += seen.proxied ? 1 : 0;

  auto at = std::find_if(servers_.begin(), servers_.end(),
                         [&](const Server& server) { return server.id == seen.server; });
  if (at == servers_.end()) {
    servers_.push_back({});
    at = servers_.end() - 1;
    at->id = seen.server;
    at->first_seen = at->last_seen = seen.start.low;
    at->others_before = assignments_ - 1;
    at->last_step = assignments_;
  }
  // One that started earlier and ended later does not end a silence.
  if (seen.start.low > at->last_seen) {
    const uint64_t others = assignments_ - 1 - at->last_step;
    if (at->assignments * others >= kMissedTurns * assignments_) {
      at->now.from = at->last_seen;
      at->now.to = seen.start.low;
      Keep(at->now, *at);
    }
    at->now = {};
    at->last_step = assignments_;
  }
  ++at->assignments;
  at->last_seen = std::max(at->last_seen, seen.start.low);
  if (seen.status >= 500) at->last_failure = std::max(at->last_failure, seen.start.low);
}

void ScopeFacts::AddBreak(ServerId from, uint64_t client, EventTime start) {
  for (Server& server : servers_) {
    const bool from_here = server.id == from;
    if (start > server.last_seen) AddTo(server.now, from_here, client);
    for (Silence& silence : server.silences) {
      if (silence.from < start && start < silence.to) AddTo(silence, from_here, client);
    }
    if (!from_here || server.last_client == client) continue;
    ++server.clients_left;
    server.last_client = client;
  }
}

bool ScopeFacts::Server::WasSilent(EventTime time) const {
  return std::any_of(silences.begin(), silences.end(), [&](const Silence& silence) {
    return silence.Telling() && silence.from < time && time < silence.to;
  });
}

const ScopeFacts::Server* ScopeFacts::Find(ServerId server) const {
  const auto at = std::find_if(servers_.begin(), servers_.end(),
                               [&](const Server& known) { return known.id == server; });
  return at == servers_.end() ? nullptr : &*at;
}

double ScopeFacts::WalkShare() const {
  const size_t count = std::min<uint64_t>(assignments_, kSteps);
  if (count < kFewestSteps || servers_.size() < 2) return 0;
  std::vector<Step> steps(steps_.begin(), steps_.begin() + static_cast<ptrdiff_t>(count));
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.order < b.order; });
  // With unequal weights a server may follow itself, so what counts is whether two steps predict
  // the third.
  std::map<std::pair<ServerId, ServerId>, std::map<ServerId, size_t>> followers;
  for (size_t i = 2; i < steps.size(); ++i) {
    ++followers[{steps[i - 2].server, steps[i - 1].server}][steps[i].server];
  }
  size_t predicted = 0;
  size_t moves = 0;
  for (const auto& [pair, next] : followers) {
    const auto usual = std::max_element(
        next.begin(), next.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    predicted += usual->second;
    if (usual->first != pair.second) moves += usual->second;
  }
  const double share = static_cast<double>(predicted) / static_cast<double>(steps.size() - 2);
  // A single client that stays predicts well too: a walk moves on.
  return moves * 2 > predicted ? share : 0;
}

}  // namespace stickyd
