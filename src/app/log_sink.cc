// SPDX-License-Identifier: Apache-2.0
#include "log_sink.h"

#include <fmt/format.h>

namespace stickyd {

void LogSink::Write(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  (void)out_.Write({line.data(), line.size()});
}

void LogSink::sink_it_(const spdlog::details::log_msg& message) {
  Write(message);
  flush_();
}

void LogSink::flush_() {
  (void)out_.Flush();
  const uint64_t lost = out_.lines().dropped + out_.lines().failed;
  if (lost == told_ || out_.waiting() > 0) return;
  const std::string text = fmt::format("{} messages of this log were lost", lost - told_);
  told_ = lost;
  Write({"stickyd", spdlog::level::warn, text});
  (void)out_.Flush();
}

}  // namespace stickyd
