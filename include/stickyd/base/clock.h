// SPDX-License-Identifier: Apache-2.0
// clock.h: the seam to the machine's clocks, so that tests can set the time. Only what runs once
// (the progress of analyze, "--since 2h") and what only sleeps (sleeper.h) reads them itself.
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
