// SPDX-License-Identifier: Apache-2.0
// mix.h: a quick hash of a text, to tell texts apart for a short while.
// Shape:   no key: whoever knows this code can find two texts alike. It is for places where that
//          harms nobody but them, and nothing of it is kept or shown. base/hash.h is for all else.
// Threads: pure function.
// Cost:    eight bytes at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace stickyd {

inline uint64_t Mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9E37'79B9'7F4A'7C15U;
  return hash ^ hash >> 29U;
}

inline uint64_t MixText(uint64_t hash, std::string_view text) {
  const char* at = text.data();
  size_t left = text.size();
  hash = Mix(hash, left);
  uint64_t part = 0;
  for (; left >= sizeof part; at += sizeof part, left -= sizeof part) {
    std::memcpy(&part, at, sizeof part);
    hash = Mix(hash, part);
  }
  part = 0;
  for (; left > 0; --left) part = part << 8U | static_cast<unsigned char>(*at++);
  return Mix(hash, part);
}

}  // namespace stickyd
