// byte_masks.h: sixteen bytes compared at once; a bit for each.
// Role:    what the shortcuts of the parsers look at lines with.
// Cost:    three instructions on amd64; elsewhere a loop that compilers make vectors of.
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstddef>
#include <cstdint>

namespace stickyd {

inline constexpr size_t kMaskBytes = 16;

// Which of the bytes are the same. REQUIRES: kMaskBytes readable bytes in both.
inline uint32_t SameBytes(const char* a, const char* b) {
#ifdef __SSE2__
  const __m128i left = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a));
  const __m128i right = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(left, right)));
#else
  uint32_t same = 0;
  for (unsigned i = 0; i < kMaskBytes; ++i) same |= (a[i] == b[i] ? 1U : 0U) << i;
  return same;
#endif
}

// Which of the bytes are `byte`. REQUIRES: kMaskBytes readable bytes.
inline uint32_t BytesThatAre(char byte, const char* text) {
#ifdef __SSE2__
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte))));
#else
  uint32_t matches = 0;
  for (unsigned i = 0; i < kMaskBytes; ++i) matches |= (text[i] == byte ? 1U : 0U) << i;
  return matches;
#endif
}

}  // namespace stickyd
