// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/interpreter.h"

#include <algorithm>
#include <functional>

#include "cookie_reader.h"
#include "route_resolver.h"
#include "scope_book.h"
#include "stickyd/base/site.h"
#include "stickyd/base/text.h"
#include "stickyd/model/learnt.h"
#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

// So many services of one cookie name, and their roots, are looked at per break.
constexpr size_t kMostRivals = 64;

// CLF knows no host; its scheme is the router's.
uint16_t OriginOf(const AccessRecord& record, std::optional<bool> https, ScopeBook& scopes) {
  if (!record.host && !https) return 0;
  const uint16_t host = scopes.TagOfHost(record.host.value_or("")) & 0x3FFFU;
  return static_cast<uint16_t>(host | (https.value_or(false) ? kHttpsBit : 0U));
}

// What the browser spoke: a proxy in front may have taken TLS off.
std::optional<bool> SpeaksHttps(const AccessRecord& record, const Route& route) {
  if (record.forwarded_proto) {
    return *record.forwarded_proto == "https" || *record.forwarded_proto == "wss";
  }
  if (record.scheme) return *record.scheme == "https";
  return route.secure;
}

Site SiteOnTheHotPath(const AccessRecord& record) {
  if (record.sec_fetch_site) {
    if (*record.sec_fetch_site == "cross-site") return Site::kCrossSite;
    return *record.sec_fetch_site == "same-site" ? Site::kSameSite : Site::kSame;
  }
  if (!record.origin || !record.host) return Site::kUnknown;
  const std::string_view from = HostOfUrl(*record.origin);
  if (from == *record.host) return Site::kSame;
  return IsSameSite(from, *record.host) ? Site::kSameSite : Site::kCrossSite;
}

bool IsCookielessKind(const AccessRecord& record) {
  const std::string_view dest = record.sec_fetch_dest.value_or("");
  if (dest == "manifest" || dest == "font") return true;
  return record.sec_fetch_mode.value_or("") == "cors" &&
         record.sec_fetch_site.value_or("") == "same-site";
}

constexpr size_t kMostServices = 64;
constexpr EventDuration kTurns = std::chrono::minutes(1);

ScopeInfo::Service* FindService(ScopeInfo& scope, ServiceId id) {
  auto& services = scope.services;
  if (scope.current < services.size() && services[scope.current].id == id) {
    return &services[scope.current];
  }
  const auto known =
      std::find_if(services.begin(), services.end(), [&](const auto& s) { return s.id == id; });
  if (known != services.end()) return &*known;
  if (services.size() >= kMostServices) return nullptr;
  services.push_back({id, services.empty()});  // the first one is no page's
  return &services.back();
}

// The scope's service is this one now. A line that came late changes nothing.
void NoteTurn(const ScopeInfo::Service& service, EventTime start, ScopeInfo& scope) {
  const auto place = static_cast<size_t>(&service - scope.services.data());
  if (place != scope.current && start > scope.current_since) {
    if (service.seen) {
      scope.return_before = scope.last_return;
      scope.last_return = start;
    }
    scope.current = place;
    scope.current_since = start;
  }
  scope.in_turn = scope.joined && scope.return_before >= start - kTurns;
}

constexpr uint16_t kSwitching = 101;
constexpr uint16_t kFirstError = 400;

bool AskedForUpgrade(const AccessRecord& record) {
  const std::string_view scheme = record.forwarded_proto.value_or("");
  return record.status == kSwitching || scheme == "ws" || scheme == "wss" ||
         EqualsIgnoreCase(record.upgrade.value_or(""), "websocket");
}

// Did it ask for a WebSocket, or was it refused where others got one? Learns where they did; asking
// alone teaches nothing, since anybody can ask anywhere.
bool IsUpgrade(const AccessRecord& record, const Observation& seen, const ScopeBook& scopes,
               std::vector<uint16_t>& upgraded) {
  constexpr size_t kMostUpgraded = 64;
  const bool asked = AskedForUpgrade(record);
  const bool refused = !seen.cookie.sticky && seen.status >= kFirstError && !upgraded.empty();
  if (!record.path || (!asked && !refused)) return asked;
  const uint16_t tag = scopes.TagOf(record.path->substr(0, record.path->find('?')));
  const bool known = std::find(upgraded.begin(), upgraded.end(), tag) != upgraded.end();
  const bool opened = record.status == kSwitching;
  if (opened && !known && upgraded.size() < kMostUpgraded) upgraded.push_back(tag);
  return asked || known;
}

