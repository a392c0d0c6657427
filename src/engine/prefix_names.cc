// SPDX-License-Identifier: Apache-2.0
#include "prefix_names.h"

#include <algorithm>
#include <functional>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr std::string_view kDates = "JanFebMarAprMayJunJulAugSepOctNovDecMonTueWedThuFriSatSunUTC";

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
bool IsLetter(char c) { return ToLower(c) >= 'a' && ToLower(c) <= 'z'; }

// Takes the next word off the front; empty: there is none.
std::string_view TakeWord(std::string_view& text) {
  size_t begin = 0;
  while (begin < text.size() && IsBlank(text[begin])) ++begin;
  size_t end = begin;
  while (end < text.size() && !IsBlank(text[end])) ++end;
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

std::string_view WithoutColour(std::string_view word) {
  while (word.starts_with("\x1b[")) {
    const size_t end = word.find_first_not_of("0123456789;", 2);
    if (end == npos) break;
    word.remove_prefix(end + 1);
  }
  return word;
}

// `traefik[812]:` is traefik, `access.log:12:1.2.3.4` access.log; empty: a time or a number.
std::string_view NameIn(std::string_view word) {
  word = WithoutColour(word);
  word = word.substr(0, word.find_first_of(":|>"));
  const size_t bracket = word.find('[');
  if (bracket != npos && bracket > 0) word = word.substr(0, bracket);
  const bool is_time = !word.empty() && word.front() >= '0' && word.front() <= '9' &&
                       std::count_if(word.begin(), word.end(), IsLetter) <= 1;
  const size_t date = word.size() == 3 ? kDates.find(word) : npos;
  const bool is_date = date != npos && date % 3 == 0;
  return is_time || is_date || std::none_of(word.begin(), word.end(), IsLetter) ? std::string_view()
                                                                                : word;
}

}  // namespace

size_t CountWords(std::string_view text) {
  size_t words = 0;
  while (!TakeWord(text).empty()) ++words;
  return words;
}

uint64_t NamesIn(std::string_view text, size_t words) {
  uint64_t names = 0;
  for (size_t i = 0; i < words; ++i) {
    const std::string_view name = NameIn(TakeWord(text));
    if (!name.empty()) names = names * 0x9E3779B97F4A7C15U + std::hash<std::string_view>{}(name);
  }
  return names;
}

}  // namespace stickyd
