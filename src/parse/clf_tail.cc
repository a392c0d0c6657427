// SPDX-License-Identifier: Apache-2.0
#include "clf_tail.h"

#include "clf_plain.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

// The end of the run of digits that ends before `end`, going left; `end` itself if there is none.
size_t SkipDigitsLeft(std::string_view text, size_t end) {
  while (end > 0 && IsDigit(text[end - 1])) --end;
  return end;
}

// `end` is just after the field. Moves it before the field and its leading space. The field is
// bare `-` or quoted; a quoted one is returned without its quotes.
std::optional<std::string_view> TakeServer(std::string_view line, size_t& end) {
  if (end < 3) return std::nullopt;
  if (line[end - 1] == '-' && line[end - 2] == ' ') {
    end -= 2;
    return std::string_view("-");
  }
  if (line[end - 1] != '"') return std::nullopt;
  const size_t open = line.rfind('"', end - 2);
  if (open == npos || open == 0 || line[open - 1] != ' ') return std::nullopt;
  const std::string_view field = line.substr(open + 1, end - open - 2);
  end = open - 1;
  return field;
}

// Reads `" COUNT "ROUTER"` leftwards, `end` being just after it.
bool TakeRouter(std::string_view line, size_t end, Tail& tail) {
  if (end < 4) return false;
  if (line[end - 1] == '-' && line[end - 2] == ' ') return TakeCount(line, end - 2, tail);
  if (line[end - 1] != '"') return false;
  for (size_t open = line.rfind('"', end - 2); open != npos && open >= 4;
       open = line.rfind('"', open - 1)) {
    if (line[open - 1] == ' ' && TakeCount(line, open - 1, tail)) {
      tail.router = Present(line.substr(open + 1, end - open - 2));
      return true;
    }
  }
  return false;
}

}  // namespace

bool TakeCount(std::string_view line, size_t end, Tail& tail) {
  size_t begin = SkipDigitsLeft(line, end);
  if (begin == end && end > 0 && line[end - 1] == '-') begin = end - 1;
  if (begin == end || begin < 2 || line[begin - 1] != ' ' || line[begin - 2] != '"') return false;
  tail.count = line.substr(begin, end - begin);
  tail.middle_end = begin - 1;
  return true;
}

std::optional<Tail> ParseTail(std::string_view line) {
  if (line.size() < 8 || line[line.size() - 1] != 's' || line[line.size() - 2] != 'm') {
    return std::nullopt;
  }
  Tail tail;
  size_t end = line.size() - 2;
  const size_t digits = SkipDigitsLeft(line, end);
  if (digits == 0) return std::nullopt;
  const auto duration = ParseNumber<int64_t>(line.substr(digits, end - digits));
  if (!duration || *duration > kLongestMs || line[digits - 1] != ' ') return std::nullopt;
  tail.duration_ms = *duration;
  end = digits - 1;
  const auto server = TakeServer(line, end);
  if (!server || !TakeRouter(line, end, tail)) return std::nullopt;
  tail.server = Present(*server);
  return tail;
}

}  // namespace stickyd
