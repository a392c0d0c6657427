// SPDX-License-Identifier: Apache-2.0
// site_rules.cc: rules of the audit that look at routers, middlewares, entry points and Traefik
// itself.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "audit_rules.h"
#include "stickyd/base/site.h"
#include "stickyd/base/text.h"

namespace stickyd::audit_rules {
namespace {

using Level = FindingLevel;

constexpr size_t kMostSites = 5;

const MiddlewareConfig* FindMiddleware(const AuditScan& scan, const std::string& name) {
  const auto it = scan.config.middlewares.find(name);
  return it == scan.config.middlewares.end() ? nullptr : &it->second;
}

// Calls visit(service, router, name, middleware) for what stands in front of live sticky services,
// each middleware of a service once.
template <class Visit>
void EachMiddleware(const AuditScan& scan, Visit visit) {
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!service->cookie) continue;
    std::set<std::string_view> seen;
    for (const RouterConfig* router : scan.facts.Of(*service).routers) {
      for (const std::string& name : router->middlewares) {
        const MiddlewareConfig* middleware = FindMiddleware(scan, name);
        if (middleware != nullptr && seen.insert(name).second) {
          visit(*service, *router, name, *middleware);
        }
      }
    }
  }
}

bool IsOtherSite(std::string_view host, const Reach& reach) {
  return !reach.hosts.empty() &&
         std::none_of(reach.hosts.begin(), reach.hosts.end(),
                      [&](const std::string& own) { return IsSameSite(own, host); });
}

// Whose pages embed or call the service, as the configuration or the operator says.
std::vector<std::string> Embedders(const AuditScan& scan, const ServiceConfig& service) {
  std::vector<std::string> who;
  const Reach& reach = scan.facts.Of(service);
  for (const std::string& embedded : scan.input.embedded) {
    if (std::any_of(reach.hosts.begin(), reach.hosts.end(),
                    [&](const std::string& host) { return DomainCovers(embedded, host); })) {
      who.push_back("other sites (--embedded " + embedded + ")");
    }
  }
  for (const RouterConfig* router : reach.serving) {
    for (const std::string& name : router->middlewares) {
      const MiddlewareConfig* middleware = FindMiddleware(scan, name);
      if (middleware == nullptr) continue;
      for (const auto* origins : {&middleware->credential_origins, &middleware->framing_origins}) {
        for (const std::string& origin : *origins) {
          const bool told = std::find(who.begin(), who.end(), origin) != who.end();
          if (!told && IsOtherSite(HostOfUrl(origin), reach)) who.push_back(origin);
        }
      }
    }
  }
  return who;
}

// The sites that this Traefik serves, each with one of its hosts.
using Sites = std::map<std::string, std::string>;
Sites SitesOf(const Facts& facts) {
  Sites sites;
  std::set<std::string_view> seen;
  for (const ServiceConfig* service : facts.live()) {
    for (const std::string& host : facts.Of(*service).hosts) {
      if (seen.insert(host).second) sites.emplace(RegistrableDomain(host), host);
    }
  }
  return sites;
}

// Hosts of sites that the service is not of.
std::vector<std::string> OtherSites(Sites sites, const Reach& reach) {
  if (reach.hosts.empty()) return {};
  for (const std::string& host : reach.hosts) sites.erase(RegistrableDomain(host));
  std::vector<std::string> hosts;
  for (const auto& [site, host] : sites) hosts.push_back(host);
  return hosts;
}

// The router that a request from inside, to an address of Traefik's own, comes to.
const RouterConfig* RouterAt(const AuditScan& scan, const MiddlewareConfig& auth) {
  const auto is_own = [&](const RouterConfig& router) {
    return std::any_of(
        router.entry_points.begin(), router.entry_points.end(), [&](const auto& name) {
          const auto it = scan.config.entry_points.find(name);
          if (it == scan.config.entry_points.end()) return false;
          const std::string_view address = it->second.address;
          const size_t colon = address.rfind(':');
          if (colon == npos) return false;
          const std::string_view port =
              address.substr(colon + 1, address.find('/', colon) - colon - 1);
          if (auth.auth_port.empty() ? port != "80" && port != "443" : port != auth.auth_port)
            return false;
          return AddressWithoutPort(address) == auth.auth_host;
        });
  };
  const RouterConfig* best = nullptr;
  for (const auto& [name, router] : scan.config.routers) {
    if (!router.enabled || router.service.empty()) continue;
    const bool own = is_own(router);
    const bool fits = std::any_of(
        router.match.alternatives.begin(), router.match.alternatives.end(), [&](const auto& way) {
          const bool host =
              way.host == auth.auth_host || (own && way.host_is == RouteAlternative::Is::kAny);
          return host && (way.path.empty() ? way.path_is == RouteAlternative::Is::kAny
                                           : auth.auth_path.starts_with(way.path));
        });
    // As Traefik does: the longest rule first.
    const auto before = [](const RouterConfig& a, const RouterConfig& b) {
      return std::pair(b.rule.size(), std::string_view(a.name)) <
             std::pair(a.rule.size(), std::string_view(b.name));
    };
    if (fits && (best == nullptr || before(router, *best))) best = &router;
  }
  return best;
}

}  // namespace

