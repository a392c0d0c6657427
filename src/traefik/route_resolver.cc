// SPDX-License-Identifier: Apache-2.0
#include "route_resolver.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>

#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

constexpr size_t kMostRoutes = 50'000;
constexpr size_t kMostBytes = size_t{64} << 20U;
constexpr size_t kMostConfigured = 1'000'000;

// The URL as Traefik hashes it, without what a client of v1.7 to v2.4 can add.
std::string_view WithoutClientParts(std::string_view url) {
  return url.substr(0, std::min(url.find('?'), url.find('#')));
}

std::string_view WithoutProvider(std::string_view name) { return name.substr(0, name.rfind('@')); }

// Does a middleware of the root's routers show the service's pages for errors? CLF names no
// service: there the server tells.
bool IsErrorPage(const TraefikConfig& config, const std::string& root, std::string_view service,
                 std::string_view server) {
  const auto pages = config.error_services.find(root);
  return pages != config.error_services.end() &&
         std::any_of(pages->second.begin(), pages->second.end(), [&](const std::string& page) {
           return !config.Path(page, service, server).empty();
         });
}

// Does the configuration have the record's router, and below it the service and the server?
bool Has(const TraefikConfig& config, const AccessRecord& record, std::string_view server) {
  const RouterConfig* router = config.FindRouter(record.router.value_or(""));
  if (router == nullptr || server.empty()) return router != nullptr;
  const auto path = config.Path(router->service, record.service.value_or(""), server);
  return !path.empty() && path.back().service->FindServer(server) != nullptr;
}

void AppendKeyPart(std::string& key, std::string_view part) { key.append(part).push_back('\0'); }

}  // namespace

RouteResolver::RouteResolver(uint16_t max_services, ScopeBook& scopes)
    : scopes_(scopes), services_(max_services), routers_(scopes) {}
RouteResolver::~RouteResolver() = default;

Status RouteResolver::Configure(const InterpreterOptions& options) {
  std::vector<MapEntry> map;
  for (const auto& entry : options.service_map) {
    re2::RE2::Options quiet;
    quiet.set_log_errors(false);
    auto expression = std::make_unique<re2::RE2>(entry.router, quiet);
    if (!expression->ok()) {
      return Fail(ErrorCode::kInvalidInput, "'" + entry.router + "': " + expression->error());
    }
    map.push_back({std::move(expression), entry.name});
  }
  const auto is_same = [](const MapEntry& a, const MapEntry& b) {
    return a.router->pattern() == b.router->pattern() && a.name == b.name;
  };
  const bool same = roots_ == options.roots &&
                    std::equal(map.begin(), map.end(), map_.begin(), map_.end(), is_same);
  if (!same) routers_.Clear();
  map_ = std::move(map);
  roots_ = options.roots;
  ForgetRoutes();
  return {};
}

void RouteResolver::AddConfig(std::shared_ptr<const TraefikConfig> config) {
  const EventTime time = config->time;
  const std::shared_ptr<const TraefikConfig> added = config;
  if (!configs_.Add(std::move(config))) return;
  Note(*added);
  if (configured_.size() > kMostConfigured) {  // more than all that are left can have
    configured_.clear();
    for (size_t i = 0; i < configs_.size(); ++i) Note(configs_[i]);
  }
  if (configs_[configs_.size() - 1].time > time) scopes_.LookAgain();
  ForgetRoutes();
}

void RouteResolver::Note(const TraefikConfig& config) {
  for (const auto& item : config.routers) configured_.insert(SecretHash(item.first));
  for (const auto& item : config.services) configured_.insert(SecretHash(item.first));
}

bool RouteResolver::IsConfigured(std::string_view name) const {
  const size_t arrow = name.rfind(" -> ");
  return configured_.contains(SecretHash(name)) ||
         (arrow != std::string_view::npos &&
          configured_.contains(SecretHash(name.substr(arrow + 4))));
}

RouteResolver::RouteName RouteResolver::NameOf(const AccessRecord& record) const {
  const size_t epoch = configs_.empty() ? 0 : configs_.IndexAt(record.start.low);
  return {epoch, record.format, record.router.value_or(""), record.service.value_or(""),
          record.server_url.value_or("")};
}

size_t RouteResolver::PlaceOf(const RouteName& name) {
  // Routes of one service differ at the end of the URL, services in the lengths or ends of names.
  const auto end_of = [](std::string_view text) {
    uint64_t bytes = 0;
    if (text.size() >= sizeof bytes) {
      std::memcpy(&bytes, text.data() + text.size() - sizeof bytes, sizeof bytes);
    } else {
      for (const char c : text) bytes = bytes << 8U | static_cast<unsigned char>(c);
    }
    return bytes;
  };
  uint64_t hash = end_of(name.url) ^ (end_of(name.service) * 31) ^ (end_of(name.router) * 131) ^
                  name.url.size();
  hash *= 0x9E3779B97F4A7C15U;
  return hash >> 56U;
}

void RouteResolver::ForgetRoutes() {
  ++generation_;
  cache_.clear();
  cache_bytes_ = 0;
  config_for_.clear();
  pools_.clear();
  child_values_.clear();
  for (Recent& recent : recent_) recent.route = nullptr;
}

