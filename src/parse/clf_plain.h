// clf_plain.h: the pieces of a plain CLF line: quotes, numbers and the head.
// Role:    ClfParser's shortcut is made of them.
// Cost:    sixteen bytes at a time; no allocation.
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "stickyd/base/text.h"
#include "stickyd/base/timestamp.h"

namespace stickyd {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A bit for each of the bytes from `text` on that is `byte`.
inline uint32_t MatchesIn(const char* text, char byte) {
#ifdef __SSE2__
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte))));
#else
  uint32_t matches = 0;
  for (unsigned i = 0; i < 16; ++i) matches |= (text[i] == byte ? 1U : 0U) << i;
  return matches;
#endif
}

// Where the quotes of a line are that has as many as five quoted fields need.
class Quotes {
 public:
  static constexpr size_t kCount = 10;

  // False: there are more or fewer.
  bool Find(std::string_view line) {
    constexpr size_t kStep = 16;
    size_t count = 0;
    size_t at = 0;
    for (; at + kStep <= line.size(); at += kStep) {
      for (uint32_t match = MatchesIn(line.data() + at, '"'); match != 0; match &= match - 1) {
        if (count == kCount) return false;
        at_[count++] = at + static_cast<size_t>(std::countr_zero(match));
      }
    }
    for (; at < line.size(); ++at) {
      if (line[at] != '"') continue;
      if (count == kCount) return false;
      at_[count++] = at;
    }
    return count == kCount;
  }
  size_t operator[](size_t i) const { return at_[i]; }

 private:
  std::array<size_t, kCount> at_{};
};

// A number between two quotes: ` NUMBER ` from `begin` to `end`.
inline std::optional<uint64_t> SpacedNumber(std::string_view line, size_t begin, size_t end) {
  if (end < begin + 3 || line[begin] != ' ' || line[end - 1] != ' ') return std::nullopt;
  return ParseDigits(line.substr(begin + 1, end - begin - 2));
}

// As Go prints one: no zeros in front.
inline bool IsIpv4Address(std::string_view text) {
  unsigned dots = 0;
  unsigned digits = 0;
  unsigned value = 0;
  for (const char c : text) {
    if (IsDigit(c)) {
      if (digits > 0 && value == 0) return false;
      value = value * 10 + static_cast<unsigned>(c - '0');
      ++digits;
      if (value > 255) return false;
    } else {
      if (c != '.' || digits == 0) return false;
      ++dots;
      value = digits = 0;
    }
  }
  return dots == 3 && digits > 0;
}

// `ADDRESS - - [TIME] ` of one address and nobody logged in; its time.
inline std::optional<std::string_view> PlainHead(std::string_view head) {
  constexpr size_t kTime = TimestampParser::kClfLength;
  if (head.size() < kTime + 12) return std::nullopt;
  const size_t client = head.size() - kTime - 8;  // ` - - [` and `] `
  if (head.substr(client, 6) != " - - [" || head.substr(client + 6 + kTime) != "] " ||
      !IsIpv4Address(head.substr(0, client))) {
    return std::nullopt;
  }
  return head.substr(client + 6, kTime);
}

}  // namespace stickyd
