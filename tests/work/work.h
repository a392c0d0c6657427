// SPDX-License-Identifier: Apache-2.0
// work.h: holds what an input costs against its size: no clock, so the same on every machine.
// Shape:   a measure makes an input of about some size and says what reading it cost. It is asked
//          for two sizes, the second eight times the first. Linear: the cost grows as the size,
//          give or take. Cheap: the larger one stays under a ceiling of steps per byte (or per
//          whatever the size is in).
// Source:  support/work_counter.h says what a step is, and what is not seen.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/work_counter.h"

namespace stickyd {

struct Cost {
  uint64_t steps = 0;
  size_t size = 0;  // bytes, records, servers
};

struct Sizes {
  size_t small = size_t{16} * 1024;
  size_t large = size_t{128} * 1024;
};

// How much faster than its size a cost may grow: buffers that are larger, trees that are deeper.
inline constexpr double kMostGrowth = 1.3;

template <class Measure>
void ExpectLinear(const std::string& what, uint64_t most_per_size, Measure measure,
                  Sizes sizes = {}) {
  SCOPED_TRACE(what);
  const Cost small = measure(sizes.small);
  const Cost large = measure(sizes.large);
  const double growth = static_cast<double>(large.steps) / static_cast<double>(small.steps);
  const double wanted = static_cast<double>(large.size) / static_cast<double>(small.size);
  EXPECT_LE(growth, kMostGrowth * wanted)
      << small.steps << " steps for " << small.size << ", " << large.steps << " for " << large.size;
  EXPECT_LE(large.steps, most_per_size * large.size) << "for " << large.size;
}

// `piece` again and again, some `size` bytes of it.
inline std::string Filled(std::string_view piece, size_t size) {
  std::string text;
  while (text.size() < size) text += piece;
  return text;
}

}  // namespace stickyd
