// SPDX-License-Identifier: Apache-2.0
// later_answer.h: hands an answer from the thread that makes it to the loop, which may have ended.
// Role:    a handler of HttpLoop answers with it where the answer takes long: a run of a probe.
// Shape:   one answer, given once and taken once.
// Threads: Give from any thread; the rest is the loop's.
#pragma once

#include <functional>
#include <memory>

#include "loop.h"
#include "stickyd/base/guarded.h"

namespace stickyd {

class LaterAnswer {
 public:
  // Once, from any thread.
  void Give(ServedAnswer answer);

  // For the loop. `wake` is called once the answer is there, in whatever thread; it must not throw.
  void Await(std::function<void()> wake);
  std::unique_ptr<ServedAnswer> Take();  // null: it is not there

 private:
  struct State {
    std::unique_ptr<ServedAnswer> answer;
    std::function<void()> wake;
  };
  Guarded<State> state_;
};

}  // namespace stickyd
