// SPDX-License-Identifier: Apache-2.0
// example_log.cc: the lines that Traefik would have written for an example.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

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

}  // namespace stickyd
