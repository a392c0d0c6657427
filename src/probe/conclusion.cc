// SPDX-License-Identifier: Apache-2.0
// What follows from a check that failed: the cause, out of the closed list.
#include <fmt/format.h>

#include <algorithm>

#include "run.h"
#include "stickyd/base/text.h"
#include "stickyd/model/balancer_cookie.h"

namespace stickyd {
namespace {

constexpr int kMoreTries = 4;
constexpr const char* kAskDirectly =
    "Ask Traefik itself as well: --direct ADDRESS:PORT tells whether it sets the cookie.";

std::string Lifetime(const SetCookie& cookie) {
  return cookie.max_age_s ? std::to_string(*cookie.max_age_s) : "none";
}

const char* SameSiteText(SameSite same_site) {
  static constexpr const char* kNames[] = {"unset", "None", "Lax", "Strict"};
  return kNames[static_cast<size_t>(same_site)];
}

// "Path=/ became Path=/x" for each attribute that differs.
std::string Differences(const SetCookie& direct, const SetCookie& edge) {
  std::string text;
  const auto add = [&](const char* what, const std::string& before, const std::string& after) {
    if (before == after) return;
    text +=
        fmt::format("{}{}={} became {}={}", text.empty() ? "" : ", ", what, before, what, after);
  };
  add("Path", direct.path, edge.path);
  add("Domain", direct.domain, edge.domain);
  add("Secure", direct.secure ? "yes" : "no", edge.secure ? "yes" : "no");
  add("HttpOnly", direct.http_only ? "yes" : "no", edge.http_only ? "yes" : "no");
  add("SameSite", SameSiteText(direct.same_site), SameSiteText(edge.same_site));
  add("Max-Age", Lifetime(direct), Lifetime(edge));
  return text;
}

// Causes of cookies that the browser keeps back.
Cause CauseOfKeepingBack(CookieReason reason) {
  switch (reason) {
    case CookieReason::kPath:
      return Cause::kCookiePath;
    case CookieReason::kHost:
      return Cause::kOtherHost;
    case CookieReason::kSecureOverHttp:
      return Cause::kInsecureRequest;
    case CookieReason::kExpired:
      return Cause::kCookieExpired;
    case CookieReason::kSameSite:
      return Cause::kCrossSite;
    case CookieReason::kThirdParty:
      return Cause::kThirdPartyBlocked;
    default:
      return Cause::kUnknown;
  }
}

}  // namespace

void ProbeRun::Unreached(const Visit& visit) {
  const int exchange = visit.exchanges.empty() ? 0 : visit.exchanges.back();
  const auto fault =
      exchange == 0 ? HttpFault::kTimeout : visitor_.exchange(exchange).failure->fault;
  Note("reachable", CheckResult::kFail, fmt::format("{} ({})", visit.why, Name(fault)), exchange);
  std::string fix = "Ask from where the site can be reached; --resolve and --timeout may help.";
  if (fault == HttpFault::kTls) {
    fix = "Give the certificate's authority (--ca FILE); --insecure takes any certificate.";
  }
  Doubt("no answer: " + visit.why, exchange, std::move(fix));
}

// No answer of the first visit set a cookie that is Traefik's.
void ProbeRun::NoCookie() {
  const ProbeExchange& last = Last(first_);
  const ProbeKnowledge& knowledge = options_.knowledge;
  std::string others;
  std::string balancers;
  for (const int number : first_.exchanges) {
    for (const CookieDecision& set : visitor_.exchange(number).taken) {
      std::string& list = IsBalancerCookie(set.name) ? balancers : others;
      if (list.size() < 200) list += (list.empty() ? "" : ", ") + Printable(set.name, 64);
    }
  }
  std::string seen = "no answer sets a cookie of Traefik's";
  if (!balancers.empty()) seen += "; another balancer sets " + balancers;
  if (!others.empty()) seen += "; others are " + others;
  Note("cookie_set", CheckResult::kFail, seen, last.number);
  if (!direct_.empty()) {
    Blame(Cause::kCookieReplacedUpstream, at_the_edge_, direct_exchange_);
    return;
  }
  if (MayLackServer(last) || first_.end != VisitEnd::kAnswered) {
    Doubt(fmt::format("HTTP {}{}: no server may have been chosen", last.status,
                      first_.why.empty() ? "" : ", and " + first_.why),
          last.number,
          "Probe a URL that a server answers: --header may bring what it asks for, --host further "
          "hosts.");
    return;
  }
  if (knowledge.ignores_cookie) {
    Blame(Cause::kStrategyIgnoresCookie, "the service's strategy is hrw, which sets no cookie",
          last.number);
  } else if (knowledge.known && !knowledge.cookies.empty() && knowledge.changes_set_cookie) {
    Blame(Cause::kSetCookieLost,
          "a middleware of the router changes Set-Cookie, and no answer has it", last.number);
  } else if (knowledge.known && !knowledge.cookies.empty() && !direct_asked_) {
    Doubt("the configuration has a sticky cookie, and no answer sets it", last.number,
          kAskDirectly);
  } else if (knowledge.known && !knowledge.cookies.empty()) {
    Blame(Cause::kSetCookieLost, "the configuration has a sticky cookie, and Traefik sets none",
          last.number);
  } else if (knowledge.unused_twin) {
    Blame(Cause::kStickyOnUnusedService, "a service like this one has the cookie, and no router",
          last.number);
  } else {
    const bool asked = direct_asked_ || knowledge.known;
    Blame(
        Cause::kNotSticky,
        seen + (asked ? "" : ", unless something in front of Traefik removes it (--direct tells)"),
        last.number);
  }
}

void ProbeRun::CompareAtEdge(const ProbeCookie& direct) {
  const auto at = std::find_if(result_.cookies.begin(), result_.cookies.end(),
                               [&](const ProbeCookie& edge) { return edge.name == direct.name; });
  std::string text;
  if (at != result_.cookies.end()) {
    const auto before = ParseSetCookie(direct.header);
    const auto after = ParseSetCookie(at->header);
    if (before && after) text = Differences(*before, *after);
    if (text.empty()) return;
    text = fmt::format("{} is rewritten at the edge: {}", direct.name, text);
  } else if (resemblance_ > Resemblance::kUrl) {
    return;  // the edge led to another child of a nested service
  } else {
    text = fmt::format("Traefik sets {}, and the edge does not hand it on", direct.name);
    for (const int number : first_.exchanges) {
      for (const CookieDecision& set : visitor_.exchange(number).taken) {
        const bool here = std::any_of(direct_.begin(), direct_.end(), [&](const ProbeCookie& each) {
          return each.name == set.name;
        });
        if (here) continue;
        const bool renamed = Resembles(set.name, set.value, {}) != Resemblance::kNone;
        if (renamed) text += fmt::format("; it may be renamed to {}", Printable(set.name, 64));
        if (IsBalancerCookie(set.name)) {
          text += fmt::format("; {} of another balancer comes instead", Printable(set.name, 64));
        }
      }
    }
  }
  harmed_at_the_edge_ = true;
  at_the_edge_ += (at_the_edge_.empty() ? "" : "; ") + text;
}

void ProbeRun::NoteDirect() {
  if (!direct_asked_) return;
  if (direct_.empty()) {
    Note("direct", names_.empty() ? CheckResult::kPass : CheckResult::kSkip,
         names_.empty() ? "Traefik itself sets no sticky cookie either"
                        : "what answers there sets no sticky cookie: is it the right address?",
         direct_exchange_);
    return;
  }
  const bool lost = result_.cause == Cause::kCookieReplacedUpstream;
  Note("direct", lost ? CheckResult::kFail : CheckResult::kPass,
       harmed_at_the_edge_ ? at_the_edge_ : "Traefik itself sets the same cookie",
       direct_exchange_);
}

BalancerCookies ProbeRun::BalancersOf(const Visit& visit) const {
  BalancerCookies cookies = 0;
  for (const int number : visit.exchanges) {
    for (const CookieDecision& set : visitor_.exchange(number).taken) {
      const bool ours = std::find(names_.begin(), names_.end(), set.name) != names_.end();
      if (!ours) cookies |= BalancerCookieOf(set.name);
    }
  }
  return cookies;
}

void ProbeRun::NoteBalancers() {
  const BalancerCookies seen = BalancersOf(first_);
  const int exchange = first_.exchanges.back();
  if ((seen | direct_balancers_) == 0) {
    Pass("other_balancers", "no answer sets a cookie of another balancer", exchange);
    return;
  }
  std::string text;
  const auto tell = [&text](BalancerCookies cookies, const char* where) {
    if (cookies != 0) text += fmt::format("{} of a balancer {}; ", NamesOf(cookies), where);
  };
  if (direct_asked_) {
    tell(seen & ~direct_balancers_, "in front of Traefik");
    tell(seen & direct_balancers_, "behind Traefik");
    tell(direct_balancers_ & ~seen, "behind Traefik, which the edge takes away");
  } else {
    tell(seen, "in front of Traefik or behind it (--direct tells)");
  }
  Skip("other_balancers", text + "which layer keeps the sessions?", exchange);
}

bool ProbeRun::LostAtTheEdge() {
  if (!direct_honoured_) return false;
  const std::string why =
      harmed_at_the_edge_ ? at_the_edge_
                          : "Traefik honours its cookie where it is asked itself, and not behind "
                            "the edge: the Cookie header does not reach it";
  Blame(Cause::kCookieReplacedUpstream, why, direct_exchange_);
  return true;
}

// Through an edge that drops the Cookie header it never is; where replicas differ, some take it.
bool ProbeRun::SometimesHonoured(const Sight& sight, const std::string& name) {
  for (int i = 0; i < kMoreTries; ++i) {
    CookieJar jar = jar_;
    jar.Overwrite(name, sight.sent);
    const Visit visit = visitor_.Go(Plan("the same cookie again", jar));
    if (visit.end != VisitEnd::kAnswered) return false;
    if (Look(visit, name).honoured() && Proves(visit)) return true;
  }
  return false;
}

bool ProbeRun::NotHonoured(const Sight& sight, const std::string& name) {
  const std::string check = "cookie_honoured";
  if (sight.kind == Sight::Kind::kSetAgain) return SetAgain(sight, name);
  const CookieDecision& back = sight.kept_back;
  if (back.name.empty()) {
    const int exchange = sight.exchange != 0 ? sight.exchange : result_.exchanges.back().number;
    Note(check, CheckResult::kFail, name + " was neither kept nor sent", exchange);
    return LostAtTheEdge() ? false : Doubt(name + " was not kept by the browser", exchange);
  }
  const int exchange = sight.exchange != 0 ? sight.exchange : result_.exchanges.back().number;
  const std::string why = fmt::format("browsers do not send {} back: {}", name, back.why);
  Note(check, CheckResult::kFail, why, exchange);
  if (harmed_at_the_edge_ && LostAtTheEdge()) return false;
  return Blame(CauseOfKeepingBack(back.reason), why, exchange);
}

bool ProbeRun::SetAgain(const Sight& sight, const std::string& name) {
  const ProbeKnowledge& knowledge = options_.knowledge;
  const ProbeKnowledge::Pin* const before = knowledge.Find(name, sight.sent);
  const ProbeKnowledge::Pin* const after = knowledge.Find(name, sight.set);
  const std::string why =
      fmt::format("{} was sent, and another value set: it was not honoured", name);
  Note("cookie_honoured", CheckResult::kFail, why, sight.exchange);
  if (sight.times_sent > 1) {
    return Blame(
        Cause::kDuplicateCookie,
        fmt::format("browsers send {} twice: two were set, with other Path or Domain", name),
        sight.exchange);
  }
  const bool sometimes = SometimesHonoured(sight, name);
  if (!sometimes && LostAtTheEdge()) return false;
  if (!knowledge.bare_levels.empty()) {
    return Blame(Cause::kNestedLevel,
                 fmt::format("{} has no cookie, and chooses anew", knowledge.bare_levels[0]),
                 sight.exchange);
  }
  if (before != nullptr && after != nullptr && before->encoding != after->encoding) {
    return Blame(
        Cause::kCookieFormatChanged,
        fmt::format("{} came in two formats: replicas of two Traefik versions answer", name),
        sight.exchange);
  }
  if (before != nullptr && !before->up) {
    return Blame(Cause::kServerDown, fmt::format("{} is out of the pool", before->server),
                 sight.exchange);
  }
  if (before == nullptr && after != nullptr) {
    return Blame(Cause::kReplicasDisagree,
                 fmt::format("{} named a server that the configuration does not have", name),
                 sight.exchange);
  }
  return Blame(Cause::kNotHonoured,
               sometimes ? why + "; sent again it was: replicas of Traefik differ" : why,
               sight.exchange);
}

}  // namespace stickyd
