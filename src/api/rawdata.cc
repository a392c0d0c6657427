// SPDX-License-Identifier: Apache-2.0
#include "rawdata.h"

#include "answer_json.h"

namespace stickyd {
namespace {

using nlohmann::json;

std::string Written(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Items by their names; null if one has none.
json ByName(std::string_view list) {
  json named = json::object();
  const json items = ParseAnswer(list);
  if (!items.is_array()) return {};
  for (const json& item : items) {
    if (!item.is_object() || !item.contains("name") || !item["name"].is_string()) return {};
    named[item["name"].get<std::string>()] = item;
  }
  return named;
}

// The member, if it is an object.
json ObjectIn(const json& parent, const char* key) {
  const auto at = parent.find(key);
  return at != parent.end() && at->is_object() ? *at : json::object();
}

json ServiceOf(const json& backend) {
  json balancer = {{"servers", json::array()}};
  const json servers = ObjectIn(backend, "servers");
  for (const json& server : servers) balancer["servers"].push_back(server);
  const json old = ObjectIn(backend, "loadBalancer");
  if (old.contains("stickiness") && old["stickiness"].is_object()) {
    json cookie = json::object();
    const json& stickiness = old["stickiness"];
    for (const auto& [key, value] : stickiness.items()) {
      cookie[key == "cookieName" ? "name" : key] = value;
    }
    balancer["sticky"]["cookie"] = cookie;
  } else if (old.value("sticky", json(false)) == json(true)) {  // what came before stickiness
    balancer["sticky"]["cookie"]["name"] = "_TRAEFIK_BACKEND";
  }
  const json health_check = ObjectIn(backend, "healthCheck");
  if (!health_check.empty()) balancer["healthCheck"] = health_check;
  return {{"status", "enabled"}, {"loadBalancer", balancer}};
}

json RouterOf(const json& frontend) {
  json router = {{"status", "enabled"}};
  if (frontend.contains("backend")) router["service"] = frontend["backend"];
  if (frontend.contains("entryPoints")) router["entryPoints"] = frontend["entryPoints"];
  return router;
}

}  // namespace

std::optional<std::string> JoinPages(const std::vector<std::string>& pages) {
  json all = json::array();
  for (const std::string& page : pages) {
    json items = ParseAnswer(page);
    if (!items.is_array()) return std::nullopt;
    for (json& item : items) all.push_back(std::move(item));
  }
  return Written(all);
}

std::optional<std::string> RawdataOfLists(std::string_view routers, std::string_view services,
                                          std::string_view middlewares) {
  const json rawdata = {{"routers", ByName(routers)},
                        {"services", ByName(services)},
                        {"middlewares", ByName(middlewares)}};
  for (const json& part : rawdata) {
    if (part.is_null()) return std::nullopt;
  }
  return Written(rawdata);
}

std::optional<std::string> RawdataOfProviders(std::string_view providers) {
  const json document = ParseAnswer(providers);
  if (!document.is_object()) return std::nullopt;
  json rawdata = {{"routers", json::object()}, {"services", json::object()}};
  for (const json& provider : document) {
    if (!provider.is_object()) return std::nullopt;
    const json backends = ObjectIn(provider, "backends");
    const json frontends = ObjectIn(provider, "frontends");
    for (const auto& [name, backend] : backends.items()) {
      if (backend.is_object()) rawdata["services"][name] = ServiceOf(backend);
    }
    for (const auto& [name, frontend] : frontends.items()) {
      if (frontend.is_object()) rawdata["routers"][name] = RouterOf(frontend);
    }
  }
  return Written(rawdata);
}

}  // namespace stickyd
