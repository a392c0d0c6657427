// SPDX-License-Identifier: Apache-2.0
// loop.h: listening sockets, connections and HTTP; what is answered is up to a handler.
// Role:    HttpServer starts one. HttpClients decides who has to go.
// Shape:   heads of at most 16 KB; bodies are read and thrown away. A head that can be read in two
//          ways (two lengths, two hosts) is refused, and its connection closed.
//          An answer may come later (LaterAnswer): its connection waits, and all others go on. How
//          many do so at a time is up to the handler.
// Errors:  Start says which address could not be had. Where descriptors run out, the oldest
//          connection goes, and no other is taken for a moment.
// Threads: one for all addresses and all connections; the handler runs on it.
// Source:  libmicrohttpd 0.9.75 with polling of our own: its timeout starts anew with every byte,
//          and at its limit it takes no more connections. It closes at once a connection whose
//          socket has been shut down.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/clock.h"
#include "stickyd/base/result.h"
#include "stickyd/expose/http/limits.h"

namespace stickyd {

struct ServedRequest {
  std::string_view method;
  std::string_view target;  // without a query, %XX decoded; http://HOST/PATH if it came so
  std::string_view host;
  std::string_view origin;
  std::string_view fetch_site;
  std::string_view accept;
  std::string_view accept_encoding;
  std::string_view scrape_timeout;  // X-Prometheus-Scrape-Timeout-Seconds
  std::string_view asked_target;    // of the query: ?target=
  std::string_view asked_debug;     // &debug=
  bool on_loopback;                 // only programs on this machine reach any of the addresses
};

class LaterAnswer;  // later_answer.h

struct ServedAnswer {
  static constexpr const char* kText = "text/plain; charset=utf-8";

  unsigned status = 200;
  const char* type = kText;
  std::shared_ptr<const std::string> body;
  bool gzip = false;  // the body is
  // If it is set, another thread makes the answer, and all else here means nothing.
  std::shared_ptr<LaterAnswer> later = nullptr;
};

class HttpLoop {
 public:
  using Handler = std::function<ServedAnswer(const ServedRequest&, const HttpDrops&)>;

  static Result<std::unique_ptr<HttpLoop>> Start(const std::vector<std::string>& addresses,
                                                 const HttpLimits& limits, const Clock& clock,
                                                 Handler handler);
  ~HttpLoop();
  HttpLoop(const HttpLoop&) = delete;
  HttpLoop& operator=(const HttpLoop&) = delete;

  // As bound: with the ports that were taken for 0.
  const std::vector<std::string>& addresses() const;

 private:
  class Impl;
  explicit HttpLoop(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
