// SPDX-License-Identifier: Apache-2.0
// backend.h: an HTTP/1.1 server whose answers name it; what a balancer has behind it.
// Shape:   whatever is asked, the answer is 200 with the server's URL as its body, and the end of
//          the connection. Heads may be of any length; bodies are not read.
// Threads: one of its own, which ends with it.
#pragma once

#include <string>
#include <thread>

#include "stickyd/base/fd.h"

namespace stickyd {

class Backend {
 public:
  Backend();
  ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  // http://127.0.0.1:PORT
  const std::string& url() const { return url_; }

 private:
  void Serve();

  UniqueFd listener_;
  UniqueFd stop_, stopped_;  // two ends of a pipe
  std::string url_;
  std::thread thread_;
};

}  // namespace stickyd
