// SPDX-License-Identifier: Apache-2.0
// pool_rules.cc: rules of the audit that look at one service and its servers.
#include <fmt/format.h>

#include <algorithm>

#include "audit_rules.h"
#include "stickyd/base/text.h"

namespace stickyd::audit_rules {
namespace {

using Level = FindingLevel;

bool IsPool(const ServiceConfig& service) { return service.kind == ServiceKind::kLoadBalancer; }

// Nothing balances by address instead.
bool IsBalanced(const ServiceConfig& service) { return service.strategy != "hrw"; }

std::string ByRouters(const Reach& reach) {
  return (reach.routers.size() == 1 ? "router " : "routers ") + ListOf(NamesOf(reach.routers), 4);
}

// ingress-nginx' objects should be read, and none is.
bool NginxReadsNothing(const TraefikConfig& config) {
  const auto reads = [](const std::string& name) {
    return ToLower(name) == "kubernetesingressnginx";
  };
  const auto is_nginx = [](const auto& item) {
    return ProviderOf(item.first) == "kubernetesingressnginx";
  };
  return std::any_of(config.providers.begin(), config.providers.end(), reads) &&
         std::none_of(config.routers.begin(), config.routers.end(), is_nginx);
}

// A pool whose users go from server to server, and no other rule that says it better.
bool IsPlain(const AuditScan& scan, const ServiceConfig& service) {
  return IsPool(service) && (UsableServers(service) > 1 || scan.IsNumberUnknown(service)) &&
         !service.cookie && IsBalanced(service) && !scan.facts.HasStickyAbove(service);
}

// "3 servers"
std::string HowMany(const AuditScan& scan, const ServiceConfig& service) {
  return scan.IsNumberUnknown(service) ? "servers, nobody can say yet how many,"
                                       : fmt::format("{} servers", UsableServers(service));
}

constexpr size_t kMostUnused = 256;

// Sticky services that no router reaches, in order of name.
std::vector<const ServiceConfig*> Unused(const TraefikConfig& config) {
  std::vector<const ServiceConfig*> unused;
  for (const auto& [name, service] : config.services) {
    if (service.cookie && !config.reachable.contains(name)) unused.push_back(&service);
  }
  std::sort(unused.begin(), unused.end(),
            [](const ServiceConfig* a, const ServiceConfig* b) { return a->name < b->name; });
  unused.resize(std::min(unused.size(), kMostUnused));
  return unused;
}

bool ShareServer(const ServiceConfig& a, const ServiceConfig& b) {
  return std::any_of(a.servers.begin(), a.servers.end(),
                     [&](const PoolServer& server) { return b.FindServer(server.key) != nullptr; });
}

// The unused one that this one was meant to be: of the same servers, else of a like name.
const ServiceConfig* TwinOf(const ServiceConfig& service,
                            const std::vector<const ServiceConfig*>& unused) {
  for (const ServiceConfig* other : unused) {
    if (ShareServer(*other, service)) return other;
  }
  const std::string_view name = BareName(service.name).substr(0, 256);
  for (const ServiceConfig* other : unused) {
    const std::string_view its = BareName(other->name).substr(0, 256);
    if (its.starts_with(name) || name.starts_with(its) || EditDistance(its, name, 2) <= 2) {
      return other;
    }
  }
  return nullptr;
}

std::string HostOf(const PoolServer& server) {
  const std::string rest = server.key.substr(server.key.find("://") + 3);
  return std::string(AddressWithoutPort(std::string_view(rest).substr(0, rest.find('/'))));
}

}  // namespace

void NotSticky(const AuditScan& scan, FindingList& out) {
  const bool nginx = NginxReadsNothing(scan.config);
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!IsPlain(scan, *service) || service->sticky_without_cookie) continue;
    if (scan.config.with_unused_twin.contains(service)) continue;
    const std::string_view provider = ProviderOf(service->name);
    if (provider == "kubernetesgateway" || (nginx && provider == "kubernetes")) continue;
    const Reach& reach = scan.facts.Of(*service);
    // One server would be enough for one that nobody scales.
    out.Add(scan.IsNumberUnknown(*service) ? Level::kInfo : Level::kWarning, {service->name, {}},
            fmt::format("{} has {} and no sticky cookie; {} leads there. Each request goes "
                        "to the next server.",
                        service->name, HowMany(scan, *service), ByRouters(reach)),
            FixBySettings(*service,
                          "If its servers keep sessions in memory, give it a cookie. If they keep "
                          "none, accept this finding in the baseline.",
                          SuggestedCookie(*service, IsAllSecure(reach))));
  }
}

