// SPDX-License-Identifier: Apache-2.0
// pair_rules.cc: rules of the audit that look at two services at a time.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "audit_rules.h"
#include "stickyd/base/site.h"

namespace stickyd::audit_rules {
namespace {

using Level = FindingLevel;

constexpr size_t kMostPairs = 20000;  // looked at by one rule

// Does a request for some path carry both cookies?
bool PathsOverlap(const std::string& a, const std::string& b) {
  return a.starts_with(b) || b.starts_with(a);
}

struct ByNames {
  template <class Pair>
  bool operator()(const Pair& x, const Pair& y) const {
    return std::pair(std::string_view(x.first->name), std::string_view(x.second->name)) <
           std::pair(std::string_view(y.first->name), std::string_view(y.second->name));
  }
};

bool SameScope(const StickyCookie& a, const StickyCookie& b) {
  return a.name == b.name && a.path == b.path && a.domain == b.domain;
}

// A host that sends both cookies to both services.
std::string HostOfBoth(const Facts& facts, const ServiceConfig& a, const ServiceConfig& b) {
  std::string host = facts.SharedHost(a, b);
  if (!host.empty()) return host;
  // A cookie with a domain goes to the other's hosts too.
  for (const auto& [with, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    if (with->cookie->domain.empty()) continue;
    for (const std::string& candidate : facts.Of(*other).hosts) {
      if (DomainCovers(with->cookie->domain, candidate)) return candidate;
    }
  }
  return {};
}

// Pairs, by name, that one host or a domain may bring together. Thousands of services may have one
// cookie name, each on a host of its own.
std::set<std::pair<const ServiceConfig*, const ServiceConfig*>, ByNames> PairsThatMeet(
    const Facts& facts, const std::vector<const ServiceConfig*>& services, size_t& left) {
  std::set<std::pair<const ServiceConfig*, const ServiceConfig*>, ByNames> pairs;
  const auto add = [&](const ServiceConfig* a, const ServiceConfig* b) {
    if (a == b || left == 0) return;
    if (b->name < a->name) std::swap(a, b);
    if (pairs.emplace(a, b).second) --left;
  };
  std::map<std::string_view, std::vector<const ServiceConfig*>> by_host;
  for (const ServiceConfig* service : services) {
    const Reach& reach = facts.Of(*service);
    if (reach.any_host || !service->cookie->domain.empty()) {
      for (const ServiceConfig* other : services) add(service, other);
    }
    for (const std::string& host : reach.hosts) {
      for (const ServiceConfig* other : by_host[host]) add(service, other);
      by_host[host].push_back(service);
    }
  }
  return pairs;
}

// Pools of the same servers, each with those that have it.
std::map<std::vector<std::string>, std::vector<const ServiceConfig*>> Pools(const Facts& facts) {
  std::map<std::vector<std::string>, std::vector<const ServiceConfig*>> pools;
  for (const ServiceConfig* service : facts.live()) {
    if (service->kind != ServiceKind::kLoadBalancer || service->servers.size() < 2) continue;
    std::vector<std::string> keys;
    for (const PoolServer& server : service->servers) keys.push_back(server.key);
    std::sort(keys.begin(), keys.end());
    pools[std::move(keys)].push_back(service);
  }
  return pools;
}

// Calls visit(a, b) for pairs of one pool that users of one host reach.
template <class Visit>
void EachPairOfPool(const Facts& facts, Visit visit) {
  size_t left = kMostPairs;
  for (const auto& [keys, services] : Pools(facts)) {
    for (size_t i = 0; i < services.size(); ++i) {
      for (size_t j = i + 1; j < services.size() && left > 0; ++j, --left) {
        const ServiceConfig& a = *services[i];
        const ServiceConfig& b = *services[j];
        if (facts.AreOneTree(a, b)) continue;
        const std::string host = facts.SharedHost(a, b);
        if (!host.empty()) visit(a, b, host);
      }
    }
  }
}

}  // namespace

void SharedName(const AuditScan& scan, FindingList& out) {
  std::map<std::string_view, std::vector<const ServiceConfig*>> by_name;
  for (const ServiceConfig* service : scan.facts.live()) {
    if (service->cookie) by_name[service->cookie->name].push_back(service);
  }
  size_t left = kMostPairs;
  for (const auto& [name, services] : by_name) {
    for (const auto& [a, b] : PairsThatMeet(scan.facts, services, left)) {
      if (!PathsOverlap(a->cookie->path, b->cookie->path)) continue;
      // Equal pools have equal values, whoever wrote them.
      if (a->kind == b->kind && !a->servers.empty() && ServerUrls(*a) == ServerUrls(*b)) continue;
      if (scan.facts.AreOneTree(*a, *b)) continue;
      const std::string host = HostOfBoth(scan.facts, *a, *b);
      if (host.empty()) continue;
      out.Add(Level::kError, {a->name, {{"service", b->name}}},
              fmt::format(
                  "{} and {} both set the cookie {} on {}: each overwrites the other's, and a "
                  "user who goes from one to the other loses the server each time.",
                  a->name, b->name, name, host == "*" ? "every host" : host),
              FixBySettings(*b, "Give each service a cookie name of its own.",
                            {{"sticky.cookie.name", SuggestedCookieName(*b)}}))
          .detail = name;
    }
  }
}

void OnePoolTwoCookies(const AuditScan& scan, FindingList& out) {
  EachPairOfPool(scan.facts, [&](const auto& a, const auto& b, const std::string& host) {
    if (!a.cookie || !b.cookie || SameScope(*a.cookie, *b.cookie)) return;
    out.Add(
        Level::kWarning, {a.name, {{"service", b.name}}},
        fmt::format("{} and {} have the same servers and both serve {}, each with a cookie of its "
                    "own ({}, {}): one user has two servers.",
                    a.name, b.name, host == "*" ? "every host" : host, a.cookie->name,
                    b.cookie->name),
        FixBySettings(b,
                      "Let both routers use one service, or give both the same cookie: the values "
                      "are equal, since they stand for the servers' URLs.",
                      {{"sticky.cookie.name", a.cookie->name}}));
  });
}

void OnePoolOneCookie(const AuditScan& scan, FindingList& out) {
  EachPairOfPool(scan.facts, [&](const auto& a, const auto& b, const std::string& host) {
    if (a.cookie.has_value() == b.cookie.has_value()) return;
    const ServiceConfig& sticky = a.cookie ? a : b;
    const ServiceConfig& plain = a.cookie ? b : a;
    if (scan.facts.HasStickyAbove(plain)) return;
    out.Add(
        Level::kInfo, {plain.name, {{"service", sticky.name}}},
        fmt::format("{} and {} have the same servers and both serve {}, but only {} is sticky.",
                    sticky.name, plain.name, host == "*" ? "every host" : host, sticky.name),
        FixByWords(fmt::format("If a session of {0} is needed behind {1} too, let both routers use "
                               "{0}.",
                               sticky.name, plain.name)));
  });
}

}  // namespace stickyd::audit_rules
