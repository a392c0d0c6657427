// SPDX-License-Identifier: Apache-2.0
// world.h: Traefik's side of the simulation: routers, services, servers, and how they balance.
// Role:    scenario.cc builds and changes it, simulator.cc asks it for a server.
// Source:  Traefik's wrr balancer and sticky cookie handling, v1.7 to v3.7.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "random.h"
#include "stickyd/model/cookie_encoding.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

inline constexpr int64_t kSecond = 1'000'000'000;

struct SimCookie {
  std::string name;
  std::string path = "/";
  std::string same_site;  // "" as configured: none
  bool secure = false;
  int64_t max_age_s = 0;  // 0: a session cookie
  std::string domain;     // "": the host that set it
};

struct SimServer {
  std::string url;
  bool up = true;
  std::array<std::string, kCountOf<CookieEncoding>> values;  // its cookie, by encoding
};

// A service with servers.
struct SimService {
  std::string name;  // without provider
  std::vector<SimServer> servers;
  std::optional<SimCookie> cookie;
  bool hashes_clients = false;  // strategy hrw
  bool health_check = false;
  size_t next = 0;  // of the wrr cycle
};

enum class TreeKind {
  kLeaf,
  kWeighted,
  kFailover,
  kSwitched,  // the router leads to the last leaf, and led to the others before
  kReplicas,  // each leaf is what one process of Traefik knows of the same service
};

// What a router leads to: one leaf, a service of services, or one leaf after the other.
struct Tree {
  TreeKind kind = TreeKind::kLeaf;
  std::string name;  // of the root, which is the scope
  std::vector<SimService> leaves;
  size_t next = 0;
};

struct SimRoute {
  std::string router;
  std::vector<std::string> hosts;
  std::string prefix;  // "": all paths
  size_t tree = 0;
  bool plain_http = false;  // also reachable over http, by a second router
};

using Cookies = std::vector<std::pair<std::string, std::string>>;

struct SimAssignment {
  const SimService* leaf = nullptr;
  const SimServer* server = nullptr;
  bool honoured = false;              // a cookie named this server, and that counted
  bool stale = false;                 // there was a cookie, and it named nobody here
  bool twice = false;                 // the name occurred twice
  const std::string* sent = nullptr;  // the value that counted, of the caller\'s cookies
  const SimCookie* set = nullptr;     // a Set-Cookie was made for it
};

struct World {
  std::vector<Tree> trees;
  std::vector<SimRoute> routes;
  std::vector<SimService> unused;  // services that no router leads to
  CookieEncoding encoding = CookieEncoding::kSha256;
  std::string version;  // v3.7.9
  bool ignores_cookies_at_times = false;
  bool strips_set_cookie = false;  // a middleware loses it
  bool balancer_in_front = false;  // with an affinity cookie of its own

  // `client_hash`: of the address, for hrw.
  SimAssignment Assign(size_t tree, const Cookies& cookies, uint64_t client_hash, Random& random);
};

SimServer MakeServer(std::string url);

}  // namespace stickyd
