// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/config_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "json_document.h"
#include "stickyd/base/name_table.h"
#include "stickyd/base/site.h"
#include "stickyd/base/text.h"
#include "stickyd/base/timestamp.h"
#include "stickyd/traefik/cookie_codec.h"
#include "stickyd/traefik/route_rule.h"

namespace stickyd {
namespace {

namespace dom = simdjson::dom;

// Names without a provider belong to the provider of what refers to them.
std::string Qualify(std::string_view name, std::string_view referrer) {
  const size_t at = referrer.rfind('@');
  if (name.empty() || name.find('@') != std::string_view::npos || at == std::string_view::npos) {
    return std::string(name);
  }
  return fmt::format("{}{}", name, referrer.substr(at));
}

void ReadSticky(JsonReader& reader, dom::element holder, ServiceConfig& service) {
  dom::element sticky;
  dom::element cookie;
  if (!reader.Object(holder, "sticky", service.name, sticky)) return;
  if (!reader.Object(sticky, "cookie", service.name, cookie)) {
    service.sticky_without_cookie = true;
    return;
  }
  StickyCookie out;
  const std::string_view name = reader.String(cookie, "name", service.name);
  out.name = name.empty() ? DefaultCookieName(service.name) : SanitizeCookieName(name);
  // v3 shows the name that it made, v2 shows none.
  out.default_name = out.name == DefaultCookieName(service.name);
  out.secure = reader.Bool(cookie, "secure", service.name);
  out.http_only = reader.Bool(cookie, "httpOnly", service.name);
  out.same_site_written = reader.String(cookie, "sameSite", service.name);
  out.same_site = ToSameSite(out.same_site_written);
  out.max_age_s = reader.Number(cookie, "maxAge", 0, service.name);
  const std::string_view path = reader.String(cookie, "path", service.name);
  if (!path.empty()) out.path = path;
  std::string_view domain = reader.String(cookie, "domain", service.name);
  if (domain.starts_with('.')) domain.remove_prefix(1);
  out.domain = ToLower(domain);
  service.cookie = std::move(out);
}

// Keyed by the parsed URL, whose text may differ from the configured one.
using Statuses = std::unordered_map<std::string_view, std::string_view, StringHash>;

Statuses ReadStatuses(JsonReader& reader, dom::element element, std::string_view place) {
  Statuses statuses;
  dom::element value;
  if (!reader.Object(element, "serverStatus", place, value)) return statuses;
  for (const dom::key_value_pair status : dom::object(value)) {
    std::string_view text;
    if (!status.value.is_null() && status.value.get(text))
      reader.Complain(place, status.key, "a string");
    statuses.emplace(status.key, text);
  }
  return statuses;
}

ServerStatus StatusOf(const Statuses& statuses, const PoolServer& server) {
  for (const std::string_view text : {std::string_view(server.url), std::string_view(server.key)}) {
    const auto status = statuses.find(text);
    if (status == statuses.end() || status->second.empty()) continue;
    return status->second == "UP" ? ServerStatus::kUp : ServerStatus::kDown;
  }
  return ServerStatus::kUnknown;
}

void ReadServers(JsonReader& reader, dom::element balancer, dom::element element,
                 ServiceConfig& service) {
  const Statuses statuses = ReadStatuses(reader, element, service.name);
  reader.Each(balancer, "servers", service.name, [&](dom::element item) {
    if (!item.is_object()) return reader.Complain(service.name, "servers", "a list of objects");
    PoolServer server;
    server.url = reader.String(item, "url", service.name);
    server.key = NormalizeServerUrl(server.url);
    server.weight = reader.Number(item, "weight", 1, service.name);
    server.fenced = reader.Bool(item, "fenced", service.name);
    server.status = StatusOf(statuses, server);
    if (!server.key.empty()) service.servers.push_back(std::move(server));
  });
}

void ReadChildren(JsonReader& reader, dom::element holder, ServiceConfig& service) {
  reader.Each(holder, "services", service.name, [&](dom::element item) {
    if (!item.is_object()) return reader.Complain(service.name, "services", "a list of objects");
    ChildService child;
    child.written = reader.String(item, "name", service.name);
    child.name = Qualify(child.written, service.name);
    child.weight = reader.Number(item, "weight", 1, service.name);
    service.children.push_back(std::move(child));
  });
}

void AddChild(JsonReader& reader, dom::element holder, std::string_view key,
              ServiceConfig& service) {
  ChildService child;
  child.written = reader.String(holder, key, service.name);
  child.name = Qualify(child.written, service.name);
  child.fallback = key == "fallback";
  if (!child.written.empty()) service.children.push_back(std::move(child));
}

// Traefik's words about a router or service, at most as many as people read.
std::vector<std::string> ReadErrors(JsonReader& reader, dom::element element,
                                    std::string_view place) {
  std::vector<std::string> errors = reader.Strings(element, "error", place);
  if (errors.size() > 8) errors.resize(8);
  for (std::string& error : errors) error.resize(std::min<size_t>(error.size(), 512));
  return errors;
}

ServiceConfig ReadService(JsonReader& reader, std::string_view name, dom::element element) {
  ServiceConfig service;
  service.name = name;
  service.enabled = reader.String(element, "status", name) != "disabled";
  service.errors = ReadErrors(reader, element, name);
  dom::element body;
  dom::element unused;
  if (reader.Object(element, "loadBalancer", name, body)) {
    service.kind = ServiceKind::kLoadBalancer;
    service.strategy = reader.String(body, "strategy", name);
    service.health_check = reader.Object(body, "healthCheck", name, unused);
    service.passive_health_check = reader.Object(body, "passiveHealthCheck", name, unused);
    ReadServers(reader, body, element, service);
    ReadSticky(reader, body, service);
  } else if (reader.Object(element, "weighted", name, body)) {
    service.kind = ServiceKind::kWeighted;
    service.health_check = reader.Object(body, "healthCheck", name, unused);
    ReadChildren(reader, body, service);
    ReadSticky(reader, body, service);
  } else if (reader.Object(element, "highestRandomWeight", name, body)) {
    service.kind = ServiceKind::kHighestRandomWeight;
    ReadChildren(reader, body, service);
  } else if (reader.Object(element, "mirroring", name, body)) {
    service.kind = ServiceKind::kMirroring;
    AddChild(reader, body, "service", service);
  } else if (reader.Object(element, "failover", name, body)) {
    service.kind = ServiceKind::kFailover;
    service.health_check = reader.Object(body, "healthCheck", name, unused);
    if (reader.Object(body, "errors", name, unused)) {
      service.failover_statuses = reader.Strings(unused, "status", name);
    }
    AddChild(reader, body, "service", service);
    AddChild(reader, body, "fallback", service);
  }
  return service;
}

// The digits behind the host of a URL.
std::string PortOfUrl(std::string_view url) {
  url.remove_prefix(std::min(url.find("://") + 3, url.size()));
  url = url.substr(0, url.find_first_of("/?#"));
  url.remove_prefix(url.rfind('@') == npos ? 0 : url.rfind('@') + 1);
  const size_t colon = url.rfind(':');
  const std::string_view port = colon == npos ? std::string_view() : url.substr(colon + 1);
  return ParseNumber<uint16_t>(port) ? std::string(port) : std::string();
}

RouterConfig ReadRouter(JsonReader& reader, std::string_view name, dom::element element) {
  RouterConfig router;
  router.name = name;
  router.service = Qualify(reader.String(element, "service", name), name);
  router.rule = reader.String(element, "rule", name);
  router.match = ReadRouteRule(router.rule);
  router.entry_points = reader.Strings(element, "entryPoints", name);
  for (const std::string& middleware : reader.Strings(element, "middlewares", name)) {
    router.middlewares.push_back(Qualify(middleware, name));
  }
  dom::element tls;
  router.tls = reader.Object(element, "tls", name, tls);
  router.own_tls_options = router.tls && !reader.String(tls, "options", name).empty();
  router.enabled = reader.String(element, "status", name) != "disabled";
  router.errors = ReadErrors(reader, element, name);
  dom::element part;
  bool on = true;
  if (reader.Object(element, "observability", name, part) &&
      part["accessLogs"].get(on) == simdjson::SUCCESS) {
    router.access_logs = on;
  }
  return router;
}

// `https://a.example.com` and the like; `*` and keywords are no origins.
void AddOrigin(std::string_view text, std::vector<std::string>& origins) {
  if (text.find('*') == npos && !HostOfUrl(text).empty()) origins.emplace_back(text);
}

// The sites that a Content-Security-Policy lets frame its pages.
void ReadFraming(std::string_view policy, std::vector<std::string>& origins) {
  ForEachPart(policy, ';', [&](std::string_view directive) {
    if (!ToLower(directive.substr(0, 16)).starts_with("frame-ancestors ")) return;
    ForEachPart(directive.substr(16), ' ',
                [&](std::string_view source) { AddOrigin(source, origins); });
  });
}

void ReadHeaders(JsonReader& reader, std::string_view name, dom::element body,
                 MiddlewareConfig& middleware) {
  dom::element headers;
  if (reader.Object(body, "customResponseHeaders", name, headers)) {
    for (const dom::key_value_pair header : dom::object(headers)) {
      middleware.changes_set_cookie |= EqualsIgnoreCase(header.key, "Set-Cookie");
    }
  }
  if (reader.Object(body, "customRequestHeaders", name, headers)) {
    for (const dom::key_value_pair header : dom::object(headers)) {
      middleware.removes_cookie |= EqualsIgnoreCase(header.key, "Cookie");
    }
  }
  if (reader.Bool(body, "accessControlAllowCredentials", name)) {
    for (const std::string& origin : reader.Strings(body, "accessControlAllowOriginList", name)) {
      AddOrigin(origin, middleware.credential_origins);
    }
  }
  ReadFraming(reader.String(body, "contentSecurityPolicy", name), middleware.framing_origins);
}

// What a middleware is, by the member that is none of all objects'.
std::string TypeOf(dom::element element) {
  for (const dom::key_value_pair member : dom::object(element)) {
    const std::string_view key = member.key;
    if (key != "status" && key != "usedBy" && key != "error" && key != "name" &&
        key != "provider" && key != "type" && key.size() <= 64) {
      return std::string(key);
    }
  }
  return {};
}

bool KeepsStrangersOut(std::string_view type) {
  constexpr std::string_view kGuards[] = {"basicAuth", "digestAuth", "forwardAuth", "ipAllowList",
                                          "ipWhiteList"};
  return std::find(std::begin(kGuards), std::end(kGuards), type) != std::end(kGuards);
}

MiddlewareConfig ReadMiddleware(JsonReader& reader, std::string_view name, dom::element element) {
  MiddlewareConfig middleware;
  dom::element body;
  middleware.type = TypeOf(element);
  middleware.redirects = middleware.type == "redirectScheme" || middleware.type == "redirectRegex";
  middleware.keeps_strangers_out = KeepsStrangersOut(middleware.type);
  if (reader.Object(element, "chain", name, body)) {
    for (const std::string& link : reader.Strings(body, "middlewares", name)) {
      middleware.chain.push_back(Qualify(link, name));
    }
  }
  if (reader.Object(element, "errors", name, body)) {
    middleware.errors_service = Qualify(reader.String(body, "service", name), name);
    middleware.error_statuses = reader.Strings(body, "status", name);
  }
  if (reader.Object(element, "retry", name, body)) {
    middleware.retry_attempts = reader.Number(body, "attempts", 0, name);
  }
  if (reader.Object(element, "forwardAuth", name, body)) {
    const std::string address(reader.String(body, "address", name));
    const std::string_view host = HostOfUrl(address);
    if (!host.empty()) {
      const size_t path = address.find('/', address.find("://") + 3);
      middleware.auth_host = host;
      middleware.auth_port = PortOfUrl(address);
      middleware.auth_path =
          path == std::string::npos ? "/" : address.substr(path, address.find('?', path) - path);
      middleware.auth_cookies = reader.Strings(body, "addAuthCookiesToResponse", name);
    }
  }
  if (reader.Object(element, "headers", name, body)) ReadHeaders(reader, name, body, middleware);
  return middleware;
}

void ReadEntryPoints(JsonReader& reader, dom::element document, TraefikConfig& config) {
  dom::array list;
  if (document.get(list)) return reader.Complain("entrypoints", "document", "an array");
  for (const dom::element item : list) {
    if (!item.is_object()) return reader.Complain("entrypoints", "document", "a list of objects");
    const std::string name(reader.String(item, "name", "entrypoints"));
    EntryPointConfig entry;
    dom::element part;
    if (reader.Object(item, "forwardedHeaders", name, part)) {
      entry.trusts_anybody = reader.Bool(part, "insecure", name);
      entry.trusts_forwarded =
          entry.trusts_anybody || !reader.Strings(part, "trustedIPs", name).empty();
    }
    entry.address = reader.String(item, "address", name).substr(0, 256);
    dom::element within;
    if (reader.Object(item, "http", name, part)) {
      entry.tls = reader.Object(part, "tls", name, within);
      entry.redirects = reader.Object(part, "redirections", name, within) &&
                        reader.Object(within, "entryPoint", name, within);
    }
    config.entry_points.emplace(name, entry);
  }
}

Status ReadRawdata(std::string_view json, TraefikConfig& config) {
  return WithDocument("rawdata", json, [&](JsonReader& reader, dom::element document) {
    if (!document.is_object()) return reader.Complain("rawdata", "document", "an object");
    dom::element services;
    if (document["services"].get(services) && document["routers"].get(services)) {
      return reader.Complain("rawdata", "document", "an answer of /api/rawdata");
    }
    reader.EachMember(document, "services", [&](std::string_view name, dom::element element) {
      config.services.emplace(name, ReadService(reader, name, element));
    });
    reader.EachMember(document, "routers", [&](std::string_view name, dom::element element) {
      config.routers.emplace(name, ReadRouter(reader, name, element));
    });
    reader.EachMember(document, "middlewares", [&](std::string_view name, dom::element element) {
      config.middlewares.emplace(name, ReadMiddleware(reader, name, element));
    });
  });
}

void ReadOverview(JsonReader& reader, dom::element document, TraefikConfig& config) {
  if (!document.is_object()) return reader.Complain("overview", "document", "an object");
  config.providers = reader.Strings(document, "providers", "overview");
  dom::element features;
  bool on = false;
  if (reader.Object(document, "features", "overview", features) &&
      features["accessLog"].get(on) == simdjson::SUCCESS) {
    config.writes_access_log = on;
  }
}

Status ReadVersion(std::string_view json, TraefikConfig& config) {
  return WithDocument("version", json, [&](JsonReader& reader, dom::element document) {
    std::string_view version = reader.String(document, "Version", "version");
    if (version.starts_with('v')) version.remove_prefix(1);
    config.version = version;
    config.encoding = EncodingOfVersion(config.version);
    TimestampParser times;
    if (const auto ns = times.ParseRfc3339(reader.String(document, "startDate", "version"))) {
      config.started = EventTimeFromUnixNanoseconds(*ns);
    }
  });
}

}  // namespace

size_t FingerprintOf(const ApiAnswers& answers) {
  size_t fingerprint = 0;
  for (const std::string* text :
       {&answers.rawdata, &answers.entry_points, &answers.version, &answers.overview}) {
    fingerprint = fingerprint * 31 + SecretHash(*text);
  }
  return fingerprint;
}

Result<TraefikConfig> ReadConfig(const ApiAnswers& answers) {
  TraefikConfig config;
  config.time = answers.time;
  config.fingerprint = FingerprintOf(answers);
  if (auto status = ReadRawdata(answers.rawdata, config); !status) {
    return tl::unexpected(status.error());
  }
  if (!answers.entry_points.empty()) {
    auto status = WithDocument(
        "entrypoints", answers.entry_points,
        [&](JsonReader& reader, dom::element e) { ReadEntryPoints(reader, e, config); });
    if (!status) return tl::unexpected(status.error());
  }
  if (!answers.version.empty()) {
    if (auto status = ReadVersion(answers.version, config); !status) {
      return tl::unexpected(status.error());
    }
  }
  // It says what the rest does not, and nothing rests on it: a broken one is as good as none.
  if (!answers.overview.empty()) {
    static_cast<void>(
        WithDocument("overview", answers.overview,
                     [&](JsonReader& reader, dom::element e) { ReadOverview(reader, e, config); }));
  }
  if (!config.Link()) {
    return Fail(ErrorCode::kLimit, "rawdata: its services share each other in too many ways");
  }
  return config;
}

}  // namespace stickyd
