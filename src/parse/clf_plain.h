// clf_plain.h: the pieces of a plain CLF line: quotes, numbers and the head.
// Role:    ClfParser's shortcut is made of them.
// Cost:    eight bytes at a time; no allocation.
#pragma once

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

// Where the quotes of a line are that has as many as five quoted fields need.
class Quotes {
 public:
  static constexpr size_t kCount = 10;

  // False: there are more or fewer.
  bool Find(std::string_view line) {
    size_t count = 0;
    size_t at = 0;
    // Eight bytes at a time: a byte of `match` is 0x80 where the line has a quote.
    for (; at + sizeof(uint64_t) <= line.size(); at += sizeof(uint64_t)) {
      uint64_t bytes = 0;
      std::memcpy(&bytes, line.data() + at, sizeof bytes);
      constexpr uint64_t kLow7 = 0x7F7F7F7F7F7F7F7FU;
      const uint64_t x = bytes ^ 0x2222222222222222U;
      uint64_t match = ~(((x & kLow7) + kLow7) | x | kLow7);
      for (; match != 0; match &= match - 1) {
        if (count == kCount) return false;
        at_[count++] = at + static_cast<size_t>(std::countr_zero(match)) / 8;
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

inline bool IsIpv4Address(std::string_view text) {
  size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) return false;
    const size_t begin = at;
    unsigned value = 0;
    while (at < text.size() && IsDigit(text[at]) && at - begin < 3) {
      value = value * 10 + static_cast<unsigned>(text[at++] - '0');
    }
    const size_t digits = at - begin;
    if (digits == 0 || value > 255 || (digits > 1 && text[begin] == '0')) return false;
  }
  return at == text.size();
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
