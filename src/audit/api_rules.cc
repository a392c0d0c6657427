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

// A chain counts by the middlewares that it stands for, which the router has too.
Guard GuardOf(const TraefikConfig& config, const std::vector<std::string>& middlewares) {
  Guard best = Guard::kNone;
  for (const std::string& name : middlewares) {
    const auto it = config.middlewares.find(name);
    const bool known = it != config.middlewares.end();
    Guard guard = known && it->second.type != "plugin" ? Guard::kNone : Guard::kUnsure;
    if (known && it->second.keeps_strangers_out) guard = Guard::kSure;
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
  return std::max(guard, GuardOf(config, router.middlewares));
}

// Of other redirects some take a few paths only, and redirectScheme takes none that came over TLS.
bool RedirectsAll(const TraefikConfig& config, const RouterConfig& router) {
  return router.secure != true &&
         std::any_of(router.middlewares.begin(), router.middlewares.end(), [&](const auto& name) {
           const auto it = config.middlewares.find(name);
           return it != config.middlewares.end() && it->second.type == "redirectScheme";
         });
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
enum class Comers : uint8_t { kNobodyElse, kByProxy, kWhoeverFindsIt, kThePublic };

Comers ComersOf(const TraefikConfig& config, const EntryPoints& sites, const std::string& name) {
  const auto it = config.entry_points.find(name);
  const bool of_sites = sites.contains(name);
  if (it != config.entry_points.end()) {
    if (it->second.redirects) return Comers::kNobodyElse;
    const std::string& address = it->second.address;
    if (IsLoopback(address) || address.starts_with("localhost:")) {
      const bool proxied = of_sites && it->second.trusts_forwarded;
      return proxied ? Comers::kByProxy : Comers::kNobodyElse;
    }
  }
  return of_sites ? Comers::kThePublic : Comers::kWhoeverFindsIt;
}

// Routers to the API that are alike.
struct Ways {
  std::vector<std::string> routers;
  std::set<std::string, std::less<>> entry_points;

  std::string who() const {
    return ListOf(routers) + (routers.size() == 1 ? " answers on " : " answer on ") + entries();
  }
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

// By what is said of them.
struct Exposure {
  Ways open;
  Ways unsure;
  Ways proxied;
  Ways apart;
};

void Add(const AuditScan& scan, const EntryPoints& sites, const RouterConfig& router,
         Exposure& out) {
  const Guard guard = GuardOf(scan.config, router);
  if (guard == Guard::kSure) return;
  Comers widest = Comers::kNobodyElse;
  std::string by;
  for (const std::string& entry : router.entry_points) {
    const Comers comers = ComersOf(scan.config, sites, entry);
    if (comers <= widest) continue;
    widest = comers;
    by = entry;
  }
  if (widest == Comers::kNobodyElse) return;
  const bool apart = widest == Comers::kWhoeverFindsIt;
  if (apart && guard == Guard::kUnsure) return;
  Ways& ways = apart                        ? out.apart
               : guard == Guard::kUnsure    ? out.unsure
               : widest == Comers::kByProxy ? out.proxied
                                            : out.open;
  ways.routers.push_back(router.name);
  ways.entry_points.insert(by);
}

Exposure ExposureOf(const AuditScan& scan) {
  const EntryPoints sites = OfSites(scan.config);
  Exposure out;
  for (const auto& [name, router] : scan.config.routers) {
    if (!router.enabled || !LeadsToApi(router) || RedirectsAll(scan.config, router)) continue;
    Add(scan, sites, router, out);
  }
  for (Ways* ways : {&out.open, &out.unsure, &out.proxied, &out.apart}) {
    std::sort(ways->routers.begin(), ways->routers.end());
  }
  return out;
}

}  // namespace

void ApiPublic(const AuditScan& scan, FindingList& out) {
  const auto [open, unsure, proxied, apart] = ExposureOf(scan);
  Tell(out, Level::kWarning, open, "open",
       fmt::format("{}, where the sites are: nobody is asked who they are.", open.who()),
       ByMiddleware());
  Tell(out, Level::kInfo, unsure, "unsure",
       fmt::format("{}, where the sites are. The API does not tell whether a plugin, "
                   "TLS options or a part of the rule keep strangers out.",
                   unsure.who()),
       ByMiddleware());
  Tell(out, Level::kInfo, proxied, "proxied",
       fmt::format("{} without asking who comes. Only this machine reaches it, but "
                   "so does whatever the proxy in front hands on.",
                   proxied.who()),
       ByMiddleware());
  Tell(out, Level::kInfo, apart, "apart",
       fmt::format("{} without asking who comes. Whoever reaches that port reads the "
                   "API.",
                   apart.who()),
       {"Bind the entry point to loopback or to a network of your own, or keep its port from being "
        "published.",
        kLoopback, "", ""});
}

}  // namespace stickyd::audit_rules
