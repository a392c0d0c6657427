// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/traefik_config.h"

#include <algorithm>
#include <utility>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

// Nodes of all trees and servers of their pools, together: more than any configuration that a
// person or a cluster writes, for which each service and each server counts once.
constexpr size_t kBudget = 1'000'000;

// So many unused services are looked at for a name that is like a live one's.
constexpr size_t kMostTwins = 256;
constexpr size_t kLongestTwin = 256;
// Names are compared letter by letter until they had so many bytes together.
constexpr size_t kTwinBudget = 4'000'000;

std::string_view WithoutProvider(std::string_view name) { return name.substr(0, name.rfind('@')); }

bool LookAlike(std::string_view a, std::string_view b, size_t& budget) {
  a = WithoutProvider(a);
  b = WithoutProvider(b);
  if (a.empty() || b.empty()) return false;
  if (a.starts_with(b) || b.starts_with(a)) return true;
  const auto [shorter, longer] = std::minmax({a.size(), b.size()});
  if (longer > kLongestTwin || longer - shorter > 2 || longer > budget) return false;
  budget -= longer;
  return EditDistance(a, b, 2) <= 2;
}

size_t BytesOf(const std::vector<std::string>& texts) {
  size_t sum = texts.size() * sizeof(std::string);
  for (const std::string& text : texts) sum += text.size();
  return sum;
}

bool ByName(const ServiceConfig* a, const ServiceConfig* b) { return a->name < b->name; }

}  // namespace

SameSite ToSameSite(std::string_view value) {
  if (EqualsIgnoreCase(value, "none")) return SameSite::kNone;
  if (EqualsIgnoreCase(value, "lax")) return SameSite::kLax;
  if (EqualsIgnoreCase(value, "strict")) return SameSite::kStrict;
  return SameSite::kUnset;
}

void ServerIndex::Make(const std::vector<PoolServer>& servers) {
  order_.resize(servers.size());
  for (uint32_t i = 0; i < order_.size(); ++i) order_[i] = i;
  std::stable_sort(order_.begin(), order_.end(),
                   [&](uint32_t a, uint32_t b) { return servers[a].key < servers[b].key; });
}

const PoolServer* ServerIndex::Find(const std::vector<PoolServer>& servers,
                                    std::string_view key) const {
  if (order_.size() != servers.size()) {
    const auto it = std::find_if(servers.begin(), servers.end(),
                                 [&](const PoolServer& server) { return server.key == key; });
    return it == servers.end() ? nullptr : &*it;
  }
  const auto at =
      std::lower_bound(order_.begin(), order_.end(), key,
                       [&](uint32_t i, std::string_view k) { return servers[i].key < k; });
  return at == order_.end() || servers[*at].key != key ? nullptr : &servers[*at];
}

// `start` is the root itself, or an error page of its routers.
void TraefikConfig::AddRoot(const std::string& root, std::string_view start, size_t& budget) {
  const auto [tree, fresh] = trees_.try_emplace(std::string(start));
  if (fresh) tree->second = ServiceTree(*this, start, budget);
  const auto& nodes = tree->second.nodes();
  if (!fresh) budget -= std::min(budget, nodes.size());
  for (const ServiceTree::Node& node : nodes) {
    reachable.insert(node.service->name);
    roots_of[node.service->name].insert(root);
  }
}

bool TraefikConfig::Link() {
  reachable.clear();
  roots_of.clear();
  error_services.clear();
  by_cookie.clear();
  with_unused_twin.clear();
  trees_.clear();
  for (auto& [name, service] : services) {
    service.index.Make(service.servers);
    if (service.cookie) by_cookie[service.cookie->name].push_back(&service);
  }
  for (auto& [name, sticky] : by_cookie) std::sort(sticky.begin(), sticky.end(), ByName);
  size_t budget = kBudget;
  std::set<std::pair<std::string_view, std::string_view>> added;
  for (auto& [name, router] : routers) {
    AddChains(router);
    LinkRouter(router);
    if (!router.enabled || router.service.empty()) continue;
    if (added.emplace(router.service, router.service).second) {
      AddRoot(router.service, router.service, budget);
    }
    for (const std::string& middleware : router.middlewares) {
      const auto it = middlewares.find(middleware);
      if (it == middlewares.end() || it->second.errors_service.empty()) continue;
      const std::string& page = it->second.errors_service;
      if (!added.emplace(router.service, page).second) continue;
      error_services[router.service].insert(page);
      AddRoot(router.service, page, budget);
    }
    if (budget == 0) return false;
  }
  FindTwins();
  bytes = CountBytes();
  return true;
}

