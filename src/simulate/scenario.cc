// SPDX-License-Identifier: Apache-2.0
// Each fault is what it is in life: a configuration, a change at some moment, or a habit of
// clients. What then happens to cookies and servers follows from world.cc and browser.cc; nothing
// here decides that a request breaks.
#include "scenario.h"

#include <fmt/format.h>

#include <algorithm>

#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

constexpr std::string_view kVersions[] = {"v1.7.34", "v2.11.53", "v3.3.3", "v3.7.9"};

std::string_view VersionOf(SimulatedTraefik traefik) {
  return kVersions[static_cast<size_t>(traefik)];
}

}  // namespace

Status Simulator::Possible(const SimulatorOptions& options) {
  if (!options.fault) return {};
  const auto from = [&](SimulatedTraefik least, std::string_view since) -> Status {
    if (options.traefik >= least) return {};
    return Fail(ErrorCode::kUnsupported,
                fmt::format("{} needs Traefik {}; --traefik says {}", Name(*options.fault), since,
                            VersionOf(options.traefik)));
  };
  switch (*options.fault) {
    case Cause::kUnknown:
      return Fail(ErrorCode::kUnsupported,
                  "unknown is what is said where evidence lacks, no fault: try "
                  "--fault insecure_request --format clf");
    case Cause::kStrategyIgnoresCookie:
      return from(SimulatedTraefik::kV3_7, "v3.7");
    case Cause::kCookieDomain:
      return from(SimulatedTraefik::kV3_7, "v3.4");
    case Cause::kCookiePath:
    case Cause::kDuplicateCookie:
      return from(SimulatedTraefik::kV3_3, "v3.3");
    case Cause::kFailover:
    case Cause::kNestedLevel:
    case Cause::kStickyOnUnusedService:
    case Cause::kCookieFormatChanged:
    case Cause::kCookieExpired:
    case Cause::kThirdPartyBlocked:
    case Cause::kSetCookieLost:
    case Cause::kInsecureRequest:
      return from(SimulatedTraefik::kV2_11, "v2.11");
    default:
      return {};
  }
}

Scenario::Scenario(const SimulatorOptions& options) : options_(options), random_(options.seed) {
  world_.version = VersionOf(options.traefik);
  world_.encoding = *EncodingOfVersion(world_.version);
  servers_made_.resize(options.services + 1);
  BuildServices();
  BuildFault();
}

SimServer Scenario::NewServer(uint32_t pool) {
  const uint32_t number = servers_made_[pool]++;
  return MakeServer(
      fmt::format("http://10.{}.{}.{}:8080", pool + 1, number / 200, 11 + number % 200));
}

SimService Scenario::NewLeaf(const std::string& name, uint32_t pool, uint32_t servers) const {
  SimService leaf{name, {}, SimCookie{}, false, false, 0};
  leaf.cookie->name = pool == 0 ? "srv_id" : DefaultCookieName(name);
  for (uint32_t i = 0; i < servers; ++i) leaf.servers.emplace_back();
  return leaf;
}

void Scenario::BuildServices() {
  for (uint32_t i = 0; i < options_.services; ++i) {
    const std::string name = i == 0 ? "shop" : fmt::format("app{}", i);
    SimService leaf = NewLeaf(name, i, options_.servers);
    for (SimServer& server : leaf.servers) server = NewServer(i);
    world_.trees.push_back({TreeKind::kLeaf, name, {std::move(leaf)}, 0});
    world_.routes.push_back({name, {name + ".example.com"}, "", i, false});
  }
}

