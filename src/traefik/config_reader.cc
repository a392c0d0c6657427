#include "stickyd/traefik/config_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "stickyd/base/text.h"
#include "stickyd/base/timestamp.h"
#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

namespace dom = simdjson::dom;

constexpr size_t kMaxDocumentBytes = size_t{64} * 1024 * 1024;
constexpr size_t kMaxObjects = 50'000;

// Reading helpers: absent and null give the default; another type is remembered as an error, with
// its place, so that a document is refused as a whole.
class Reader {
 public:
  std::string_view String(dom::element at, std::string_view key, std::string_view place) {
    dom::element value;
    std::string_view text;
    if (!Find(at, key, value)) return {};
    if (value.get(text)) Complain(place, key, "a string");
    return text;
  }
  bool Bool(dom::element at, std::string_view key, std::string_view place) {
    dom::element value;
    bool flag = false;
    if (Find(at, key, value) && value.get(flag)) Complain(place, key, "true or false");
    return flag;
  }
  int64_t Number(dom::element at, std::string_view key, int64_t otherwise, std::string_view place) {
    dom::element value;
    int64_t number = otherwise;
    if (Find(at, key, value) && value.get(number)) Complain(place, key, "a whole number");
    return number;
  }
  bool Object(dom::element at, std::string_view key, std::string_view place, dom::element& out) {
    if (!Find(at, key, out)) return false;
    if (out.is_object()) return true;
    Complain(place, key, "an object");
    return false;
  }
  // Calls visit(element) for the elements of an array.
  template <class Visit>
  void Each(dom::element at, std::string_view key, std::string_view place, Visit visit) {
    dom::element value;
    dom::array array;
    if (!Find(at, key, value)) return;
    if (value.get(array)) return Complain(place, key, "an array");
    for (const dom::element item : array) visit(item);
  }
  // Calls visit(name, element) for the members of an object.
  template <class Visit>
  void EachMember(dom::element at, std::string_view key, Visit visit) {
    dom::element value;
    if (!Object(at, key, "rawdata", value)) return;
    size_t count = 0;
    for (const dom::key_value_pair member : dom::object(value)) {
      if (++count > kMaxObjects) return Complain("rawdata", key, "a smaller object");
      if (!member.value.is_object()) return Complain(key, member.key, "an object");
      visit(member.key, member.value);
    }
  }
  std::vector<std::string> Strings(dom::element at, std::string_view key, std::string_view place) {
    std::vector<std::string> out;
    Each(at, key, place, [&](dom::element item) {
      std::string_view text;
      if (item.get(text)) return Complain(place, key, "strings");
      out.emplace_back(text);
    });
    return out;
  }
  void Complain(std::string_view place, std::string_view key, std::string_view wanted) {
    if (error_.empty())
      error_ = fmt::format("{}: {} is not {}", Printable(place), Printable(key), wanted);
  }
  const std::string& error() const { return error_; }

 private:
  static bool Find(dom::element at, std::string_view key, dom::element& out) {
    return !at[key].get(out) && !out.is_null();
  }
  std::string error_;
};

// Names without a provider belong to the provider of what refers to them.
std::string Qualify(std::string_view name, std::string_view referrer) {
  const size_t at = referrer.rfind('@');
  if (name.empty() || name.find('@') != std::string_view::npos || at == std::string_view::npos) {
    return std::string(name);
  }
  return fmt::format("{}{}", name, referrer.substr(at));
}

SameSite ToSameSite(std::string_view text) {
  if (EqualsIgnoreCase(text, "none")) return SameSite::kNone;
  if (EqualsIgnoreCase(text, "lax")) return SameSite::kLax;
  if (EqualsIgnoreCase(text, "strict")) return SameSite::kStrict;
  return SameSite::kUnset;
}

void ReadSticky(Reader& reader, dom::element holder, ServiceConfig& service) {
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
  out.secure = reader.Bool(cookie, "secure", service.name);
  out.http_only = reader.Bool(cookie, "httpOnly", service.name);
  out.same_site = ToSameSite(reader.String(cookie, "sameSite", service.name));
  out.max_age_s = reader.Number(cookie, "maxAge", 0, service.name);
  const std::string_view path = reader.String(cookie, "path", service.name);
  if (!path.empty()) out.path = path;
  std::string_view domain = reader.String(cookie, "domain", service.name);
  if (domain.starts_with('.')) domain.remove_prefix(1);
  out.domain = ToLower(domain);
  service.cookie = std::move(out);
}

