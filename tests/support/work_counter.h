// SPDX-License-Identifier: Apache-2.0
// work_counter.h: how much work a thread has done, in steps; not how long it took.
// Role:    tests/work and the fuzz targets hold inputs against it: the same on every machine.
// Shape:   a step is a basic block of ours that was entered (the compiler calls a hook there), or
//          sixteen bytes that memchr, memcmp, memcpy, memmove, memset, strlen or a hash
//          (libstdc++'s, libsodium's keyed one) looked at, or a sixteenth of an allocation.
//          Templates of the standard library, of fmt, nlohmann-json and simdjson's On-Demand are
//          compiled with ours and count. Not seen is what happens within shared libraries:
//          simdjson's first stage and its DOM, RE2, zlib, zstd, xz, libsodium, OpenSSL, libpsl,
//          Boost, number formatting of fmt, streams of libstdc++, the kernel.
// Threads: each has a count of its own.
// Cost:    some three times the time. Only where STICKYD_COUNT_WORK is on (presets asan and fuzz);
//          elsewhere nothing is compiled in and nothing is counted.
// Source:  -fsanitize-coverage=trace-pc of GCC and clang; --wrap of the linker.
#pragma once

#include <cstdint>

namespace stickyd {

#ifdef STICKYD_COUNT_WORK
inline constexpr bool kWorkIsCounted = true;
// Steps of this thread so far.
uint64_t WorkDone();
#else
inline constexpr bool kWorkIsCounted = false;
inline uint64_t WorkDone() { return 0; }
#endif

// The steps of a call.
template <class Run>
uint64_t WorkOf(Run run) {
  const uint64_t before = WorkDone();
  run();
  return WorkDone() - before;
}

}  // namespace stickyd
