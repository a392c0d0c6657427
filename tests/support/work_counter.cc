// SPDX-License-Identifier: Apache-2.0
// Compiled without the hook itself (cmake/CountWork.cmake): it would never return.
#include "work_counter.h"

#include <algorithm>
#include <cstddef>

// NOLINTBEGIN(bugprone-reserved-identifier): the compiler and the linker want these names.
namespace {

constexpr size_t kBytesPerStep = 16;
constexpr uint64_t kStepsPerAllocation = 16;

thread_local uint64_t steps = 0;

void Count(size_t bytes) { steps += 1 + bytes / kBytesPerStep; }

size_t BytesBetween(const void* begin, const void* end) {
  return static_cast<size_t>(static_cast<const char*>(end) - static_cast<const char*>(begin));
}

// How far two texts are the same.
size_t SameBytes(const void* a, const void* b, size_t most) {
  const char* const left = static_cast<const char*>(a);
  return BytesBetween(left, std::mismatch(left, left + most, static_cast<const char*>(b)).first);
}

}  // namespace

namespace stickyd {

uint64_t WorkDone() { return steps; }

}  // namespace stickyd

extern "C" {

// libFuzzer has a hook of its own, which its objects go on to call.
void __wrap___sanitizer_cov_trace_pc() { ++steps; }

void* __real_memchr(const void* text, int byte, size_t size);
void* __wrap_memchr(const void* text, int byte, size_t size) {
  void* const found = __real_memchr(text, byte, size);
  Count(found == nullptr ? size : BytesBetween(text, found));
  return found;
}

int __real_memcmp(const void* a, const void* b, size_t size);
int __wrap_memcmp(const void* a, const void* b, size_t size) {
  const int order = __real_memcmp(a, b, size);
  Count(order == 0 ? size : SameBytes(a, b, size));
  return order;
}
int __wrap_bcmp(const void* a, const void* b, size_t size) { return __wrap_memcmp(a, b, size); }

size_t __real_strlen(const char* text);
size_t __wrap_strlen(const char* text) {
  const size_t size = __real_strlen(text);
  Count(size);
  return size;
}

// clang's address sanitizer calls its own by name.
#define STICKYD_COUNT_COPY(name)                                 \
  void* __real_##name(void* to, const void* from, size_t size);  \
  void* __wrap_##name(void* to, const void* from, size_t size) { \
    Count(size);                                                 \
    return __real_##name(to, from, size);                        \
  }
STICKYD_COUNT_COPY(memcpy)
STICKYD_COUNT_COPY(memmove)
#ifdef __clang__
STICKYD_COUNT_COPY(__asan_memcpy)
STICKYD_COUNT_COPY(__asan_memmove)
#endif
#undef STICKYD_COUNT_COPY

#define STICKYD_COUNT_FILL(name)                         \
  void* __real_##name(void* to, int byte, size_t size);  \
  void* __wrap_##name(void* to, int byte, size_t size) { \
    Count(size);                                         \
    return __real_##name(to, byte, size);                \
  }
STICKYD_COUNT_FILL(memset)
#ifdef __clang__
STICKYD_COUNT_FILL(__asan_memset)
#endif
#undef STICKYD_COUNT_FILL

// std::_Hash_bytes, libsodium's and operator new.
size_t __real__ZSt11_Hash_bytesPKvmm(const void* text, size_t size, size_t seed);
size_t __wrap__ZSt11_Hash_bytesPKvmm(const void* text, size_t size, size_t seed) {
  Count(size);
  return __real__ZSt11_Hash_bytesPKvmm(text, size, seed);
}
int __real_crypto_shorthash(unsigned char* out, const unsigned char* text, unsigned long long size,
                            const unsigned char* key);
int __wrap_crypto_shorthash(unsigned char* out, const unsigned char* text, unsigned long long size,
                            const unsigned char* key) {
  Count(size);
  return __real_crypto_shorthash(out, text, size, key);
}
void* __real__Znwm(size_t size);
void* __wrap__Znwm(size_t size) {
  steps += kStepsPerAllocation;
  return __real__Znwm(size);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)
