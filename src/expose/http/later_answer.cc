// SPDX-License-Identifier: Apache-2.0
#include "later_answer.h"

#include <utility>

namespace stickyd {

void LaterAnswer::Give(ServedAnswer answer) {
  const auto wake = state_.Use([&](State& state) {
    state.answer = std::make_unique<ServedAnswer>(std::move(answer));
    return state.wake;
  });
  if (wake) wake();
}

void LaterAnswer::Await(std::function<void()> wake) {
  const bool there = state_.Use([&](State& state) {
    state.wake = wake;
    return state.answer != nullptr;
  });
  if (there) wake();
}

std::unique_ptr<ServedAnswer> LaterAnswer::Take() {
  return state_.Use([](State& state) { return std::move(state.answer); });
}

}  // namespace stickyd
