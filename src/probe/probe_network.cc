// SPDX-License-Identifier: Apache-2.0
#include "stickyd/probe/probe_network.h"

#include <chrono>

namespace stickyd {
namespace {

constexpr size_t kMostBody = 64 << 10;
constexpr size_t kMostHeaders = 256 << 10;

}  // namespace

ProbeWorld ProbeNetwork::World() {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  ProbeWorld world;
  world.ask = [this](const ProbeCall& call) { return Ask(call); };
  world.now = [] {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  };
  world.elapsed = [] {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now().time_since_epoch());
  };
  world.wait = [this](milliseconds time) {
    return sleeper_.Rest(steady_clock::now() + time, stop_);
  };
  return world;
}

tl::expected<HttpAnswer, HttpFailure> ProbeNetwork::Ask(const ProbeCall& call) {
  if (stop_.stop_requested()) return tl::unexpected(HttpFailure{HttpFault::kStopped, "stopped"});
  auto& client = clients_[{call.version, call.connect_to}];
  if (!client) client = std::make_unique<HttpClient>(OptionsFor(call));
  HttpRequest request{call.url, call.method, call.headers};
  request.timeout = call.timeout;
  return client->Ask(request, stop_);
}

HttpOptions ProbeNetwork::OptionsFor(const ProbeCall& call) const {
  HttpOptions options;
  options.most_body = kMostBody;
  options.most_headers = kMostHeaders;
  options.long_body = LongBody::kCut;
  options.version = call.version;
  options.user_agent = transport_.user_agent;
  options.ca_file = transport_.ca_file;
  options.insecure = transport_.insecure;
  options.resolve = transport_.resolve;
  options.connect_to = call.connect_to;
  return options;
}

}  // namespace stickyd
