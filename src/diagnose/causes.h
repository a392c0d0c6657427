// SPDX-License-Identifier: Apache-2.0
// causes.h: the rows of docs/DETECTION.md section 5, one function each.
// Role:    cause_finder runs them in the order of kRows.
// Shape:   a row sees the case, what the scope's clients show, and the configurations; it answers
//          and says why in a few words.
#pragma once

#include <string_view>

#include "stickyd/diagnose/cause_finder.h"
#include "stickyd/model/rule.h"

namespace stickyd {

struct Inquiry {
  const BreakCase& at;
  const ScopeFacts& facts;
  const ConfigHistory& configs;
  const CauseFinder::Options& options;
  bool final;  // no more evidence will come
  // Derived once:
  std::vector<const ServiceConfig*> pin_path;  // from the root to the pin's pool, if the API knows
  const TraefikConfig* next = nullptr;  // the first configuration read after the break, in time

  const Route& route() const { return *at.route; }
  const ServiceConfig* leaf() const { return at.route->leaf(); }
  bool api() const { return leaf() != nullptr; }
  // Cookies are shown, and the one that names the server came along.
  bool showed_pin_cookie() const { return at.seen.cookies_logged && at.seen.cookie.leaf_value; }
  // Cookies are shown, and it did not come.
  bool came_without() const;
  // Without the API: another service of the router chose the pin last.
  bool pin_of_another_service() const;
  // Whether it came or not, the log cannot tell.
  bool blind() const { return !at.seen.cookies_logged || at.seen.cookie.redacted; }
};

struct Finding {
  Answer answer = Answer::kNo;
  std::string_view because;
};

struct Row {
  Cause cause;
  Rule rule;
  Finding (*find)(const Inquiry&);
};

inline constexpr Finding No(std::string_view because) { return {Answer::kNo, because}; }
inline constexpr Finding Yes(std::string_view because) { return {Answer::kYes, because}; }
inline constexpr Finding NotYet(std::string_view because) { return {Answer::kNotYet, because}; }

// By Traefik's configuration (causes_config.cc).
Finding FindRouterSwitched(const Inquiry& q);
Finding FindFailover(const Inquiry& q);
Finding FindNestedLevel(const Inquiry& q);
Finding FindStickyOnUnusedService(const Inquiry& q);
Finding FindNotSticky(const Inquiry& q);
Finding FindStrategyIgnoresCookie(const Inquiry& q);
Finding FindSetCookieLost(const Inquiry& q);

// By what became of the pin (causes_pin.cc).
Finding FindCookieFormatChanged(const Inquiry& q);
Finding FindCookieRenamed(const Inquiry& q);
Finding FindDuplicateCookie(const Inquiry& q);
Finding FindServerDown(const Inquiry& q);
Finding FindReplicasDisagree(const Inquiry& q);
Finding FindServerGone(const Inquiry& q);
Finding FindSharedCookieName(const Inquiry& q);
Finding FindNotHonoured(const Inquiry& q);

// By why the client came without its cookie (causes_client.cc).
Finding FindInsecureRequest(const Inquiry& q);
Finding FindCookieDomain(const Inquiry& q);
Finding FindOtherHost(const Inquiry& q);
Finding FindCookiePath(const Inquiry& q);
Finding FindCrossSite(const Inquiry& q);
Finding FindThirdPartyBlocked(const Inquiry& q);
Finding FindCredentialsOmitted(const Inquiry& q);
Finding FindCookieExpired(const Inquiry& q);
Finding FindCookieReplacedUpstream(const Inquiry& q);
Finding FindCookieNotSent(const Inquiry& q);
Finding FindSharedClient(const Inquiry& q);

}  // namespace stickyd