ServerStatus StatusOf(Reader& reader, dom::element statuses, std::string_view url,
                      std::string_view key, std::string_view place) {
  // Keyed by the parsed URL, whose text may differ from the configured one.
  for (const std::string_view text : {url, key}) {
    const std::string_view status = reader.String(statuses, text, place);
    if (status == "UP") return ServerStatus::kUp;
    if (!status.empty()) return ServerStatus::kDown;
  }
  return ServerStatus::kUnknown;
}

void ReadServers(Reader& reader, dom::element balancer, dom::element element,
                 ServiceConfig& service) {
  dom::element statuses;
  const bool known = reader.Object(element, "serverStatus", service.name, statuses);
  reader.Each(balancer, "servers", service.name, [&](dom::element item) {
    if (!item.is_object()) return reader.Complain(service.name, "servers", "a list of objects");
    PoolServer server;
    server.url = reader.String(item, "url", service.name);
    server.key = NormalizeServerUrl(server.url);
    server.weight = reader.Number(item, "weight", 1, service.name);
    server.fenced = reader.Bool(item, "fenced", service.name);
    if (known) server.status = StatusOf(reader, statuses, server.url, server.key, service.name);
    if (!server.key.empty()) service.servers.push_back(std::move(server));
  });
}

void ReadChildren(Reader& reader, dom::element holder, ServiceConfig& service) {
  reader.Each(holder, "services", service.name, [&](dom::element item) {
    if (!item.is_object()) return reader.Complain(service.name, "services", "a list of objects");
    ChildService child;
    child.written = reader.String(item, "name", service.name);
    child.name = Qualify(child.written, service.name);
    child.weight = reader.Number(item, "weight", 1, service.name);
    service.children.push_back(std::move(child));
  });
}

void AddChild(Reader& reader, dom::element holder, std::string_view key, ServiceConfig& service) {
  ChildService child;
  child.written = reader.String(holder, key, service.name);
  child.name = Qualify(child.written, service.name);
  child.fallback = key == "fallback";
  if (!child.written.empty()) service.children.push_back(std::move(child));
}

ServiceConfig ReadService(Reader& reader, std::string_view name, dom::element element) {
  ServiceConfig service;
  service.name = name;
  service.enabled = reader.String(element, "status", name) != "disabled";
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
    AddChild(reader, body, "service", service);
    AddChild(reader, body, "fallback", service);
  }
  return service;
}

RouterConfig ReadRouter(Reader& reader, std::string_view name, dom::element element) {
  RouterConfig router;
  router.name = name;
  router.service = Qualify(reader.String(element, "service", name), name);
  router.rule = reader.String(element, "rule", name);
  router.entry_points = reader.Strings(element, "entryPoints", name);
  for (const std::string& middleware : reader.Strings(element, "middlewares", name)) {
    router.middlewares.push_back(Qualify(middleware, name));
  }
  dom::element tls;
  router.tls = reader.Object(element, "tls", name, tls);
  router.enabled = reader.String(element, "status", name) != "disabled";
  return router;
}

MiddlewareConfig ReadMiddleware(Reader& reader, std::string_view name, dom::element element) {
  MiddlewareConfig middleware;
  dom::element body;
  dom::element headers;
  if (reader.Object(element, "errors", name, body)) {
    middleware.errors_service = Qualify(reader.String(body, "service", name), name);
  }
  if (reader.Object(element, "headers", name, body) &&
      reader.Object(body, "customResponseHeaders", name, headers)) {
    for (const dom::key_value_pair header : dom::object(headers)) {
      middleware.changes_set_cookie |= EqualsIgnoreCase(header.key, "Set-Cookie");
    }
  }
  return middleware;
}

void ReadEntryPoints(Reader& reader, dom::element document, TraefikConfig& config) {
  dom::array list;
  if (document.get(list)) return reader.Complain("entrypoints", "document", "an array");
  for (const dom::element item : list) {
    if (!item.is_object()) return reader.Complain("entrypoints", "document", "a list of objects");
    const std::string name(reader.String(item, "name", "entrypoints"));
    EntryPointConfig entry;
    dom::element part;
    if (reader.Object(item, "forwardedHeaders", name, part)) {
      entry.trusts_forwarded =
          reader.Bool(part, "insecure", name) || !reader.Strings(part, "trustedIPs", name).empty();
    }
    dom::element tls;
    if (reader.Object(item, "http", name, part)) entry.tls = reader.Object(part, "tls", name, tls);
    config.entry_points.emplace(name, entry);
  }
}

