// SPDX-License-Identifier: Apache-2.0
// byte_masks.h: sixteen bytes compared at once; a bit for each.
// Role:    the shortcuts of the parsers look at lines with it.
// Cost:    three instructions on amd64; elsewhere a loop that compilers make vectors of.
#pragma once

#if defined(__SSE2__) && !defined(STICKYD_PORTABLE_MASKS)  // defined by a test of the other way
#define STICKYD_MASKS_BY_SSE2
#include <emmintrin.h>
#endif

#include <cstddef>
#include <cstdint>

namespace stickyd {

inline constexpr size_t kMaskBytes = 16;

// Which of the bytes are the same. REQUIRES: kMaskBytes readable bytes in both.
inline uint32_t SameBytes(const char* a, const char* b) {
#ifdef STICKYD_MASKS_BY_SSE2
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
#ifdef STICKYD_MASKS_BY_SSE2
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte))));
#else
  uint32_t matches = 0;
  for (unsigned i = 0; i < kMaskBytes; ++i) matches |= (text[i] == byte ? 1U : 0U) << i;
  return matches;
#endif
}

// Which of the bytes end a run of plain text in a JSON string: quotes, backslashes, control bytes,
// and bytes beyond ASCII. REQUIRES: kMaskBytes readable bytes.
inline uint32_t StopsOfString(const char* text) {
#ifdef STICKYD_MASKS_BY_SSE2
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  // Of a mask the highest bits count: control bytes have it less a blank, bytes beyond ASCII have
  // it.
  const __m128i other = _mm_or_si128(bytes, _mm_sub_epi8(bytes, _mm_set1_epi8(' ')));
  return static_cast<uint32_t>(
      _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), other)));
#else
  uint32_t stops = 0;
  for (unsigned i = 0; i < kMaskBytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool stop = byte == '"' || byte == '\\' || byte < ' ' || byte >= 0x80;
    stops |= (stop ? 1U : 0U) << i;
  }
  return stops;
#endif
}

// Which of the bytes are no digits. REQUIRES: kMaskBytes readable bytes.
inline uint32_t NonDigits(const char* text) {
#ifdef STICKYD_MASKS_BY_SSE2
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  const __m128i nine = _mm_set1_epi8(9);
  const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
  const __m128i digit = _mm_cmpeq_epi8(_mm_max_epu8(values, nine), nine);
  return ~static_cast<uint32_t>(_mm_movemask_epi8(digit)) & 0xFFFFU;
#else
  uint32_t others = 0;
  for (unsigned i = 0; i < kMaskBytes; ++i) {
    others |= (text[i] < '0' || text[i] > '9' ? 1U : 0U) << i;
  }
  return others;
#endif
}

}  // namespace stickyd
