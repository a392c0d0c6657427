// SPDX-License-Identifier: Apache-2.0
// text.h: a view of text that can be absent, and small allocation-free helpers on text.
// Shape:   Text never owns bytes; it is valid as long as what it was made from.
// Cost:    two words; a default Text is absent, and "" is present and empty.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stickyd {

// What find() returns if it finds nothing.
inline constexpr size_t npos = std::string_view::npos;

class Text {
 public:
  constexpr Text() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a Text is what a field holds.
  constexpr Text(std::string_view view) : view_(view.data() != nullptr ? view : "") {}

  constexpr bool has_value() const { return view_.data() != nullptr; }
  constexpr explicit operator bool() const { return has_value(); }
  // REQUIRES: has_value().
  constexpr std::string_view operator*() const { return view_; }
  constexpr const std::string_view* operator->() const { return &view_; }
  constexpr std::string_view value_or(std::string_view other) const {
    return has_value() ? view_ : other;
  }
  friend constexpr bool operator==(Text a, Text b) {
    return a.has_value() == b.has_value() && a.view_ == b.view_;
  }

 private:
  std::string_view view_;
};

// The whole of `text` as a decimal number, or nullopt.
template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Parses up to 18 digits and nothing else, faster than ParseNumber; most numbers of a log are so.
// It is inline, because an optional that is returned goes through memory, and waits there for its
// flag.
[[gnu::always_inline]] inline std::optional<uint64_t> ParseDigits(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    const auto digit = static_cast<unsigned char>(c - '0');
    if (digit > 9) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

// Lower case of ASCII letters; other bytes stay.
inline char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string ToLower(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// `text` without blanks (space, tab) at both ends. Most texts have none.
inline std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Calls visit(part) for every part of `text` between separators, parts trimmed.
template <class Visit>
void ForEachPart(std::string_view text, char separator, Visit visit) {
  for (;;) {
    const size_t end = text.find(separator);
    visit(Trim(text.substr(0, end)));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// The number of single-letter edits between two texts, cut off at `most` + 1.
// Cost: the shorter text times `most`.
size_t EditDistance(std::string_view a, std::string_view b, size_t most);

// Text for a terminal or a log. Control characters (those of text direction too) and bytes that are
// not UTF-8 become \xNN, so that nothing a client wrote can steer a terminal or mislead its
// reader. At most `limit` bytes of `text` are taken.
std::string Printable(std::string_view text, size_t limit = 256);

// For HTML and XML, between tags and in double quotes: & < > " as entities. It makes no control
// character harmless; Printable does.
std::string InMarkup(std::string_view text);

// The address in ADDRESS:PORT, [IPv6]:PORT or [IPv6], without port and brackets. Any other text is
// returned as it is.
std::string_view AddressWithoutPort(std::string_view text);

// Is it an IPv4 or IPv6 address as Traefik prints one (an IPv6 zone is allowed)?
bool IsIpAddress(std::string_view text);

}  // namespace stickyd
