// SPDX-License-Identifier: Apache-2.0
// clock.h: the seam to the machine's clocks, for what runs in the daemon, so that tests can set
// the time. What runs once reads them itself: the progress of analyze, the time of "--since 2h".
// Units:   monotonic for timers, wall (nanoseconds since 1970) for display and latency.
// Threads: implementations are thread-safe.
#pragma once

#include <chrono>
#include <cstdint>

namespace stickyd {

class Clock {
 public:
  using Monotonic = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  virtual Monotonic Now() const = 0;
  virtual int64_t WallNanoseconds() const = 0;
};

// The clock of this machine. It lives forever.
Clock& RealClock();

}  // namespace stickyd
