// manual_clock.h: time that passes when a test says so.
#pragma once

#include "stickyd/base/clock.h"

namespace stickyd {

class ManualClock : public Clock {
 public:
  Monotonic Now() const override { return now_; }
  int64_t WallNanoseconds() const override {
    return kWallStart + std::chrono::nanoseconds(now_ - kStart).count();
  }
  void Advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  static constexpr Monotonic kStart{std::chrono::hours(1)};
  static constexpr int64_t kWallStart = 1'776'400'000'000'000'000;  // in April 2026
  Monotonic now_ = kStart;
};

}  // namespace stickyd