void CrossSite(const AuditScan& scan, FindingList& out) {
  const Sites sites = SitesOf(scan.facts);
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!service->cookie) continue;
    const StickyCookie& cookie = *service->cookie;
    const bool for_others = cookie.same_site == SameSite::kNone;
    if (for_others && !cookie.secure) continue;  // thrown away before
    const std::string same_site = cookie.same_site_written.empty()
                                      ? "no SameSite, which is Lax to browsers"
                                      : "SameSite=" + cookie.same_site_written;
    const std::vector<std::string> who = Embedders(scan, *service);
    const Fix fix = FixBySettings(
        *service,
        "Serve the pages and this service under one site, which is the only sure way; or set "
        "SameSite=None and Secure, which helps where third-party cookies are allowed.",
        {{"sticky.cookie.sameSite", "none"}, {"sticky.cookie.secure", "true"}});
    if (!who.empty()) {
      out.Add(for_others ? Level::kInfo : Level::kError, {service->name, {}},
              for_others
                  ? fmt::format("The cookie {} of {} is made for pages of {}; browsers that block "
                                "third-party cookies do not send it there all the same.",
                                cookie.name, service->name, ListOf(who))
                  : fmt::format(
                        "Pages of {} embed or call {}, and its cookie {} has {}: it is not sent "
                        "from there, and each such request is balanced anew.",
                        ListOf(who), service->name, cookie.name, same_site),
              fix)
          .detail = "embedded";
      continue;
    }
    // Who serves many sites serves strangers.
    if (for_others || sites.size() > kMostSites) continue;
    const std::vector<std::string> others = OtherSites(sites, scan.facts.Of(*service));
    if (others.empty()) continue;
    out.Add(Level::kInfo, {service->name, {}},
            fmt::format(
                "The cookie {} of {} has {}. If pages of another site ({}) embed or call it, "
                "the cookie is not sent from there; --embedded says so to this audit.",
                cookie.name, service->name, same_site, ListOf(others, 3)),
            fix)
        .detail = "maybe";
  }
}

void FrozenExpires(const AuditScan& scan, FindingList& out) {
  const std::string& version = scan.config.version;
  if (!IsAtLeast(version, "3.7.0") || IsAtLeast(version, "3.7.13")) return;
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!service->cookie || ProviderOf(service->name) != "kubernetesingressnginx") continue;
    out.Add(
        Level::kInfo, {service->name, {}},
        fmt::format("If an Ingress of {} sets session-cookie-expires or -max-age: Traefik {} "
                    "computes Expires once, when it reads the configuration, and after that time "
                    "each new cookie has expired already. The API does not show it.",
                    service->name, version),
        {"Look whether Expires in a fresh Set-Cookie lies after its Date. Upgrade to v3.7.13, or "
         "remove the annotation.",
         "", "",
         "metadata:\n  annotations:\n    nginx.ingress.kubernetes.io/session-cookie-expires: null\n"
         "    nginx.ingress.kubernetes.io/session-cookie-max-age: null\n"});
  }
}

void DisabledRouter(const AuditScan& scan, FindingList& out) {
  std::vector<const RouterConfig*> routers;
  for (const auto& [name, router] : scan.config.routers) {
    if (!router.enabled) routers.push_back(&router);
  }
  std::sort(routers.begin(), routers.end(),
            [](const RouterConfig* a, const RouterConfig* b) { return a->name < b->name; });
  for (const RouterConfig* router : routers) {
    const std::string why = router->errors.empty() ? "it does not say why" : ListOf(router->errors);
    // The service may not be there at all.
    const ServiceConfig* service = scan.config.FindService(router->service);
    out.Add(Level::kError, {service == nullptr ? "" : service->name, {{"router", router->name}}},
            fmt::format("Router {} is disabled, and serves nobody: {}.", router->name, why),
            FixByWords("Mend what Traefik says, or remove the router."));
  }
}

