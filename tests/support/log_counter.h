// SPDX-License-Identifier: Apache-2.0
// log_counter.h: how many messages the daemon logs, by level. Never what they say.
#pragma once

#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace stickyd {

class LogCounter {
 public:
  LogCounter() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink_));
  }
  ~LogCounter() { spdlog::set_default_logger(before_); }
  LogCounter(const LogCounter&) = delete;
  LogCounter& operator=(const LogCounter&) = delete;

  // Since it was made.
  int64_t count(spdlog::level::level_enum level) const {
    const auto messages = sink_->last_raw();
    return std::count_if(messages.begin(), messages.end(),
                         [&](const auto& message) { return message.level == level; });
  }

 private:
  std::shared_ptr<spdlog::logger> before_;
  std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> sink_ =
      std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(1000);
};

}  // namespace stickyd
