// SPDX-License-Identifier: Apache-2.0
// Causes for which the client came without its cookie: what a browser does not send or keep, and
// what stands between it and Traefik.
#include "causes.h"
#include "given.h"

namespace stickyd {
namespace {

constexpr std::string_view kHasCookie = "the request carried the cookie";
constexpr std::string_view kUnknownCookie = "neither API nor log shows the cookie's attributes";
constexpr std::string_view kNotCrossSite = "not seen to come from another site without the cookie";

constexpr uint64_t kFewestAssignments = 10;

// Came without the cookie, or the log cannot tell and the configuration has to.
bool MayHaveComeWithout(const Inquiry& q) { return q.came_without() || q.blind(); }

bool CameFromAnotherSite(const Inquiry& q) {
  return q.came_without() && q.at.sight.site == Site::kCrossSite && q.at.cookie.has_value();
}

// It has cookies by now, and none that it could keep was given so.
bool OnlyGivenOtherwise(const Inquiry& q, GivenHow how) {
  const SessionFacts& facts = q.at.facts;
  return q.came_without() && facts.Has(SessionFacts::kGivenSticky) &&
         WasGivenOnSomeHost(q.at.seen, facts) && !WasGiven(q.at.seen, facts, how);
}

bool GivenToAnotherSite(const Inquiry& q) {
  return q.at.cookie.has_value() && OnlyGivenOtherwise(q, GivenHow::kFirstParty);
}

// The application's identity spans two cookies, and each was honoured: what separates this request
// from the one that set the pin is the cause.
bool HonouredElsewhere(const Inquiry& q) {
  const BreakCase& at = q.at;
  return at.judgement.evidence == Evidence::kSession && at.has_pin_run && q.showed_pin_cookie() &&
         at.seen.cookie.meaning.server == at.seen.server;
}

Finding FindInsecureOverHttps(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (q.came_without()) {
    return OnlyGivenOtherwise(q, GivenHow::kOverHttps)
               ? Yes("the Secure cookie was only ever given over http, where browsers refuse it")
               : No("it came over https, where the cookie was given too");
  }
  return at.has_pin_run && at.pin_run.origin == OverHttp(at.seen.origin)
             ? Yes("the Secure cookie was given over http, where browsers refuse it")
             : No("the pin was not set over http");
}

// Clients without a cookie jar are given a cookie again and again. So are those behind a proxy that
// takes cookies away: what comes straight from its client, one program an address, is behind none.
// And so it looks where the log keeps no Cookie header; but browsers have a jar.
bool EachResponseGivesIt(const Inquiry& q) {
  const BreakCase& at = q.at;
  const bool straight =
      !at.seen.proxied && !q.facts.proxied() && at.seen.connection != 0 && at.seen.agent != 0;
  return straight && !at.browser && !at.shared_agents &&
         q.facts.assignments() >= kFewestAssignments && q.facts.given() >= q.facts.assignments();
}

// Nothing in the log shows cookies: are requests spread as if nobody returned one?
Finding FindReplacedBlindly(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (!at.cookie || q.facts.set_cookies() > 0) return No(kUnknownCookie);
  const bool proxied =
      at.seen.format == LogFormat::kJson ? q.facts.proxied() : at.entry_trusts_forwarded;
  if (!proxied) return No("no proxy is in front");
  if (q.facts.Walks()) {
    return Yes("a proxy is in front, and requests walk the servers as if nobody had a cookie");
  }
  return q.final ? No("requests do not walk the servers: some clients return the cookie")
                 : NotYet("do requests walk the servers?");
}

}  // namespace

Finding FindInsecureRequest(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (HonouredElsewhere(q) && HostOf(at.pin_run.origin) == HostOf(at.seen.origin) &&
      at.pin_run.origin != at.seen.origin) {
    return Yes("another cookie counts over the other scheme");
  }
  if (!MayHaveComeWithout(q)) return No(kHasCookie);
  if (!at.cookie) return No(kUnknownCookie);
  if (!at.cookie->secure) return No("the cookie is not Secure");
  if (!at.seen.https) return No("the log does not show the scheme");
  if (!*at.seen.https) return Yes("a Secure cookie does not go with an http request");
  return FindInsecureOverHttps(q);
}

Finding FindCookieDomain(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (HostOf(at.seen.origin) == 0 || at.seen.format != LogFormat::kJson) {
    return No("CLF does not show the host");
  }
  if (!MayHaveComeWithout(q)) return No(kHasCookie);
  if (!at.cookie) return No(kUnknownCookie);
  if (at.cookie->domain.empty()) return No("the cookie has no Domain");
  return at.domain_covers_host
             ? No("the cookie's Domain includes this host")
             : Yes("the cookie's Domain does not include this host, so that browsers refuse it");
}

Finding FindOtherHost(const Inquiry& q) {
  const BreakCase& at = q.at;
  const uint16_t host = HostOf(at.seen.origin);
  if (host == 0 || at.seen.format != LogFormat::kJson) return No("CLF does not show the host");
  if (HonouredElsewhere(q) && HostOf(at.pin_run.origin) != host) {
    return Yes("another cookie counts on the other host");
  }
  if (!MayHaveComeWithout(q)) return No(kHasCookie);
  if (!at.cookie) return No(kUnknownCookie);
  if (at.domain_covers_host) return No("the cookie's Domain includes this host");
  if (q.blind() && (!at.has_pin_run || HostOf(at.pin_run.origin) == host)) {
    return No("the pin was set on the same host");
  }
  if (WasGivenOnSomeHost(at.seen, at.facts) && !WasGivenOnHost(at.seen, at.facts)) {
    return Yes("the client has a cookie on another host, and was never given one on this");
  }
  return No("the client was given a cookie on this host, or nowhere");
}

Finding FindCookiePath(const Inquiry& q) {
  if (HonouredElsewhere(q) && q.at.pin_run.origin == q.at.seen.origin) {
    return Yes("another cookie counts on the other path");
  }
  if (!MayHaveComeWithout(q)) return No(kHasCookie);
  return q.at.seen.outside_cookie_path ? Yes("the request is outside the cookie's path")
                                       : No("the request is inside the cookie's path");
}

Finding FindCrossSite(const Inquiry& q) {
  const bool came = CameFromAnotherSite(q);
  if (!came && !GivenToAnotherSite(q)) return No(kNotCrossSite);
  const bool open = q.at.cookie->same_site == SameSite::kNone && q.at.cookie->secure;
  if (open) return No("the cookie is SameSite=None and Secure");
  return came
             ? Yes("another site sent the request, and SameSite keeps the cookie back")
             : Yes("it was only ever given on requests of another site, where SameSite refuses it");
}

Finding FindThirdPartyBlocked(const Inquiry& q) {
  if (CameFromAnotherSite(q)) {
    return Yes(
        "another site sent the request, the cookie is SameSite=None and Secure: the browser blocks "
        "it");
  }
  return GivenToAnotherSite(q) ? Yes("it was only ever given on requests of another site")
                               : No(kNotCrossSite);
}

Finding FindCredentialsOmitted(const Inquiry& q) {
  if (q.came_without() && q.at.seen.cookieless_kind) {
    return Yes("a fetch across origins without credentials, or of a kind that has none");
  }
  if (OnlyGivenOtherwise(q, GivenHow::kToCredentials)) {
    return Yes("it was only ever given to fetches without credentials, which do not keep it");
  }
  return No("not seen to be a fetch without credentials");
}

Finding FindCookieExpired(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (!MayHaveComeWithout(q)) return No(kHasCookie);
  if (!at.cookie) return No(kUnknownCookie);
  if (at.sight.expires && *at.sight.expires <= at.seen.start.low) {
    return Yes("the Expires that responses give was over when the request came");
  }
  if (at.cookie->max_age_s <= 0) return No("the cookie has no Max-Age");
  // What was given while this request was on its way was not known to it; its pin is older.
  if (q.came_without() && (KnewLastGiving(at.seen, at.facts) || !at.has_pin_run)) {
    return KnewLastGiving(at.seen, at.facts) &&
                   SecondsSinceGiven(at.seen, at.facts) >= at.cookie->max_age_s
               ? Yes("the cookie was given longer ago than its Max-Age")
               : No("the cookie was given less than its Max-Age ago, or nobody saw when");
  }
  if (!at.has_pin_run) return No("the pin is not remembered");
  const EventDuration age(Tick(at.seen.start.high).Since(at.pin_run.low_first));
  return age >= std::chrono::seconds(at.cookie->max_age_s)
             ? Yes("the client came to its server longer ago than Max-Age")
             : No("the client came to its server less than Max-Age ago");
}

Finding FindCookieReplacedUpstream(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (!MayHaveComeWithout(q)) return No(kHasCookie);
  if (!q.came_without()) return FindReplacedBlindly(q);
  if (at.sight.balancer_cookie && !at.facts.Has(SessionFacts::kShownSticky)) {
    return Yes("it sends another load balancer's cookie, and never Traefik's");
  }
  if (!at.seen.proxied) return No("no proxy is in front, and no other balancer's cookie came");
  if (q.facts.returned() > 0) return No("other clients do return the cookie");
  if (q.facts.given() == 0) return No("no sticky cookie was seen to be set");
  if (q.facts.assignments() >= kFewestAssignments || q.final) {
    return Yes("a proxy is in front, and no client ever returns the cookie");
  }
  return NotYet("does any client return the cookie?");
}

Finding FindCookieNotSent(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (at.judgement.evidence == Evidence::kCookie && at.facts.Has(SessionFacts::kMoved) &&
      at.facts.refused == 0 && at.seen.cookie.meaning.server == at.seen.server) {
    return Yes("it opened a WebSocket without its cookie, which moved it");
  }
  if (!q.came_without()) return No("the log does not show that no cookie came");
  if (at.stray) return Yes("its WebSockets come without the cookie that its other requests have");
  if (at.seen.cookie.sent || at.facts.Has(SessionFacts::kSentCookie)) {
    return No("this client does send cookies");
  }
  if (!at.cookie) return No(kUnknownCookie);  // Path, Secure or Domain may be why
  const bool over_http = at.has_pin_run && at.pin_run.origin != 0 &&
                         (at.pin_run.origin & kHttpsBit) == 0 && at.cookie->secure;
  if (over_http && !at.seen.set_cookies_logged) {
    return No("its cookie may have come over http, where a browser refuses a Secure one");
  }
  if (q.facts.returned() > 0) return Yes("this client never sends a cookie, others do");
  if (q.final && EachResponseGivesIt(q)) {
    return Yes("each response gives the cookie, nobody ever sends one, and no proxy is in front");
  }
  return q.final ? No("nobody sends cookies here") : NotYet("does anybody send cookies?");
}

Finding FindSharedClient(const Inquiry& q) {
  if (q.at.judgement.evidence != Evidence::kClient) {
    return No("better evidence than the address says break");
  }
  if (q.at.facts.Has(SessionFacts::kShared)) {
    return Yes("cookies of two servers come in turn from this address");
  }
  if (q.at.judgement.guessed)
    return Yes("the address is a proxy's that Traefik was not told to trust");
  if (q.at.many_connections) {
    return Yes("more connections come from this address than one browser opens");
  }
  return q.at.shared_agents ? Yes("several user agents come from this address")
                            : No("nothing shows more than one person behind this address");
}

}  // namespace stickyd
