// SPDX-License-Identifier: Apache-2.0
// What else can go wrong for a cookie that is honoured: other schemes, hosts, paths, sites, times
// and protocols, and a server that is several.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "run.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr const char* kOtherOrigin = "https://stickyd-probe.invalid";
constexpr const char* kSocketKey = "c3RpY2t5ZC1wcm9iZS1rZQ==";  // any 16 bytes
constexpr std::chrono::seconds kMargin{2};  // that a request may take after waiting
constexpr int kSwitchedProtocols = 101;

std::string HowLong(int64_t seconds) {
  if (seconds % 86'400 == 0) return fmt::format("{} d", seconds / 86'400);
  if (seconds % 3600 == 0) return fmt::format("{} h", seconds / 3600);
  if (seconds % 60 == 0) return fmt::format("{} min", seconds / 60);
  return fmt::format("{} s", seconds);
}

}  // namespace

bool ProbeRun::More() {
  if (!ServedBy() || !Path() || !OtherScheme() || !Hosts()) return false;
  CrossSite();
  return WebSocket() && Versions() && Lifetime();
}

bool ProbeRun::ServedBy() {
  if (options_.served_by.empty()) return true;
  std::set<std::string> names;
  int exchange = 0;
  for (const int number : visits_) {
    const ProbeExchange& visit = visitor_.exchange(number);
    if (visit.served_by.empty()) continue;
    names.insert(visit.served_by);
    exchange = number;
  }
  if (names.empty()) {
    return Skip("served_by", fmt::format("no answer has a header {}", options_.served_by));
  }
  if (names.size() == 1) {
    return Pass("served_by",
                fmt::format("{} visits, all served by {}", visits_.size(), *names.begin()),
                exchange);
  }
  const std::string why = fmt::format("the cookie was honoured, and {} servers answered: {}",
                                      names.size(), fmt::join(names, ", "));
  Note("served_by", CheckResult::kFail, why, exchange);
  const ProbeKnowledge& knowledge = options_.knowledge;
  if (!knowledge.bare_levels.empty()) {
    return Blame(Cause::kNestedLevel,
                 why + fmt::format(": {} has no cookie", knowledge.bare_levels[0]), exchange);
  }
  return Blame(Cause::kUnknown, why, exchange,
               "What Traefik takes for one server is several: give it their own addresses instead "
               "of a name or virtual IP that stands for all (no nativeLB, no lbswarm, no Docker "
               "name), or make the level below sticky as well.");
}

bool ProbeRun::Path() {
  std::string narrow;
  std::string path;
  for (const std::string& name : names_) {
    const StoredCookie* const cookie = Kept(name);
    if (cookie == nullptr || cookie->path == "/") continue;
    narrow = name;
    path = cookie->path;
  }
  if (narrow.empty()) return Pass("path", "Path=/ covers all");
  CookieJar jar = jar_;
  VisitPlan plan = Plan("outside of Path", jar);
  plan.url = first_.landing;
  plan.url.path = "/";
  plan.url.query.clear();
  const Visit visit = visitor_.Go(plan);
  const Sight sight = Look(visit, narrow);
  if (sight.kind == Sight::Kind::kSetNew) {
    const std::string why =
        fmt::format("{} has Path={}, and / leads to the service as well", narrow, path);
    Note("path", CheckResult::kFail, why, sight.exchange);
    return Blame(Cause::kCookiePath, why, sight.exchange);
  }
  return Skip("path", fmt::format("{} has Path={}; / sets no such cookie", narrow, path),
              visit.exchanges.empty() ? 0 : visit.exchanges.back());
}

