// SPDX-License-Identifier: Apache-2.0
// Causes that Traefik's configuration decides, and what can be told of them without it.
#include <algorithm>

#include "causes.h"

namespace stickyd {
namespace {

bool AnyLevelSticky(const Inquiry& q) {
  return std::any_of(q.route().path.begin(), q.route().path.end(),
                     [](const ServiceConfig* level) { return level->cookie.has_value(); });
}

// By the API: the live service has no sticky cookie, on no level.
bool PlainByApi(const Inquiry& q) {
  return q.api() && q.leaf()->kind == ServiceKind::kLoadBalancer && !AnyLevelSticky(q);
}

// The level at which the ways to the pin and to the server part; null if they do not.
const ServiceConfig* PartingLevel(const Inquiry& q) {
  const auto& here = q.route().path;
  const auto& there = q.pin_path;
  if (here.empty() || there.empty()) return nullptr;
  size_t i = 0;
  while (i < here.size() && i < there.size() && here[i] == there[i]) ++i;
  const bool part = i > 0 && i < here.size() && i < there.size();
  return part ? here[i - 1] : nullptr;
}

// A sticky balancer that does not honour a cookie gives another one. This response gave none: it
// was not sticky by then, whatever an older reading of the API says.
bool RefusedForNothing(const Inquiry& q) {
  constexpr uint16_t kSwitching = 101;  // whose headers are not logged
  const Observation& seen = q.at.seen;
  const SetCookieSight& given = seen.set_cookie;
  // Its cookie was honoured, but it had been refused for nothing before.
  const bool refused_before = q.at.judgement.evidence == Evidence::kCookie &&
                              q.at.facts.Has(SessionFacts::kMoved) && q.at.facts.refused != 0 &&
                              seen.cookie.meaning.server == seen.server;
  if (q.pin_of_another_service()) return false;
  if (refused_before) return true;
  return q.showed_pin_cookie() && seen.cookie.in_scope &&
         seen.cookie.meaning.server != seen.server && !seen.cookie.differing &&
         seen.set_cookies_logged && !given.sticky && !given.lost && !given.redacted &&
         !given.foreign && seen.status != kSwitching;
}

// Responses of this scope do set cookies, so Traefik's own would show; this one set none of its
// own although it moved the session.
bool NeverGivenByLog(const Inquiry& q) {
  const Observation& seen = q.at.seen;
  const bool shows = q.facts.set_cookies() > 0 || seen.all_headers;
  return shows && q.facts.given() == 0 && !seen.set_cookie.sticky && !seen.set_cookie.lost &&
         (!seen.set_cookie.redacted);
}

// Other services of this log set theirs. What moves people now and then only may be sticky.
bool NeverGivenToMany(const Inquiry& q) {
  constexpr uint64_t kMany = 1000;
  return q.at.seen.set_cookies_logged && !q.facts.redacted() && q.facts.given() == 0 &&
         q.facts.returned() == 0 && q.facts.assignments() >= kMany &&
         q.facts.breaks() * 5 >= q.facts.assignments();
}

// In two readings, the router leads to two services, and pin and server are on two sides.
bool SwitchedByApi(const Inquiry& q) {
  const auto has = [](const TraefikConfig& config, const std::string& root, std::string_view key) {
    const ServiceTree* tree = config.Tree(root);
    return tree != nullptr && tree->Find(key).server != nullptr;
  };
  const RouterConfig* before = nullptr;
  const TraefikConfig* config_before = nullptr;
  for (size_t i = 0; i < q.configs.size(); ++i) {
    const TraefikConfig& config = q.configs[i];
    if (config.time > q.at.deadline) break;
    const RouterConfig* now = config.FindRouter(q.route().router);
    if (now == nullptr) continue;
    if (before != nullptr && before->service != now->service &&
        has(*config_before, before->service, q.at.pin_key) &&
        !has(config, now->service, q.at.pin_key) && has(config, now->service, q.at.server_key)) {
      return true;
    }
    before = now;
    config_before = &config;
  }
  return false;
}

// By the log: the service that gave out the pin was left for good when this one came.
Finding FindSwitchedByLog(const Inquiry& q) {
  constexpr EventDuration kInFlight = std::chrono::seconds(2);
  constexpr uint64_t kFewest = 5;
  constexpr uint64_t kMostReturns = 3;  // lines of those in flight, when the router was switched
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  const ScopeFacts::Service* now = q.facts.FindService(q.route().service);
  if (pin == nullptr || now == nullptr || pin->service == now->id || q.at.renamed) {
    return No("pin and server are of one service");
  }
  const ScopeFacts::Service* before = q.facts.FindService(pin->service);
  if (before == nullptr || before->last > now->first + kInFlight ||
      before->returns > kMostReturns) {
    return No("the router leads to several services in turn");
  }
  if (!q.final) return NotYet("does the router lead to the service of before again?");
  return now->assignments >= kFewest && before->assignments >= kFewest
             ? Yes("from one moment on, the router led to this service only")
             : No("too few requests to tell whether the router was pointed elsewhere");
}

}  // namespace

Finding FindRouterSwitched(const Inquiry& q) {
  if (SwitchedByApi(q)) return Yes("the router led to another service in the reading before");
  if (q.api() && !q.pin_path.empty()) return No("pin and server are of one root service");
  return q.at.seen.format == LogFormat::kJson && !q.api()
             ? FindSwitchedByLog(q)
             : No("no reading shows that the router was pointed elsewhere");
}

Finding FindFailover(const Inquiry& q) {
  const ServiceConfig* level = PartingLevel(q);
  if (level != nullptr && level->kind == ServiceKind::kFailover) {
    return Yes("the failover service switched between its children");
  }
  return q.api() ? No("pin and server are children of no failover")
                 : No("without the API, no tree is known");
}

Finding FindNestedLevel(const Inquiry& q) {
  const ServiceConfig* level = PartingLevel(q);
  if (RefusedForNothing(q) && !q.route().upper.empty()) {
    return Yes("the level above is sticky, and the child refused its cookie and gave no other");
  }
  if (level != nullptr && level->kind == ServiceKind::kWeighted && !level->cookie) {
    return AnyLevelSticky(q) ||
                   std::any_of(q.pin_path.begin(), q.pin_path.end(),
                               [](const ServiceConfig* s) { return s->cookie.has_value(); })
               ? Yes("the weighted service above has no sticky cookie")
               : No("no level has a sticky cookie");
  }
  const bool leaf_plain =
      q.api() && !q.leaf()->cookie && q.leaf()->kind == ServiceKind::kLoadBalancer;
  if (level == nullptr && leaf_plain && AnyLevelSticky(q)) {
    return Yes("the weighted service pins the child, the child pins no server");
  }
  if (q.pin_of_another_service()) {
    if (q.facts.WalksServices()) return Yes("requests walk the services that the router leads to");
    if (!q.final) return NotYet("do requests walk the services?");
  }
  if (!q.api() && q.at.sight.names_child && q.facts.given() == 0) {
    return Yes("a cookie names the child service, none names a server");
  }
  return No("every level between router and server that branches is sticky, or none is known");
}

Finding FindStickyOnUnusedService(const Inquiry& q) {
  if (PlainByApi(q) && q.route().config->with_unused_twin.contains(q.leaf())) {
    return Yes("a service that no router uses has the sticky cookie");
  }
  return q.api() ? No("the service is sticky, or no unused sticky service resembles it")
                 : No("only the API shows unused services");
}

Finding FindNotSticky(const Inquiry& q) {
  if (PlainByApi(q)) {
    return Yes(q.leaf()->sticky_without_cookie ? "the service has `sticky: {}`, which means nothing"
                                               : "the service has no sticky.cookie");
  }
  if (RefusedForNothing(q)) {
    return Yes("its cookie was refused, and the response gave no other: it is not sticky by now");
  }
  if (q.api()) return No("the service has a sticky cookie");
  if (q.route().config != nullptr) return No("the API does not know this service");
  const bool walks = q.facts.Walks();
  if (NeverGivenByLog(q)) {
    if (walks) return Yes("no response of this service ever set a sticky cookie");
    if (!q.final) return NotYet("too few requests to tell whether they walk the servers");
  }
  if (NeverGivenToMany(q)) {
    return Yes("none of a thousand responses set a sticky cookie, though others in the log do");
  }
  // With redacted headers a reassignment by a sticky balancer would still show a Set-Cookie.
  const Observation& seen = q.at.seen;
  if (seen.set_cookies_logged && q.facts.set_cookies() > 0 && !seen.set_cookie.sent && walks) {
    return Yes("the response that moved the session set no cookie");
  }
  if (q.options.trust_cycle && !seen.cookies_logged && walks) {
    return Yes("requests walk the servers in a fixed cycle");
  }
  if (walks && !seen.cookies_logged) {
    return No(
        "requests walk the servers in a fixed cycle, but that is so too where no client returns "
        "its cookie");
  }
  return q.facts.given() > 0 ? No("Traefik did set a sticky cookie")
                             : No("Set-Cookie is not seen in this log");
}

Finding FindStrategyIgnoresCookie(const Inquiry& q) {
  if (q.api() && q.leaf()->strategy == "hrw" && q.leaf()->cookie) {
    return Yes("strategy hrw ignores the sticky block");
  }
  const ServiceConfig* level = PartingLevel(q);
  if (level != nullptr && level->kind == ServiceKind::kHighestRandomWeight) {
    return Yes("highestRandomWeight pins by address, not by cookie");
  }
  return q.api() ? No("the strategy honours cookies") : No("only the API shows the strategy");
}

Finding FindSetCookieLost(const Inquiry& q) {
  if (q.showed_pin_cookie()) return No("the client has the cookie");
  if (q.at.sight.auth_request) {
    return Yes("it is a question of forwardAuth, which does not hand the cookie on to the client");
  }
  if (q.at.sight.set_cookie_middleware) return Yes("a headers middleware changes Set-Cookie");
  if (q.at.seen.set_cookie.lost)
    return Yes("the service's response had the cookie, the client's had not");
  return No("no middleware and no response shows that a Set-Cookie was taken away");
}

}  // namespace stickyd