void UnusedTwin(const AuditScan& scan, FindingList& out) {
  const std::vector<const ServiceConfig*> unused = Unused(scan.config);
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!IsPlain(scan, *service) || !scan.config.with_unused_twin.contains(service)) continue;
    const ServiceConfig* twin = TwinOf(*service, unused);
    if (twin == nullptr) continue;
    const Reach& reach = scan.facts.Of(*service);
    auto settings = SuggestedCookie(*service, twin->cookie->secure);
    settings[0].value = twin->cookie->name;
    out.Add(
        ShareServer(*twin, *service) ? Level::kError : Level::kWarning,
        {service->name, {{"service", twin->name}}},
        fmt::format("The sticky cookie {} is on {}, which no router uses; {} leads to {}, which "
                    "has none.",
                    twin->cookie->name, twin->name, ByRouters(reach), service->name),
        FixBySettings(*service,
                      fmt::format("Move the sticky block to {}, or point the router at {}.",
                                  service->name, twin->name),
                      settings));
  }
}

void EmptySticky(const AuditScan& scan, FindingList& out) {
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!service->sticky_without_cookie) continue;
    out.Add(
        Level::kError, {service->name, {}},
        fmt::format("{} has a sticky block without a cookie, which Traefik accepts and ignores.",
                    service->name),
        FixBySettings(*service, "Write the cookie into the sticky block.",
                      SuggestedCookie(*service, IsAllSecure(scan.facts.Of(*service)))));
  }
}

void StrategyIgnoresCookie(const AuditScan& scan, FindingList& out) {
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!service->cookie || IsBalanced(*service)) continue;
    out.Add(
        Level::kError, {service->name, {}},
        fmt::format("{} has the sticky cookie {} and strategy hrw, which never sets or reads it: "
                    "the peer's address decides.",
                    service->name, service->cookie->name),
        FixBySettings(*service, "Use a strategy that honours the cookie.", {{"strategy", "wrr"}}));
  }
}

void SingleServer(const AuditScan& scan, FindingList& out) {
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!IsPool(*service) || service->servers.size() != 1) continue;
    if (scan.AreAddressesUnknown(*service)) continue;
    const PoolServer& server = service->servers[0];
    const std::string host = HostOf(server);
    const std::string_view provider = ProviderOf(service->name);
    const bool named = !IsIpAddress(host) && host != "localhost";
    if (!service->cookie && !named) continue;
    const bool hidden = named || provider == "swarm";
    const std::string behind =
        hidden ? "If several stand behind it (a Swarm VIP, a Kubernetes Service, DNS), they share "
                 "its sessions out among themselves, and Traefik's log shows none of it."
               : "With one server there is nothing to pin; with a VIP behind that address, nothing "
                 "that Traefik could.";
    out.Add(service->cookie && hidden ? Level::kWarning : Level::kInfo,
            {service->name, {{"server", server.key}}},
            fmt::format("{} has one server, {}{}. {}", service->name, server.key,
                        service->cookie ? ", and a sticky cookie" : "", behind),
            FixByWords("Let Traefik see the servers themselves: Docker without swarm.lbswarm, "
                       "Kubernetes without nativeLB, a list of addresses in a file. Where there is "
                       "one server only, all is well."));
  }
}

void ServerOut(const AuditScan& scan, FindingList& out) {
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!service->cookie && !scan.facts.HasStickyAbove(*service)) continue;
    std::vector<std::string> down;
    std::vector<std::string> drained;
    for (const PoolServer& server : service->servers) {
      if (server.status == ServerStatus::kDown) down.push_back(server.key);
      if (server.status == ServerStatus::kDown) continue;
      if (server.weight <= 0 || server.fenced) drained.push_back(server.key);
    }
    if (!down.empty()) {
      out.Add(
             Level::kWarning, {service->name, ObjectsOf("server", down)},
             fmt::format("{} of {} servers of {} are down: {}. Their sessions move, and stay where "
                         "they went.",
                         down.size(), service->servers.size(), service->name, ListOf(down)),
             FixByWords(
                 "Look at these servers; if the health check flaps, give it a longer timeout "
                 "or interval."))
          .detail = "down";
    }
    if (!drained.empty()) {
      out.Add(
             Level::kInfo, {service->name, ObjectsOf("server", drained)},
             fmt::format("Servers of {} with weight 0, or fenced: {}. Weight 0 ends their sessions "
                         "at once.",
                         service->name, ListOf(drained)),
             FixByWords("To drain a server, keep its weight until its sessions have ended."))
          .detail = "drained";
    }
  }
}

