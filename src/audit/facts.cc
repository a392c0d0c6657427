// SPDX-License-Identifier: Apache-2.0
#include "facts.h"

#include <algorithm>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kMostRouters = 1000;  // of one service; more would tell nothing new
constexpr size_t kMostHosts = 1000;

}  // namespace

std::string_view BareName(std::string_view name) { return name.substr(0, name.rfind('@')); }

std::string_view ProviderOf(std::string_view name) {
  const size_t at = name.rfind('@');
  return at == npos ? std::string_view() : name.substr(at + 1);
}

size_t UsableServers(const ServiceConfig& service) {
  return static_cast<size_t>(
      std::count_if(service.servers.begin(), service.servers.end(),
                    [](const PoolServer& server) { return server.weight > 0; }));
}

std::vector<std::string> ServerUrls(const ServiceConfig& service) {
  std::vector<std::string> urls;
  for (const PoolServer& server : service.servers) urls.push_back(server.url);
  std::sort(urls.begin(), urls.end());
  return urls;
}

Facts::Facts(const TraefikConfig& config) : config_(config) {
  std::map<std::string_view, std::vector<const RouterConfig*>> by_root;
  for (const auto& [name, router] : config.routers) {
    if (!router.enabled || router.service.empty()) continue;
    if (ProviderOf(router.service) == "internal") continue;
    by_root[router.service].push_back(&router);
  }
  for (auto& [root, routers] : by_root) {
    const ServiceTree* tree = config.Tree(root);
    if (tree == nullptr) continue;
    trees_.push_back(tree);
    std::sort(routers.begin(), routers.end(),
              [](const RouterConfig* a, const RouterConfig* b) { return a->name < b->name; });
    if (routers.size() > kMostRouters) routers.resize(kMostRouters);
    Reach own;
    for (const RouterConfig* router : routers) AddHosts(*router, own);
    const auto& nodes = tree->nodes();
    for (const ServiceTree::Node& node : nodes) {
      Reach& reach = reach_[node.service->name];
      const auto add = [](const auto& from, auto& to) {
        const size_t room = kMostRouters - std::min(kMostRouters, to.size());
        to.insert(to.end(), from.begin(),
                  from.begin() + static_cast<ptrdiff_t>(std::min(room, from.size())));
      };
      add(routers, reach.routers);
      add(own.serving, reach.serving);
      if (reach.hosts.size() < kMostHosts) reach.hosts.insert(own.hosts.begin(), own.hosts.end());
      reach.any_host |= own.any_host;
      reach.unknown_host |= own.unknown_host;
      for (const ServiceTree::Node* at = &node; at->depth > 0;) {
        at = &nodes[at->parent];
        if (at->service->cookie) sticky_above_.insert(node.service);
      }
    }
  }
  for (const auto& [name, reach] : reach_) live_.push_back(config.FindService(name));
}

void Facts::AddHosts(const RouterConfig& router, Reach& reach) const {
  reach.routers.push_back(&router);
  if (OnlyRedirects(router)) return;
  reach.serving.push_back(&router);
  if (!router.match.readable) reach.unknown_host = true;
  for (const RouteAlternative& one : router.match.alternatives) {
    reach.any_host |= one.host_is == RouteAlternative::Is::kAny;
    reach.unknown_host |= one.host_is == RouteAlternative::Is::kUnknown;
    if (!one.host.empty() && reach.hosts.size() < kMostHosts) reach.hosts.insert(one.host);
  }
}

bool Facts::OnlyRedirects(const RouterConfig& router) const {
  const bool by_middleware =
      std::any_of(router.middlewares.begin(), router.middlewares.end(), [&](const auto& name) {
        const auto it = config_.middlewares.find(name);
        return it != config_.middlewares.end() && it->second.redirects;
      });
  return by_middleware ||
         (!router.entry_points.empty() &&
          std::all_of(router.entry_points.begin(), router.entry_points.end(),
                      [&](const auto& name) {
                        const auto it = config_.entry_points.find(name);
                        return it != config_.entry_points.end() && it->second.redirects;
                      }));
}

bool Facts::HasStickyAbove(const ServiceConfig& service) const {
  return sticky_above_.contains(&service);
}

bool Facts::AreOneTree(const ServiceConfig& a, const ServiceConfig& b) const {
  const auto roots = config_.roots_of.find(a.name);
  const auto others = config_.roots_of.find(b.name);
  if (roots == config_.roots_of.end() || others == config_.roots_of.end()) return false;
  return std::any_of(roots->second.begin(), roots->second.end(), [&](const std::string& root) {
    const ServiceTree* tree = others->second.contains(root) ? config_.Tree(root) : nullptr;
    return tree != nullptr && !tree->PathTo(&a).empty() && !tree->PathTo(&b).empty();
  });
}

std::string Facts::SharedHost(const ServiceConfig& a, const ServiceConfig& b) const {
  const Reach& one = Of(a);
  const Reach& other = Of(b);
  for (const std::string& host : one.hosts) {
    if (other.hosts.contains(host) || other.any_host) return host;
  }
  if (one.any_host && !other.hosts.empty()) return *other.hosts.begin();
  return one.any_host && other.any_host ? "*" : "";
}

}  // namespace stickyd