// Did an errors middleware answer with another service's page? That is no server of the session.
bool IsErrorPage(const Route& route, uint16_t status, EventTime start, ScopeInfo& scope) {
  if (!Applies(Rule::kErrorPage)) return false;
  if (!route.path.empty() || route.error_page) return route.error_page;
  ScopeInfo::Service* const service = FindService(scope, route.service);
  if (service == nullptr) return false;
  service->answered |= status < kFirstError;
  if (!service->answered && scope.joined) return true;
  NoteTurn(*service, start, scope);
  service->seen = true;
  return false;
}

// Did the balancer find no server that is up? The answer is Traefik's own then.
bool IsTurnaway(const AccessRecord& record, const Observation& seen) {
  constexpr uint16_t kServiceUnavailable = 503;
  return seen.status == kServiceUnavailable && record.router && !record.origin_answered;
}

// RFC 6265 5.1.4: a cookie of /app goes with /app, /app/ and /app/x, not with /apple.
bool PathMatches(std::string_view path, std::string_view cookie_path) {
  path = path.substr(0, path.find('?'));
  if (!path.starts_with(cookie_path)) return false;
  return path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
         path[cookie_path.size()] == '/';
}

}  // namespace

class Interpreter::Impl {
 public:
  Impl(const InterpreterOptions& options, const KeyedHash& hash)
      : scopes(hash), routes(options.max_services, scopes), cookies(scopes) {}

  ScopeBook scopes;
  RouteResolver routes;
  CookieReader cookies;
};

Interpreter::Interpreter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Interpreter::~Interpreter() = default;

Result<std::unique_ptr<Interpreter>> Interpreter::Create(const InterpreterOptions& options,
                                                         const KeyedHash& hash) {
  auto impl = std::make_unique<Impl>(options, hash);
  if (auto status = impl->routes.Configure(options); !status) return tl::unexpected(status.error());
  return std::unique_ptr<Interpreter>(new Interpreter(std::move(impl)));
}

Status Interpreter::Reconfigure(const InterpreterOptions& options) {
  return impl_->routes.Configure(options);
}
void Interpreter::AddConfig(std::shared_ptr<const TraefikConfig> config) {
  impl_->routes.AddConfig(std::move(config));
}
void Interpreter::ConfirmConfig(EventTime time) { impl_->routes.ConfirmConfig(time); }
bool Interpreter::TakeUnknown() { return impl_->routes.TakeUnknown(); }
const ConfigHistory& Interpreter::configs() const { return impl_->routes.configs(); }

void Interpreter::AddTo(PipelineStats& stats) const {
  stats.services_overflowed = services().overflows();
  stats.has_config = !configs().empty();
  for (size_t i = 1; i < impl_->scopes.size(); ++i) {
    const ScopeInfo& info = scope(ScopeId{static_cast<uint16_t>(i)});
    if (info.turnaways.turns > 0) stats.turnaways.emplace_back(info.last_router, info.turnaways);
  }
}

bool Interpreter::Knows(const AccessRecord& record) const { return impl_->routes.Knows(record); }

void Interpreter::FindRoute(const AccessRecord& record, Observation& seen) {
  seen.route = impl_->routes.Resolve(record);
  seen.server = seen.route->server;
}

bool Interpreter::RecallRoute(const AccessRecord& record, Observation& seen) const {
  seen.route = impl_->routes.Recall(record);
  if (seen.route == nullptr) return false;
  seen.server = seen.route->server;
  return true;
}
uint64_t Interpreter::route_generation() const { return impl_->routes.generation(); }