// Parses one document and hands it to `read`.
template <class Read>
Status WithDocument(std::string_view what, std::string_view json, Read read) {
  if (json.size() > kMaxDocumentBytes) {
    return Fail(ErrorCode::kLimit, fmt::format("{}: more than {} bytes", what, kMaxDocumentBytes));
  }
  dom::parser parser;
  dom::element document;
  if (const auto error = parser.parse(json.data(), json.size()).get(document)) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("{}: {}", what, simdjson::error_message(error)));
  }
  Reader reader;
  read(reader, document);
  if (!reader.error().empty()) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("{}: {}", what, reader.error()));
  }
  return {};
}

Status ReadRawdata(std::string_view json, TraefikConfig& config) {
  return WithDocument("rawdata", json, [&](Reader& reader, dom::element document) {
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

Status ReadVersion(std::string_view json, TraefikConfig& config) {
  return WithDocument("version", json, [&](Reader& reader, dom::element document) {
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

Result<TraefikConfig> ReadConfig(const ApiAnswers& answers) {
  TraefikConfig config;
  config.time = answers.time;
  if (auto status = ReadRawdata(answers.rawdata, config); !status) {
    return tl::unexpected(status.error());
  }
  if (!answers.entry_points.empty()) {
    auto status =
        WithDocument("entrypoints", answers.entry_points,
                     [&](Reader& reader, dom::element e) { ReadEntryPoints(reader, e, config); });
    if (!status) return tl::unexpected(status.error());
  }
  if (!answers.version.empty()) {
    if (auto status = ReadVersion(answers.version, config); !status) {
      return tl::unexpected(status.error());
    }
  }
  config.Link();
  return config;
}

namespace {

Result<EventTime> ReadTime(const FileSystem& files, const std::string& folder) {
  auto text = ReadWholeFile(files, folder + "/time.json", 4096);
  if (!text && text.error().code != ErrorCode::kNotFound) return tl::unexpected(text.error());
  if (!text) {
    auto info = files.Stat(folder + "/rawdata.json");
    if (!info) return tl::unexpected(info.error());
    return EventTimeFromUnixNanoseconds(info->modified_ns);
  }
  int64_t ns = 0;
  auto status = WithDocument("time", *text, [&](Reader& reader, dom::element document) {
    ns = reader.Number(document, "time_unix_ns", 0, "time");
    if (ns <= 0) reader.Complain("time", "time_unix_ns", "a time");
  });
  if (!status) return tl::unexpected(status.error());
  return EventTimeFromUnixNanoseconds(ns);
}

Result<TraefikConfig> ReadFolder(const FileSystem& files, const std::string& folder) {
  ApiAnswers answers;
  auto rawdata = ReadWholeFile(files, folder + "/rawdata.json", kMaxDocumentBytes);
  if (!rawdata) return tl::unexpected(rawdata.error());
  answers.rawdata = std::move(*rawdata);
  auto time = ReadTime(files, folder);
  if (!time) return tl::unexpected(time.error());
  answers.time = *time;
  // These two help, and are not needed.
  answers.entry_points =
      ReadWholeFile(files, folder + "/entrypoints.json", kMaxDocumentBytes).value_or("");
  answers.version = ReadWholeFile(files, folder + "/version.json", 4096).value_or("");
  return ReadConfig(answers);
}

}  // namespace

Result<SavedConfigs> ReadSavedConfigs(const FileSystem& files, const std::string& directory) {
  auto names = files.List(directory);
  if (!names) return tl::unexpected(names.error());
  std::vector<std::string> folders;
  if (std::find(names->begin(), names->end(), "rawdata.json") != names->end()) {
    folders.push_back(directory);
  } else {
    for (const std::string& name : *names) {
      if (files.Stat(directory + "/" + name + "/rawdata.json"))
        folders.push_back(directory + "/" + name);
    }
  }
  SavedConfigs saved;
  for (const std::string& folder : folders) {
    auto config = ReadFolder(files, folder);
    if (config) {
      saved.configs.push_back(std::move(*config));
    } else {
      saved.refused.push_back({config.error().code, folder + ": " + config.error().message});
    }
  }
  if (saved.configs.empty()) {
    if (!saved.refused.empty()) return tl::unexpected(saved.refused.front());
    return Fail(ErrorCode::kNotFound,
                directory + ": no saved answers of Traefik's API (rawdata.json)");
  }
  std::stable_sort(saved.configs.begin(), saved.configs.end(),
                   [](const TraefikConfig& a, const TraefikConfig& b) { return a.time < b.time; });
  return saved;
}

}  // namespace stickyd
