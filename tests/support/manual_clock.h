// SPDX-License-Identifier: Apache-2.0
// manual_clock.h: time that passes when a test says so.
// Threads: one thread lets it pass, any may look.
#pragma once

#include <atomic>

#include "stickyd/base/clock.h"

namespace stickyd {

class ManualClock : public Clock {
 public:
  Monotonic Now() const override { return now_.load(); }
  int64_t WallNanoseconds() const override {
    return kWallStart + std::chrono::nanoseconds(now_.load() - kStart).count();
  }
  void Advance(std::chrono::milliseconds by) { now_ = now_.load() + by; }

 private:
  static constexpr Monotonic kStart{std::chrono::hours(1)};
  static constexpr int64_t kWallStart = 1'776'400'000'000'000'000;  // in April 2026
  std::atomic<Monotonic> now_ = kStart;
};

}  // namespace stickyd
