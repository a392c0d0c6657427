// SPDX-License-Identifier: Apache-2.0
// api_rules.cc: the rule of the audit about who reaches Traefik's own API and dashboard.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "audit_rules.h"
#include "stickyd/base/listen_address.h"
#include "stickyd/base/text.h"

namespace stickyd::audit_rules {
namespace {

using Level = FindingLevel;
using EntryPoints = std::set<std::string_view>;

constexpr int kDeepestChain = 8;

constexpr const char* kGuardedRouter =
    "http:\n  routers:\n    api:\n      rule: Host(`traefik.example.com`)\n      entryPoints: "
    "[websecure]\n"
    "      tls: {}\n      service: api@internal\n      middlewares: [api-users]\n  middlewares:\n"
    "    api-users:\n      basicAuth:\n        usersFile: /etc/traefik/api-users\n";
constexpr const char* kLoopback =
    "# static configuration\nentryPoints:\n  traefik:\n    address: \"127.0.0.1:8080\"\n";

bool LeadsToApi(const RouterConfig& router) {
  return router.service == "api@internal" || router.service == "dashboard@internal";
}

// What keeps strangers away. A plugin may, and so may TLS options that ask clients for a
// certificate: the API shows neither.
enum class Guard : uint8_t { kNone, kUnsure, kSure };

Guard GuardOf(const TraefikConfig& config, const std::vector<std::string>& middlewares, int depth) {
  Guard best = Guard::kNone;
  for (const std::string& name : middlewares) {
    const auto it = config.middlewares.find(name);
    Guard guard = Guard::kNone;
    if (it == config.middlewares.end() || depth > kDeepestChain) {
      guard = Guard::kUnsure;
    } else if (it->second.type == "chain") {
      guard = GuardOf(config, it->second.chain, depth + 1);
    } else if (it->second.keeps_strangers_out) {
      guard = Guard::kSure;
    } else if (it->second.type == "plugin") {
      guard = Guard::kUnsure;
    }
    best = std::max(best, guard);
    if (best == Guard::kSure) break;
  }
  return best;
}

Guard GuardOf(const TraefikConfig& config, const RouterConfig& router) {
  Guard guard = router.own_tls_options ? Guard::kUnsure : Guard::kNone;
  if (router.rule.find("ClientIP(") != npos) {
    const bool alone = router.rule.find_first_of("!|") == npos;
    guard = alone ? Guard::kSure : Guard::kUnsure;
  }
  return std::max(guard, GuardOf(config, router.middlewares, 0));
}

EntryPoints OfSites(const TraefikConfig& config) {
  EntryPoints names;
  for (const auto& [name, router] : config.routers) {
    if (!router.enabled || ProviderOf(router.service) == "internal") continue;
    names.insert(router.entry_points.begin(), router.entry_points.end());
  }
  return names;
}

// Who comes in by an entry point.
enum class Comers : uint8_t { kThisMachine, kByProxy, kWhoeverFindsIt, kThePublic };

Comers ComersOf(const TraefikConfig& config, const EntryPoints& sites, const std::string& name) {
  const auto it = config.entry_points.find(name);
  const bool of_sites = sites.contains(name);
  if (it != config.entry_points.end()) {
    const std::string& address = it->second.address;
    if (IsLoopback(address) || address.starts_with("localhost:")) {
      const bool proxied = of_sites && it->second.trusts_forwarded;
      return proxied ? Comers::kByProxy : Comers::kThisMachine;
    }
  }
  return of_sites ? Comers::kThePublic : Comers::kWhoeverFindsIt;
}

// Routers to the API that are alike.
struct Ways {
  std::vector<std::string> routers;
  std::set<std::string, std::less<>> entry_points;

  std::string entries() const { return ListOf({entry_points.begin(), entry_points.end()}); }
};

void Tell(FindingList& out, Level level, const Ways& ways, std::string_view detail,
          const std::string& text, Fix fix) {
  if (ways.routers.empty()) return;
  std::vector<FindingObject> objects = ObjectsOf("router", ways.routers);
  for (const std::string& name : ways.entry_points) objects.push_back({"entry point", name});
  out.Add(level, {"", std::move(objects)}, text, std::move(fix)).detail = detail;
}

Fix ByMiddleware() {
  return {
      "Put basicAuth, forwardAuth or ipAllowList (before v3: ipWhiteList) before it. "
      "--traefik.basic-file or --traefik.bearer-file lets stickyd in.",
      kGuardedRouter, "", ""};
}

}  // namespace

void ApiPublic(const AuditScan& scan, FindingList& out) {
  const EntryPoints sites = OfSites(scan.config);
  Ways open;
  Ways unsure;
  Ways proxied;
  Ways apart;
  for (const auto& [name, router] : scan.config.routers) {
    if (!router.enabled || !LeadsToApi(router) || scan.facts.OnlyRedirects(router)) continue;
    const Guard guard = GuardOf(scan.config, router);
    if (guard == Guard::kSure) continue;
    Comers widest = Comers::kThisMachine;
    std::string by;
    for (const std::string& entry : router.entry_points) {
      const Comers comers = ComersOf(scan.config, sites, entry);
      if (comers <= widest) continue;
      widest = comers;
      by = entry;
    }
    if (widest == Comers::kThisMachine) continue;
    Ways& ways = widest == Comers::kWhoeverFindsIt ? apart
                 : guard == Guard::kUnsure         ? unsure
                 : widest == Comers::kByProxy      ? proxied
                                                   : open;
    ways.routers.push_back(name);
    ways.entry_points.insert(by);
  }
  for (Ways* ways : {&open, &unsure, &proxied, &apart}) {
    std::sort(ways->routers.begin(), ways->routers.end());
  }
  Tell(out, Level::kWarning, open, "open",
       fmt::format("{} answers on {}, where the sites are, and asks nobody who they are.",
                   ListOf(open.routers), open.entries()),
       ByMiddleware());
  Tell(out, Level::kInfo, unsure, "unsure",
       fmt::format("{} answers on {}, where the sites are. The API does not tell whether a plugin, "
                   "TLS options or a part of the rule keep strangers out.",
                   ListOf(unsure.routers), unsure.entries()),
       ByMiddleware());
  Tell(out, Level::kInfo, proxied, "proxied",
       fmt::format("{} answers on {} without asking who comes. Only this machine reaches it, but "
                   "so does whatever the proxy in front hands on.",
                   ListOf(proxied.routers), proxied.entries()),
       ByMiddleware());
  Tell(out, Level::kInfo, apart, "apart",
       fmt::format("{} answers on {} without asking who comes. Whoever reaches that port reads the "
                   "API.",
                   ListOf(apart.routers), apart.entries()),
       {"Bind the entry point to loopback or to a network of your own, or keep its port from being "
        "published.",
        kLoopback, "", ""});
}

}  // namespace stickyd::audit_rules
