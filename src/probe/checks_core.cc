// SPDX-License-Identifier: Apache-2.0
// The checks that every verdict rests on: is the cookie set, stored, sent, honoured, and Traefik's?
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "run.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr std::string_view kMadeUpValue = "stickyd-probe";
constexpr uint32_t kVisits = 4;
constexpr uint32_t kVisitsWithNames = 10;  // chance must not hide that a server is several
constexpr uint32_t kNewcomers = 2;
constexpr uint32_t kNewcomersIfUnsure = 8;

std::string Join(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, " and "));
}

Cause CauseOfRefusal(CookieReason reason) {
  switch (reason) {
    case CookieReason::kDomain:
    case CookieReason::kPublicSuffix:
      return Cause::kCookieDomain;
    case CookieReason::kSecureOverHttp:
    case CookieReason::kOverSecure:
      return Cause::kInsecureRequest;
    case CookieReason::kNoneWithoutSecure:
      return Cause::kCrossSite;
    case CookieReason::kExpired:
      return Cause::kCookieExpired;
    default:
      return Cause::kUnknown;
  }
}

std::string FixOfRefusal(CookieReason reason) {
  if (reason == CookieReason::kPrefix) {
    return "Give the sticky cookie another name, without the prefix.";
  }
  if (reason == CookieReason::kMalformed) {
    return "Something changes the cookie on its way: look at what the answer sets.";
  }
  return {};
}

}  // namespace

bool MayLackServer(const ProbeExchange& exchange) {
  const int status = exchange.status;
  return status == 401 || status == 403 || status == 407 || status == 429 || status == 503 ||
         (status == 404 && exchange.body.starts_with("404 page not found")) ||
         (status >= 300 && status < 400);
}

bool ProbeRun::First() {
  first_ = visitor_.Go(Plan("first visit", jar_));
  if (first_.exchanges.empty() || first_.end == VisitEnd::kFailed) {
    Unreached(first_);
    return false;
  }
  result_.reached = true;
  const ProbeExchange& last = Last(first_);
  const std::string where =
      first_.exchanges.size() == 1
          ? ""
          : fmt::format(", after {} redirects to {}", first_.exchanges.size() - 1,
                        Printable(first_.landing.Place()));
  Note("reachable", CheckResult::kPass,
       fmt::format("HTTP {} answers{}{}", last.status, where,
                   first_.why.empty() ? "" : "; " + first_.why),
       last.number);
  result_.cookies = StickyOf(first_);
  for (const ProbeCookie& cookie : result_.cookies) {
    names_.push_back(cookie.name);
    resemblance_ = std::max(resemblance_, Resembles(cookie.name, cookie.value, options_));
  }
  if (names_.empty()) return true;
  return Pass("cookie_set",
              fmt::format("{} {} set: {}", Join(names_), names_.size() == 1 ? "is" : "are",
                          result_.cookies[0].known_by),
              Look(first_, names_[0]).exchange);
}

bool ProbeRun::Stored() {
  for (const int number : first_.exchanges) {
    const ProbeExchange& exchange = visitor_.exchange(number);
    for (const CookieDecision& decision : exchange.taken) {
      const bool ours = std::find(names_.begin(), names_.end(), decision.name) != names_.end();
      if (!ours || decision.act != CookieAct::kRefused) continue;
      const std::string why = fmt::format("browsers refuse {}: {}", decision.name, decision.why);
      Note("cookie_stored", CheckResult::kFail, why, number);
      if (LostAtTheEdge()) return false;
      return Blame(CauseOfRefusal(decision.reason), why, number, FixOfRefusal(decision.reason));
    }
    // Two in one answer: the later one is what browsers keep, and it is not Traefik's.
    for (const std::string& name : names_) {
      std::set<std::string> values;
      for (const CookieDecision& decision : exchange.taken) {
        if (decision.name == name) values.insert(decision.value);
      }
      if (values.size() < 2) continue;
      const std::string why = fmt::format("one answer sets {} twice, to different values", name);
      Note("cookie_stored", CheckResult::kFail, why, number);
      return Blame(Cause::kSharedCookieName, why, number);
    }
  }
  std::string scope;
  for (const std::string& name : names_) {
    const StoredCookie* const cookie = Kept(name);
    if (cookie == nullptr) continue;
    scope += fmt::format("{}{} for {}{} and {}", scope.empty() ? "" : "; ", name,
                         cookie->host_only ? "" : "*.", cookie->domain, cookie->path);
  }
  return Pass("cookie_stored", "a browser keeps " + scope, first_.exchanges.back());
}

