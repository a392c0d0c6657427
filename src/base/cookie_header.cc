// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/cookie_header.h"

namespace stickyd {
namespace {

bool IsTokenByte(char c) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (ToLower(c) >= 'a' && ToLower(c) <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

}  // namespace

size_t FindSetCookieEnd(std::string_view header) {
  for (size_t comma = header.find(','); comma != std::string_view::npos;
       comma = header.find(',', comma + 1)) {
    size_t at = comma + 1;
    while (at < header.size() && header[at] == ' ') ++at;
    const size_t name = at;
    while (at < header.size() && IsTokenByte(header[at])) ++at;
    if (at > name && at < header.size() && header[at] == '=') return comma;
  }
  return std::string_view::npos;
}

}  // namespace stickyd