void TrustsAnybody(const AuditScan& scan, FindingList& out) {
  std::set<std::string> used;
  for (const ServiceConfig* service : scan.facts.live()) {
    for (const RouterConfig* router : scan.facts.Of(*service).routers) {
      used.insert(router->entry_points.begin(), router->entry_points.end());
    }
  }
  for (const std::string& name : used) {
    const auto it = scan.config.entry_points.find(name);
    if (it == scan.config.entry_points.end() || !it->second.trusts_anybody) continue;
    out.Add(
        Level::kInfo, {"", {{"entry point", name}}},
        fmt::format(
            "Entry point {} believes X-Forwarded-For of anybody: clients choose the address "
            "that is logged, and what is found by address only can be forged.",
            name),
        {"Name the proxies in front instead.",
         fmt::format("# static configuration\nentryPoints:\n  {}:\n    forwardedHeaders:\n      "
                     "trustedIPs: [\"10.0.0.0/8\"]\n",
                     YamlScalar(name)),
         "", ""});
  }
}

void ErrorPages(const AuditScan& scan, FindingList& out) {
  EachMiddleware(scan, [&](const ServiceConfig& service, const RouterConfig& router,
                           const std::string& name, const MiddlewareConfig& middleware) {
    if (middleware.errors_service.empty()) return;
    const auto& statuses = middleware.error_statuses;
    const bool wide = std::any_of(statuses.begin(), statuses.end(), [](const std::string& status) {
      return !status.starts_with('5');
    });
    out.Add(
        wide ? Level::kWarning : Level::kInfo,
        {service.name, {{"middleware", name}, {"router", router.name}}},
        fmt::format("{} replaces answers of {} with status {}, and their Set-Cookie is lost with "
                    "them: who gets one first is not pinned by it.",
                    name, service.name, ListOf(statuses)),
        FixByWords("Let the middleware match 5xx only, where a first answer seldom is."));
  });
}

void ChangesCookies(const AuditScan& scan, FindingList& out) {
  EachMiddleware(scan, [&](const ServiceConfig& service, const RouterConfig& router,
                           const std::string& name, const MiddlewareConfig& middleware) {
    for (const auto& [does, header, key] :
         {std::tuple(middleware.changes_set_cookie, "Set-Cookie", "customResponseHeaders"),
          std::tuple(middleware.removes_cookie, "Cookie", "customRequestHeaders")}) {
      if (!does) continue;
      out.Add(Level::kError, {service.name, {{"middleware", name}, {"router", router.name}}},
              fmt::format(
                  "{} on router {} sets or removes the header {} ({}): the cookie {} of {} does "
                  "not get through.",
                  name, router.name, header, key, service.cookie->name, service.name),
              FixByWords(fmt::format("Remove {} from {} of {}.", header, key, name)))
          .detail = header;
    }
  });
}

void AuthCookieKept(const AuditScan& scan, FindingList& out) {
  std::set<std::string> used;
  for (const auto& [name, router] : scan.config.routers) {
    if (router.enabled) used.insert(router.middlewares.begin(), router.middlewares.end());
  }
  for (const std::string& name : used) {
    const MiddlewareConfig* auth = FindMiddleware(scan, name);
    if (auth == nullptr || auth->auth_host.empty()) continue;
    const RouterConfig* router = RouterAt(scan, *auth);
    const ServiceTree* tree = router == nullptr ? nullptr : scan.config.Tree(router->service);
    if (tree == nullptr) continue;
    for (const ServiceTree::Node& node : tree->nodes()) {
      const auto& cookie = node.service->cookie;
      if (!cookie) continue;
      const auto& handed_on = auth->auth_cookies;
      if (std::find(handed_on.begin(), handed_on.end(), cookie->name) != handed_on.end()) continue;
      out.Add(
          Level::kWarning, {node.service->name, {{"middleware", name}, {"router", router->name}}},
          fmt::format(
              "{} asks {} through router {}, and does not hand its cookie {} on to the user: "
              "each question may go to another server of {}.",
              name, node.service->name, router->name, cookie->name, node.service->name),
          {"Name the cookie in addAuthCookiesToResponse (v3.0 and later).",
           fmt::format("http:\n  middlewares:\n    {}:\n      forwardAuth:\n        "
                       "addAuthCookiesToResponse: [{}]\n",
                       YamlScalar(BareName(name)), YamlScalar(cookie->name)),
           fmt::format("traefik.http.middlewares.{}.forwardauth.addauthcookiestoresponse={}\n",
                       Printable(BareName(name)), Printable(cookie->name)),
           fmt::format("apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata:\n  name: {}\n"
                       "spec:\n  forwardAuth:\n    addAuthCookiesToResponse: [{}]\n",
                       YamlScalar(BareName(name)), YamlScalar(cookie->name))});
    }
  }
}

}  // namespace stickyd::audit_rules
