// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "probe_report.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using Json = nlohmann::ordered_json;

// Whatever a site wrote, as UTF-8 without control characters.
std::string Clean(std::string_view text) { return Printable(text, SIZE_MAX); }

std::string Value(std::string_view value, const ProbeSettings& settings) {
  return settings.trace ? Clean(value) : ShortValue(value);
}

Json OrNull(const std::string& text) { return text.empty() ? Json() : Json(Clean(text)); }

Json OfCookie(const ProbeCookie& cookie, const ProbeSettings& settings) {
  static constexpr const char* kSites[] = {nullptr, "None", "Lax", "Strict"};
  Json json = {{"name", Clean(cookie.name)},
               {"value", Value(cookie.value, settings)},
               {"known_by", cookie.known_by},
               {"server", OrNull(cookie.server)}};
  const auto set = ParseSetCookie(cookie.header);
  if (!set) return json;
  json["path"] = OrNull(set->path);
  json["domain"] = OrNull(set->domain);
  json["max_age"] = set->max_age_s ? Json(*set->max_age_s) : Json();
  json["secure"] = set->secure;
  json["http_only"] = set->http_only;
  const char* const site = kSites[static_cast<size_t>(set->same_site)];
  json["same_site"] = site == nullptr ? Json() : Json(site);
  return json;
}

Json OfDecisions(const std::vector<CookieDecision>& decisions, const ProbeSettings& settings) {
  Json list = Json::array();
  for (const CookieDecision& decision : decisions) {
    list.push_back({{"name", Clean(decision.name)},
                    {"value", Value(decision.value, settings)},
                    {"act", Name(decision.act)},
                    {"why", OrNull(decision.why)}});
  }
  return list;
}

Json OfExchange(const ProbeExchange& exchange, const ProbeSettings& settings) {
  Json json = {{"number", exchange.number},
               {"check", Clean(exchange.check)},
               {"method", exchange.call.method},
               {"url", Clean(exchange.call.url)},
               {"connect_to", OrNull(exchange.call.connect_to)}};
  json["cookies_sent"] = OfDecisions(exchange.sent, settings);
  if (exchange.failure) {
    json["failure"] = {{"kind", Name(exchange.failure->fault)},
                       {"message", Clean(exchange.failure->message)}};
  } else {
    json["status"] = exchange.status;
    json["http_version"] = fmt::format("{}.{}", exchange.version / 10, exchange.version % 10);
    json["location"] = OrNull(exchange.location);
    json["served_by"] = OrNull(exchange.served_by);
    json["cookies_set"] = OfDecisions(exchange.taken, settings);
    if (exchange.set_more != 0) json["cookies_set_more"] = exchange.set_more;
    json["seconds"] = static_cast<double>(exchange.took.count()) / 1e6;
  }
  if (!exchange.note.empty()) json["note"] = Clean(exchange.note);
  json["curl"] =
      Clean(CurlLine(exchange, settings, settings.trace ? CurlDetail::kCookies : CurlDetail::kJar));
  return json;
}

}  // namespace

std::string ProbeJson(const ProbeResult& result, const ProbeSettings& settings) {
  Json json = {{"version", 1},
               {"url", Clean(result.url)},
               {"verdict", Name(result.verdict)},
               {"cause", result.cause ? Json(Name(*result.cause)) : Json()},
               {"why", Clean(result.why)},
               {"advice", OrNull(ProbeAdvice(result))},
               {"service", OrNull(result.service)},
               {"proof", result.exchange == 0 ? Json() : Json(result.exchange)}};
  json["cookie"] = result.cookies.empty() ? Json() : OfCookie(result.cookies[0], settings);
  Json cookies = Json::array();
  for (const ProbeCookie& cookie : result.cookies) cookies.push_back(OfCookie(cookie, settings));
  json["cookies"] = std::move(cookies);
  Json checks = Json::array();
  for (const ProbeCheck& check : result.checks) {
    checks.push_back({{"name", Clean(check.name)},
                      {"result", Name(check.result)},
                      {"detail", Clean(check.detail)},
                      {"exchange", check.exchange == 0 ? Json() : Json(check.exchange)}});
  }
  json["checks"] = std::move(checks);
  Json exchanges = Json::array();
  for (const ProbeExchange& exchange : result.exchanges) {
    exchanges.push_back(OfExchange(exchange, settings));
  }
  json["exchanges"] = std::move(exchanges);
  json["seconds"] = static_cast<double>(result.took.count()) / 1e3;
  return json.dump() + "\n";
}

}  // namespace stickyd
