// SPDX-License-Identifier: Apache-2.0
// sleeper.h: a thread's sleep, which other threads can end.
// Role:    what asks again and again in a thread of its own sleeps between two times: the poller of
//          Traefik's API, scheduled probes, a probe that waits for a cookie to end.
// Shape:   a call of Wake ends one Sleep: the one of now, or the next.
// Units:   monotonic time.
// Threads: one thread sleeps, any may wake it. A stop that is requested ends every sleep at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace stickyd {

class Sleeper {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    wake_.notify_one();
  }
  // Until then, or until somebody calls Wake.
  void Sleep(Time until, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop, until, [&] { return woken_; });
    woken_ = false;
  }
  // Until somebody calls Wake.
  void Sleep(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, stop, [&] { return woken_; });
    woken_ = false;
  }
  // Until then, whoever calls Wake: that is forgotten. False: a stop has been requested.
  bool Rest(Time until, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop, until, [] { return false; });
    woken_ = false;
    return !stop.stop_requested();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool woken_ = false;  // under mutex_
};

}  // namespace stickyd
