// SPDX-License-Identifier: Apache-2.0
#include "service_remarks.h"

#include <fmt/format.h>

#include <algorithm>

#include "stickyd/base/site.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using Shares = std::vector<std::pair<std::string, uint64_t>>;  // requests by server

constexpr uint64_t kRequestsThatTell = 100;
constexpr uint64_t kNewSessionsThatTell = 20;
constexpr uint64_t kBroughtThatTell = 20;

// What is behind a name is chosen anew for each connection, by DNS or by a virtual address.
void RemarkOnNamedServer(const std::string& name, const ServiceStats& service,
                         const Shares& servers, std::vector<Remark>& remarks) {
  if (servers.size() != 1 || service.requests.sum() < kRequestsThatTell) return;
  const std::string& server = servers.front().first;
  if (IsIpAddress(HostOfUrl(server))) return;
  remarks.push_back(
      {name + ": one name",
       fmt::format("{}: its only server is a name, {}. If several are behind it, they share the "
                   "sessions out, and no log of Traefik shows that: give Traefik each server's "
                   "address (Docker Swarm: no lbswarm; Kubernetes: no nativeLB)",
                   name, Printable(server))});
}

// Logging in gives a new session once. This is far more often.
void RemarkOnLostSessions(const std::string& name, const ServiceStats& service,
                          std::vector<Remark>& remarks) {
  const uint64_t lost = service.new_own_sessions;
  if (lost < kNewSessionsThatTell || lost * 10 < service.own_sessions) return;
  remarks.push_back(
      {name + ": sessions",
       fmt::format("{}: {} of {} requests that came with a session of the application were given "
                   "another one, though Traefik kept them at their server. It does not know its "
                   "own sessions: is one address several servers (a Swarm or Kubernetes service, a "
                   "balancer), or are its sessions kept by one of several processes?",
                   name, lost, service.own_sessions)});
}

// One in front of Traefik sets its cookie where no log of Traefik shows it.
void RemarkOnBalancers(const std::string& name, const ServiceStats& service,
                       std::vector<Remark>& remarks) {
  const OtherBalancers& others = service.other_balancers;
  const BalancerCookies behind = others.set;
  const BalancerCookies in_front = others.sent & ~behind;
  if (others.requests < kBroughtThatTell || others.requests * 10 < service.requests.sum()) return;
  std::string where;
  if (in_front != 0) {
    where = fmt::format("{} {}", NamesOf(in_front),
                        service.set_cookies_logged ? "of one in front of Traefik, which sets none"
                                                   : "of one in front of Traefik or behind it");
  }
  if (behind != 0) {
    where += fmt::format("{}{} of one behind Traefik", where.empty() ? "" : "; ", NamesOf(behind));
  }
  remarks.push_back(
      {name + ": balancers",
       fmt::format("{}: {} of {} requests bring a cookie of another load balancer: {}. Which layer "
                   "keeps sessions to their servers? Where two do, each of them moves people",
                   name, others.requests, service.requests.sum(), where)});
}

bool HaveSameServers(const Shares& a, const Shares& b) {
  const auto has = [&](const auto& share) {
    return std::any_of(b.begin(), b.end(),
                       [&](const auto& other) { return other.first == share.first; });
  };
  return a.size() > 1 && a.size() == b.size() && std::all_of(a.begin(), a.end(), has);
}

// One client, pinned twice: to one server for the pages, to another for what they call.
void RemarkOnTwins(const PipelineStats& stats, std::vector<Remark>& remarks) {
  constexpr size_t kMostServices = 200;  // each is compared with each
  const size_t services = std::min({stats.services.size(), stats.servers.size(), kMostServices});
  const auto pinned = [&](size_t i) { return stats.services[i].second.states[StickyState::kHit]; };
  for (size_t i = 0; i < services; ++i) {
    for (size_t j = i + 1; j < services; ++j) {
      if (pinned(i) == 0 || pinned(j) == 0) continue;
      if (!HaveSameServers(stats.servers[i], stats.servers[j])) continue;
      const std::string one = Printable(stats.services[i].first);
      const std::string other = Printable(stats.services[j].first);
      remarks.push_back(
          {one + ": twin " + other,
           fmt::format("{} and {} have the same servers, and each pins clients by a cookie of its "
                       "own, so that one client may be on two servers at a time. If they share "
                       "sessions, let both routers lead to one service",
                       one, other)});
    }
  }
}

// Where all servers are down, nobody is served. Here others are, again and again meanwhile.
void RemarkOnTurnaways(const std::string& router, const Turnaways& turnaways,
                       std::vector<Remark>& remarks) {
  constexpr uint64_t kTurnsThatTell = 10;
  if (turnaways.turns < kTurnsThatTell) return;
  const std::string name = Printable(router);
  remarks.push_back(
      {name + ": refused",
       fmt::format("{}: Traefik answered {} requests with 503 and no server, while it served "
                   "others. Does it lead to a weighted service with a sticky cookie? Whoever is "
                   "pinned to a child whose servers are all down stays there, until that level "
                   "has a healthCheck, as its children must too (a circuitBreaker answers so, too)",
                   name, turnaways.requests)});
}

}  // namespace

void RemarkOnServices(const PipelineStats& stats, std::vector<Remark>& remarks) {
  for (size_t i = 0; i < stats.services.size(); ++i) {
    const auto& [service, counts] = stats.services[i];
    const std::string name = Printable(service);
    RemarkOnLostSessions(name, counts, remarks);
    RemarkOnBalancers(name, counts, remarks);
    if (i < stats.servers.size()) {
      RemarkOnNamedServer(name, counts, stats.servers[i], remarks);
    }
  }
  RemarkOnTwins(stats, remarks);
  for (const auto& [router, turnaways] : stats.turnaways) {
    RemarkOnTurnaways(router, turnaways, remarks);
  }
}

}  // namespace stickyd
