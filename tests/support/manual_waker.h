// SPDX-License-Identifier: Apache-2.0
// manual_waker.h: a waker that never sleeps; waiting lets a manual clock's time pass.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "manual_clock.h"
#include "stickyd/base/waker.h"

namespace stickyd {

class ManualWaker : public Waker {
 public:
  explicit ManualWaker(ManualClock& clock) : clock_(clock) {}

  Status WatchDirectories(const std::vector<std::string>& directories) override {
    if (refuse) return Fail(ErrorCode::kIo, "no watches left");
    watched = directories;
    ++times_watched;
    return {};
  }
  void WatchDescriptors(const std::vector<int>&) override {}
  bool Wait(std::chrono::milliseconds timeout) override {
    waits.push_back(timeout);
    if (on_wait) on_wait();
    if (woken) {
      woken = false;
      return true;
    }
    clock_.Advance(timeout);
    return false;
  }
  void Pause(std::chrono::milliseconds time) override {
    if (!woken) clock_.Advance(time);
  }
  void Wake() override { woken = true; }

  bool refuse = false;  // as a kernel without inotify watches left
  bool woken = false;
  std::function<void()> on_wait;  // the world goes on
  std::vector<std::string> watched;
  size_t times_watched = 0;
  std::vector<std::chrono::milliseconds> waits;

 private:
  ManualClock& clock_;
};

}  // namespace stickyd
