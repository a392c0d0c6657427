// SPDX-License-Identifier: Apache-2.0
#include "visitor.h"

#include <fmt/format.h>

#include <algorithm>

#include "stickyd/base/site.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kMostNoteBytes = 1024;  // of a value or header that is written down
constexpr size_t kBodyStart = 64;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

CookieDecision Cut(CookieDecision decision) {
  decision.name.resize(std::min(decision.name.size(), kMostNoteBytes));
  decision.value.resize(std::min(decision.value.size(), kMostNoteBytes));
  return decision;
}

}  // namespace

Visitor::Visitor(const ProbeOptions& options, const ProbeWorld& world,
                 std::vector<ProbeExchange>& into)
    : options_(options), world_(world), exchanges_(into), begun_(world.elapsed()) {
  const auto url = ParseUrl(options.url);
  const auto add = [&](const std::optional<Url>& known) {
    if (!known) return;
    hosts_.insert(known->host);
    if (!IsIpAddress(known->host)) sites_.insert(RegistrableDomain(known->host));
  };
  add(url);
  for (const std::string& host : options.hosts) {
    if (url) add(WithHost(*url, host));
  }
}

std::chrono::milliseconds Visitor::left() const {
  return options_.timeout - (world_.elapsed() - begun_);
}

std::string Visitor::WhyElsewhere(const Url& from, const Url& to, const VisitPlan& plan) {
  if (!plan.connect_to.empty() && (to.host != from.host || to.scheme != from.scheme)) {
    return "Traefik itself redirects to " + Printable(to.Place());
  }
  if (hosts_.contains(to.host)) return {};
  if (sites_.contains(RegistrableDomain(to.host))) {
    exchanges_.back().note = to.host + " is asked too: it is of the same site";
    return {};
  }
  return "it redirects to " + Printable(to.host) + ", which is not asked (--host would)";
}

Visit Visitor::Go(const VisitPlan& plan) {
  Visit visit;
  visit.landing = plan.url;
  std::set<std::string> been;
  const auto end = [&](VisitEnd how, std::string why) {
    visit.end = how;
    visit.why = std::move(why);
    return visit;
  };
  for (size_t redirects = 0;; ++redirects) {
    if (stopped_) return end(VisitEnd::kSpent, "stopped");
    if (exchanges_.size() >= kMostExchanges || left().count() <= 0) {
      return end(VisitEnd::kSpent, left().count() <= 0 ? "no time is left (--timeout)"
                                                       : "no more requests are allowed");
    }
    const bool answered = AskOnce(plan, visit.landing);
    const ProbeExchange& last = exchanges_.back();
    visit.exchanges.push_back(last.number);
    if (!answered) return end(VisitEnd::kFailed, last.failure->message);
    if (!plan.follow || !IsRedirect(last.status) || last.location.empty()) {
      return end(VisitEnd::kAnswered, "");
    }
    std::string where = last.call.url;
    for (const HttpHeader& header : last.call.headers) {
      if (header.name == "Cookie") where += "\n" + header.value;
    }
    const auto next = ResolveUrl(visit.landing, last.location);
    if (!next) return end(VisitEnd::kBadLocation, "it redirects to what is no http or https URL");
    if (!been.insert(where).second) {
      return end(VisitEnd::kCircle, "its redirects go in a circle");
    }
    if (redirects >= kMostRedirects) {
      return end(VisitEnd::kTooMany, fmt::format("more than {} redirects", kMostRedirects));
    }
    if (std::string why = WhyElsewhere(visit.landing, *next, plan); !why.empty()) {
      return end(VisitEnd::kElsewhere, std::move(why));
    }
    visit.landing = *next;
  }
}

bool Visitor::AskOnce(const VisitPlan& plan, const Url& url) {
  CookieScene scene = url.Scene();
  if (!plan.cookie_scheme.empty()) scene.secure = plan.cookie_scheme == "https";
  scene.initiator = plan.initiator;
  ProbeExchange exchange;
  exchange.number = static_cast<int>(exchanges_.size()) + 1;
  exchange.check = plan.check;
  ProbeCall& call = exchange.call;
  call.url = url.Text();
  call.version = plan.version;
  call.connect_to = plan.connect_to;
  call.timeout = std::min(options_.each_timeout, left());
  call.headers = options_.headers;
  call.headers.push_back({"Cache-Control", "no-cache"});
  call.headers.insert(call.headers.end(), plan.headers.begin(), plan.headers.end());
  CookieJar::Selection selection = plan.jar->Select(scene, world_.now());
  if (!selection.header.empty()) {
    call.headers.push_back({"Cookie", std::move(selection.header)});
  }
  for (CookieDecision& decision : selection.decisions) {
    if (exchange.sent.size() == kMostCookieNotes) {
      ++exchange.sent_more;
    } else {
      exchange.sent.push_back(Cut(std::move(decision)));
    }
  }
  exchanges_.push_back(std::move(exchange));
  const auto answer = world_.ask(exchanges_.back().call);
  if (!answer) {
    exchanges_.back().failure = answer.error();
    stopped_ = answer.error().fault == HttpFault::kStopped;
    return false;
  }
  Receive(*answer, scene, *plan.jar);
  return true;
}

void Visitor::Receive(const HttpAnswer& answer, const CookieScene& scene, CookieJar& jar) {
  ProbeExchange& exchange = exchanges_.back();
  exchange.status = answer.status;
  exchange.version = answer.version;
  exchange.took = answer.took;
  exchange.location = answer.Header("Location");
  exchange.body = answer.body.substr(0, kBodyStart);
  if (!options_.served_by.empty()) {
    exchange.served_by = Printable(answer.Header(options_.served_by), 200);
  }
  for (const HttpHeader& header : answer.headers) {
    if (!EqualsIgnoreCase(header.name, "Set-Cookie")) continue;
    CookieDecision decision = Cut(jar.Take(header.value, scene, world_.now()));
    if (exchange.taken.size() == kMostCookieNotes) {
      ++exchange.set_more;
      continue;
    }
    exchange.set_cookies.push_back(header.value.substr(0, kMostNoteBytes));
    exchange.taken.push_back(std::move(decision));
  }
}

}  // namespace stickyd
