// SPDX-License-Identifier: Apache-2.0
// prefetch.h: asks the processor for memory that will be needed, without waiting for it.
// Cost:    one instruction for each cache line.
#pragma once

#include <cstddef>

namespace stickyd {

// The line that `at` lies in.
inline void Prefetch(const void* at) {
  __builtin_prefetch(at);
  // GCC thinks that a function which only prefetches has no effect, and drops calls of it. An empty
  // asm counts as an effect.
  asm volatile("");
}

// All lines of `bytes` bytes from `at`. REQUIRES: bytes > 0.
inline void Prefetch(const void* at, size_t bytes) {
  constexpr size_t kLine = 64;
  const char* first = static_cast<const char*>(at);
  for (size_t i = 0; i < bytes; i += kLine) Prefetch(first + i);
  Prefetch(first + bytes - 1);
}

}  // namespace stickyd