void Scenario::BuildFault() {
  if (!options_.fault) return;
  Tree& tree = world_.trees[0];
  const auto second_leaf = [&](const char* name, TreeKind kind) {
    SimService other = NewLeaf(name, 0, options_.servers);
    for (SimServer& server : other.servers) server = NewServer(options_.services);
    other.cookie->name = "srv_id2";
    tree.leaves.push_back(std::move(other));
    tree.kind = kind;
  };
  switch (*options_.fault) {
    case Cause::kRouterSwitched:
      tree.kind = TreeKind::kSwitched;
      tick_ns_ = 20 * kSecond;
      break;
    case Cause::kReplicasDisagree:
      second_leaf("shop", TreeKind::kReplicas);
      tree.leaves[1].cookie = tree.leaves[0].cookie;
      break;
    case Cause::kFailover:
      faulty().name = "shop-main";
      second_leaf("shop-backup", TreeKind::kFailover);
      for (SimService& leaf : tree.leaves) leaf.health_check = true;
      tick_ns_ = 20 * kSecond;
      break;
    case Cause::kNestedLevel:
      faulty().name = "shop-blue";
      second_leaf("shop-green", TreeKind::kWeighted);
      break;
    case Cause::kStickyOnUnusedService:
      world_.unused.push_back(faulty());
      faulty().name = tree.name = "shop-webstack";
      faulty().cookie.reset();
      break;
    case Cause::kNotSticky:
      faulty().cookie.reset();
      break;
    case Cause::kStrategyIgnoresCookie:
      faulty().hashes_clients = true;
      tick_ns_ = 20 * kSecond;
      break;
    case Cause::kCookieFormatChanged:
      if (options_.traefik == SimulatedTraefik::kV3_7) {
        world_.version = "v3.3.3";
        world_.encoding = CookieEncoding::kFnv1OfFnv1a;
      }
      tick_ns_ = 40 * kSecond;
      break;
    case Cause::kCookieRenamed:
      faulty().cookie->name = DefaultCookieName(faulty().name);
      tick_ns_ = 40 * kSecond;
      break;
    case Cause::kDuplicateCookie:
      faulty().cookie->path = "/shop";
      tick_ns_ = 40 * kSecond;
      break;
    case Cause::kServerDown:
      faulty().health_check = true;
      tick_ns_ = 12 * kSecond;
      break;
    case Cause::kServerGone:
      tick_ns_ = 30 * kSecond;
      break;
    case Cause::kSharedCookieName: {
      SimService reports = NewLeaf("reports", 0, options_.servers);
      for (SimServer& server : reports.servers) server = NewServer(options_.services);
      world_.trees.push_back({TreeKind::kLeaf, "reports", {std::move(reports)}, 0});
      world_.routes.push_back(
          {"reports", world_.routes[0].hosts, "/reports", world_.trees.size() - 1, false});
      break;
    }
    case Cause::kSetCookieLost:
      world_.strips_set_cookie = true;
      break;
    case Cause::kInsecureRequest:
      faulty().cookie->secure = true;
      world_.routes[0].plain_http = true;
      break;
    case Cause::kCookieDomain:
      faulty().cookie->domain = "shop.internal";
      break;
    case Cause::kOtherHost:
      world_.routes[0].hosts.push_back("www.example.com");
      break;
    case Cause::kCookiePath:
      faulty().cookie->path = "/shop/cart";
      break;
    case Cause::kThirdPartyBlocked:
      faulty().cookie->same_site = "none";
      faulty().cookie->secure = true;
      break;
    case Cause::kCookieExpired:
      faulty().cookie->max_age_s = 15;
      break;
    case Cause::kCookieReplacedUpstream:
      world_.balancer_in_front = true;
      break;
    case Cause::kNotHonoured:
      world_.ignores_cookies_at_times = true;
      break;
    case Cause::kCrossSite:
    case Cause::kCredentialsOmitted:
    case Cause::kCookieNotSent:
    case Cause::kSharedClient:
    case Cause::kUnknown:
    case Cause::kCount:
      break;  // a matter of the clients
  }
}

bool Scenario::Tick(uint64_t n) {
  const bool forth = n % 2 == 0;
  switch (*options_.fault) {
    case Cause::kRouterSwitched: {
      std::vector<SimService>& leaves = world_.trees[0].leaves;
      SimService next = NewLeaf(fmt::format("shop-r{}", n + 2), 0, options_.servers);
      for (SimServer& server : next.servers) server = NewServer(0);
      leaves.push_back(std::move(next));
      if (leaves.size() > 2) leaves.erase(leaves.begin());  // it is taken down
      return false;
    }
    case Cause::kFailover:
      for (SimServer& server : faulty().servers) server.up = !forth;
      return false;
    case Cause::kStrategyIgnoresCookie:
      if (forth) {
        faulty().servers.push_back(NewServer(0));
      } else {
        faulty().servers.pop_back();
      }
      return false;
    case Cause::kCookieFormatChanged: {
      const bool newest = options_.traefik == SimulatedTraefik::kV3_7;
      const std::string_view old = newest ? "v3.3.3" : VersionOf(options_.traefik);
      world_.version = forth ? "v3.7.9" : std::string(old);
      world_.encoding = *EncodingOfVersion(world_.version);
      return true;
    }
    case Cause::kCookieRenamed:
      faulty().name = world_.trees[0].name = fmt::format("shop-r{}", n + 1);
      faulty().cookie->name = DefaultCookieName(faulty().name);
      return false;
    case Cause::kDuplicateCookie:
      faulty().cookie->path = forth ? "/" : "/shop";
      if (forth) faulty().servers[n / 2 % faulty().servers.size()] = NewServer(0);
      return false;
    case Cause::kServerDown:
      faulty().servers[n / 2 % faulty().servers.size()].up = !forth;
      return false;
    case Cause::kServerGone:
      faulty().servers[n % faulty().servers.size()] = NewServer(0);
      return false;
    default:
      return false;
  }
}