bool ProbeRun::OtherScheme() {
  const Url& landing = first_.landing;
  const Url first = *ParseUrl(options_.url);
  if (first.scheme != landing.scheme) {
    return Pass("other_scheme", fmt::format("{} redirects to {}", first.scheme, landing.scheme));
  }
  if (!landing.port.empty()) return Skip("other_scheme", "the URL names its port");
  CookieJar jar = jar_;
  const bool secure = landing.scheme == "https";
  VisitPlan plan = Plan(secure ? "over http" : "over https", jar);
  plan.url = landing;
  plan.url.scheme = secure ? "http" : "https";
  const Visit visit = visitor_.Go(plan);
  if (visit.exchanges.empty() || visitor_.exchange(visit.exchanges[0]).failure) {
    return Skip("other_scheme", visit.why, visit.exchanges.empty() ? 0 : visit.exchanges[0]);
  }
  std::string name;
  const Sight sight = Worst(visit, name);
  const int exchange = sight.exchange != 0 ? sight.exchange : visit.exchanges[0];
  if (visit.landing.scheme == landing.scheme) {
    return Pass("other_scheme", fmt::format("{} redirects to {}", plan.url.scheme, landing.scheme),
                exchange);
  }
  if (sight.kind == Sight::Kind::kSetNew &&
      sight.kept_back.reason == CookieReason::kSecureOverHttp) {
    const std::string why =
        fmt::format("http answers without a redirect to https, and {} is Secure", name);
    Note("other_scheme", CheckResult::kFail, why, exchange);
    return Blame(Cause::kInsecureRequest, why, exchange);
  }
  if (sight.kind == Sight::Kind::kSetAgain) {
    const std::string why =
        fmt::format("{} honours no {} that {} has set", plan.url.scheme, name, landing.scheme);
    Note("other_scheme", CheckResult::kFail, why, exchange);
    return Blame(Cause::kSharedCookieName,
                 why + ": its router leads to another service of the same cookie", exchange);
  }
  if (sight.honoured()) {
    return Pass("other_scheme", fmt::format("honoured over {} too", plan.url.scheme), exchange);
  }
  return Skip(
      "other_scheme",
      fmt::format("{} answers {} and sets no such cookie", plan.url.scheme, Last(visit).status),
      exchange);
}

bool ProbeRun::Hosts() {
  for (const std::string& host : options_.hosts) {
    if (!AtHost(host)) return false;
  }
  return true;
}

bool ProbeRun::AtHost(const std::string& host) {
  const std::string check = "host " + host;
  const auto url = WithHost(first_.landing, host);
  CookieJar jar = jar_;
  VisitPlan plan = Plan(check, jar);
  plan.url = url.value_or(url_);
  const Visit visit = visitor_.Go(plan);
  if (visit.exchanges.empty() || visit.end == VisitEnd::kFailed) {
    return Skip(check, visit.why, visit.exchanges.empty() ? 0 : visit.exchanges.back());
  }
  std::string name;
  const Sight sight = Worst(visit, name);
  const int exchange = sight.exchange != 0 ? sight.exchange : visit.exchanges.back();
  if (sight.kind == Sight::Kind::kSetNew) {
    const std::string why =
        fmt::format("{} sets {} anew: {}", host, name,
                    sight.kept_back.why.empty() ? "it was not kept" : sight.kept_back.why);
    Note(check, CheckResult::kFail, why, exchange);
    return Blame(Cause::kOtherHost, why, exchange);
  }
  if (sight.kind == Sight::Kind::kSetAgain) {
    const std::string why =
        fmt::format("{} gets {} and sets another: two services share it", host, name);
    Note(check, CheckResult::kFail, why, exchange);
    return Blame(Cause::kSharedCookieName, why, exchange);
  }
  // What that host has set must not disturb this one.
  const Visit back = visitor_.Go(Plan("back from " + host, jar));
  std::string lost;
  const Sight again = Worst(back, lost);
  if (again.kind == Sight::Kind::kSetAgain || again.kind == Sight::Kind::kSetNew) {
    const std::string why = fmt::format("after a visit to {}, {} is set anew", host, lost);
    Note(check, CheckResult::kFail, why, again.exchange);
    return Blame(Cause::kSharedCookieName, why, again.exchange);
  }
  if (sight.honoured()) return Pass(check, "the same cookie is sent and honoured there", exchange);
  std::string own;
  for (const ProbeCookie& cookie : StickyOf(visit)) own += (own.empty() ? "" : ", ") + cookie.name;
  return own.empty() ? Skip(check, "sets no sticky cookie", exchange)
                     : Pass(check, "has a cookie of its own: " + own, exchange);
}

void ProbeRun::CrossSite() {
  CookieJar jar = jar_;
  VisitPlan plan = Plan("call from another site", jar);
  plan.url = first_.landing;
  plan.initiator = Initiator::kCrossCall;
  plan.follow = false;
  plan.headers = {{"Origin", kOtherOrigin},
                  {"Sec-Fetch-Site", "cross-site"},
                  {"Sec-Fetch-Mode", "cors"},
                  {"Sec-Fetch-Dest", "empty"}};
  const Visit visit = visitor_.Go(plan);
  if (visit.end != VisitEnd::kAnswered) {
    Skip("cross_site", visit.why);
    return;
  }
  std::string name;
  const Sight sight = Worst(visit, name);
  const int exchange = visit.exchanges.back();
  if (sight.times_sent > 0) {
    Pass("cross_site",
         "pages of other sites may send it; browsers that block cookies of third parties do not",
         exchange);
    return;
  }
  Skip("cross_site",
       fmt::format("each call from a page of another site gets a new server: {}",
                   sight.kept_back.why),
       exchange);
}

