// SPDX-License-Identifier: Apache-2.0
// fuzz_input.h: the entry of every fuzz target, for libFuzzer and for replay_main.cc; what must
// hold for its inputs, and what they may cost.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "support/work_counter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace stickyd {

inline std::string_view AsText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// What must hold for every input.
inline void Must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// What an input may cost, in steps (support/work_counter.h).
struct Budget {
  uint64_t steps = 0;
  uint64_t steps_per_byte = 0;
};

// The largest share of its budget that an input has used, told when the target ends.
class LargestShare {
 public:
  LargestShare() = default;
  ~LargestShare() {
    if (kWorkIsCounted) std::fprintf(stderr, "at most %ju %% of the budget\n", percent_);
  }
  LargestShare(const LargestShare&) = delete;
  LargestShare& operator=(const LargestShare&) = delete;
  void Add(uintmax_t percent) { percent_ = std::max(percent_, percent); }

 private:
  uintmax_t percent_ = 0;
};

// An input that costs more than its budget is a crash. Where nothing is counted, none is.
inline void MustCost(uint64_t steps, Budget budget, size_t bytes) {
  const uint64_t allowed = budget.steps + budget.steps_per_byte * bytes;
  static LargestShare share;
  share.Add(steps * 100 / allowed);
  if (steps <= allowed) return;
  std::fprintf(stderr, "dear: %ju steps for %zu bytes, %ju are allowed\n", uintmax_t{steps}, bytes,
               uintmax_t{allowed});
  std::abort();
}

template <class Run>
void Within(Budget budget, size_t bytes, Run run) {
  MustCost(WorkOf(run), budget, bytes);
}

// The input up to `separator`, which is taken off too: targets of several texts.
inline std::string_view TakePart(std::string_view& input, char separator = '\n') {
  const size_t end = input.find(separator);
  const std::string_view part = input.substr(0, end);
  input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  return part;
}

}  // namespace stickyd
