// SPDX-License-Identifier: Apache-2.0
#include "stickyd/diagnose/scope_facts.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace stickyd {
namespace {

constexpr size_t kFewestSteps = 24;
constexpr double kWalks = 0.8;
// Health checks take a server out for longer than that.
constexpr EventDuration kShortestGap = std::chrono::seconds(1);

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

ServerId IdOf(const ScopeFacts::Server& server) { return server.id; }

void AddTo(ScopeFacts::Silence& silence, bool from_here, uint64_t client) {
  if (!from_here) {
    ++silence.others_left;
  } else if (silence.last_client != client) {
    ++silence.clients_left;
    silence.last_client = client;
  }
}

void NoteProcess(uint8_t process, ScopeFacts::Server& server) {
  if (server.process == process) {
    ++server.by_process;
  } else if (++server.by_others > server.by_process) {
    server.process = process;
    std::swap(server.by_process, server.by_others);
  }
}

}  // namespace

void ScopeFacts::Add(const Observation& seen, bool chosen) {
  steps_[assignments_ % kSteps] = {OrderOf(seen), seen.server};
  ++assignments_;
  given_ += seen.set_cookie.sticky ? 1 : 0;
  set_cookies_ += seen.set_cookie.sent ? 1 : 0;
  foreign_names_ += seen.set_cookie.foreign ? 1 : 0;
  returned_ += seen.cookie.sticky ? 1 : 0;
  redacted_ |= seen.set_cookie.redacted || seen.cookie.redacted;
  proxied_ += seen.proxied ? 1 : 0;
  if (seen.cookie.in_scope) formats_ |= 1U << static_cast<unsigned>(seen.cookie.meaning.encoding);

  size_t place = places_.Find(servers_, seen.server, IdOf);
  const bool is_new = place == servers_.size();
  if (is_new && place >= kMostServers) {
    ForgetOldServers();
    place = servers_.size();
  }
  if (is_new) servers_.push_back({});
  Server* const at = &servers_[place];
  if (is_new) {
    at->id = seen.server;
    at->first_seen = at->last_seen = seen.start.low;
    at->choices_before = choices_;
    at->last_step = assignments_;
  }
  choices_ += chosen ? 1 : 0;
  // One that started earlier and ended later does not end a silence.
  if (seen.start.low > at->last_seen) {
    const uint64_t others = assignments_ - 1 - at->last_step;
    if (at->assignments * others >= kMissedTurns * assignments_) {
      at->now.from = at->last_seen;
      at->now.to = seen.start.low;
      Keep(at->now, *at);
    }
    if (seen.start.low - at->last_seen > kShortestGap) {
      at->gaps[at->gaps_seen++ % at->gaps.size()] = {at->last_seen, seen.start.low};
    }
    at->now = {};
    at->last_step = assignments_;
  }
  AddService(seen, *at);
  ++at->assignments;
  at->last_seen = std::max(at->last_seen, seen.start.low);
  if (seen.status >= 500) at->last_failure = std::max(at->last_failure, seen.start.low);
}

void ScopeFacts::AddService(const Observation& seen, Server& server) {
  const ServiceId id = seen.route->service;
  server.service = id;
  if (seen.process != 0) {
    NoteProcess(seen.process, server);
    processes_ |= uint32_t{1} << (seen.process % kMostProcesses);
    ++by_process_[seen.process % kMostProcesses];
    if (several_processes()) AddCount(seen);
  }
  if (service_ >= services_.size() || services_[service_].id != id) {
    const auto known = std::find_if(services_.begin(), services_.end(),
                                    [&](const Service& service) { return service.id == id; });
    service_ = static_cast<size_t>(known - services_.begin());
    if (known == services_.end()) {
      if (services_.size() >= kMostServices) return;
      services_.push_back({id, seen.start.low, seen.start.low, 0, 0});
    } else {
      ++known->returns;
    }
  }
  Service& service = services_[service_];
  ++service.assignments;
  service.first = std::min(service.first, seen.start.low);
  service.last = std::max(service.last, seen.start.low);
}

void ScopeFacts::AddCount(const Observation& seen) {
  counts_.resize(kCounts);
  Counted& before = counts_[seen.count % kCounts];
  if (before.count != seen.count) {
    before = {seen.count, seen.server};
    return;
  }
  ++counted_twice_;
  same_twice_ |= before.server == seen.server;
  const std::pair<ServerId, ServerId> pair = std::minmax(before.server, seen.server);
  const bool known = std::find(pairs_.begin(), pairs_.end(), pair) != pairs_.end();
  if (!known && pairs_.size() < kMostPairs) pairs_.push_back(pair);
  before = {};
}

