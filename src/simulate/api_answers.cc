// SPDX-License-Identifier: Apache-2.0
#include "api_answers.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

namespace stickyd {
namespace {

using nlohmann::json;

json CookieOf(const SimCookie& cookie, bool v3) {
  json j = {{"name", cookie.name}, {"httpOnly", true}};
  if (cookie.secure) j["secure"] = true;
  if (!cookie.same_site.empty()) j["sameSite"] = cookie.same_site;
  if (!cookie.domain.empty()) j["domain"] = cookie.domain;
  if (cookie.max_age_s != 0) j["maxAge"] = cookie.max_age_s;
  if (v3) j["path"] = cookie.path;
  return j;
}

json ServiceOf(const SimService& leaf, bool reached, bool v3) {
  json balancer = {{"servers", json::array()}, {"passHostHeader", true}};
  json status = json::object();
  for (const SimServer& server : leaf.servers) {
    balancer["servers"].push_back({{"url", server.url}});
    status[server.url] = server.up ? "UP" : "DOWN";
  }
  if (leaf.cookie) balancer["sticky"] = {{"cookie", CookieOf(*leaf.cookie, v3)}};
  if (v3) balancer["strategy"] = leaf.hashes_clients ? "hrw" : "wrr";
  if (leaf.health_check) balancer["healthCheck"] = {{"path", "/health"}, {"interval", "1s"}};
  json service = {{"loadBalancer", std::move(balancer)}, {"status", "enabled"}};
  if (reached) {
    service["usedBy"] = {"any"};
    service["serverStatus"] = std::move(status);
  }
  return service;
}

void AddTree(const Tree& tree, bool v3, json& services) {
  for (const SimService& leaf : tree.leaves) {
    services[leaf.name + "@file"] = ServiceOf(leaf, true, v3);
    if (tree.kind == TreeKind::kReplicas) return;  // it is the first process that is asked
  }
  if (tree.kind == TreeKind::kWeighted) {
    json children = json::array();
    for (const SimService& leaf : tree.leaves)
      children.push_back({{"name", leaf.name}, {"weight", 1}});
    services[tree.name + "@file"] = {{"weighted", {{"services", children}}}, {"status", "enabled"}};
  } else if (tree.kind == TreeKind::kFailover) {
    services[tree.name + "@file"] = {{"failover",
                                      {{"service", tree.leaves[0].name},
                                       {"fallback", tree.leaves[1].name},
                                       {"healthCheck", json::object()}}},
                                     {"status", "enabled"}};
  }
}

json RouterOf(const SimRoute& route, const std::string& service, bool https) {
  std::string rule;
  for (const std::string& host : route.hosts) {
    rule += (rule.empty() ? "Host(`" : " || Host(`") + host + "`)";
  }
  if (!route.prefix.empty()) rule = "(" + rule + ") && PathPrefix(`" + route.prefix + "`)";
  const char* entry_point = https ? "websecure" : "web";
  json router = {{"entryPoints", {entry_point}},
                 {"service", service},
                 {"rule", rule},
                 {"status", "enabled"},
                 {"using", {entry_point}}};
  if (https) router["tls"] = json::object();
  return router;
}

std::string Rfc3339(int64_t ns) {
  const std::time_t seconds = ns / kSecond;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", parts);
}

}  // namespace

SimulatedAnswers AnswersOf(const World& world, int64_t time_ns, int64_t started_ns) {
  const bool v3 = world.version.starts_with("v3.");
  json routers = json::object();
  json services = json::object();
  for (const Tree& tree : world.trees) AddTree(tree, v3, services);
  for (const SimService& leaf : world.unused) {
    services[leaf.name + "@file"] = ServiceOf(leaf, false, v3);
  }
  for (const SimRoute& route : world.routes) {
    const Tree& tree = world.trees[route.tree];
    const std::string& service =
        tree.kind == TreeKind::kSwitched ? tree.leaves.back().name : tree.name;
    const bool https = !world.balancer_in_front;
    routers[route.router + "@file"] = RouterOf(route, service, https);
    if (route.plain_http) {
      routers[route.router + "-http@file"] = RouterOf(route, service, false);
    }
  }
  const json version = {
      {"Version", world.version}, {"Codename", "simulated"}, {"startDate", Rfc3339(started_ns)}};
  const json entry_points = {{{"name", "web"}, {"address", ":80"}},
                             {{"name", "websecure"}, {"address", ":443"}}};
  const json overview = {{"features", {{"accessLog", true}}}, {"providers", {"File"}}};
  const json rawdata = {
      {"routers", routers}, {"middlewares", json::object()}, {"services", services}};
  return {time_ns,
          {{"rawdata.json", rawdata.dump(1)},
           {"version.json", version.dump(1)},
           {"entrypoints.json", entry_points.dump(1)},
           {"overview.json", overview.dump(1)},
           {"time.json", json{{"time_unix_ns", time_ns}}.dump()}}};
}

}  // namespace stickyd
