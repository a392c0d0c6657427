// SPDX-License-Identifier: Apache-2.0
// server.h: /metrics, /probe, /-/healthy, /-/ready, /-/reload and the page at /.
// Role:    watch starts one; it reads the status of the moment from a function.
// Shape:   GET (and POST /-/reload) only; everything else is refused. Requests are bounded in size,
//          requests and answers in time, connections in number (HttpLimits): no client can keep
//          others out. /metrics is text 0.0.4 or OpenMetrics, gzip if asked for. /probe?target=NAME
//          answers when the run is over, as the blackbox exporter does; whoever else asks is
//          answered meanwhile.
//          If somebody on this machine looks at a page of another site, that page can neither
//          reload nor read what is on loopback (request_check.h).
// Errors:  Start says which address could not be had.
// Threads: requests run on the server's own thread; `status`, `reload` and `probe` must be
//          thread-safe.
// Source:  libmicrohttpd. It does not block, so a client that sends or reads slowly holds up
//          nobody. (Debian's civetweb has a thread per request, and no IPv6.)
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "stickyd/base/clock.h"
#include "stickyd/base/result.h"
#include "stickyd/expose/http/limits.h"
#include "stickyd/model/daemon_status.h"

namespace stickyd {

// A run of a probe that somebody asks for.
struct ProbeRequest {
  std::string target;                 // its name
  std::chrono::milliseconds timeout;  // if the target's is longer
  bool trace = false;
};
struct ProbeAnswer {
  ProbeStatus status;
  std::string trace;  // text; empty if it was not asked for
};
enum class ProbeStart : uint8_t {
  kStarted,
  kUnknown,  // no target has this name
  kBusy,     // another run is under way
};

class HttpServer {
 public:
  struct Options {
    std::vector<std::string> addresses;  // as ListenAddress takes them
    std::string telemetry_path = "/metrics";
    bool enable_lifecycle = false;  // POST /-/reload reloads; whoever reaches the port may send it
    HttpLimits limits = {};
    const Clock* clock = &RealClock();  // of the limits
  };
  struct Callbacks {
    std::function<std::shared_ptr<const DaemonStatus>()> status;
    std::function<bool()> alive;   // has the pipeline made progress lately?
    std::function<void()> reload;  // asks for a reload; does not wait for it
    // Begins a run, and does not wait for it; `done` is called from another thread, once, unless
    // the run is stopped. Null: there are no probes.
    std::function<ProbeStart(const ProbeRequest&, std::function<void(const ProbeAnswer&)> done)>
        probe = nullptr;
  };

  static Result<std::unique_ptr<HttpServer>> Start(const Options& options, Callbacks callbacks);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // As bound: with the ports that were taken for 0.
  const std::vector<std::string>& addresses() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