bool ScopeFacts::NeverOfOneProcess(ServerId one, ServerId other) const {
  constexpr uint64_t kFewest = 12;
  if (same_twice_ || counted_twice_ < kFewest || pairs_.size() >= kMostPairs) return false;
  std::map<ServerId, bool> process{{one, false}};  // of which of the two processes
  std::vector<ServerId> next{one};
  while (!next.empty()) {
    const ServerId at = next.back();
    next.pop_back();
    for (const auto& [a, b] : pairs_) {
      if (a != at && b != at) continue;
      const ServerId opposite = a == at ? b : a;
      const auto [found, fresh] = process.emplace(opposite, !process[at]);
      if (found->second == process[at]) return false;  // three processes, or shared servers
      if (fresh) next.push_back(opposite);
    }
  }
  const auto found = process.find(other);
  return found != process.end() && found->second;
}

const ScopeFacts::Service* ScopeFacts::FindService(ServiceId id) const {
  const auto found = std::find_if(services_.begin(), services_.end(),
                                  [&](const Service& service) { return service.id == id; });
  return found == services_.end() ? nullptr : &*found;
}

void ScopeFacts::AddBreak(ServerId from, uint64_t client, EventTime start) {
  ++breaks_;
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

bool ScopeFacts::Server::WasBusy(EventTime time) const {
  if (time <= first_seen || time >= last_seen) return false;
  const auto& oldest = gaps[gaps_seen % gaps.size()];
  const bool forgotten = gaps_seen >= gaps.size() && time <= oldest.first;
  return !forgotten && std::none_of(gaps.begin(), gaps.end(), [&](const auto& gap) {
    return gap.first < time && time < gap.second;
  });
}

const ScopeFacts::Server* ScopeFacts::Find(ServerId server) const {
  const size_t place = places_.Find(servers_, server, IdOf);
  return place == servers_.size() ? nullptr : &servers_[place];
}

void ScopeFacts::ForgetOldServers() {
  const auto half = servers_.begin() + static_cast<ptrdiff_t>((servers_.size() + 1) / 2);
  std::nth_element(servers_.begin(), half, servers_.end(),
                   [](const Server& a, const Server& b) { return a.last_seen > b.last_seen; });
  servers_.erase(half, servers_.end());
  servers_.shrink_to_fit();
  places_.Clear();
}

bool ScopeFacts::Walks() const {
  if (assignments_ < kFewestSteps || servers_.size() < 2) return false;
  if (walks_at_ == 0 || assignments_ - walks_at_ >= kStale) {
    walks_at_ = assignments_;
    walks_ = WalkShare(steps_) >= kWalks;
  }
  return walks_;
}

bool ScopeFacts::WalksServices() const {
  if (assignments_ < kFewestSteps || services_.size() < 2) return false;
  // Each service stands for itself by the first of its servers.
  std::map<ServiceId, ServerId> first;
  std::array<Step, kSteps> steps = steps_;
  for (Step& step : steps) {
    const Server* const server = Find(step.server);
    if (server != nullptr) step.server = first.emplace(server->service, server->id).first->second;
  }
  return WalkShare(steps) >= kWalks;
}

// They come nearly in order.
void ScopeFacts::SortSteps(std::array<Step, kSteps>& steps, size_t count) {
  for (size_t i = 1; i < count; ++i) {
    const Step step = steps[i];
    size_t at = i;
    for (; at > 0 &&
           std::tie(step.order, step.server) < std::tie(steps[at - 1].order, steps[at - 1].server);
         --at) {
      steps[at] = steps[at - 1];
    }
    steps[at] = step;
  }
}

double ScopeFacts::WalkShare(std::array<Step, kSteps> steps) const {
  const size_t count = std::min<uint64_t>(assignments_, kSteps);
  if (count == kSteps) {  // a ring: the oldest first
    std::rotate(steps.begin(), steps.begin() + static_cast<ptrdiff_t>(assignments_ % kSteps),
                steps.end());
  }
  SortSteps(steps, count);
  // With unequal weights a server may follow itself, so what counts is whether two steps predict
  // the third. Three servers are one number, the earliest in its highest bits.
  std::array<uint64_t, kSteps> triples;  // NOLINT: what is used is written first
  const auto number_of = [&](size_t i) { return uint64_t{Index(steps[i].server)}; };
  for (size_t i = 2; i < count; ++i) {
    triples[i - 2] = number_of(i - 2) << 32U | number_of(i - 1) << 16U | number_of(i);
  }
  const auto end = triples.begin() + static_cast<ptrdiff_t>(count - 2);
  std::sort(triples.begin(), end);
  size_t predicted = 0;
  size_t moves = 0;
  for (auto pair = triples.begin(); pair != end;) {
    const uint64_t two = *pair >> 16U;
    size_t most = 0;
    uint64_t usual = 0;
    auto at = pair;
    while (at != end && *at >> 16U == two) {
      const auto next = std::find_if(at, end, [&](uint64_t triple) { return triple != *at; });
      if (static_cast<size_t>(next - at) > most) {
        most = static_cast<size_t>(next - at);
        usual = *at & 0xFFFFU;
      }
      at = next;
    }
    predicted += most;
    if (usual != (two & 0xFFFFU)) moves += most;
    pair = at;
  }
  const double share = static_cast<double>(predicted) / static_cast<double>(count - 2);
  // A single client that stays predicts well too: a walk moves on.
  return moves * 2 > predicted ? share : 0;
}

}  // namespace stickyd
