// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/service_tree.h"

#include <algorithm>

#include "stickyd/model/traefik_config.h"

namespace stickyd {
namespace {

bool TakeFrom(size_t& budget, size_t cost) {
  const bool enough = cost <= budget;
  budget -= std::min(cost, budget);
  return enough;
}

}  // namespace

ServiceTree::ServiceTree(const TraefikConfig& config, std::string_view root, size_t& budget) {
  Add(config, root, {}, budget);
  // Stable: of several places of one key the first stays first.
  std::stable_sort(servers_.begin(), servers_.end(),
                   [](const Place& a, const Place& b) { return a.server->key < b.server->key; });
  for (const ServiceConfig* leaf : leaves_) {
    if (leaf->cookie) cookies_.emplace_back(leaf->cookie->name);
  }
  std::sort(cookies_.begin(), cookies_.end());
}

void ServiceTree::Add(const TraefikConfig& config, std::string_view name, Node node,
                      size_t& budget) {
  node.service = config.FindService(name);
  if (node.service == nullptr || node.depth >= kDeepest || !TakeFrom(budget, 1)) return;
  const auto place = static_cast<uint32_t>(nodes_.size());
  if (!places_.emplace(node.service, place).second) return;
  nodes_.push_back(node);
  if (node.service->kind == ServiceKind::kLoadBalancer) leaves_.push_back(node.service);
  AddServers(*node.service, budget);
  for (const ChildService& child : node.service->children) {
    Add(config, child.name, {nullptr, &child, place, node.depth + 1}, budget);
  }
}

void ServiceTree::AddServers(const ServiceConfig& leaf, size_t& budget) {
  if (!TakeFrom(budget, leaf.servers.size())) return;
  for (const PoolServer& server : leaf.servers) servers_.push_back({&leaf, &server});
}

ServiceTree::Place ServiceTree::Find(std::string_view key) const {
  const auto at = std::lower_bound(
      servers_.begin(), servers_.end(), key,
      [](const Place& place, std::string_view k) { return place.server->key < k; });
  return at == servers_.end() || at->server->key != key ? Place{} : *at;
}

bool ServiceTree::HasCookie(std::string_view name) const {
  return std::binary_search(cookies_.begin(), cookies_.end(), name);
}

size_t ServiceTree::bytes() const {
  constexpr size_t kOfNode = 256;  // its place, its name among the reachable and above its roots
  return sizeof *this + nodes_.size() * kOfNode + servers_.size() * sizeof(Place);
}

std::vector<ServiceTree::Node> ServiceTree::PathTo(const ServiceConfig* service) const {
  std::vector<Node> path;
  const auto at = places_.find(service);
  if (at == places_.end()) return path;
  uint32_t place = at->second;
  for (;; place = nodes_[place].parent) {
    path.push_back(nodes_[place]);
    if (nodes_[place].child == nullptr) break;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace stickyd
