// SPDX-License-Identifier: Apache-2.0
#include "later_answer.h"

#include <utility>

namespace stickyd {

void LaterAnswer::Give(ServedAnswer answer) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    answer_ = std::make_unique<ServedAnswer>(std::move(answer));
    wake = wake_;
  }
  if (wake) wake();
}

void LaterAnswer::Await(std::function<void()> wake) {
  bool there = false;
  {
    const std::lock_guard lock(mutex_);
    there = answer_ != nullptr;
    wake_ = std::move(wake);
  }
  if (there) wake_();
}

std::unique_ptr<ServedAnswer> LaterAnswer::Take() {
  const std::lock_guard lock(mutex_);
  return std::move(answer_);
}

}  // namespace stickyd
