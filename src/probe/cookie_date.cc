// SPDX-License-Identifier: Apache-2.0
// The text is cut at everything that is neither letter, digit nor colon; then each piece may be the
// time, the day, the month or the year, whichever is still missing, in that order.
#include <array>

#include "stickyd/base/text.h"
#include "stickyd/probe/set_cookie.h"

namespace stickyd {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsDelimiter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x09 || (byte >= 0x20 && byte <= 0x2F) || (byte >= 0x3B && byte <= 0x40) ||
         (byte >= 0x5B && byte <= 0x60) || (byte >= 0x7B && byte <= 0x7E);
}

// Takes `least` to `most` digits off the front; nullopt if there are fewer or more.
std::optional<int> TakeDigits(std::string_view& text, size_t least, size_t most) {
  size_t count = 0;
  int value = 0;
  while (count < text.size() && IsDigit(text[count])) {
    if (++count > most) return std::nullopt;
    value = value * 10 + (text[count - 1] - '0');
  }
  if (count < least) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

struct DateParts {
  std::optional<std::array<int, 3>> time;
  std::optional<int> day;
  std::optional<unsigned> month;
  std::optional<int> year;

  void Take(std::string_view piece) {
    if (!time && TakeTime(piece)) return;
    if (!day && TakeNumber(piece, 1, 2, day)) return;
    if (!month && TakeMonth(piece)) return;
    if (!year) TakeNumber(piece, 2, 4, year);
  }

 private:
  bool TakeTime(std::string_view piece) {
    std::array<int, 3> fields{};
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) {
        if (!piece.starts_with(':')) return false;
        piece.remove_prefix(1);
      }
      const auto field = TakeDigits(piece, 1, 2);
      if (!field) return false;
      fields[i] = *field;
    }
    time = fields;
    return true;
  }
  static bool TakeNumber(std::string_view piece, size_t least, size_t most,
                         std::optional<int>& into) {
    const auto number = TakeDigits(piece, least, most);
    if (number) into = number;
    return number.has_value();
  }
  bool TakeMonth(std::string_view piece) {
    static constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
    for (unsigned i = 0; i < std::size(kMonths); ++i) {
      if (EqualsIgnoreCase(piece.substr(0, 3), kMonths[i])) {
        month = i + 1;
        return true;
      }
    }
    return false;
  }
};

constexpr int kFirstYear = 1601;

}  // namespace

std::optional<CookieTime> ParseCookieDate(std::string_view text) {
  using namespace std::chrono;
  DateParts parts;
  while (!text.empty()) {
    size_t end = 0;
    while (end < text.size() && !IsDelimiter(text[end])) ++end;
    if (end > 0) parts.Take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!parts.time || !parts.day || !parts.month || !parts.year) return std::nullopt;
  int century_year = *parts.year;
  if (century_year >= 70 && century_year <= 99) century_year += 1900;
  if (century_year >= 0 && century_year <= 69) century_year += 2000;
  const auto [hour, minute, second] = *parts.time;
  if (century_year < kFirstYear || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const year_month_day date(year(century_year), month(*parts.month),
                            day(static_cast<unsigned>(*parts.day)));
  if (!date.ok()) return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace stickyd
