// SPDX-License-Identifier: Apache-2.0
// facts.h: what the rules ask of a configuration: who reaches a service, and how.
// Role:    made once for a configuration; the rules look things up in it.
// Shape:   points into the configuration.
// Cost:    the nodes of the trees below the routers' services, once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/version.h"
#include "stickyd/model/traefik_config.h"

namespace stickyd {

// "shop" and "docker" of shop@docker.
std::string_view BareName(std::string_view name);
std::string_view ProviderOf(std::string_view name);

// The ways to a service: routers whose trees it is in.
struct Reach {
  std::vector<const RouterConfig*> routers;  // all of them, in order of name
  std::vector<const RouterConfig*> serving;  // those that do more than redirect
  std::set<std::string, std::less<>> hosts;  // of those that serve, where they are known
  bool any_host = false;                     // one of them takes every host
  bool unknown_host = false;                 // one of them takes hosts that cannot be named
};

class Facts {
 public:
  explicit Facts(const TraefikConfig& config);

  // Services that routers lead to, in order of name; error pages and Traefik's own are not there.
  const std::vector<const ServiceConfig*>& live() const { return live_; }
  bool IsLive(const ServiceConfig& service) const { return reach_.contains(service.name); }
  // REQUIRES: it is live.
  const Reach& Of(const ServiceConfig& service) const { return reach_.find(service.name)->second; }
  // The services that routers name, each with its tree.
  const std::vector<const ServiceTree*>& trees() const { return trees_; }
  // A weighted level above it, in any tree, has a cookie.
  bool HasStickyAbove(const ServiceConfig& service) const;
  // Both lie below one sticky level, or one below the other.
  bool AreOneTree(const ServiceConfig& a, const ServiceConfig& b) const;
  // A middleware of the router, or its entry points, answers every request with a redirect.
  bool OnlyRedirects(const RouterConfig& router) const;
  // One host that reaches both; empty: none that is known. "*" is every host.
  std::string SharedHost(const ServiceConfig& a, const ServiceConfig& b) const;

  const TraefikConfig& config() const { return config_; }

 private:
  void AddHosts(const RouterConfig& router, Reach& reach) const;

  const TraefikConfig& config_;
  std::vector<const ServiceConfig*> live_;
  std::map<std::string, Reach, std::less<>> reach_;
  std::vector<const ServiceTree*> trees_;
  std::set<const ServiceConfig*> sticky_above_;
};

// Is any of the servers' weights above 0?
size_t UsableServers(const ServiceConfig& service);
// The hash inputs, sorted.
std::vector<std::string> ServerUrls(const ServiceConfig& service);

}  // namespace stickyd
