// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/advice.h"

#include <array>
#include <utility>

#include "cause_pages.h"
#include "stickyd/model/log_fields.h"

namespace stickyd {
namespace {

struct Text {
  std::string_view summary;
  std::string_view advice;  // {service}, {from} and {to} are filled in
};

constexpr std::array<Text, kCountOf<Cause>> kTexts = {{
    {"the request went to another child of the same service: a fallback, an error page or a canary",
     "Sessions of {service} leave {from} while its child is down or answers with errors. Keep "
     "session state where both children reach it, or accept the break."},
    {"a level of a nested service is not sticky",
     "Every level of {service} needs sticky.cookie: the weighted service that picks the child, and "
     "each child's loadBalancer that picks the server."},
    {"the sticky cookie is configured on a service that no router uses",
     "Move the sticky block to {service}, which the router uses, or point the router at the "
     "service that has it."},
    {"the service has no sticky cookie", "Add loadBalancer.sticky.cookie to {service}."},
    {"the balancing strategy ignores the sticky cookie",
     "Strategy hrw pins by address and never sets the cookie: use wrr or p2c on {service}."},
    {"the cookie is in the format of another Traefik version",
     "Cookies of {service} were written by another Traefik version. After an upgrade every session "
     "breaks once; replicas of two versions break sessions until they are the same."},
    {"the cookie was renamed",
     "Set sticky.cookie.name on {service} explicitly, so that renaming the service does not rename "
     "the cookie."},
    {"the browser sends two cookies of that name",
     "An older cookie (another Path or Domain) shadows the one of {service}. Give "
     "sticky.cookie.name a new value."},
    {"the pin's server was taken out of the pool for a while",
     "{from} was down, fenced or at weight 0. If the health check flaps, give it a longer timeout "
     "or interval."},
    {"the pin's server has left the pool",
     "{from} is gone from {service}. Drain servers before you stop them, or keep session state "
     "outside of them."},
    {"another service or the application sets a cookie of the same name",
     "Give {service} a sticky.cookie.name that nothing else on its hosts sets."},
    {"the Set-Cookie was removed on its way out of Traefik",
     "A middleware on the router of {service} changes Set-Cookie (customResponseHeaders): remove "
     "that."},
    {"the cookie is Secure and the request came over http",
     "Redirect http to https in front of {service} (and send HSTS), or drop `secure` where there "
     "is no TLS."},
    {"the cookie belongs to another host",
     "{service} is reached under several hosts: set sticky.cookie.domain to their common domain "
     "(Traefik v3.4 and later), or give each host its own service."},
    {"the request is outside the cookie's path", "Set sticky.cookie.path of {service} to /."},
    {"another site sent the request, and SameSite keeps the cookie back",
     "Set sticky.cookie.sameSite of {service} to none, together with secure, or serve both from "
     "one site."},
    {"the browser blocks cookies of third parties",
     "No attribute mends that: serve the page that calls {service} and {service} itself from one "
     "site."},
    {"the request was sent without credentials",
     "fetch() across origins needs credentials: \"include\" (and CORS must allow it) to carry the "
     "cookie of {service}."},
    {"the cookie's lifetime was over",
     "sticky.cookie.maxAge of {service} does not slide: a session that lasts longer breaks. Remove "
     "it, or make it longer than any session."},
    {"a proxy in front of Traefik replaces or removes the cookie",
     "Let one layer own session affinity: make the proxy in front of {service} pass Traefik's "
     "Set-Cookie and Cookie on."},
    {"this client never sends cookies",
     "A script, monitor or bot without a cookie jar: give it one, or exclude it "
     "(--exclude.user-agent)."},
    {"the cookie of a live server was not honoured",
     "The server that the cookie of {service} names was there and up. Compare the configuration of "
     "all Traefik replicas."},
    {"several people share the address",
     "The log cannot tell who this was. Log cookies (accessLog.fields.headers.names.Cookie=keep) "
     "or name the application's session (--session)."},
    {"the log cannot tell", "{missing}"},
}};

void ReplaceAll(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// What to change so that the log can tell, and nothing that is there already.
std::string AdviceOnMissing(const MissingEvidence& missing) {
  constexpr std::pair<LogField, std::string_view> kHeaders[] = {
      {kLogsCookie, "Cookie"},
      {kLogsSetCookie, "Set-Cookie"},
      {kLogsUserAgent, "User-Agent"},
      {kLogsSecFetchSite, "Sec-Fetch-Site"}};
  std::string headers;
  for (const auto& [field, name] : kHeaders) {
    if ((missing.fields & field) != 0) headers.append(headers.empty() ? "" : ", ").append(name);
  }
  std::string text;
  if ((missing.fields & kLogsJson) != 0) text = "Log JSON (accessLog.format=json)";
  if (!headers.empty()) {
    text += (text.empty() ? "Keep the headers " : ", and keep the headers ") + headers +
            " (accessLog.fields.headers.names)";
  }
  if (missing.config) {
    text += std::string(text.empty() ? "Give" : ", or give") +
            " stickyd Traefik's API (--traefik.snapshot)";
  }
  return text.empty() ? "The log has all that could tell: `stickyd explain` shows what it says."
                      : text + ".";
}

}  // namespace

std::string_view Summary(Cause cause) { return kTexts[static_cast<size_t>(cause)].summary; }

std::string Advice(Cause cause, const AdviceNames& names) {
  std::string text(kTexts[static_cast<size_t>(cause)].advice);
  ReplaceAll(text, "{missing}", AdviceOnMissing(names.missing));
  ReplaceAll(text, "{service}", names.service.empty() ? "the service" : names.service);
  ReplaceAll(text, "{from}", names.from.empty() ? "the pinned server" : names.from);
  ReplaceAll(text, "{to}", names.to.empty() ? "another server" : names.to);
  if (text.starts_with("the ")) text[0] = 'T';
  return text;
}

std::string CausePageAddress(Cause cause, std::string_view pages) {
  constexpr std::string_view kInstalled = "/usr/share/doc/stickyd/causes";
  std::string address(pages.empty() ? kInstalled : pages);
  if (address.find("{cause}") == std::string::npos) {
    address += address.ends_with('/') ? "{cause}.md" : "/{cause}.md";
  }
  ReplaceAll(address, "{cause}", Name(cause));
  return address;
}

std::string_view CausePage(Cause cause) { return kCausePages[static_cast<size_t>(cause)]; }

}  // namespace stickyd