Cause Scenario::CauseOf(const SimAssignment& assignment) const {
  if (Has(Cause::kDuplicateCookie) && !assignment.twice) return Cause::kServerGone;
  return options_.fault.value_or(Cause::kUnknown);
}

Habits Scenario::NewHabits() { return {Has(Cause::kCookieNotSent) && random_.Chance(0.3)}; }

const SimRoute& Scenario::RouteOfSomeService() {
  const bool first = random_.Chance(0.5);  // where there is a fault it is worth looking at
  return first ? world_.routes[0]
               : world_.routes[random_.Below(static_cast<uint32_t>(world_.routes.size()))];
}

void Scenario::ApiCalls(Page& page, const SimRoute& route, std::string_view site,
                        const char* origin) {
  const uint32_t calls = 1 + random_.Below(3);
  for (uint32_t i = 0; i < calls; ++i) {
    page.fetches.push_back({route.hosts[0], fmt::format("/api/items/{}", random_.Below(50)), true,
                            site, "cors", "empty", origin, std::string(origin) + "/",
                            site == "cross-site"});
  }
}

void Scenario::WholePage(Page& page, const SimRoute& route) {
  static constexpr const char* kPaths[] = {"/",          "/shop/cart", "/shop/products",
                                           "/shop/item", "/account",   "/search"};
  static constexpr const char* kParts[] = {"css", "js", "png", "json"};
  const bool faulty = &route == &world_.routes[0];
  Fetch first;
  first.host = route.hosts[random_.Below(static_cast<uint32_t>(route.hosts.size()))];
  first.path = kPaths[random_.Below(std::size(kPaths))];
  // The narrow path covers the whole application, but for what is about narrow paths.
  if (Has(Cause::kDuplicateCookie) && faulty) first.path = "/shop/products";
  if (!route.prefix.empty()) first.path = route.prefix + "/month";
  first.https = !world_.balancer_in_front && !(route.plain_http && random_.Chance(0.4));
  first.mode = "navigate";
  first.dest = "document";
  const std::string scheme = first.https ? "https://" : "http://";
  page.fetches.push_back(first);
  const uint32_t parts = random_.Below(7);
  for (uint32_t i = 0; i < parts; ++i) {
    Fetch part = first;
    const std::string folder = first.path.size() > 1 ? first.path : std::string();
    part.path = fmt::format("{}/{}.{}", folder, random_.Below(20), kParts[i % std::size(kParts)]);
    part.mode = "no-cors";
    part.dest = i % 4 == 0 ? "style" : i % 4 == 1 ? "script" : i % 4 == 2 ? "image" : "empty";
    part.referer = scheme + first.host + first.path;
    page.fetches.push_back(std::move(part));
  }
}

void Scenario::NewPage(const Habits& habits, Page& page) {
  page.fetches.clear();
  page.socket = false;
  const SimRoute& route = RouteOfSomeService();
  const bool faulty = &route == &world_.routes[0];
  if (faulty && random_.Chance(0.5)) {
    if (Has(Cause::kCrossSite) || Has(Cause::kThirdPartyBlocked)) {
      ApiCalls(page, route, "cross-site", "https://partner.example.net");
      return;
    }
    if (Has(Cause::kCredentialsOmitted)) {
      ApiCalls(page, route, "same-site", "https://www.example.com");
      return;
    }
  }
  WholePage(page, route);
  if (habits.tool) page.fetches.resize(1);
  page.socket = !habits.tool && random_.Chance(options_.sockets);
}

}  // namespace stickyd
