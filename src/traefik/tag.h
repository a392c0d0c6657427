// SPDX-License-Identifier: Apache-2.0
// tag.h: 16 bits that tell values of a client apart without keeping them.
// Shape:   never 0, which means that there was no value.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace stickyd {

inline uint16_t Tag(std::string_view text) {
  const size_t hash = std::hash<std::string_view>{}(text);
  return static_cast<uint16_t>((hash ^ (hash >> 16U) ^ (hash >> 32U)) | 1U);
}

}  // namespace stickyd
