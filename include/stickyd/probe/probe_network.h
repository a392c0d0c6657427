// SPDX-License-Identifier: Apache-2.0
// probe_network.h: the network and the clocks of this machine, for a probe.
// Role:    the command `probe` and the daemon's scheduled probes ask with it.
// Shape:   of a body 64 KiB are taken, of the headers of an answer 256 KiB.
// Errors:  those of HttpClient, in the answers.
// Threads: belongs to one thread. A stop that is requested ends requests and waits at once.
// Source:  libcurl.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "stickyd/base/sleeper.h"
#include "stickyd/probe/prober.h"
#include "stickyd/web/http_client.h"

namespace stickyd {

// How to get to a site.
struct ProbeTransport {
  std::string user_agent;
  std::string ca_file;  // PEM; empty: the system's
  bool insecure = false;
  std::vector<std::string> resolve;  // HOST:PORT:ADDRESS
};

class ProbeNetwork {
 public:
  explicit ProbeNetwork(ProbeTransport transport, std::stop_token stop = {})
      : transport_(std::move(transport)), stop_(std::move(stop)) {}

  // It must not outlive this.
  ProbeWorld World();

 private:
  tl::expected<HttpAnswer, HttpFailure> Ask(const ProbeCall& call);
  HttpOptions OptionsFor(const ProbeCall& call) const;

  const ProbeTransport transport_;
  const std::stop_token stop_;
  Sleeper sleeper_;
  // One for each version and place: the options of a client are those of all its requests.
  std::map<std::pair<HttpVersion, std::string>, std::unique_ptr<HttpClient>> clients_;
};

}  // namespace stickyd
