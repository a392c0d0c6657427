// SPDX-License-Identifier: Apache-2.0
// answer_cache.h: one body of an answer, made again only when that is worth its time.
// Role:    HttpServer has one for the page and one for each format of the metrics.
// Shape:   a body is used again while the status is the same, and for four times as long as it took
//          to make: however many scrape at once, making it takes a fifth of the thread's time.
//          After a second it is made again in any case, for what is not in the status (the
//          process).
// Threads: thread-compatible.
// Cost:    holds one body, and that body compressed.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "stickyd/base/clock.h"
#include "stickyd/model/daemon_status.h"

namespace stickyd {

class AnswerCache {
 public:
  using Body = std::shared_ptr<const std::string>;
  using Make = std::function<std::string(const DaemonStatus&)>;

  explicit AnswerCache(const Clock& clock) : clock_(clock) {}

  Body Get(const std::shared_ptr<const DaemonStatus>& status, const Make& make);
  // The same, compressed.
  Body GetGzip(const std::shared_ptr<const DaemonStatus>& status, const Make& make);

 private:
  bool IsFresh(const std::shared_ptr<const DaemonStatus>& status) const;

  const Clock& clock_;
  std::weak_ptr<const DaemonStatus> made_of_;
  Clock::Monotonic made_;
  Clock::Monotonic::duration cost_{};
  Body body_;
  Body gzip_;  // of body_, or null
};

}  // namespace stickyd
