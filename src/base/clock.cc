// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/clock.h"

namespace stickyd {
namespace {

class MachineClock : public Clock {
 public:
  Monotonic Now() const override { return std::chrono::steady_clock::now(); }
  int64_t WallNanoseconds() const override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  }
};

}  // namespace

Clock& RealClock() {
  static MachineClock clock;
  return clock;
}

}  // namespace stickyd