const RouteResolver::Recent* RouteResolver::FindRecent(const RouteName& name) const {
  const Recent& recent = recent_[PlaceOf(name)];
  const bool is_it = recent.route != nullptr && recent.epoch == name.epoch &&
                     recent.format == name.format && recent.url == name.url &&
                     recent.service == name.service && recent.router == name.router;
  return is_it ? &recent : nullptr;
}

const Route* RouteResolver::Recall(const AccessRecord& record) const {
  RouteName name = NameOf(record);
  const Recent* recent = FindRecent(name);
  if (recent != nullptr) return recent->route;
  const auto plain = WithoutClientParts(name.url);
  if (plain.size() == name.url.size()) return nullptr;
  name.url = plain;
  recent = FindRecent(name);
  return recent != nullptr ? recent->route : nullptr;
}

const Route* RouteResolver::Resolve(const AccessRecord& record) {
  if (const Route* const known = Recall(record)) return known;
  RouteName name = NameOf(record);
  name.url = WithoutClientParts(name.url);
  const Route* const route = Find(record, name.epoch);
  Recent& recent = recent_[PlaceOf(name)];
  recent.epoch = name.epoch;
  recent.format = name.format;
  recent.router = name.router;
  recent.service = name.service;
  recent.url = name.url;
  recent.route = route;
  return route;
}

bool RouteResolver::Knows(const AccessRecord& record) const {
  const std::string key = NormalizeServerUrl(record.server_url.value_or(""));
  const bool seen = (!record.router || routers_.Knows(*record.router)) &&
                    (!record.service || services_.Find(*record.service) != ServiceId::kNone) &&
                    (key.empty() || scopes_.servers.Find(key) != ServerId::kNone);
  if (seen || configs_.empty() || !record.router) return seen;
  return Has(configs_[configs_.size() - 1], record, key);
}

const Route* RouteResolver::Find(const AccessRecord& record, size_t epoch) {
  key_.clear();
  key_.append(reinterpret_cast<const char*>(&epoch), sizeof epoch);
  AppendKeyPart(key_, record.router.value_or(""));
  AppendKeyPart(key_, record.service.value_or(""));
  AppendKeyPart(key_, WithoutClientParts(record.server_url.value_or("")));
  key_.push_back(record.format == LogFormat::kClf ? 'c' : 'j');
  if (const auto it = cache_.find(std::string_view(key_)); it != cache_.end()) {
    return it->second.get();
  }
  auto route = Make(record, epoch);  // may empty the cache
  if (cache_.size() >= kMostRoutes || cache_bytes_ >= kMostBytes) ForgetRoutes();
  cache_bytes_ += sizeof(Route) + 3 * key_.size();  // what routes share among it
  return cache_.emplace(key_, std::move(route)).first->second.get();
}

std::shared_ptr<Route> RouteResolver::Make(const AccessRecord& record, size_t epoch) {
  auto route = std::make_shared<Route>();
  route->router = record.router.value_or("");
  const std::string_view url = WithoutClientParts(record.server_url.value_or(""));
  const std::string key = NormalizeServerUrl(url);
  route->server = scopes_.servers.Intern(key);
  unknown_ |=
      !configs_.empty() && record.router && !Has(configs_[configs_.size() - 1], record, key);
  if (record.service) route->child_values = ChildValues(*record.service);
  const size_t config = ConfigFor(record, epoch);
  if (config < configs_.size()) {
    FollowConfig(record, configs_.Share(config), *route);
  } else if (!configs_.empty()) {
    route->config = configs_.Share(epoch);
  }
  const std::string base = BaseName(record, *route);
  const RouterBook::Answer answer = routers_.ScopeFor(
      record, base, route->server, config < configs_.size() ? &configs_[config] : nullptr);
  if (answer.others_move) ForgetRoutes();
  route->scope = answer.scope;
  route->scope_key = scopes_.info(route->scope).key;
  // Scopes beyond the bound are one: what moves between them is no break.
  if (Index(route->scope) == kOverflowId) route->server = ServerId{kOverflowId};
  const std::string_view mapped = MappedName(route->router);
  const std::string service = record.service   ? std::string(*record.service)
                              : route->leaf()  ? route->leaf()->name
                              : mapped.empty() ? route->router
                                               : std::string(mapped);
  route->service = services_.Intern(service);
  if (route->server != ServerId::kNone) {
    scopes_.codes.Add(route->server, url);
    scopes_.codes.Add(route->server, key);
    scopes_.AddServer(route->scope, route->server);
    scopes_.info(route->scope).last_router = route->router;
  }
  if (config < configs_.size()) {
    scopes_.AddConfiguredServers(route->scope, configs_, std::max(config, epoch));
    if (!route->path.empty()) route->pool = PoolOf(*route->config, *route->path.front());
  }
  return route;
}