bool TraefikConfig::KeepsAuthCookie(std::string_view host, std::string_view path,
                                    std::string_view cookie) const {
  return std::any_of(middlewares.begin(), middlewares.end(), [&](const auto& item) {
    const MiddlewareConfig& asks = item.second;
    if (asks.auth_host.empty() || asks.auth_host != host || asks.auth_path != path) return false;
    const auto& handed_on = asks.auth_cookies;
    return std::find(handed_on.begin(), handed_on.end(), cookie) == handed_on.end();
  });
}

// Behind each chain, what it stands for; once, whatever circles they make.
void TraefikConfig::AddChains(RouterConfig& router) const {
  constexpr size_t kMost = 1000;
  std::vector<std::string>& all = router.middlewares;
  std::set<std::string, std::less<>> seen(all.begin(), all.end());
  for (size_t i = 0; i < all.size() && all.size() < kMost; ++i) {
    const auto at = middlewares.find(all[i]);
    if (at == middlewares.end()) continue;
    size_t behind = i + 1;
    for (const std::string& name : at->second.chain) {
      if (!seen.insert(name).second) continue;
      all.insert(all.begin() + static_cast<std::ptrdiff_t>(behind++), name);
    }
  }
}

void TraefikConfig::LinkRouter(RouterConfig& router) const {
  size_t with_tls = 0;
  for (const std::string& name : router.entry_points) {
    const auto at = entry_points.find(name);
    if (at == entry_points.end()) continue;
    with_tls += at->second.tls ? 1U : 0U;
    router.trusts_forwarded |= at->second.trusts_forwarded;
  }
  router.secure = router.tls || with_tls != 0;
  if (!router.tls && with_tls != 0 && with_tls != router.entry_points.size()) {
    router.secure = std::nullopt;
  }
  for (const std::string& name : router.middlewares) {
    const auto at = middlewares.find(name);
    router.changes_set_cookie |= at != middlewares.end() && at->second.changes_set_cookie;
  }
}

// About, and rather more: a map's nodes and a string's rounding are in the factors.
size_t TraefikConfig::CountBytes() const {
  size_t sum = sizeof(TraefikConfig) + BytesOf(providers);
  for (const auto& [name, service] : services) {
    sum +=
        2 * sizeof(service) + 4 * name.size() + service.children.size() * 2 * sizeof(ChildService);
    sum += BytesOf(service.failover_statuses) + BytesOf(service.errors);
    if (service.cookie) sum += service.cookie->same_site_written.size();
    for (const PoolServer& server : service.servers) {
      sum += sizeof(server) + server.url.size() + server.key.size();
    }
  }
  for (const auto& [name, router] : routers) {
    sum += 2 * sizeof(router) + 2 * name.size() + router.rule.size();
    sum += (router.entry_points.size() + router.middlewares.size()) * 2 * sizeof(std::string);
    sum += router.match.bytes() + BytesOf(router.errors);
  }
  for (const auto& [name, middleware] : middlewares) {
    sum += 2 * sizeof(middleware) + 2 * name.size() + middleware.auth_path.size();
    sum += middleware.auth_cookies.size() * 2 * sizeof(std::string);
    sum += BytesOf(middleware.error_statuses) + BytesOf(middleware.credential_origins) +
           BytesOf(middleware.framing_origins) + BytesOf(middleware.chain);
  }
  for (const auto& [name, entry] : entry_points) {
    sum += 2 * sizeof(entry) + 2 * name.size() + entry.address.size();
  }
  for (const auto& [root, tree] : trees_) sum += tree.bytes();
  return sum;
}

