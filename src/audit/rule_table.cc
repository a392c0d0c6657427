// SPDX-License-Identifier: Apache-2.0
// rule_table.cc: the one table of the audit's rules.
// Role:    audit.cc runs it; docs/AUDIT.md has the same rows, and docs/rules a page for each (a
// test
//          compares them).
// Shape:   A: what a configuration shows by itself; S: what public reports taught; X: the rest; D:
// of files before the deploy. A
//          rule that a second list made sharper names that list's id.
#include "audit_rules.h"

namespace stickyd {

const std::vector<AuditRule>& AuditRuleTable() {
  using L = FindingLevel;
  namespace r = audit_rules;
  static const std::vector<AuditRule> table = {
      {{"A1", "", "not_sticky", L::kWarning, "a service of several servers without a sticky cookie",
        "Traefik gives each request to the next server: a session that lives in one server's "
        "memory is "
        "lost at once."},
       r::NotSticky},
      {{"A2", "", "unused_twin", L::kError, "the cookie is on a service that no router uses",
        "Routers lead to a service of a similar name or of the same servers, and that one is not "
        "sticky."},
       r::UnusedTwin},
      {{"A3", "", "empty_sticky", L::kError, "a sticky block without a cookie",
        "Traefik accepts `sticky: {}` and does nothing: only sticky.cookie pins anybody."},
       r::EmptySticky},
      {{"A4", "", "strategy_ignores_cookie", L::kError, "a cookie under the strategy hrw",
        "hrw pins by the peer's address and neither sets nor reads the cookie, though the API "
        "shows it. "
        "Behind a proxy all its users are one."},
       r::StrategyIgnoresCookie},
      {{"A5", "S3", "single_server", L::kWarning, "one server only, which may be several",
        "The cookie pins people to the one address that Traefik knows; what stands behind a name "
        "or a "
        "VIP balances them anew, and the access log does not show it."},
       r::SingleServer},
      {{"A6", "S12", "nested_level", L::kError, "a level of a nested service is not sticky",
        "Traefik chooses at each level, and each needs a cookie of its own. Where children have "
        "one "
        "server each, the weighted level alone decides."},
       r::NestedLevel},
      {{"A7", "", "shared_name", L::kError, "two services of one host with one cookie name",
        "A browser keeps one cookie of a name, path and domain: each service overwrites the "
        "other's "
        "value with one that the other does not know."},
       r::SharedName},
      {{"A8", "", "same_site", L::kError, "a SameSite that browsers or Traefik do not take",
        "Browsers throw SameSite=None without Secure away; Traefik ignores values that it does not "
        "know, before v3.6.14 also for a capital letter."},
       r::CookieSameSite},
      {{"A9", "", "secure_over_http", L::kError, "a Secure cookie where requests come over HTTP",
        "Browsers neither keep nor send a Secure cookie over plain HTTP."},
       r::SecureOverPlain},
      {{"A10", "", "hosts_without_domain", L::kWarning,
        "several hosts, and a cookie without a domain",
        "Such a cookie belongs to the host that set it: a user who goes on to another host has no "
        "cookie there."},
       r::HostsWithoutDomain},
      {{"A11", "", "narrow_path", L::kWarning,
        "a cookie path that does not cover what routers match",
        "Browsers send the cookie below its path only: other requests of the same session come "
        "without "
        "it."},
       r::NarrowPath},
      {{"A12", "", "lifetime", L::kError, "a cookie that ends while its user is there",
        "Traefik sets the cookie once and does not renew it: maxAge counts from the first answer, "
        "not "
        "from the last request."},
       r::CookieLifetime},
      {{"A13", "", "server_out", L::kWarning, "servers that are down, fenced or of weight 0",
        "Sessions of a server that is out move to another one, and do not come back."},
       r::ServerOut},
      {{"A14", "", "odd_server_url", L::kError, "server URLs that are there twice, or have a query",
        "The cookie is made of the URL's text: two spellings are two servers, and v2.5 to v2.11 do "
        "not "
        "find one with a query or credentials again."},
       r::OddServerUrl},
      {{"A15", "", "retry_without_health_check", L::kWarning, "retries, but no health check",
        "A retry asks the balancer again with the same cookie: it goes to the same dead server, "
        "until "
        "somebody takes that out."},
       r::RetryWithoutHealthCheck},
      {{"A16", "", "famous_cookie_name", L::kWarning, "a cookie name that others use",
        "An application, or a balancer in front, that sets a cookie of this name overwrites "
        "Traefik's, "
        "or is overwritten by it."},
       r::FamousCookieName},
      {{"A17", "", "default_name", L::kInfo, "a cookie without a name of its own",
        "Traefik makes the name of the service's name: renaming that renames the cookie, and all "
        "sessions break once."},
       r::DefaultName},
      {{"A18", "", "trusts_anybody", L::kInfo,
        "an entry point that believes X-Forwarded-For of anybody",
        "The logged address is what the client says: nothing that rests on addresses can be "
        "trusted."},
       r::TrustsAnybody},
      {{"A19", "S14", "config_changed", L::kWarning, "what changed between two readings",
        "A router that leads to other servers, a cookie that is called otherwise, or a version "
        "that "
        "writes it otherwise moves everybody at once."},
       r::ConfigChanged},
      {{"A20", "", "error_pages", L::kWarning, "error pages in front of a sticky service",
        "The errors middleware throws the original answer away with its Set-Cookie."},
       r::ErrorPages},

      {{"S1", "", "one_pool_two_cookies", L::kWarning,
        "two services of the same servers, each sticky",
        "Each service pins for itself: a user of both has two servers, and a session on one of "
        "them."},
       r::OnePoolTwoCookies},
      {{"S2", "", "one_pool_one_cookie", L::kInfo,
        "two services of the same servers, one of them sticky",
        "Requests that come through the other service go to any server."},
       r::OnePoolOneCookie},
      {{"S4", "", "nginx_unread", L::kWarning, "annotations of ingress-nginx that nobody reads",
        "The provider takes Ingresses of classes whose controller is ingress-nginx', and there is "
        "none; "
        "Traefik's own Ingress provider does not know these annotations."},
       r::NginxUnread},
      {{"S5", "", "frozen_expires", L::kInfo, "Expires may be frozen (ingress-nginx provider)",
        "Before v3.7.13 Expires is computed when the configuration is read: some time later all "
        "new "
        "cookies have expired already."},
       r::FrozenExpires},
      {{"S6", "", "gateway_persistence", L::kWarning, "sessionPersistence of the Gateway API",
        "Traefik does not read it: the service has no cookie, whatever the HTTPRoute says."},
       r::GatewayPersistence},
      {{"S7", "", "one_name_two_definitions", L::kWarning, "one service defined by two objects",
        "Services of IngressRoutes and TraefikServices are called NAMESPACE-SERVICE-PORT, whatever "
        "their "
        "settings are: the one that is read last wins."},
       r::OneNameTwoDefinitions},
      {{"S8", "", "domain_does_not_cover", L::kError, "a cookie domain that does not cover a host",
        "Browsers refuse a cookie whose Domain is neither the host nor above it."},
       r::DomainDoesNotCover},
      {{"S9", "", "auth_cookie_kept", L::kWarning,
        "forwardAuth keeps the cookie of the service it asks",
        "Set-Cookie of the answer to forwardAuth reaches the user only if addAuthCookiesToResponse "
        "names "
        "the cookie."},
       r::AuthCookieKept},
      {{"S10", "", "failover_by_status", L::kWarning, "failover by the status of an answer",
        "Each answer of such a status moves one user for one request to servers that do not know "
        "the "
        "session."},
       r::FailoverByStatus},
      {{"S11", "", "replicas_differ", L::kError, "replicas that know other addresses",
        "The cookie stands for a server's URL: a replica that has other URLs for the same servers "
        "honours none of the other's cookies."},
       r::ReplicasDiffer},
      {{"S13", "", "child_health", L::kWarning,
        "a weighted service that does not learn its children's health",
        "Its cookie keeps people at a child whose servers are all down: 503 for each request."},
       r::ChildHealth},
      {{"S15", "", "weight_went_to_zero", L::kWarning, "a child whose weight went to 0",
        "A cookie for a child of weight 0 does not count: its users are moved at once, not "
        "drained."},
       r::WeightWentToZero},

      {{"X1", "", "disabled_router", L::kError, "a router that Traefik has disabled",
        "It serves nobody; other routers, or none, answer for it."},
       r::DisabledRouter},
      {{"X2", "", "cross_site", L::kError, "a cookie that is needed on pages of other sites",
        "Browsers send a cookie without SameSite=None not from pages of another site; and where "
        "they "
        "block third-party cookies, not with it either."},
       r::CrossSite},
      {{"X3", "", "many_services", L::kInfo, "more services than one page of the API has",
        "Lists of the API have 100 entries a page; what reads the first one only overlooks the "
        "rest."},
       r::ManyServices},
      {{"X4", "", "nested_same_name", L::kError,
        "two levels of a nested service with one cookie name",
        "Both Set-Cookie headers have one name: the browser keeps the second, and the first level "
        "does "
        "not find its child."},
       r::NestedSameName},
      {{"X5", "", "access_log", L::kInfo, "what the access log must keep",
        "What is not logged cannot be told: without headers most causes have no name."},
       r::AccessLogKeeps},
      {{"X6", "", "upgrade", L::kInfo, "what an upgrade will move",
        "The value of the cookie is made in another way by each of v2.5, v3.0 and v3.3.4."},
       r::UpgradeMoves},
      {{"X7", "", "changes_cookies", L::kError, "a middleware that changes Set-Cookie or Cookie",
        "It works on the headers that stickiness needs: the cookie does not reach the user, or "
        "does not "
        "come back."},
       r::ChangesCookies},
      {{"X8", "", "api_public", L::kWarning, "Traefik's API where the public comes in",
        "Whoever reads it knows all servers, rules and settings, and the names that cookies are "
        "made of: a sticky cookie for any server is then easy to forge."},
       r::ApiPublic},

      {{"D1", "", "broken_file", L::kError, "a file that cannot be read",
        "Traefik does not read it either: what stands in it is not there."},
       r::BrokenFile},
      {{"D2", "", "unread_key", L::kError, "a key or value that Traefik does not read",
        "Traefik drops it silently, or refuses all that stands around it."},
       r::UnreadKey},
      {{"D3", "", "defined_twice", L::kError, "one name for two different things",
        "Traefik keeps one of them, or none."},
       r::DefinedTwice},
      {{"D4", "", "unused_service", L::kWarning, "a service that no router leads to",
        "Nobody reaches it: a sticky cookie that it has pins nobody."},
       r::UnusedService},
      {{"D5", "", "not_known_yet", L::kInfo, "what cannot be known before the deploy",
        "What Traefik, Docker or Kubernetes make at run time is not in the files."},
       r::NotKnownYet},
  };
  return table;
}

}  // namespace stickyd