void OddServerUrl(const AuditScan& scan, FindingList& out) {
  const std::string& version = scan.config.version;
  const bool never_found = IsAtLeast(version, "2.5.0") && !IsAtLeast(version, "3.0.0");
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!service->cookie) continue;
    std::set<std::string_view> keys;
    std::vector<std::string> twice;
    std::vector<std::string> odd;
    for (const PoolServer& server : service->servers) {
      if (!keys.insert(server.key).second) twice.push_back(server.key);
      const std::string_view behind =
          std::string_view(server.url)
              .substr(std::min(server.url.find("://") + 3, server.url.size()));
      const size_t at = behind.find('@');
      if (behind.find('?') != npos || at < behind.find('/')) odd.push_back(server.key);
    }
    if (!twice.empty()) {
      out.Add(Level::kWarning, {service->name, ObjectsOf("server", twice)},
              fmt::format(
                  "{} lists a server more than once: {}. Each spelling has a cookie value of "
                  "its own, and a share of the new sessions.",
                  service->name, ListOf(twice)),
              FixByWords("List each server once; for more sessions give it a higher weight."))
          .detail = "twice";
    }
    if (!odd.empty()) {
      out.Add(never_found ? Level::kError : Level::kWarning,
              {service->name, ObjectsOf("server", odd)},
              fmt::format("Server URLs of {} have a query or credentials: {} (shown without). {}",
                          service->name, ListOf(odd),
                          never_found ? "This version never finds them again by their cookie."
                                      : "A change there changes every cookie."),
              FixByWords("Write the URL as scheme, host and port only."))
          .detail = "odd";
    }
  }
}

void RetryWithoutHealthCheck(const AuditScan& scan, FindingList& out) {
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!service->cookie || UsableServers(*service) < 2) continue;
    if (service->health_check || service->passive_health_check) continue;
    for (const RouterConfig* router : scan.facts.Of(*service).routers) {
      const auto retry =
          std::find_if(router->middlewares.begin(), router->middlewares.end(), [&](const auto& m) {
            const auto it = scan.config.middlewares.find(m);
            return it != scan.config.middlewares.end() && it->second.retry_attempts > 1;
          });
      if (retry == router->middlewares.end()) continue;
      // A cluster takes pods that are not ready away by itself.
      const bool cluster = ProviderOf(service->name).starts_with("kubernetes");
      out.Add(
          cluster ? Level::kInfo : Level::kWarning,
          {service->name, {{"router", router->name}, {"middleware", *retry}}},
          fmt::format("{} retries requests to {}, which has no health check: each attempt of a "
                      "user whose server is dead goes to that same server.",
                      *retry, service->name),
          FixBySettings(*service, "Give the service a health check, so that dead servers are left.",
                        {{"healthCheck.path", "/health"}, {"healthCheck.interval", "5s"}}));
      break;
    }
  }
}

void NginxUnread(const AuditScan& scan, FindingList& out) {
  if (!NginxReadsNothing(scan.config)) return;
  std::vector<std::string> names;
  for (const ServiceConfig* service : scan.facts.live()) {
    if (IsPlain(scan, *service) && ProviderOf(service->name) == "kubernetes") {
      names.push_back(service->name);
    }
  }
  if (names.empty()) return;
  out.Add(Level::kWarning, {"", ObjectsOf("service", names)},
          fmt::format("The ingress-nginx provider is on and has found nothing, while {} have no "
                      "cookie: annotations of nginx on their Ingresses are read by nobody.",
                      ListOf(names)),
          {"Let the IngressClass name ingress-nginx' controller, or write Traefik's annotations.",
           "", "",
           "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n  name: nginx\nspec:\n"
           "  controller: k8s.io/ingress-nginx\n"});
}

void GatewayPersistence(const AuditScan& scan, FindingList& out) {
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!IsPlain(scan, *service) || ProviderOf(service->name) != "kubernetesgateway") continue;
    const std::string name(BareName(service->name));
    out.Add(Level::kWarning, {service->name, {}},
            fmt::format("{} has {} and no cookie. Traefik does not read sessionPersistence of "
                        "the Gateway API.",
                        service->name, HowMany(scan, *service)),
            {"Route to a TraefikService with a cookie instead of the Service.", "", "",
             fmt::format(
                 "# backendRefs of the HTTPRoute\n- group: traefik.io\n  kind: TraefikService\n"
                 "  name: {0}\n---\napiVersion: traefik.io/v1alpha1\nkind: TraefikService\n"
                 "metadata:\n  name: {0}\nspec:\n  weighted:\n    services:\n      - name: {0}\n"
                 "        port: 80\n        sticky:\n          cookie:\n            name: {1}\n",
                 YamlScalar(name), SuggestedCookieName(*service))});
  }
}

}  // namespace stickyd::audit_rules
