// SPDX-License-Identifier: Apache-2.0
// json_plain.h: JSON as Go's marshaller writes it, without blanks, step by step.
// Role:    JsonParser's shortcut walks a line with it, and leaves every other line to JsonTokens.
// Shape:   a step takes a position and returns the one behind, or null: not written so. The
//          position is an argument, no member: it stays in a register, and every step waits for it.
//          Views point into the line. REQUIRES: kLinePadding readable bytes behind the line.
// Errors:  null. A line that was walked to its end is well-formed: strings are closed and without
//          control bytes, and its UTF-8 is valid if valid_text() says so. Escapes are those of
//          JSON, but for halves of surrogate pairs.
// Threads: one object per line.
// Cost:    sixteen bytes at a time, from value to value; no allocation.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "byte_masks.h"
#include "json_tokens.h"

namespace stickyd {

class PlainJson {
 public:
  explicit PlainJson(std::string_view line) : line_(line), end_(line.data() + line.size()) {}

  const char* begin() const { return line_.data(); }
  const char* end() const { return end_; }

  // `"key":`
  const char* GetKey(const char* at, std::string_view& key) {
    if (*at != '"') return nullptr;
    bool escaped = false;
    const char* const close = EndOfString(at, escaped);
    if (close == nullptr || close[1] != ':') return nullptr;
    key = {at + 1, static_cast<size_t>(close - at - 1)};
    return close + 2;
  }
  // A string, a number of digits alone, null, true or false.
  [[gnu::always_inline]] const char* GetScalar(const char* at, JsonScalar& value) {
    if (*at == '"') {
      value.escaped = value.digits = false;
      const char* const close = EndOfString(at, value.escaped);
      if (close == nullptr) return nullptr;
      value.is_string = true;
      value.text = {at + 1, static_cast<size_t>(close - at - 1)};
      return close + 1;
    }
    const char* const behind = *at >= '0' && *at <= '9' ? EndOfDigits(at) : EndOfWord(at);
    if (behind == nullptr || (*at == '0' && behind != at + 1)) return nullptr;
    if (behind - at > kMostDigits) return nullptr;
    const bool digits = *at <= '9';
    value = {{at, static_cast<size_t>(behind - at)}, false, false, digits};
    return behind;
  }

  bool valid_text() const {
    return !beyond_ascii_ || simdjson::validate_utf8(line_.data(), line_.size());
  }

 private:
  static constexpr std::ptrdiff_t kMostDigits = 19;  // of any number of 64 bits

  // From its opening quote on; the position of the closing one.
  [[gnu::always_inline]] const char* EndOfString(const char* at, bool& escaped) {
    const char* close = at + 1;
    uint32_t stops = StopsOfString(close);
    while (stops == 0) {
      close += kMaskBytes;
      if (close >= end_) return nullptr;
      stops = StopsOfString(close);
    }
    close += static_cast<uint32_t>(std::countr_zero(stops));
    if (*close != '"') {
      const Other other = EndOfOther(close);
      close = other.close;
      escaped = other.escaped;
    }
    return close < end_ ? close : nullptr;
  }
  // From its first digit on; the position behind the last one, or null at the end of the line.
  [[gnu::always_inline]] const char* EndOfDigits(const char* at) const {
    uint32_t others = NonDigits(at);
    while (others == 0 && at < end_) others = NonDigits(at += kMaskBytes);
    at += static_cast<uint32_t>(std::countr_zero(others | 1U << kMaskBytes));
    return at < end_ ? at : nullptr;
  }
  const char* EndOfWord(const char* at) const {
    const bool is_short = std::memcmp(at, "null", 4) == 0 || std::memcmp(at, "true", 4) == 0;
    if (!is_short && std::memcmp(at, "false", 5) != 0) return nullptr;
    at += is_short ? 4 : 5;
    return at < end_ ? at : nullptr;
  }

  struct Other {
    const char* close;
    bool escaped;
  };
  // The closing quote of a string that has more than plain text, from the first of it on; end_: no.
  [[gnu::noinline]] Other EndOfOther(const char* at) {
    bool escaped = false;
    while (at < end_) {
      const uint32_t stops = StopsOfString(at);
      if (stops == 0) {
        at += kMaskBytes;
        continue;
      }
      at += std::countr_zero(stops);
      if (*at == '"') return {at, escaped};
      if (*at == '\\') {
        escaped = true;
        ++at;
        if (*at != 'u') {
          if (std::strchr("\"\\/bfnrt", *at) == nullptr || *at == '\0') break;
          ++at;
        } else if (AreHexDigits(at + 1)) {
          at += 5;
        } else {
          break;
        }
      } else if (static_cast<unsigned char>(*at) >= 0x80) {
        beyond_ascii_ = true;
        ++at;
      } else {
        break;
      }
    }
    return {end_, escaped};
  }

  static bool AreHexDigits(const char* at) {
    return std::all_of(at, at + 4, [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
  }

  const std::string_view line_;
  const char* const end_;
  bool beyond_ascii_ = false;
};

}  // namespace stickyd
