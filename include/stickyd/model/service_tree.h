// SPDX-License-Identifier: Apache-2.0
// service_tree.h: the services at and below one root, and which of them holds which server.
// Role:    part of a TraefikConfig, made by its Link; traefik and diagnose look things up in it.
// Shape:   nodes in depth-first order, each service once, at the first place it was found. Points
//          into the configuration, which must not be copied or changed.
// Errors:  a tree that would cost more than the budget is cut, and its configuration is refused.
// Threads: immutable once made.
// Cost:    making it: n log n of nodes and servers. Find and HasCookie: log n.
// Source:  Traefik's weighted, highestRandomWeight, mirroring and failover services.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stickyd {

struct ChildService;
struct PoolServer;
struct ServiceConfig;
struct TraefikConfig;

class ServiceTree {
 public:
  static constexpr size_t kDeepest = 32;  // trees are cut there: they are somebody else's input

  struct Node {
    const ServiceConfig* service = nullptr;
    const ChildService* child = nullptr;  // as its parent names it; null for the root
    uint32_t parent = 0;                  // its place; of the root, 0
    uint32_t depth = 0;
  };
  // A server, and the service that has it; null: there is none.
  struct Place {
    const ServiceConfig* leaf = nullptr;
    const PoolServer* server = nullptr;
  };

  ServiceTree() = default;
  // `budget` is how many nodes and servers may be looked at; what was used is taken off.
  ServiceTree(const TraefikConfig& config, std::string_view root, size_t& budget);

  const std::vector<Node>& nodes() const { return nodes_; }
  // The load balancers, in order.
  const std::vector<const ServiceConfig*>& leaves() const { return leaves_; }
  Place Find(std::string_view server_key) const;
  // Is it the sticky cookie of one of the load balancers?
  bool HasCookie(std::string_view name) const;
  // Of memory, about, with what a configuration keeps per node elsewhere.
  size_t bytes() const;
  // From the root down to the service; empty if it is not there.
  std::vector<Node> PathTo(const ServiceConfig* service) const;

 private:
  void Add(const TraefikConfig& config, std::string_view name, Node node, size_t& budget);
  void AddServers(const ServiceConfig& leaf, size_t& budget);

  std::vector<Node> nodes_;
  std::unordered_map<const ServiceConfig*, uint32_t> places_;  // of nodes
  std::vector<const ServiceConfig*> leaves_;
  std::vector<Place> servers_;             // by key; of equal keys the first one found
  std::vector<std::string_view> cookies_;  // sorted
};

}  // namespace stickyd
