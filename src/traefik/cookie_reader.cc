// SPDX-License-Identifier: Apache-2.0
#include "cookie_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "stickyd/base/cookie_header.h"
#include "stickyd/base/site.h"
#include "stickyd/base/timestamp.h"
#include "stickyd/model/balancer_cookie.h"
#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

constexpr std::string_view kRedacted = "REDACTED";
constexpr size_t kMostLearntNames = 8;
constexpr size_t kMostSetters = 20'000;

// Thu, 24 Apr 2026 14:22:00 GMT, in seconds since 1970.
std::optional<int64_t> ParseHttpDate(std::string_view text) {
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  std::string clf = fmt::format("{}/{}/{}:{} +0000", text.substr(5, 2), text.substr(8, 3),
                                text.substr(12, 4), text.substr(17, 8));
  return TimestampParser().ParseClf(clf);
}

void ReadAttributes(std::string_view attributes, StickyCookie& cookie) {
  ForEachPart(attributes, ';', [&](std::string_view part) {
    const size_t equals = part.find('=');
    const std::string_view name = Trim(part.substr(0, equals));
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : Trim(part.substr(equals + 1));
    if (EqualsIgnoreCase(name, "secure")) cookie.secure = true;
    if (EqualsIgnoreCase(name, "httponly")) cookie.http_only = true;
    if (EqualsIgnoreCase(name, "samesite")) cookie.same_site = ToSameSite(value);
    if (EqualsIgnoreCase(name, "path") && value.starts_with('/')) cookie.path = value;
    if (EqualsIgnoreCase(name, "max-age"))
      cookie.max_age_s = ParseNumber<int64_t>(value).value_or(0);
    if (EqualsIgnoreCase(name, "expires")) {
      if (const auto expires = ParseHttpDate(value)) {
        cookie.expires = EventTime(std::chrono::seconds(*expires));
      }
    }
    if (EqualsIgnoreCase(name, "domain")) {
      cookie.domain = ToLower(value.starts_with('.') ? value.substr(1) : value);
    }
  });
  if (cookie.max_age_s != 0) cookie.expires.reset();
}

// By Sec-Fetch-Site, else by the site that Origin or Referer names.
Site SiteOf(const AccessRecord& record) {
  if (record.sec_fetch_site) {
    if (*record.sec_fetch_site == "cross-site") return Site::kCrossSite;
    return *record.sec_fetch_site == "same-site" ? Site::kSameSite : Site::kSame;
  }
  const std::string_view from =
      HostOfUrl(record.origin ? *record.origin : record.referer.value_or(""));
  if (from.empty() || !record.host) return Site::kUnknown;
  if (EqualsIgnoreCase(from, *record.host)) return Site::kSame;
  return IsSameSite(from, *record.host) ? Site::kSameSite : Site::kCrossSite;
}

bool Contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

