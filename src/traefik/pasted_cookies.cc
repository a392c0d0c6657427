// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/pasted_cookies.h"

#include <algorithm>

#include "stickyd/base/cookie_header.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

enum class PastedHeader { kNone, kCookie, kSetCookie, kOther };

constexpr std::string_view kAttributes[] = {"path",     "domain",   "expires",
                                            "max-age",  "secure",   "httponly",
                                            "samesite", "priority", "partitioned"};

std::string_view Stripped(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Quotes of a shell, of JSON or of a cookie; a comma of JSON may stand behind them.
std::string_view WithoutQuotes(std::string_view text) {
  text = Stripped(text);
  if (text.size() >= 3 && text.ends_with(',') && text.front() == '"') text.remove_suffix(1);
  if (text.size() < 2 || text.front() != text.back()) return text;
  if (text.front() != '"' && text.front() != '\'') return text;
  return Stripped(text.substr(1, text.size() - 2));
}

bool IsNameByte(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (ToLower(c) >= 'a' && ToLower(c) <= 'z') ||
         kMarks.find(c) != npos;
}

// What stands before the first `=`, if that can be a cookie's name.
bool BeginsWithName(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == npos) return false;
  const std::string_view name = Stripped(text.substr(0, equals));
  const auto decoded = PercentDecoded(name);
  return !name.empty() && std::all_of(name.begin(), name.end(), IsNameByte) &&
         !(decoded && decoded->find("://") != npos);
}

// Is it the header, or the field of it in Traefik's JSON (downstream_Set-Cookie)?
bool IsHeader(std::string_view name, std::string_view header) {
  if (name.size() < header.size()) return false;
  const std::string_view end = name.substr(name.size() - header.size());
  const bool whole = name.size() == header.size() || name[name.size() - header.size() - 1] == '_';
  return whole && EqualsIgnoreCase(end, header);
}

// Takes the name of a header off `text`.
PastedHeader TakeHeader(std::string_view& text) {
  if (text.starts_with("HTTP/") || text.starts_with(':')) return PastedHeader::kOther;
  const size_t colon = text.find(':');
  const std::string_view name = WithoutQuotes(text.substr(0, colon));
  const auto is_part = [](char c) {
    return c == '-' || c == '_' || (c >= '0' && c <= '9') ||
           (ToLower(c) >= 'a' && ToLower(c) <= 'z');
  };
  if (colon == npos || name.empty() || !std::all_of(name.begin(), name.end(), is_part)) {
    return PastedHeader::kNone;
  }
  const std::string_view rest = text.substr(colon + 1);
  PastedHeader header = PastedHeader::kNone;
  if (IsHeader(name, "set-cookie")) {
    header = PastedHeader::kSetCookie;
  } else if (IsHeader(name, "cookie")) {
    header = PastedHeader::kCookie;
  } else if (rest.empty() || rest.front() == ' ') {
    return PastedHeader::kOther;
  }
  if (header != PastedHeader::kNone) text = WithoutQuotes(rest);
  return header;
}

bool HasAttributes(std::string_view text) {
  const size_t semicolon = text.find(';');
  bool found = false;
  if (semicolon == npos) return found;
  ForEachPart(text.substr(semicolon + 1), ';', [&](std::string_view part) {
    const std::string_view name = Stripped(part.substr(0, part.find('=')));
    found |= std::any_of(std::begin(kAttributes), std::end(kAttributes),
                         [&](std::string_view known) { return EqualsIgnoreCase(name, known); });
  });
  return found;
}

}  // namespace

std::optional<std::string> PercentDecoded(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = ToLower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
  };
  std::string out;
  bool any = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    any = true;
    i += 2;
  }
  if (!any) return std::nullopt;
  return out;
}

std::vector<PastedCookie> ReadPasted(std::string_view line) {
  std::vector<PastedCookie> cookies;
  std::string_view text = Stripped(line);
  // curl -v marks what was sent and what came.
  if (text.starts_with("< ") || text.starts_with("> ")) text = Stripped(text.substr(2));
  PastedHeader header = TakeHeader(text);
  if (header == PastedHeader::kNone) {
    text = WithoutQuotes(text);
    header = TakeHeader(text);  // all of it was in quotes
  }
  if (header == PastedHeader::kOther || text.empty()) return cookies;
  if (header == PastedHeader::kNone && !BeginsWithName(text)) {
    const std::string_view value = WithoutQuotes(text.substr(0, text.find(';')));
    if (!value.empty()) cookies.push_back({"", std::string(value)});
    return cookies;
  }
  const auto add = [&](std::string_view name, std::string_view value) {
    cookies.push_back({std::string(name), std::string(WithoutQuotes(value))});
    return true;
  };
  if (header == PastedHeader::kSetCookie ||
      (header == PastedHeader::kNone && HasAttributes(text))) {
    ForEachSetCookie(text, [&](std::string_view name, std::string_view value, std::string_view) {
      return add(name, value);
    });
  } else {
    ForEachCookie(text, add);
  }
  return cookies;
}

}  // namespace stickyd
