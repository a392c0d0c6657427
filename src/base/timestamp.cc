// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/timestamp.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iterator>

#include "stickyd/base/digits.h"

namespace stickyd {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// REQUIRES: `count` digits at text[at].
int Digits(std::string_view text, size_t at, size_t count) {
  int value = 0;
  for (size_t i = at; i < at + count; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

// '9' in the pattern stands for a digit, 'A' for a letter, anything else for itself.
bool Matches(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = text[i];
    if (pattern[i] == '9') {
      if (!IsDigit(c)) return false;
    } else if (pattern[i] == 'A') {
      if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z')) return false;
    } else if (c != pattern[i]) {
      return false;
    }
  }
  return true;
}

// Far enough apart for any log, and in nanoseconds still an int64_t.
constexpr int64_t kFirstYear = 1900;
constexpr int64_t kLastYear = 2199;

std::optional<int64_t> ToUnix(int year, int month, int day, int hour, int minute, int second) {
  if (year < kFirstYear || year > kLastYear) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::chrono::sys_days days(date);
  return int64_t{days.time_since_epoch().count()} * 86400 + hour * 3600 + minute * 60 + second;
}

int MonthNumber(std::string_view name) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const size_t at = kMonths.find(name);
  return at == std::string_view::npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
}

// +hh:mm, -hh:mm or Z, in seconds.
std::optional<int64_t> ParseOffset(std::string_view zone) {
  if (zone == "Z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  if (!Matches(zone.substr(1), "99:99")) return std::nullopt;
  const int64_t offset = Digits(zone, 1, 2) * 3600 + Digits(zone, 4, 2) * 60;
  return zone[0] == '-' ? -offset : offset;
}

// REQUIRES: eight readable bytes.
bool AreEightDigits(const char* text) {
  constexpr uint64_t kHigh = 0xF0F0F0F0F0F0F0F0U;
  constexpr uint64_t kOfDigits = 0x3030303030303030U;
  uint64_t bytes = 0;
  std::memcpy(&bytes, text, sizeof bytes);
  return (bytes & kHigh) == kOfDigits && ((bytes + 0x0606060606060606U) & kHigh) == kOfDigits;
}

// `.` and up to nine digits, in nanoseconds, or nothing: taken off the front of `text`.
std::optional<int64_t> TakeFraction(std::string_view& text) {
  static constexpr int64_t kUnits[] = {1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 100'000,
                                       10'000,        1'000,       100,        10,        1};
  if (text.empty() || text.front() != '.') return 0;
  const size_t most = std::min(text.size(), std::size(kUnits));
  int64_t value = 0;
  size_t at = 1;
  for (; at < most && IsDigit(text[at]); ++at) value = value * 10 + (text[at] - '0');
  if (at == 1) return std::nullopt;
  text.remove_prefix(at);
  return value * kUnits[at - 1];
}

}  // namespace

bool LooksLikeClfTime(std::string_view text) {
  if (text.size() != TimestampParser::kClfLength) return false;
  if (text[21] != '+' && text[21] != '-') return false;
  return Matches(text.substr(0, 21), "99/AAA/9999:99:99:99 ") && Matches(text.substr(22), "9999");
}

bool TimestampParser::ReadClf(std::string_view text) {
  if (!LooksLikeClfTime(text)) return false;
  const int month = MonthNumber(text.substr(3, 3));
  if (month == 0) return false;
  const auto local = ToUnix(Digits(text, 7, 4), month, Digits(text, 0, 2), Digits(text, 12, 2),
                            Digits(text, 15, 2), Digits(text, 18, 2));
  if (!local) return false;
  const int64_t offset = Digits(text, 22, 2) * 3600 + Digits(text, 24, 2) * 60;
  clf_seconds_ = *local - (text[21] == '-' ? -offset : offset);
  std::memcpy(clf_text_.data(), text.data(), kClfLength);
  return true;
}

bool TimestampParser::ReadDate(std::string_view text) {
  if (std::memcmp(text.data(), rfc_text_.data(), kRfcDateLength) == 0) return true;
  if (!Matches(text.substr(0, kRfcDateLength), "9999-99-99T99:99:99")) return false;
  const auto seconds = ToUnix(Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2),
                              Digits(text, 11, 2), Digits(text, 14, 2), Digits(text, 17, 2));
  if (!seconds) return false;
  rfc_seconds_ = *seconds;
  std::memcpy(rfc_text_.data(), text.data(), kRfcDateLength);
  return true;
}

bool TimestampParser::ReadRfc3339(std::string_view text, int64_t& nanoseconds) {
  if (text.size() < kRfcDateLength + 1 || !ReadDate(text)) return false;
  std::string_view rest = text.substr(kRfcDateLength);
  if (rest.size() == 11 && rest[0] == '.' && AreEightDigits(rest.data() + 1) && IsDigit(rest[9]) &&
      rest[10] == 'Z') {  // the rule below, for most
    const uint64_t fraction = UpToEightDigits(rest.data() + 1, 8) * 10;
    nanoseconds = rfc_seconds_ * 1'000'000'000 + static_cast<int64_t>(fraction) + (rest[9] - '0');
    return true;
  }
  const auto fraction = TakeFraction(rest);
  const auto offset = rest == "Z" ? 0 : ParseOffset(rest);
  if (!fraction || !offset) return false;
  nanoseconds = (rfc_seconds_ - *offset) * 1'000'000'000 + *fraction;
  return true;
}

}  // namespace stickyd
