// http_server.h: /metrics, /-/healthy, /-/ready, /-/reload and the page at /.
// Role:    watch starts one; it reads the status of the moment from a function.
// Shape:   GET (and POST /-/reload) only; everything else is refused. Requests are bounded in size
//          and time, connections in number.
// Errors:  Start says which address could not be had.
// Threads: requests run on the server's own threads; `status` and `reload` must be thread-safe.
// Source:  civetweb.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "stickyd/base/result.h"
#include "stickyd/model/daemon_status.h"

namespace stickyd {

class HttpServer {
 public:
  struct Options {
    std::vector<std::string> addresses;  // host:port; port 0 takes any
    std::string telemetry_path = "/metrics";
  };
  struct Callbacks {
    std::function<std::shared_ptr<const DaemonStatus>()> status;
    std::function<bool()> alive;   // has the pipeline made progress lately?
    std::function<void()> reload;  // asks for a reload; does not wait for it
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