void Interpreter::Interpret(const AccessRecord& record, SourceTraits& traits, Observation& seen) {
  const Route& route = *seen.route;
  seen.format = record.format;
  seen.start = record.start;
  seen.learnt = LearntInterval(record);
  seen.end = record.end();
  seen.count = static_cast<uint32_t>(record.request_count.value_or(0));
  seen.status = record.status.value_or(0);
  seen.https = SpeaksHttps(record, route);
  seen.origin = OriginOf(record, seen.https, impl_->scopes);
  seen.site = SiteOnTheHotPath(record);
  seen.cookieless_kind = IsCookielessKind(record);

  traits.cookies |= record.cookie || record.set_cookie || record.origin_set_cookie;
  traits.set_cookies |= record.set_cookie || record.origin_set_cookie;
  traits.all_headers |= record.all_headers;
  seen.cookies_logged = traits.cookies;
  seen.set_cookies_logged = traits.set_cookies;
  seen.all_headers = traits.all_headers;
  ScopeInfo& scope = impl_->scopes.info(route.scope);
  const bool served = seen.server != ServerId::kNone;
  if (served || IsTurnaway(record, seen)) scope.turnaways.Note(served);
  if (!served) return;
  if (IsErrorPage(route, seen.status, seen.start.low, scope)) {
    seen.server = ServerId::kNone;
    return;
  }
  if (record.cookie) seen.cookie = impl_->cookies.ReadCookie(*record.cookie, route);
  if (record.set_cookie || record.origin_set_cookie) {
    seen.set_cookie = impl_->cookies.ReadSetCookie(record, route);
  }
  seen.upgrade = seen.cookies_logged && IsUpgrade(record, seen, impl_->scopes, scope.upgraded);
  seen.sticky_cookie = impl_->cookies.Cookie(route);
  seen.outside_cookie_path = seen.sticky_cookie != nullptr && seen.sticky_cookie->path != "/" &&
                             record.path && !PathMatches(*record.path, seen.sticky_cookie->path);
}

BreakSight Interpreter::Examine(const AccessRecord& record, const Observation& observation) const {
  BreakSight sight = impl_->cookies.Examine(record, *observation.route);
  // What this very response was written in counts; the API may speak for another replica.
  std::optional<CookieEncoding> own;
  if (observation.set_cookie.sticky) {
    own = observation.set_cookie.encoding;
  } else if (!observation.set_cookies_logged && observation.route->config != nullptr) {
    own = observation.route->config->encoding;
  }
  const CookieSight& cookie = observation.cookie;
  sight.other_format = own && cookie.leaf_value && cookie.meaning.server != ServerId::kNone &&
                       !Accepts(*own, cookie.meaning.encoding, sight.value_bytes);
  return sight;
}

std::vector<ScopeId> Interpreter::Rivals(const Route& route) const {
  std::vector<ScopeId> rivals;
  if (route.config == nullptr || route.leaf_cookie() == nullptr) return rivals;
  const auto services = route.config->by_cookie.find(route.leaf_cookie()->name);
  if (services == route.config->by_cookie.end()) return rivals;
  size_t looked_at = 0;
  for (const ServiceConfig* service : services->second) {
    if (++looked_at > kMostRivals) break;
    const auto roots = route.config->roots_of.find(service->name);
    if (roots == route.config->roots_of.end()) continue;
    for (const std::string& root : roots->second) {
      if (++looked_at > kMostRivals) break;
      const ScopeId scope = impl_->scopes.names().Find(root);
      const bool listed = std::find(rivals.begin(), rivals.end(), scope) != rivals.end();
      if (scope != ScopeId::kNone && scope != route.scope && !listed) rivals.push_back(scope);
    }
  }
  return rivals;
}

bool Interpreter::EntryTrustsForwarded(const Route& route) const {
  if (route.config == nullptr) return false;
  const RouterConfig* router = route.config->FindRouter(route.router);
  return router != nullptr && router->trusts_forwarded;
}

const ScopeInfo& Interpreter::scope(ScopeId id) const { return impl_->scopes.info(id); }
bool Interpreter::IsStickyName(const Route& route, std::string_view cookie) const {
  return impl_->cookies.IsStickyName(route, cookie);
}
const NameTable<ServerId>& Interpreter::servers() const { return impl_->scopes.servers; }
const NameTable<ServiceId>& Interpreter::services() const { return impl_->routes.services(); }
const NameTable<ScopeId>& Interpreter::scopes() const { return impl_->scopes.names(); }

}  // namespace stickyd
