// SPDX-License-Identifier: Apache-2.0
// digits.h: numbers from digits, eight at a time.
// Role:    for texts that are known to be digits: JsonParser's shortcut reads counts, durations and
//          states with it, TimestampParser fractions of a second. ParseDigits in text.h is for all
//          others.
// Threads: pure functions.
// Cost:    about twelve instructions for eight digits.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace stickyd {

// The number that `size` digits make. REQUIRES: 1 <= size <= 8; eight readable bytes; digits.
inline uint64_t UpToEightDigits(const char* text, size_t size) {
  uint64_t digits = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&digits, text, sizeof digits);
    digits <<= 8 * (8 - size);  // zeros in front
    digits &= 0x0F0F0F0F0F0F0F0FU;
    digits = (digits * 10 + (digits >> 8U)) & 0x00FF00FF00FF00FFU;
    digits = (digits * 100 + (digits >> 16U)) & 0x0000FFFF0000FFFFU;
    return (digits * 10000 + (digits >> 32U)) & 0xFFFFFFFFU;
  } else {
    for (size_t i = 0; i < size; ++i) digits = digits * 10 + static_cast<uint64_t>(text[i] - '0');
    return digits;
  }
}

// The same of up to 19 digits. REQUIRES: 24 readable bytes, as in a padded line.
inline uint64_t KnownDigits(const char* text, size_t size) {
  uint64_t value = 0;
  for (; size > 8; text += 8, size -= 8) value = value * 100'000'000 + UpToEightDigits(text, 8);
  constexpr uint64_t kPowers[] = {1,       10,        100,        1000,       10'000,
                                  100'000, 1'000'000, 10'000'000, 100'000'000};
  return value * kPowers[size] + UpToEightDigits(text, size);
}

}  // namespace stickyd
