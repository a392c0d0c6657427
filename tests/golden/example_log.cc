// SPDX-License-Identifier: Apache-2.0
// example_log.cc: what Traefik would have written into its log for an example, and answered.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "stickyd/base/text.h"
#include "worked_example.h"

namespace stickyd {
namespace {

// Milliseconds of the day.
std::string TimeOfDay(int64_t ms) {
  return fmt::format("{:02}:{:02}:{:02}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60);
}

bool WasBalanced(const ExampleRequest& request) { return request.server != "-"; }

std::string StatusOf(const ExampleRequest& request) {
  if (!request.status.empty()) return request.status;
  return WasBalanced(request) ? "200" : "404";
}

std::string RouterOf(const ExampleRequest& request) {
  return request.router.empty() ? request.service : request.router;
}

std::string ExampleClf(const ExampleRequest& r, uint64_t count) {
  const std::string from = WasBalanced(r)
                               ? fmt::format("\"{}\" \"{}\"", RouterOf(r), ExampleServer(r.server))
                               : "\"-\" \"-\"";
  return fmt::format(
      "{} - - [05/Jan/2026:{} +0000] \"{} {} HTTP/2.0\" {} 5 \"-\" \"-\" {} {} {}ms\n", r.address,
      TimeOfDay(*r.start_ms), r.method, r.path, StatusOf(r), count, from, *r.duration_ms);
}

std::string ExampleJson(const ExampleRequest& r, uint64_t count) {
  nlohmann::json line = {
      {"ClientAddr", r.address + ":" + r.port},
      {"ClientHost", r.client_host.empty() ? r.address : r.client_host},
      {"DownstreamStatus", std::stoi(StatusOf(r))},
      {"Duration", *r.duration_ms * 1'000'000},
      {"RequestCount", count},
      {"RequestHost", r.host},
      {"RequestMethod", r.method},
      {"RequestPath", r.path},
      {"RequestProtocol", "HTTP/2.0"},
      {"RequestScheme", r.scheme},
      {"StartUTC", fmt::format("2026-01-05T{}.{:03}Z", TimeOfDay(*r.start_ms), *r.start_ms % 1000)},
  };
  if (WasBalanced(r)) {
    line["OriginStatus"] = line["DownstreamStatus"];
    line["RouterName"] = RouterOf(r);
    line["ServiceName"] = r.service;
    line["ServiceURL"] = ExampleServer(r.server);
  }
  for (const auto& [name, value] : r.fields) line[name] = value;
  return line.dump() + "\n";
}

// Traefik counts requests when they come.
uint64_t CountOf(const WorkedExample& example, const ExampleRequest& request) {
  if (request.count) return *request.count;
  uint64_t count = 1;
  for (const ExampleRequest& other : example.requests) {
    if (other.file != request.file) continue;
    const bool before = other.place < request.place;
    count += *other.start_ms < *request.start_ms + (before ? 1 : 0) ? 1U : 0U;
  }
  return count;
}

constexpr int64_t kSavedAt = 1'767'603'608;  // 09:00:08

// `failover of web, spare`
nlohmann::json TreeOf(const std::string& kind, const std::vector<std::string>& children) {
  if (kind == "failover") {
    return {{"service", children.at(0)},
            {"fallback", children.at(1)},
            {"healthCheck", nlohmann::json::object()}};
  }
  nlohmann::json services = nlohmann::json::array();
  for (const std::string& child : children) services.push_back({{"name", child}, {"weight", 1}});
  return {{"services", services}};
}

// `A, B, cookie, strategy hrw, A is DOWN`
nlohmann::json BalancerOf(const std::vector<std::string>& parts, nlohmann::json& status) {
  nlohmann::json balancer = {{"servers", nlohmann::json::array()}, {"strategy", "wrr"}};
  for (const std::string& part : parts) {
    if (part == "cookie") {
      balancer["sticky"] = {{"cookie", {{"name", "lb"}, {"path", "/"}}}};
    } else if (part == "strategy hrw") {
      balancer["strategy"] = "hrw";
    } else if (part.ends_with(" is DOWN")) {
      status[ExampleServer(part)] = "DOWN";
    } else {
      balancer["servers"].push_back({{"url", ExampleServer(part)}});
      status[ExampleServer(part)] = "UP";
    }
  }
  return balancer;
}

}  // namespace

std::vector<std::string> LogsOf(const WorkedExample& example) {
  std::vector<std::string> logs;
  for (const ExampleRequest& request : example.requests) {
    logs.resize(std::max<size_t>(logs.size(), request.file));
    const uint64_t count = CountOf(example, request);
    logs[request.file - 1] +=
        request.clf ? ExampleClf(request, count) : ExampleJson(request, count);
  }
  return logs;
}

std::map<std::string, std::string> AnswersOf(const WorkedExample& example) {
  nlohmann::json services = nlohmann::json::object();
  for (const std::string& text : example.services) {
    const size_t colon = text.find(": ");
    const size_t of = text.find(" of ");
    const std::string name = text.substr(0, colon);
    std::vector<std::string> parts;
    ForEachPart(std::string_view(text).substr(of == npos ? colon + 2 : of + 4), ',',
                [&](std::string_view part) { parts.emplace_back(part); });
    nlohmann::json service = {{"status", "enabled"}};
    if (of != npos) {
      const std::string kind = text.substr(colon + 2, of - colon - 2);
      service[kind] = TreeOf(kind, parts);
    } else {
      nlohmann::json status = nlohmann::json::object();
      service["loadBalancer"] = BalancerOf(parts, status);
      service["serverStatus"] = status;
    }
    services[name + "@file"] = service;
  }
  const nlohmann::json router = {{"service", "shop"},
                                 {"rule", "Host(`shop.example.com`)"},
                                 {"entryPoints", {"websecure"}},
                                 {"using", {"websecure"}},
                                 {"tls", nlohmann::json::object()},
                                 {"status", "enabled"}};
  const nlohmann::json all = {{"routers", {{"shop@file", router}}}, {"services", services}};
  return {{"rawdata.json", all.dump()},
          {"version.json", R"({"Version":"v3.7.9","startDate":"2026-01-05T08:00:00Z"})"},
          {"entrypoints.json", R"([{"name":"websecure","address":":443"}])"},
          {"time.json", fmt::format(R"({{"time_unix_ns":{}000000000}})", kSavedAt)}};
}

}  // namespace stickyd