// Many routes of one service differ in the server alone, and a router that no configuration knows
// is looked for in each.
size_t RouteResolver::ConfigFor(const AccessRecord& record, size_t epoch) {
  std::string key(reinterpret_cast<const char*>(&epoch), sizeof epoch);
  AppendKeyPart(key, record.router.value_or(""));
  key.append(record.service.value_or(""));
  const auto [at, fresh] = config_for_.try_emplace(std::move(key));
  if (fresh) at->second = FindConfigFor(record, epoch);
  return at->second;
}

size_t RouteResolver::FindConfigFor(const AccessRecord& record, size_t epoch) const {
  const std::string_view name = record.router.value_or("");
  if (!IsConfigured(name) && !(record.service && IsConfigured(*record.service))) {
    return configs_.size();
  }
  // Best is one whose router leads to that service; next, one that knows either.
  const auto leads = [&](const TraefikConfig& config) {
    const RouterConfig* router = config.FindRouter(name);
    return router != nullptr &&
           (!record.service || !config.Path(router->service, *record.service, "").empty());
  };
  const auto knows = [&](const TraefikConfig& config) {
    return config.FindRouter(name) != nullptr ||
           (record.service && config.FindService(*record.service) != nullptr);
  };
  const auto nearest = [&](const auto& fits) {
    for (size_t back = 0; back <= epoch; ++back) {
      const size_t i = epoch - back;
      if (i < configs_.size() && fits(configs_[i])) return i;
    }
    for (size_t i = epoch + 1; i < configs_.size(); ++i) {
      if (fits(configs_[i])) return i;
    }
    return configs_.size();
  };
  const size_t best = nearest(leads);
  return best < configs_.size() ? best : nearest(knows);
}

void RouteResolver::FollowConfig(const AccessRecord& record,
                                 const std::shared_ptr<const TraefikConfig>& shared,
                                 Route& route) const {
  route.config = shared;
  const TraefikConfig& config = *shared;
  const RouterConfig* router = config.FindRouter(route.router);
  std::string root = router != nullptr ? router->service : std::string();
  if (router != nullptr) route.secure = router->secure;
  if (root.empty() && record.service) root = *record.service;
  const std::string& server = scopes_.servers.Name(route.server);
  if (!record.service && server.empty()) return;  // CLF without a server: any leaf, so none
  const auto nodes = config.Path(root, record.service.value_or(""), server);
  for (const ServiceTree::Node& node : nodes) route.path.push_back(node.service);
  route.error_page = route.path.empty() && Applies(Rule::kErrorPage) &&
                     IsErrorPage(config, root, record.service.value_or(""), server);
  for (size_t i = 0; i + 1 < route.path.size(); ++i) {
    const ServiceConfig& level = *route.path[i];
    const ChildService* child = nodes[i + 1].child;
    if (level.children.size() < 2 || child == nullptr) continue;
    if (level.cookie) {
      route.upper.push_back({level.cookie->name, ChildCookieValues(child->written)});
    } else {
      route.upper_plain = true;
    }
  }
}

std::shared_ptr<const std::vector<ServerId>> RouteResolver::PoolOf(const TraefikConfig& config,
                                                                   const ServiceConfig& root) {
  auto& shared = pools_[{&config, &root}];
  if (shared != nullptr) return shared;
  std::vector<ServerId> pool;
  const auto add = [&](const ServiceConfig& leaf) {
    for (const PoolServer& server : leaf.servers) {
      pool.push_back(scopes_.servers.Find(server.key));
    }
  };
  if (const ServiceTree* tree = config.Tree(root.name)) {
    for (const ServiceConfig* leaf : tree->leaves()) add(*leaf);
  } else {
    add(root);
  }
  std::sort(pool.begin(), pool.end());
  shared = std::make_shared<const std::vector<ServerId>>(std::move(pool));
  return shared;
}

// The name is hashed as it was written, with or without its provider.
std::shared_ptr<const std::vector<std::string>> RouteResolver::ChildValues(
    std::string_view service) {
  auto& shared = child_values_[std::string(service)];
  if (shared != nullptr) return shared;
  std::vector<std::string> values;
  for (const std::string_view name : {service, WithoutProvider(service)}) {
    for (std::string& value : ChildCookieValues(name)) values.push_back(std::move(value));
  }
  shared = std::make_shared<const std::vector<std::string>>(std::move(values));
  return shared;
}

std::string_view RouteResolver::MappedName(std::string_view router) const {
  for (const MapEntry& entry : map_) {
    if (re2::RE2::FullMatch(re2::StringPiece(router.data(), router.size()), *entry.router)) {
      return entry.name;
    }
  }
  return {};
}

// What a session is tracked within: the operator's word, else the root service by the API, else
// what the log names.
std::string RouteResolver::BaseName(const AccessRecord& record, const Route& route) const {
  const std::string_view mapped = MappedName(route.router);
  if (!mapped.empty()) return std::string(mapped);
  for (const std::string& root : roots_) {
    if (route.router == root || WithoutProvider(route.router) == WithoutProvider(root)) return root;
  }
  if (route.config != nullptr && Applies(Rule::kScopeOfTree)) {
    const RouterConfig* router = route.config->FindRouter(route.router);
    if (router != nullptr && !router->service.empty()) return router->service;
  }
  return std::string(record.service ? *record.service : std::string_view(route.router));
}

}  // namespace stickyd
