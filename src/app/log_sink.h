// SPDX-License-Identifier: Apache-2.0
// log_sink.h: the daemon's log on standard error. It never waits for a reader.
// Role:    spdlog writes through it; what the pipeline thread logs must not stop it.
// Shape:   a line per message. What a reader does not take in time is lost, and the log says how
//          much once it is up to date again.
// Threads: thread-safe, by spdlog's lock.
#pragma once

#include <spdlog/details/log_msg.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>

#include "stickyd/base/output_file.h"

namespace stickyd {

class LogSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LogSink(OutputFile out) : out_(std::move(out)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;

 private:
  void Write(const spdlog::details::log_msg& message);

  OutputFile out_;
  uint64_t told_ = 0;  // of the messages that were lost
};

}  // namespace stickyd
