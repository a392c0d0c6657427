// Causes for which the client came without its cookie: what a browser does not send or keep, and
// what stands between it and Traefik.
#include <algorithm>

#include "causes.h"

namespace stickyd {
namespace {

// Came without the cookie, or the log cannot tell and the configuration has to.
bool MayHaveComeWithout(const Inquiry& q) { return q.came_without() || q.blind(); }

bool GivenOn(const BreakCase& at, uint16_t host) {
  return std::find(at.facts.given.begin(), at.facts.given.end(), host) != at.facts.given.end();
}

bool GivenSomewhere(const BreakCase& at) { return at.facts.given[0] != 0; }

constexpr double kWalks = 0.8;
constexpr uint64_t kFewestAssignments = 10;

int64_t ToSeconds(EventTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

Finding FindInsecureRequest(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (at.judgement.evidence == Evidence::kSession && at.has_pin_run && q.showed_pin_cookie() &&
      at.seen.cookie.meaning.server == at.seen.server &&
      HostOf(at.pin_run.origin) == HostOf(at.seen.origin) && at.pin_run.origin != at.seen.origin) {
    return Yes("another cookie counts over the other scheme");
  }
  if (!MayHaveComeWithout(q) || !at.cookie || !at.cookie->secure) return kNoFinding;
  if (at.seen.https == false) return Yes("a Secure cookie does not go with an http request");
  if (at.seen.https != true) return kNoFinding;
  if (q.came_without()) {
    const bool only_http =
        at.facts.Has(SessionFacts::kGivenSticky) && !at.facts.Has(SessionFacts::kGivenOverHttps);
    return only_http
               ? Yes("the Secure cookie was only ever given over http, where browsers refuse it")
               : kNoFinding;
  }
  return at.has_pin_run && at.pin_run.origin == OverHttp(at.seen.origin)
             ? Yes("the Secure cookie was given over http, where browsers refuse it")
             : kNoFinding;
}

Finding FindOtherHost(const Inquiry& q) {
  const BreakCase& at = q.at;
  const uint16_t host = HostOf(at.seen.origin);
  if (host == 0 || at.seen.format != LogFormat::kJson) return kNoFinding;
  if (at.judgement.evidence == Evidence::kSession && at.has_pin_run &&
      HostOf(at.pin_run.origin) != host && q.showed_pin_cookie() &&
      at.seen.cookie.meaning.server == at.seen.server) {
    return Yes("another cookie counts on the other host");
  }
  if (!MayHaveComeWithout(q) || !at.cookie || at.domain_covers_host) return kNoFinding;
  if (q.blind() && (!at.has_pin_run || HostOf(at.pin_run.origin) == host)) return kNoFinding;
  if (GivenSomewhere(at) && !GivenOn(at, host)) {
    return Yes("the client has a cookie on another host, and was never given one on this");
  }
  return kNoFinding;
}

Finding FindCookiePath(const Inquiry& q) {
  if (MayHaveComeWithout(q) && q.at.seen.outside_cookie_path) {
    return Yes("the request is outside the cookie's path");
  }
  return kNoFinding;
}

Finding FindCrossSite(const Inquiry& q) {
  if (!q.came_without() || q.at.sight.site != Site::kCrossSite || !q.at.cookie) return kNoFinding;
  const bool open = q.at.cookie->same_site == SameSite::kNone && q.at.cookie->secure;
  return open ? kNoFinding
              : Yes("another site sent the request, and SameSite keeps the cookie back");
}

Finding FindThirdPartyBlocked(const Inquiry& q) {
  if (!q.came_without() || q.at.sight.site != Site::kCrossSite || !q.at.cookie) return kNoFinding;
  return Yes(
      "another site sent the request, the cookie is SameSite=None and Secure: the browser blocks "
      "it");
}

Finding FindCredentialsOmitted(const Inquiry& q) {
  if (q.came_without() && q.at.seen.cookieless_kind) {
    return Yes("a fetch across origins without credentials, or of a kind that has none");
  }
  return kNoFinding;
}

Finding FindCookieExpired(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (!MayHaveComeWithout(q) || !at.cookie) return kNoFinding;
  if (at.cookie->born_expired) return Yes("Expires is not after the response's own date");
  if (at.cookie->max_age_s <= 0) return kNoFinding;
  if (q.came_without()) {
    const int64_t age = ToSeconds(at.seen.start.low) - at.facts.given_at_s;
    return at.facts.given_at_s != 0 && age >= at.cookie->max_age_s
               ? Yes("the cookie was given longer ago than its Max-Age")
               : kNoFinding;
  }
  if (!at.has_pin_run) return kNoFinding;
  const int64_t age_ticks = Tick(at.seen.start.high).Since(at.pin_run.low_first);
  return EventDuration(age_ticks) >= std::chrono::seconds(at.cookie->max_age_s)
             ? Yes("the client came to its server longer ago than Max-Age")
             : kNoFinding;
}

Finding FindCookieReplacedUpstream(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (!MayHaveComeWithout(q)) return kNoFinding;
  if (q.came_without()) {
    if (at.sight.balancer_cookie && !at.facts.Has(SessionFacts::kShownSticky)) {
      return Yes("it sends another load balancer's cookie, and never Traefik's");
    }
    if (!at.seen.proxied || q.facts.returned() > 0 || q.facts.given() == 0) return kNoFinding;
    if (q.facts.assignments() >= kFewestAssignments || q.final) {
      return Yes("a proxy is in front, and no client ever returns the cookie");
    }
    return NotYet("does any client return the cookie?");
  }
  if (!at.cookie || q.facts.set_cookies() > 0) return kNoFinding;
  const bool proxied =
      at.seen.format == LogFormat::kJson ? q.facts.proxied() : at.entry_trusts_forwarded;
  if (!proxied) return kNoFinding;
  if (q.facts.WalkShare() >= kWalks) {
    return Yes("a proxy is in front, and requests walk the servers as if nobody had a cookie");
  }
  return q.final ? kNoFinding : NotYet("do requests walk the servers?");
}

Finding FindCookieNotSent(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (!q.came_without() || at.seen.cookie.sent || at.facts.Has(SessionFacts::kSentCookie)) {
    return kNoFinding;
  }
  if (q.facts.returned() > 0) return Yes("this client never sends a cookie, others do");
  return q.final ? kNoFinding : NotYet("does anybody send cookies?");
}

Finding FindSharedClient(const Inquiry& q) {
  if (q.at.judgement.evidence != Evidence::kClient) return kNoFinding;
  if (q.at.facts.Has(SessionFacts::kShared)) {
    return Yes("cookies of two servers come in turn from this address");
  }
  return q.at.shared_agents ? Yes("several user agents come from this address") : kNoFinding;
}

}  // namespace stickyd
