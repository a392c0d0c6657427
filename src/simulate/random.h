// SPDX-License-Identifier: Apache-2.0
// random.h: the simulator's dice. The same seed gives the same throws with every C++ library, which
// the distributions of <random> do not promise.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

namespace stickyd {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  uint64_t Bits() { return engine_(); }
  // 0 <= result < 1
  double Fraction() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }
  bool Chance(double share) { return Fraction() < share; }
  // REQUIRES: n > 0
  uint32_t Below(uint32_t n) {
    return static_cast<uint32_t>(((engine_() >> 32U) * uint64_t{n}) >> 32U);
  }
  double Exponential(double mean) { return -std::log(1.0 - Fraction()) * mean; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace stickyd
