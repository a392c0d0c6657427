// SPDX-License-Identifier: Apache-2.0
// change_log.h: says once what has changed, and not more often than somebody can read it.
// Role:    the watcher logs the states of sources and of break events through it.
// Shape:   a state is a text, "" is fine. The first change of a topic is news at once; after that
//          it is left alone for kQuiet, and what is news then is the state of that time.
// Units:   monotonic time.
// Threads: thread-compatible.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "stickyd/base/clock.h"

namespace stickyd {

class ChangeLog {
 public:
  static constexpr std::chrono::seconds kQuiet{10};

  // To be asked again and again. Something: `state` is to be said now; how many changes since the
  // last time were not.
  std::optional<uint64_t> News(const std::string& topic, const std::string& state,
                               Clock::Monotonic now);

 private:
  struct Topic {
    std::string said;
    std::string seen;
    uint64_t changes = 0;  // since it was said
    Clock::Monotonic quiet_until;
  };
  std::map<std::string, Topic> topics_;
};

// For the end of a message.
std::string PassedOver(uint64_t changes);

}  // namespace stickyd