CookieSight CookieReader::ReadCookie(std::string_view header, const Route& route) const {
  CookieSight sight;
  sight.sent = true;
  sight.redacted = header == kRedacted;
  if (sight.redacted) return sight;
  const ScopeInfo& scope = scopes_.info(route.scope);
  const StickyCookie* leaf = route.leaf_cookie();
  const bool configured = !route.path.empty();
  uint32_t seen_levels = 0;
  uint32_t honoured_levels = 0;
  std::string_view leaf_name;
  bool names_answering = false;
  const bool level_unknown = !configured && scope.in_turn;
  bool names_child = false;
  ForEachCookie(header, [&](std::string_view name, std::string_view value) {
    for (size_t i = 0; i < route.upper.size(); ++i) {
      const uint32_t bit = uint32_t{1} << i;
      if (name != route.upper[i].cookie || (seen_levels & bit) != 0) continue;
      sight.sticky = true;
      seen_levels |= bit;
      const auto& good = route.upper[i].values;
      if (std::find(good.begin(), good.end(), value) != good.end()) honoured_levels |= bit;
    }
    if (level_unknown && !names_child) {
      names_child = route.child_values != nullptr && Contains(*route.child_values, value);
    }
    bool ours = configured ? leaf != nullptr && name == leaf->name
                           : Applies(Rule::kLearntNames) && Contains(scope.learnt_names, name);
    std::optional<CookieMeaning> meaning;
    if (ours || !configured) meaning = scopes_.codes.Find(value);
    ours = ours || (meaning && scope.Knows(meaning->server) &&
                    (configured || !IsSetElsewhere(name, *meaning, route.scope)));
    if (!ours) {
      sight.balancers |= BalancerCookieOf(name);
      return true;
    }
    const uint16_t tag = scopes_.TagOf(value);
    const bool names_this = meaning && meaning->server == route.server;
    if (sight.leaf_value) {
      sight.differing |= tag != sight.tag && name == leaf_name;
      // Of two names, the one that was learnt last is in force; where none was, the one that was
      // honoured.
      const bool in_force = scope.learnt_names.empty() ? names_this && !names_answering
                                                       : name == scope.learnt_names.back();
      const bool newer = !configured && name != leaf_name && in_force;
      const bool rules_out =
          name == leaf_name ? Applies(Rule::kFirstOfName) : !newer || !Applies(Rule::kNewestName);
      if (rules_out) return true;
    }
    leaf_name = name;
    names_answering = names_this;
    sight.sticky = sight.leaf_value = true;
    sight.tag = tag;
    sight.meaning = meaning.value_or(CookieMeaning{});
    sight.in_scope = meaning && scope.Knows(meaning->server);
    sight.in_pool = sight.in_scope && (!configured || route.PoolHas(meaning->server));
    return true;
  });
  const uint32_t all_levels = (uint32_t{1} << route.upper.size()) - 1;
  sight.upper_honoured =
      !route.upper_plain && honoured_levels == all_levels && (!level_unknown || names_child);
  return sight;
}

// Where two services have one pool, a name belongs to the one that is seen to set it.
bool CookieReader::IsSetElsewhere(std::string_view name, const CookieMeaning& meaning,
                                  ScopeId scope) const {
  if (!Applies(Rule::kNameOfItsSetter)) return false;
  const auto setter = setters_.find(name);
  return setter != setters_.end() && setter->second != scope &&
         scopes_.info(setter->second).Knows(meaning.server);
}

const StickyCookie* CookieReader::Cookie(const Route& route) const {
  if (const StickyCookie* leaf = route.leaf_cookie()) return leaf;
  for (const ServiceConfig* level : route.path) {
    if (level->cookie) return &*level->cookie;
  }
  const auto& learnt = scopes_.info(route.scope).learnt;
  return route.path.empty() && learnt ? &*learnt : nullptr;
}

bool CookieReader::IsStickyName(const Route& route, std::string_view name) const {
  for (const ServiceConfig* level : route.path) {
    if (level->cookie && level->cookie->name == name) return true;
  }
  const auto& learnt = scopes_.info(route.scope).learnt_names;
  return std::find(learnt.begin(), learnt.end(), name) != learnt.end();
}

bool CookieReader::NamesServer(std::string_view value, const Route& route,
                               CookieEncoding& encoding) const {
  const auto meaning = scopes_.codes.Find(value);
  if (!meaning || meaning->server != route.server) return false;
  encoding = meaning->encoding;
  return true;
}

SetCookieSight CookieReader::ReadSetCookie(const AccessRecord& record, const Route& route) {
  SetCookieSight sight;
  const std::string_view down = record.set_cookie.value_or("");
  const std::string_view origin = record.origin_set_cookie.value_or("");
  sight.sent = record.set_cookie.has_value() || record.origin_set_cookie.has_value();
  sight.redacted = down == kRedacted || origin == kRedacted;
  if (sight.redacted || !sight.sent) return sight;
  const StickyCookie* known = Cookie(route);
  ForEachSetCookie(down, [&](std::string_view name, std::string_view value, std::string_view rest) {
    if (!sight.sticky && NamesServer(value, route, sight.encoding)) {
      sight.sticky = true;
      Learn(route, name, rest);
      known = Cookie(route);
    } else if (known != nullptr && name == known->name) {
      sight.foreign = true;
    } else {
      sight.balancers |= BalancerCookieOf(name);
    }
    return true;
  });
  if (sight.sticky) return sight;
  ForEachSetCookie(origin, [&](std::string_view, std::string_view value, std::string_view) {
    CookieEncoding encoding{};
    sight.lost = NamesServer(value, route, encoding);
    return !sight.lost;
  });
  return sight;
}