bool ProbeRun::Lifetime() {
  const StoredCookie* shortest = nullptr;
  for (const std::string& name : names_) {
    const StoredCookie* const cookie = Kept(name);
    if (cookie == nullptr || !cookie->expires) continue;
    if (shortest == nullptr || *cookie->expires < *shortest->expires) shortest = cookie;
  }
  if (shortest == nullptr) return Pass("lifetime", "it lasts until the browser is closed");
  const std::chrono::seconds rest = *shortest->expires - world_.now();
  const int64_t age = shortest->set.max_age_s.value_or(std::max<int64_t>(rest.count(), 0));
  const std::string name = shortest->set.name;
  if (rest + kMargin >= visitor_.left()) {
    return Pass("lifetime", fmt::format("sessions that last longer than {} break once: it does not "
                                        "slide",
                                        HowLong(age)));
  }
  if (!world_.wait(std::max(rest, std::chrono::seconds(0)) + std::chrono::seconds(1))) {
    return Skip("lifetime", "stopped");
  }
  const Visit visit = visitor_.Go(Plan("after its lifetime", jar_));
  const Sight sight = Look(visit, name);
  if (sight.kind != Sight::Kind::kSetNew) {
    return Skip("lifetime", "it ends, and nothing new was set",
                visit.exchanges.empty() ? 0 : visit.exchanges.back());
  }
  const std::string why = fmt::format(
      "{} ends after {}, and a new one is set: longer sessions break", name, HowLong(age));
  Note("lifetime", CheckResult::kFail, why, sight.exchange);
  return Blame(Cause::kCookieExpired, why, sight.exchange);
}

bool ProbeRun::WebSocket() {
  CookieJar jar = jar_;
  VisitPlan plan = Plan("WebSocket", jar);
  plan.url = first_.landing;
  plan.version = HttpVersion::kHttp1;
  plan.follow = false;
  plan.headers = {{"Connection", "Upgrade"},
                  {"Upgrade", "websocket"},
                  {"Sec-WebSocket-Version", "13"},
                  {"Sec-WebSocket-Key", kSocketKey}};
  const Visit visit = visitor_.Go(plan);
  if (visit.end != VisitEnd::kAnswered) return Skip("websocket", visit.why);
  const ProbeExchange& last = Last(visit);
  std::string name;
  const Sight sight = Worst(visit, name);
  if (sight.kind == Sight::Kind::kSetAgain && sight.set != sight.sent) {
    const std::string why = fmt::format("a WebSocket sent {}, and another value was set", name);
    Note("websocket", CheckResult::kFail, why, last.number);
    return Blame(Cause::kNotHonoured, why, last.number);
  }
  if (last.status == kSwitchedProtocols) {
    return Pass("websocket", "opened on the server of the session", last.number);
  }
  return Skip("websocket", fmt::format("HTTP {}: there is none at this path", last.status),
              last.number);
}

bool ProbeRun::Versions() {
  constexpr int kOne = 11;
  constexpr int kTwo = 20;
  if (!AtVersion("http/1.1", HttpVersion::kHttp1, kOne)) return false;
  if (first_.landing.scheme != "https") return true;
  return AtVersion("http/2", HttpVersion::kHttp2, kTwo);
}

bool ProbeRun::AtVersion(const char* name, HttpVersion version, int answered) {
  CookieJar jar = jar_;
  VisitPlan plan = Plan(name, jar);
  plan.url = first_.landing;
  plan.version = version;
  const Visit visit = visitor_.Go(plan);
  if (visit.exchanges.empty() || visit.end == VisitEnd::kFailed) return Skip(name, visit.why);
  if (Last(visit).version != answered) {
    return Skip(name, "the site answers in another version", Last(visit).number);
  }
  std::string cookie;
  const Sight sight = Worst(visit, cookie);
  if (sight.kind == Sight::Kind::kSetAgain && sight.set != sight.sent) {
    const std::string why = fmt::format("over {} {} is not honoured", name, cookie);
    Note(name, CheckResult::kFail, why, sight.exchange);
    return Blame(Cause::kNotHonoured, why, sight.exchange);
  }
  if (!sight.honoured()) return Skip(name, "it was not sent", Last(visit).number);
  return Pass(name, "honoured", Last(visit).number);
}

}  // namespace stickyd
