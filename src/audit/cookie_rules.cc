// SPDX-License-Identifier: Apache-2.0
// cookie_rules.cc: rules of the audit that look at one cookie and what browsers do with it.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "audit_rules.h"
#include "stickyd/base/site.h"
#include "stickyd/base/text.h"

namespace stickyd::audit_rules {
namespace {

using Level = FindingLevel;

// Calls visit(service, cookie, reach) for the live sticky ones.
template <class Visit>
void EachCookie(const AuditScan& scan, Visit visit) {
  for (const ServiceConfig* service : scan.facts.live()) {
    if (service->cookie) visit(*service, *service->cookie, scan.facts.Of(*service));
  }
}

std::string HostList(const std::set<std::string, std::less<>>& hosts) {
  return ListOf({hosts.begin(), hosts.end()});
}

// Is every path that begins with `prefix` one that the cookie is sent with? (RFC 6265, 5.1.4)
bool CookieReaches(const std::string& cookie_path, std::string_view prefix) {
  if (!prefix.starts_with(cookie_path)) return false;
  return cookie_path.ends_with('/') || prefix.size() == cookie_path.size() ||
         prefix[cookie_path.size()] == '/';
}

std::string Seconds(int64_t s) {
  if (s % 86400 == 0) return fmt::format("{} d", s / 86400);
  if (s % 3600 == 0) return fmt::format("{} h", s / 3600);
  if (s % 60 == 0) return fmt::format("{} min", s / 60);
  return fmt::format("{} s", s);
}

}  // namespace

void CookieSameSite(const AuditScan& scan, FindingList& out) {
  const std::string& version = scan.config.version;
  const bool by_case = IsAtLeast(version, "2.0.0") && !IsAtLeast(version, "3.6.14");
  EachCookie(scan, [&](const ServiceConfig& service, const StickyCookie& cookie, const Reach&) {
    const std::string& written = cookie.same_site_written;
    if (written.empty()) return;
    if (cookie.same_site == SameSite::kUnset) {
      out.Add(Level::kError, {service.name, {}},
              fmt::format(
                  "sameSite of {} is '{}', which is none of none, lax and strict: no SameSite "
                  "is sent.",
                  service.name, written),
              FixBySettings(service, "Write none, lax or strict.",
                            {{"sticky.cookie.sameSite", "lax"}}))
          .detail = "value";
      return;
    }
    if (by_case && written != ToLower(written)) {
      out.Add(Level::kWarning, {service.name, {}},
              fmt::format(
                  "sameSite of {} is '{}'. Traefik {} knows it in lower case only, and sends "
                  "no SameSite.",
                  service.name, written, version),
              FixBySettings(service, "Write it in lower case.",
                            {{"sticky.cookie.sameSite", ToLower(written)}}))
          .detail = "case";
      return;
    }
    if (service.kind == ServiceKind::kWeighted && version.starts_with("2.")) {
      out.Add(
             Level::kWarning, {service.name, {}},
             fmt::format("sameSite of the weighted service {} is never sent by v2 (since v3.0.0 it "
                         "is).",
                         service.name),
             FixByWords("Upgrade to v3, or do without SameSite on this level."))
          .detail = "level";
      return;
    }
    if (cookie.same_site == SameSite::kNone && !cookie.secure) {
      out.Add(Level::kError, {service.name, {}},
              fmt::format("The cookie {} of {} is SameSite=None without Secure: browsers throw it "
                          "away, and each request is balanced anew.",
                          cookie.name, service.name),
              FixBySettings(service, "Set secure (the site must be on HTTPS), or another sameSite.",
                            {{"sticky.cookie.sameSite", "none"}, {"sticky.cookie.secure", "true"}}))
          .detail = "none";
    }
  });
}

void SecureOverPlain(const AuditScan& scan, FindingList& out) {
  if (scan.config.entry_points.empty()) return;  // who has TLS is not known
  EachCookie(scan, [&](const ServiceConfig& service, const StickyCookie& cookie,
                       const Reach& reach) {
    if (!cookie.secure) return;
    std::vector<const RouterConfig*> plain;
    std::vector<std::string> entries;
    bool behind_proxy = true;
    for (const RouterConfig* router : reach.serving) {
      if (router->secure.value_or(false)) continue;
      const size_t before = entries.size();
      for (const std::string& name : router->entry_points) {
        const auto it = scan.config.entry_points.find(name);
        if (it == scan.config.entry_points.end() || it->second.tls || it->second.redirects)
          continue;
        behind_proxy &= it->second.trusts_forwarded;
        if (std::find(entries.begin(), entries.end(), name) == entries.end())
          entries.push_back(name);
      }
      if (entries.size() > before || !router->secure.has_value()) plain.push_back(router);
    }
    if (plain.empty()) return;
    behind_proxy &= !entries.empty();
    const bool all = plain.size() == reach.serving.size();
    auto objects = ObjectsOf("router", NamesOf(plain));
    for (const std::string& entry : entries) objects.push_back({"entry point", entry});
    const char* then = behind_proxy
                           ? "All is well if the proxy in front of it speaks HTTPS with people."
                       : all ? "Browsers keep no Secure cookie that came over HTTP: nobody is "
                               "pinned."
                             : "Requests over HTTP never carry it, and are balanced anew.";
    out.Add(
        behind_proxy ? Level::kInfo
        : all        ? Level::kError
                     : Level::kWarning,
        {service.name, std::move(objects)},
        fmt::format("The cookie {} of {} is Secure, and {} without TLS to it (entry point {}). {}",
                    cookie.name, service.name,
                    (plain.size() == 1 ? "router " : "routers ") + ListOf(NamesOf(plain)) +
                        (plain.size() == 1 ? " leads" : " lead"),
                    ListOf(entries), then),
        {"Redirect HTTP to HTTPS at the entry point.",
         fmt::format("# static configuration\nentryPoints:\n  {}:\n    http:\n      redirections:\n"
                     "        entryPoint:\n          to: websecure\n          scheme: https\n",
                     YamlScalar(entries.empty() ? "web" : entries.front())),
         "", ""});
  });
}

void HostsWithoutDomain(const AuditScan& scan, FindingList& out) {
  EachCookie(
      scan, [&](const ServiceConfig& service, const StickyCookie& cookie, const Reach& reach) {
        if (!cookie.domain.empty() || reach.hosts.size() < 2) return;
        std::map<std::string, std::vector<std::string>> sites;
        for (const std::string& host : reach.hosts) sites[RegistrableDomain(host)].push_back(host);
        const auto widest = std::max_element(
            sites.begin(), sites.end(),
            [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
        const bool together = widest->second.size() > 1;
        // A cookie for pages of other sites: those call one host, and its people do not change
        // hosts.
        const bool embedded = cookie.same_site == SameSite::kNone;
        Fix fix = FixByWords(
            "Send people to one host by a redirect, or keep sessions where all servers "
            "reach them.");
        if (together && (scan.config.version.empty() || IsAtLeast(scan.config.version, "3.4.0"))) {
          fix = FixBySettings(
              service,
              "Set the domain that the hosts share, with a new cookie name (the old cookie "
              "would shadow it); or redirect people to one host.",
              {{"sticky.cookie.name", SuggestedCookieName(service)},
               {"sticky.cookie.domain", widest->first}});
        }
        out.Add(together && !embedded ? Level::kWarning : Level::kInfo, {service.name, {}},
                fmt::format(
                    "{} is reached as {}, and its cookie {} has no domain: each host has a cookie "
                    "of its own, so that a user has a server on each.",
                    service.name, HostList(reach.hosts), cookie.name),
                std::move(fix));
      });
}

void DomainDoesNotCover(const AuditScan& scan, FindingList& out) {
  EachCookie(scan, [&](const ServiceConfig& service, const StickyCookie& cookie,
                       const Reach& reach) {
    if (cookie.domain.empty()) return;
    std::vector<std::string> outside;
    for (const std::string& host : reach.hosts) {
      if (!DomainCovers(cookie.domain, host)) outside.push_back(host);
    }
    if (outside.empty()) return;
    out.Add(
        Level::kError, {service.name, ObjectsOf("host", outside)},
        fmt::format("The cookie {} of {} has domain {}, and {} {} not below it: browsers refuse "
                    "the cookie there, and each request is balanced anew.",
                    cookie.name, service.name, cookie.domain, ListOf(outside),
                    outside.size() == 1 ? "is" : "are"),
        FixByRemoving(service,
                      "Remove the domain, or set one that covers every host of the service; hosts "
                      "without a common domain need a service each.",
                      "sticky.cookie.domain"));
  });
}

void NarrowPath(const AuditScan& scan, FindingList& out) {
  EachCookie(scan, [&](const ServiceConfig& service, const StickyCookie& cookie,
                       const Reach& reach) {
    if (cookie.path == "/") return;
    std::vector<const RouterConfig*> outside;
    for (const RouterConfig* router : reach.serving) {
      const auto& ways = router->match.alternatives;
      if (std::any_of(ways.begin(), ways.end(), [&](const RouteAlternative& way) {
            if (way.path_is == RouteAlternative::Is::kUnknown) return false;
            return !CookieReaches(cookie.path, way.path.empty() ? "/" : way.path);
          })) {
        outside.push_back(router);
      }
    }
    if (outside.empty()) return;
    out.Add(
        Level::kWarning, {service.name, ObjectsOf("router", NamesOf(outside))},
        fmt::format("The cookie {} of {} has path {}, and {} leads other paths there too: requests "
                    "outside of {} come without it.",
                    cookie.name, service.name, cookie.path,
                    (outside.size() == 1 ? "router " : "each of ") + ListOf(NamesOf(outside)),
                    cookie.path),
        FixBySettings(
            service,
            "Set the path to / and give the cookie a new name, so that old cookies do "
            "not shadow it.",
            {{"sticky.cookie.name", SuggestedCookieName(service)}, {"sticky.cookie.path", "/"}}));
  });
}

void CookieLifetime(const AuditScan& scan, FindingList& out) {
  EachCookie(scan, [&](const ServiceConfig& service, const StickyCookie& cookie, const Reach&) {
    const int64_t age = cookie.max_age_s;
    if (age == 0) return;
    const bool at_once = age < 0;
    out.Add(at_once       ? Level::kError
            : age < 86400 ? Level::kWarning
                          : Level::kInfo,
            {service.name, {}},
            at_once
                ? fmt::format("maxAge of the cookie {} of {} is {}: browsers delete it at once.",
                              cookie.name, service.name, age)
                : fmt::format("The cookie {} of {} ends {} after it was set, however busy its user "
                              "is: Traefik does not renew it, and then balances anew.",
                              cookie.name, service.name, Seconds(age)),
            FixByRemoving(service,
                          "Remove maxAge: the cookie then lasts for as long as the browser is "
                          "open. Or make it longer than any session.",
                          "sticky.cookie.maxAge"));
  });
}

void FamousCookieName(const AuditScan& scan, FindingList& out) {
  // Names, and what names begin with (with a *), of applications and of balancers in front.
  static constexpr std::string_view kFamous[] = {
      "jsessionid",    "phpsessid",       "asp.net_sessionid", ".aspnetcore.*",
      "connect.sid",   "sessionid",       "session",           "session_id",
      "sid",           "laravel_session", "xsrf-token",        "csrftoken",
      "_csrf",         "rack.session",    "play_session",      "cfid",
      "cftoken",       "ci_session",      "grafana_session",   "awsalb*",
      "awselb*",       "arraffinity*",    "bigipserver*",      "gclb",
      "__cflb",        "__cf_bm",         "cf_clearance",      "serverid",
      "citrix_ns_id*", "incap_ses_*",     "wordpress_*",       "_traefik_backend"};
  EachCookie(scan, [&](const ServiceConfig& service, const StickyCookie& cookie, const Reach&) {
    const std::string name = ToLower(cookie.name);
    const bool famous =
        std::any_of(std::begin(kFamous), std::end(kFamous), [&](std::string_view known) {
          return known.ends_with('*') ? name.starts_with(known.substr(0, known.size() - 1))
                                      : name == known;
        });
    if (!famous) return;
    out.Add(Level::kWarning, {service.name, {}},
            fmt::format(
                "The sticky cookie of {} is called {}, as applications or other balancers call "
                "theirs: who sets it last wins, and the server is forgotten.",
                service.name, cookie.name),
            FixBySettings(service, "Choose a name that nothing else on its hosts sets.",
                          {{"sticky.cookie.name", SuggestedCookieName(service)}}))
        .detail = cookie.name;
  });
}

void DefaultName(const AuditScan& scan, FindingList& out) {
  EachCookie(scan, [&](const ServiceConfig& service, const StickyCookie& cookie, const Reach&) {
    if (!cookie.default_name || scan.IsNameWritten(service)) return;
    const bool of_rule = ProviderOf(service.name) == "kubernetescrd";
    out.Add(Level::kInfo, {service.name, {}},
            fmt::format(
                "The cookie {} has no name in the configuration: Traefik makes one of the "
                "service's, {}. {}",
                cookie.name, service.name,
                of_rule ? "In an IngressRoute that name may hold a hash of the rule: editing the "
                          "rule ends all sessions once."
                        : "Renaming the service, project or stack ends all sessions once."),
            FixBySettings(
                service, "Set a name. To keep the sessions that there are, set the one it has now.",
                {{"sticky.cookie.name", cookie.name}}));
  });
}

}  // namespace stickyd::audit_rules