bool ProbeRun::Kept() {
  const uint32_t visits = options_.visits != 0         ? options_.visits
                          : options_.served_by.empty() ? kVisits
                                                       : kVisitsWithNames;
  visits_.push_back(first_.exchanges.back());
  std::string rewritten;
  std::string unanswered;
  bool same_values = false;
  int again = 0;
  for (uint32_t i = 2; i <= visits; ++i) {
    const Visit visit = visitor_.Go(Plan(fmt::format("visit {}", i), jar_));
    if (visit.exchanges.empty() || visit.end == VisitEnd::kFailed) {
      unanswered = visit.why;
      break;
    }
    for (const ProbeCookie& cookie : StickyOf(visit)) {
      // One that only looks like Traefik's may be the application's, which comes later.
      if (std::find(names_.begin(), names_.end(), cookie.name) != names_.end() ||
          Resembles(cookie.name, cookie.value, options_) <= Resemblance::kHash) {
        continue;
      }
      const std::string why =
          fmt::format("visit {} sets {}, which the first one did not: a level above chooses anew",
                      i, cookie.name);
      Note("cookie_honoured", CheckResult::kFail, why, Look(visit, cookie.name).exchange);
      return Blame(Cause::kNestedLevel, why, Look(visit, cookie.name).exchange);
    }
    std::string name;
    const Sight sight = Worst(visit, name);
    const std::string_view before = options_.knowledge.ServerOf(name, sight.sent);
    if (sight.kind == Sight::Kind::kSetAgain && sight.set != sight.sent && !before.empty() &&
        before == options_.knowledge.ServerOf(name, sight.set)) {
      rewritten = fmt::format(" ({} was rewritten in a newer format, for the same server)", name);
      continue;
    }
    if (sight.kind == Sight::Kind::kSetAgain && sight.set == sight.sent) {
      same_values = true;
      again = sight.exchange;
      continue;
    }
    if (sight.set.empty() && !Proves(visit)) continue;
    if (sight.honoured()) {
      visits_.push_back(Last(visit).number);
      continue;
    }
    return NotHonoured(sight, name);
  }
  if (same_values) {
    Note("cookie_honoured", CheckResult::kFail, "it is set again each time, to the same value",
         again);
    if (LostAtTheEdge()) return false;
    return Doubt(
        "the cookie is set again each time, to the same value: there is one server only, or what "
        "sets it is not Traefik",
        again,
        "Ask again while two servers or more are up; --direct tells whether the cookie reaches "
        "Traefik.");
  }
  if (visits_.size() < 2) {
    const std::string why = unanswered.empty() ? "later visits were not answered by a server"
                                               : "later visits had no answer: " + unanswered;
    Note("cookie_honoured", CheckResult::kSkip, why, result_.exchanges.back().number);
    return Doubt(why, result_.exchanges.back().number,
                 "Look at the status of the answers (--trace); --header may bring what they ask "
                 "for.");
  }
  return Pass("cookie_honoured",
              fmt::format("{} more visit{} sent it, and none was given another{}",
                          visits_.size() - 1, visits_.size() == 2 ? "" : "s", rewritten),
              visits_.back());
}

// A level without a cookie leaves no trace in an answer.
bool ProbeRun::Levels() {
  const ProbeKnowledge& knowledge = options_.knowledge;
  if (!knowledge.known) return true;
  if (knowledge.bare_levels.empty()) {
    return Pass("levels", "every level of " + knowledge.service + " has a cookie");
  }
  const std::string why = fmt::format(
      "without a cookie, and chosen anew each time: the server of {}", Join(knowledge.bare_levels));
  Note("levels", CheckResult::kFail, why, visits_.back());
  return Blame(Cause::kNestedLevel, why, visits_.back());
}

// One name at a time: where a level chooses anew, those below are of another child.
bool ProbeRun::Control() {
  std::vector<std::string> taken;
  int exchange = 0;
  for (const std::string& name : names_) {
    CookieJar jar = jar_;
    jar.Overwrite(name, kMadeUpValue);
    const Visit visit = visitor_.Go(Plan("made-up value", jar));
    if (visit.exchanges.empty() || visit.end == VisitEnd::kFailed) {
      Note("made_up_value", CheckResult::kSkip, visit.why);
      return Doubt("whether a made-up value is refused could not be asked: " + visit.why, 0);
    }
    exchange = visit.exchanges.back();
    if (!Proves(visit)) {
      return Skip("made_up_value", fmt::format("HTTP {}: no server answered", Last(visit).status),
                  exchange);
    }
    if (Look(visit, name).honoured()) taken.push_back(name);
  }
  if (taken.empty()) {
    return Pass("made_up_value", "a value that is none is set anew, as Traefik does", exchange);
  }
  Note("made_up_value", CheckResult::kFail,
       fmt::format("{} with a made-up value was taken as if it were one", Join(taken)), exchange);
  return Doubt(fmt::format("{} is taken whatever its value is: what sets it is not Traefik's "
                           "balancer, or does not read it",
                           Join(taken)),
               exchange, "Name Traefik's cookie: --cookie NAME.");
}

