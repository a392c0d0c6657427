// SPDX-License-Identifier: Apache-2.0
#include "stickyd/probe/prober.h"

#include <fmt/format.h>

#include <algorithm>

#include "run.h"
#include "stickyd/base/text.h"
#include "url.h"

namespace stickyd {

std::string_view Name(CheckResult result) {
  static constexpr std::string_view kNames[] = {"pass", "fail", "skip"};
  return kNames[static_cast<size_t>(result)];
}

std::string ShortValue(std::string_view value) {
  constexpr size_t kShown = 4;
  if (value.size() <= 2 * kShown) return std::string(value.substr(0, kShown)) + "...";
  return Printable(value.substr(0, kShown)) + "..." +
         Printable(value.substr(value.size() - kShown));
}

std::string ProbeProblem(const ProbeOptions& options) {
  const auto url = ParseUrl(options.url);
  if (!url) {
    return "'" + Printable(options.url) +
           "' is no http:// or https:// URL without user and with a host in ASCII";
  }
  for (const std::string& host : options.hosts) {
    if (!WithHost(*url, host)) return "'" + Printable(host) + "' is no host";
  }
  return {};
}

ProbeResult Probe(const ProbeOptions& options, const ProbeWorld& world) {
  return ProbeRun(options, world).Run();
}

ProbeRun::ProbeRun(const ProbeOptions& options, const ProbeWorld& world)
    : options_(options),
      world_(world),
      visitor_(options, world, result_.exchanges),
      url_(ParseUrl(options.url).value_or(Url{})) {
  result_.url = options.url;
  result_.service = options.knowledge.service;
}

ProbeResult ProbeRun::Run() {
  const auto begun = world_.elapsed();
  const bool answered = First();
  if (answered) Direct();
  if (answered && names_.empty()) {
    NoCookie();
  } else if (answered && Stored() && Kept() && Levels() && Control() && Newcomers()) {
    Pins();
    More();
  }
  if (!decided_) {
    result_.verdict = ProbeVerdict::kSticky;
    result_.why = fmt::format("{} {} set once, kept, sent back and honoured",
                              fmt::join(names_, " and "), names_.size() == 1 ? "is" : "are");
  }
  NoteDirect();
  if (answered) NoteBalancers();
  result_.took = world_.elapsed() - begun;
  return std::move(result_);
}

VisitPlan ProbeRun::Plan(std::string check, CookieJar& jar) const {
  VisitPlan plan;
  plan.check = std::move(check);
  plan.url = url_;
  plan.jar = &jar;
  return plan;
}

Sight ProbeRun::Look(const Visit& visit, std::string_view name) const {
  Sight sight;
  for (const int number : visit.exchanges) {
    const ProbeExchange& exchange = visitor_.exchange(number);
    size_t sent = 0;
    for (const CookieDecision& decision : exchange.sent) {
      if (decision.name != name) continue;
      if (decision.act == CookieAct::kSent) {
        if (sent++ == 0) sight.sent = decision.value;
      } else if (sent == 0) {
        sight.kept_back = decision;
      }
    }
    sight.times_sent = std::max(sight.times_sent, sent);
    for (const CookieDecision& decision : exchange.taken) {
      if (decision.name != name) continue;
      sight.kind = sent > 0 ? Sight::Kind::kSetAgain : Sight::Kind::kSetNew;
      sight.set = decision.value;
      sight.exchange = number;
      return sight;
    }
    if (sent > 0) {
      sight.kind = Sight::Kind::kHonoured;
      sight.exchange = number;
    }
  }
  return sight;
}

Sight ProbeRun::Worst(const Visit& visit, std::string& name) const {
  Sight worst;
  for (const std::string& each : names_) {
    Sight sight = Look(visit, each);
    if (sight.honoured() && !name.empty()) continue;
    const bool worse = name.empty() || (worst.honoured() && !sight.honoured());
    if (!worse) continue;
    worst = std::move(sight);
    name = each;
  }
  return worst;
}

std::vector<ProbeCookie> ProbeRun::StickyOf(const Visit& visit) const {
  std::vector<ProbeCookie> cookies;
  std::vector<Resemblance> sure;
  for (const int number : visit.exchanges) {
    const ProbeExchange& exchange = visitor_.exchange(number);
    for (size_t i = 0; i < exchange.taken.size(); ++i) {
      const CookieDecision& set = exchange.taken[i];
      const Resemblance resemblance = Resembles(set.name, set.value, options_);
      if (resemblance == Resemblance::kNone) continue;
      const auto old = std::find_if(cookies.begin(), cookies.end(), [&](const ProbeCookie& cookie) {
        return cookie.name == set.name;
      });
      ProbeCookie cookie{set.name, set.value, exchange.set_cookies[i],
                         std::string(KnownBy(resemblance)),
                         std::string(options_.knowledge.ServerOf(set.name, set.value))};
      if (old != cookies.end()) {
        *old = std::move(cookie);
        continue;
      }
      cookies.push_back(std::move(cookie));
      sure.push_back(resemblance);
    }
  }
  // Where one is certain, what only looks like one is the application's.
  const bool certain = std::any_of(sure.begin(), sure.end(),
                                   [](Resemblance each) { return each > Resemblance::kHash; });
  for (size_t i = cookies.size(); certain && i > 0; --i) {
    if (sure[i - 1] == Resemblance::kHash) {
      cookies.erase(cookies.begin() + static_cast<std::ptrdiff_t>(i - 1));
    }
  }
  return cookies;
}

const StoredCookie* ProbeRun::Kept(std::string_view name) const {
  for (const StoredCookie& cookie : jar_.cookies()) {
    if (cookie.set.name == name) return &cookie;
  }
  return nullptr;
}

void ProbeRun::Note(std::string check, CheckResult result, std::string detail, int exchange) {
  result_.checks.push_back({std::move(check), result, std::move(detail), exchange});
}

bool ProbeRun::Pass(std::string check, std::string detail, int exchange) {
  Note(std::move(check), CheckResult::kPass, std::move(detail), exchange);
  return true;
}

bool ProbeRun::Skip(std::string check, std::string detail, int exchange) {
  Note(std::move(check), CheckResult::kSkip, std::move(detail), exchange);
  return true;
}

bool ProbeRun::Blame(Cause cause, std::string why, int exchange, std::string fix) {
  decided_ = true;
  result_.verdict = ProbeVerdict::kBroken;
  result_.cause = cause;
  result_.why = std::move(why);
  result_.exchange = exchange;
  result_.fix = std::move(fix);
  return false;
}

bool ProbeRun::Doubt(std::string why, int exchange, std::string fix) {
  decided_ = true;
  result_.verdict = ProbeVerdict::kUnsure;
  result_.cause = Cause::kUnknown;
  result_.why = std::move(why);
  result_.exchange = exchange;
  result_.fix = std::move(fix);
  return false;
}

}  // namespace stickyd