void CookieReader::Learn(const Route& route, std::string_view name, std::string_view attributes) {
  StickyCookie cookie;
  cookie.name = name;
  ReadAttributes(attributes, cookie);
  ScopeInfo& scope = scopes_.info(route.scope);
  auto& names = scope.learnt_names;
  const auto at = std::find(names.begin(), names.end(), cookie.name);
  if (at != names.end()) {
    std::rotate(at, at + 1, names.end());
  } else {
    if (setters_.size() < kMostSetters) setters_.try_emplace(cookie.name, route.scope);
    if (names.size() >= kMostLearntNames) names.erase(names.begin());
    names.push_back(cookie.name);
  }
  scope.learnt = std::move(cookie);
}

bool CookieReader::IsOldName(std::string_view name, const Route& route, EventTime time) const {
  const ScopeInfo& scope = scopes_.info(route.scope);
  if (route.path.empty()) {
    const auto& names = scope.learnt_names;
    if (scope.joined && !scope.renamed) return false;  // each service has a name of its own
    return !names.empty() && names.back() != name &&
           std::find(names.begin(), names.end(), name) != names.end();
  }
  const auto is_level = [&](const ServiceConfig* level) {
    return level->cookie && level->cookie->name == name;
  };
  if (std::any_of(route.path.begin(), route.path.end(), is_level)) return false;
  if (IsOtherChild(name, route)) return false;  // a name of today
  return scopes_.HadCookie(route.scope, name, time);
}

bool CookieReader::IsOtherChild(std::string_view name, const Route& route) {
  if (route.path.size() < 2 || (route.leaf_cookie() && route.leaf_cookie()->name == name)) {
    return false;
  }
  const ServiceTree* tree = route.config->Tree(route.path.front()->name);
  return tree != nullptr && tree->HasCookie(name);
}

BreakSight CookieReader::Examine(const AccessRecord& record, const Route& route) const {
  BreakSight sight;
  sight.site = SiteOf(record);
  // The API does not say when a cookie that was given ends.
  if (const auto& learnt = scopes_.info(route.scope).learnt) sight.expires = learnt->expires;
  const StickyCookie* sticky = Cookie(route);
  bool first = true;
  bool present_name = false;
  ForEachCookie(record.cookie.value_or(""), [&](std::string_view name, std::string_view value) {
    sight.balancer_cookie |= IsBalancerCookie(name);
    sight.old_name |= IsOldName(name, route, record.end());
    sight.other_child |= IsOtherChild(name, route);
    sight.names_child |= route.child_values != nullptr && Contains(*route.child_values, value);
    present_name |= sticky != nullptr && name == sticky->name;
    if (first && present_name) {
      first = false;
      sight.meaning = scopes_.codes.Find(value).value_or(CookieMeaning{});
      sight.value_bytes = value.size();
    }
    return true;
  });
  sight.old_name = sight.old_name && !present_name;
  const ServerId named = sight.meaning.server;
  if (named != ServerId::kNone && !scopes_.info(route.scope).Knows(named)) {
    sight.other_scope = scopes_.OtherWith(named, route.scope, route.router);
  }
  if (route.config != nullptr) {
    const RouterConfig* router = route.config->FindRouter(route.router);
    const std::string_view path = record.path.value_or("");
    sight.auth_request =
        sticky != nullptr && record.host &&
        route.config->KeepsAuthCookie(*record.host, path.substr(0, path.find('?')), sticky->name);
    sight.set_cookie_middleware = router != nullptr && router->changes_set_cookie;
  }
  return sight;
}

}  // namespace stickyd
