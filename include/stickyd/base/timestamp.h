// SPDX-License-Identifier: Apache-2.0
// timestamp.h: RFC 3339 and common-log-format timestamps, parsed without allocation.
// Role:    the CLF and JSON parsers use it for every line.
// Shape:   RFC 3339 as Go prints it (0 to 9 fraction digits, Z or offset), and CLF's
//          02/Jan/2006:15:04:05 -0700 with English months.
// Errors:  nullopt for anything else, impossible dates included.
// Threads: one object per thread; it remembers the last second it parsed.
// Cost:    many lines come in one second, so the date part is usually a memcmp.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace stickyd {

class TimestampParser {
 public:
  // Nanoseconds since the epoch.
  std::optional<int64_t> ParseRfc3339(std::string_view text) {
    int64_t nanoseconds = 0;
    if (!ReadRfc3339(text, nanoseconds)) return std::nullopt;
    return nanoseconds;
  }
  // Seconds since the epoch; `text` is exactly 26 bytes.
  std::optional<int64_t> ParseClf(std::string_view text) {
    if (text.size() != kClfLength) return std::nullopt;
    const bool same = std::memcmp(text.data(), clf_text_.data(), kClfLength) == 0;
    if (!same && !ReadClf(text)) return std::nullopt;
    return clf_seconds_;
  }

  static constexpr size_t kClfLength = 26;
  static constexpr size_t kRfcDateLength = 19;  // 2006-01-02T15:04:05

 private:
  bool ReadRfc3339(std::string_view text, int64_t& nanoseconds);
  bool ReadDate(std::string_view text);
  bool ReadClf(std::string_view text);

  // What was parsed last; texts end in a NUL that is none of theirs.
  std::array<char, kClfLength + 1> clf_text_{"01/Jan/1970:00:00:00 +0000"};
  int64_t clf_seconds_ = 0;
  std::array<char, kRfcDateLength + 1> rfc_text_{"1970-01-01T00:00:00"};
  int64_t rfc_seconds_ = 0;
};

// Is `text` laid out like a CLF time (digits and separators in their places)? Says nothing about
// the date being possible.
bool LooksLikeClfTime(std::string_view text);

}  // namespace stickyd