bool ProbeRun::Newcomers() {
  std::set<std::string> values = {result_.cookies.back().value};
  const std::string& name = result_.cookies.back().name;
  const bool doubtful = resemblance_ == Resemblance::kHash;
  uint32_t answered = 1;
  int exchange = 0;
  for (uint32_t i = 0; i < (doubtful ? kNewcomersIfUnsure : kNewcomers); ++i) {
    CookieJar jar;
    const Visit visit = visitor_.Go(Plan("another client", jar));
    const Sight sight = Look(visit, name);
    if (sight.set.empty()) continue;
    values.insert(sight.set);
    exchange = sight.exchange;
    ++answered;
    if (i + 1 >= kNewcomers && values.size() < answered) break;  // two clients of one server
  }
  if (doubtful && answered > kNewcomersIfUnsure && values.size() == answered) {
    Note("servers", CheckResult::kFail,
         fmt::format("each of {} clients got another value", answered), exchange);
    return Doubt(fmt::format("{} looks like a session's id: each of {} clients got another value",
                             name, answered),
                 exchange, "Name Traefik's cookie: --cookie NAME.");
  }
  if (values.size() == 1) {
    return Skip(
        "servers",
        fmt::format("{} clients got one server: if that is all, nothing can break", answered),
        exchange);
  }
  return Pass("servers", fmt::format("{} clients got {} servers", answered, values.size()),
              exchange);
}

void ProbeRun::Pins() {
  const auto& pins = options_.knowledge.pins;
  if (pins.empty()) return;
  std::string refused;
  std::string down;
  size_t asked = 0;
  size_t honoured = 0;
  int exchange = 0;
  for (const ProbeKnowledge::Pin& pin : pins) {
    if (asked == kMostPins) break;
    if (std::find(names_.begin(), names_.end(), pin.cookie) == names_.end()) continue;
    CookieJar jar = jar_;
    for (const auto& [cookie, value] : pin.above) jar.Overwrite(cookie, value);
    jar.Overwrite(pin.cookie, pin.value);
    const Visit visit = visitor_.Go(Plan("pinned to " + pin.server, jar));
    if (visit.exchanges.empty() || visit.end == VisitEnd::kFailed) break;
    ++asked;
    const Sight sight = Look(visit, pin.cookie);
    if (sight.honoured() && Proves(visit)) {
      ++honoured;
      continue;
    }
    if (pin.up) exchange = visit.exchanges.back();
    std::string& list = pin.up ? refused : down;
    list += (list.empty() ? "" : ", ") + pin.server;
  }
  if (asked == 0) return;
  std::string detail = fmt::format("{} of {} servers take their clients back", honoured, asked);
  if (!down.empty()) detail += "; out of the pool: " + down;
  if (!refused.empty()) detail += "; up, by the configuration, and refused: " + refused;
  Note("pins", refused.empty() ? CheckResult::kPass : CheckResult::kFail, detail, exchange);
  if (refused.empty()) return;
  Doubt("cookies of servers that the configuration has are not honoured: " + refused, exchange,
        "Compare the saved configuration with the one that runs, and all replicas of Traefik.");
}

void ProbeRun::Direct() {
  if (options_.direct.empty()) return;
  CookieJar jar;
  VisitPlan plan = Plan("Traefik itself", jar);
  plan.url = first_.landing;
  plan.cookie_scheme = plan.url.scheme;
  plan.connect_to = options_.direct;
  if (const size_t mark = options_.direct.find("://"); mark != npos) {
    plan.url.scheme = options_.direct.substr(0, mark);
    plan.connect_to = options_.direct.substr(mark + 3);
  }
  const Visit visit = visitor_.Go(plan);
  if (visit.end != VisitEnd::kAnswered) {
    Skip("direct", visit.why, visit.exchanges.empty() ? 0 : visit.exchanges.back());
    return;
  }
  direct_asked_ = true;
  direct_ = StickyOf(visit);
  direct_balancers_ = BalancersOf(visit);
  direct_exchange_ = visit.exchanges.back();
  if (direct_.empty()) return;
  const Visit second = visitor_.Go(plan);
  direct_honoured_ = second.end == VisitEnd::kAnswered && Look(second, direct_[0].name).honoured();
  for (const ProbeCookie& cookie : direct_) CompareAtEdge(cookie);
}

}  // namespace stickyd