void TraefikConfig::FindTwins() {
  std::vector<const ServiceConfig*> unused;
  std::set<std::string_view> their_servers;
  for (const auto& [name, service] : services) {
    if (!service.cookie || reachable.contains(name)) continue;
    if (unused.size() < kMostTwins) unused.push_back(&service);
    for (const PoolServer& server : service.servers) their_servers.insert(server.key);
  }
  if (unused.empty()) return;
  size_t budget = kTwinBudget;
  for (const auto& item : services) {
    const ServiceConfig& service = item.second;
    const bool plain = service.kind == ServiceKind::kLoadBalancer && !service.cookie;
    if (!plain || !reachable.contains(item.first)) continue;
    const bool shares =
        std::any_of(service.servers.begin(), service.servers.end(),
                    [&](const PoolServer& server) { return their_servers.contains(server.key); });
    const bool alike = shares || std::any_of(unused.begin(), unused.end(), [&](const auto* other) {
                         return LookAlike(service.name, other->name, budget);
                       });
    if (alike) with_unused_twin.insert(&service);
  }
}

bool operator==(const TraefikConfig& a, const TraefikConfig& b) {
  return a.time == b.time && a.version == b.version && a.encoding == b.encoding &&
         a.started == b.started && a.services == b.services && a.routers == b.routers &&
         a.middlewares == b.middlewares && a.entry_points == b.entry_points &&
         a.providers == b.providers && a.writes_access_log == b.writes_access_log;
}

const ServiceConfig* TraefikConfig::FindService(std::string_view name) const {
  const auto it = services.find(name);
  return it == services.end() ? nullptr : &it->second;
}

const RouterConfig* TraefikConfig::FindRouter(std::string_view logged) const {
  auto it = routers.find(logged);
  if (it == routers.end()) {
    const size_t arrow = logged.rfind(" -> ");
    if (arrow != std::string_view::npos) it = routers.find(logged.substr(arrow + 4));
  }
  return it == routers.end() ? nullptr : &it->second;
}

const ServiceTree* TraefikConfig::Tree(std::string_view root) const {
  const auto it = trees_.find(root);
  return it == trees_.end() || it->second.nodes().empty() ? nullptr : &it->second;
}

std::vector<ServiceTree::Node> TraefikConfig::Path(std::string_view root, std::string_view leaf,
                                                   std::string_view server_key) const {
  if (const ServiceTree* tree = Tree(root)) {
    return tree->PathTo(leaf.empty() ? tree->Find(server_key).leaf : FindService(leaf));
  }
  const ServiceConfig* service = FindService(root);
  const bool is_it =
      service != nullptr &&
      (leaf.empty() ? service->FindServer(server_key) != nullptr : service->name == leaf);
  return is_it ? std::vector{ServiceTree::Node{service}} : std::vector<ServiceTree::Node>();
}

bool ConfigHistory::Add(std::shared_ptr<const TraefikConfig> config) {
  const auto later = [](EventTime time, const Entry& other) { return time < other.config->time; };
  auto at = std::upper_bound(configs_.begin(), configs_.end(), config->time, later);
  for (auto after = at; after != configs_.begin(); --after) {
    const TraefikConfig& before = *std::prev(after)->config;
    if (before.time != config->time) break;
    if (before.fingerprint == config->fingerprint && before == *config) return false;
  }
  const bool full = configs_.size() >= kMost || bytes_ + config->bytes > kMostBytes;
  if (full && at == configs_.begin() && !configs_.empty()) return false;
  bytes_ += config->bytes;
  const EventTime time = config->time;
  configs_.insert(at, {std::move(config), time});
  while (configs_.size() > kMost || (bytes_ > kMostBytes && configs_.size() > 1)) DropOldest();
  return true;
}

void ConfigHistory::Confirm(EventTime time) {
  if (!configs_.empty()) configs_.back().until = std::max(configs_.back().until, time);
}

void ConfigHistory::DropOldest() {
  bytes_ -= configs_.front().config->bytes;
  configs_.erase(configs_.begin());
  ++dropped_;
}

size_t ConfigHistory::IndexAt(EventTime time) const {
  const auto later = [](EventTime t, const Entry& other) { return t < other.config->time; };
  const auto at = std::upper_bound(configs_.begin(), configs_.end(), time, later);
  return at == configs_.begin() ? 0 : static_cast<size_t>(at - configs_.begin()) - 1;
}

}  // namespace stickyd
