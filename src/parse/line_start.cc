// SPDX-License-Identifier: Apache-2.0
#include "line_start.h"

#include <algorithm>
#include <optional>

#include "clf_plain.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kLongestEntry = 72;     // `[IPv6%zone]:65535`
constexpr size_t kLongestPrefix = 2048;  // in front of JSON
constexpr std::string_view kSeparators = ":|>]=\t\"'()};";

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

bool IsAddressChar(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

bool IsAddress(std::string_view text) { return IsIpAddress(AddressWithoutPort(text)); }

// `<30>1 TIME HOST APP PROCID MSGID SD `: the position behind it; 0 if there is none. It may hold
// ` - ` itself.
size_t SyslogHeader(std::string_view text) {
  if (!text.starts_with('<')) return 0;
  text = text.substr(0, kLongestPrefix);
  size_t at = 1;
  while (at < text.size() && IsDigit(text[at])) ++at;
  if (at == 1 || !text.substr(at).starts_with(">1 ")) return 0;
  at += 3;
  for (int field = 0; field < 5; ++field) {
    const size_t end = text.find(' ', at);
    if (end == npos || end == at) return 0;
    at = end + 1;
  }
  if (at < text.size() && text[at] == '-') return at + 1;
  while (at < text.size() && text[at] == '[') {
    bool quoted = false;
    for (++at; at < text.size() && (quoted || text[at] != ']'); ++at) {
      if (text[at] == '\\') {
        ++at;
      } else if (text[at] == '"') {
        quoted = !quoted;
      }
    }
    if (at < text.size()) ++at;
  }
  return std::min(at, text.size());
}

// Does an escape sequence of colour end at `at`?
bool BehindColour(std::string_view text, size_t at) {
  if (at < 3 || text[at - 1] != 'm') return false;
  size_t begin = at - 1;
  while (begin > 0 && at - begin < 16 && (IsDigit(text[begin - 1]) || text[begin - 1] == ';')) {
    --begin;
  }
  return begin >= 2 && text[begin - 1] == '[' && text[begin - 2] == '\x1b';
}

bool MayBegin(std::string_view text, size_t word, size_t at) {
  return at == word || kSeparators.find(text[at - 1]) != npos || BehindColour(text, at) ||
         text.substr(0, at).ends_with("\xEF\xBB\xBF");
}

// As the internet gives them out: 2000::/3, fc00::/7, fe80::/10.
bool IsLikelyIpv6(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon != 4 || !IsIpAddress(text)) return false;
  const char c = ToLower(text[0]);
  return c == '2' || c == '3' || (c == 'f' && text[1] != 'f' && text[1] != 'F');
}

// `12:2001:db8::1`, as grep -n writes a line, is an address as well, but an unlikely one.
size_t WithoutLineNumber(std::string_view text, size_t begin, size_t end) {
  const std::string_view all = text.substr(begin, end - begin);
  const size_t colon = all.find(':');
  if (colon == npos || !ParseDigits(all.substr(0, colon)) || IsLikelyIpv6(all)) return begin;
  return IsLikelyIpv6(all.substr(colon + 1)) ? begin + colon + 1 : begin;
}

// Where the address begins, with or without a port, that ends at `end`, in the word that begins at
// `word`; npos if there is none.
size_t AddressStart(std::string_view text, size_t word, size_t end) {
  text = text.substr(0, end);
  const size_t least = std::max(word, end - std::min(end, kLongestEntry));
  const size_t open = text.substr(least).rfind('[');
  if (open != npos && MayBegin(text, word, least + open) && IsAddress(text.substr(least + open))) {
    return least + open;
  }
  const size_t zone = text.substr(least).find('%');
  const size_t last = zone == npos ? end : least + zone;
  size_t begin = last;
  while (begin > least && IsAddressChar(text[begin - 1])) --begin;
  for (;;) {
    if (MayBegin(text, word, begin) && IsAddress(text.substr(begin))) {
      return WithoutLineNumber(text, begin, end);
    }
    const size_t colon = text.find(':', begin);
    if (colon == npos || colon >= last) return npos;
    begin = colon + 1;
  }
}

size_t SkipBlanksLeft(std::string_view text, size_t end) {
  while (end > 0 && IsBlank(text[end - 1])) --end;
  return end;
}

size_t WordStart(std::string_view text, size_t end) {
  while (end > 0 && !IsBlank(text[end - 1]) && text[end - 1] != ',') --end;
  return end;
}

// Where the address begins that stands before the first ` - `.
struct FirstAddress {
  size_t word = 0;
  size_t begin = 0;
};
std::optional<FirstAddress> FindFirstAddress(std::string_view text) {
  const size_t end = text.find(" - ", SyslogHeader(text));
  if (end == npos) return std::nullopt;
  const size_t word = WordStart(text, end);
  const size_t begin = AddressStart(text, word, end);
  if (begin == npos) return std::nullopt;
  return FirstAddress{word, begin};
}

}  // namespace

size_t FindClfStart(std::string_view head) {
  auto first = FindFirstAddress(head);
  if (!first) return SyslogHeader(head);  // its ` - ` is no client's
  while (first->begin == first->word) {
    const size_t before = SkipBlanksLeft(head, first->begin);
    if (before == 0 || head[before - 1] != ',') return first->begin;
    // An entry of a list.
    const size_t end = SkipBlanksLeft(head, before - 1);
    const size_t word = WordStart(head, end);
    const size_t begin = word == end ? npos : AddressStart(head, word, end);
    if (begin == npos) return 0;
    first = {word, begin};
  }
  return first->begin;
}

size_t FindJsonStart(std::string_view line) {
  if (!line.ends_with('}')) return 0;
  const size_t at = line.substr(0, kLongestPrefix).find("{\"");
  if (at == npos || at == 0) return 0;
  const std::string_view prefix = line.substr(0, at);
  // A user name comes behind ` - `, and may be an object.
  if (prefix.find(" - ", SyslogHeader(prefix)) != npos) return 0;
  return IsBlank(prefix.back()) || MayBegin(line, npos, at) ? at : 0;
}

bool HoldsClfStart(std::string_view text) { return FindFirstAddress(text).has_value(); }

}  // namespace stickyd
