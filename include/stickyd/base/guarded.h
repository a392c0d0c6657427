// SPDX-License-Identifier: Apache-2.0
// guarded.h: a value that several threads use, inside the lock that guards it.
// Role:    what threads hand to each other as a whole, such as the latest status. Nobody can reach
//          the value without the lock.
// Shape:   Get copies out, Set moves in. Use lets a function work on the value.
// Threads: thread-safe.
// Cost:    the lock is held while the value is copied or moved: for a large one, use a shared_ptr.
//          It is held for as long as the function of Use takes, too.
#pragma once

#include <mutex>
#include <utility>

namespace stickyd {

template <class T>
class Guarded {
 public:
  T Get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  void Set(T value) {
    const std::lock_guard lock(mutex_);
    std::swap(value_, value);  // the old value ends behind the lock
  }
  // What `work` gives back must not refer to the value. `work` must not use this again.
  template <class Work>
  auto Use(const Work& work) {
    const std::lock_guard lock(mutex_);
    return work(value_);
  }
  template <class Work>
  auto Use(const Work& work) const {
    const std::lock_guard lock(mutex_);
    return work(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace stickyd
