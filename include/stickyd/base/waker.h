// SPDX-License-Identifier: Apache-2.0
// waker.h: waits until something happens: a file changes, a pipe has bytes, somebody calls Wake, or
// time is up.
// Role:    watch's loop sleeps here; tests use a waker that never sleeps.
// Errors:  where the system refuses to notify (no inotify watches left), CanNotify says so and the
//          caller polls.
// Threads: Wait, Pause and the Watch functions on one thread; Wake from any thread or handler.
// Source:  epoll, inotify, eventfd.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "stickyd/base/result.h"

namespace stickyd {

class Waker {
 public:
  virtual ~Waker() = default;
  // Sets the directories whose changes wake, in place of those before. Fails if one of them cannot
  // be watched.
  virtual Status WatchDirectories(const std::vector<std::string>& directories) = 0;
  // Sets the pipes whose bytes wake, in place of those before.
  virtual void WatchDescriptors(const std::vector<int>& descriptors) = 0;
  // True: something happened. False: time is up.
  virtual bool Wait(std::chrono::milliseconds timeout) = 0;
  // Sleeps for this time, whatever files and pipes do. Only Wake ends it early; it ends the next
  // Wait as well.
  virtual void Pause(std::chrono::milliseconds time) = 0;
  virtual void Wake() = 0;
};

std::unique_ptr<Waker> MakeWaker();

}  // namespace stickyd
