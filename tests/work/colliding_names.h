// SPDX-License-Identifier: Apache-2.0
// colliding_names.h: names that std::hash<std::string_view> gives one hash; anybody can make them.
// Shape:   libstdc++ hashes eight bytes at a time, without a secret, and every step can be undone:
//          the first eight bytes of a name are free, the next eight undo them.
// Source:  libstdc++-v3/libsupc++/hash_bytes.cc.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

// `prefix` and sixteen bytes more each. REQUIRES: the prefix has a multiple of eight bytes.
inline std::vector<std::string> CollidingNames(std::string_view prefix, size_t count) {
  constexpr uint64_t kFactor = 0xc6a4a7935bd1e995U;
  constexpr uint64_t kInverse = [] {
    uint64_t inverse = 1;
    for (int i = 0; i < 6; ++i) inverse *= 2 - kFactor * inverse;
    return inverse;
  }();
  const auto mix = [](uint64_t value) { return value ^ (value >> 47U); };  // undoes itself
  const auto block_of = [&](uint64_t mixed) { return mix(mixed * kInverse) * kInverse; };
  std::vector<std::string> names;
  // Whatever the state is that the prefix leads to: the second block undoes the first one's change
  // of the state by `value`.
  constexpr uint64_t kSeed = 0xc70f6907U;
  uint64_t state = kSeed ^ ((prefix.size() + 16) * kFactor);
  for (size_t at = 0; at < prefix.size(); at += 8) {
    uint64_t block = 0;
    std::memcpy(&block, prefix.data() + at, 8);
    state = (state ^ (mix(block * kFactor) * kFactor)) * kFactor;
  }
  for (uint64_t value = 1; value <= count; ++value) {
    const uint64_t between = (state ^ value) * kFactor;
    const uint64_t blocks[] = {block_of(value), block_of(between)};  // to the state 0
    std::string name(prefix);
    name.append(reinterpret_cast<const char*>(blocks), sizeof blocks);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace stickyd
