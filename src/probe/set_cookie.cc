// SPDX-License-Identifier: Apache-2.0
#include "stickyd/probe/set_cookie.h"

#include <algorithm>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

// Without a number that counts: nullopt. One that does not fit is as good as the largest.
std::optional<int64_t> ReadMaxAge(std::string_view value) {
  const bool negative = value.starts_with('-');
  const std::string_view digits = value.substr(negative ? 1 : 0);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (value.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  if (negative) return 0;
  return ParseNumber<int64_t>(digits).value_or(INT64_MAX);
}

void TakeAttribute(std::string_view name, std::string_view value, SetCookie& cookie) {
  if (value.size() > SetCookie::kMostAttributeBytes) return;
  if (EqualsIgnoreCase(name, "Expires")) {
    if (const auto date = ParseCookieDate(value)) cookie.expires = date;
  } else if (EqualsIgnoreCase(name, "Max-Age")) {
    if (const auto age = ReadMaxAge(value)) cookie.max_age_s = age;
  } else if (EqualsIgnoreCase(name, "Domain")) {
    if (value.starts_with('.')) value.remove_prefix(1);
    cookie.domain = ToLower(value);
  } else if (EqualsIgnoreCase(name, "Path")) {
    cookie.has_path = true;
    cookie.path = value.starts_with('/') ? value : "";
  } else if (EqualsIgnoreCase(name, "Secure")) {
    cookie.secure = true;
  } else if (EqualsIgnoreCase(name, "HttpOnly")) {
    cookie.http_only = true;
  } else if (EqualsIgnoreCase(name, "SameSite")) {
    cookie.same_site = ToSameSite(value);
  }
}

}  // namespace

tl::expected<SetCookie, std::string> ParseSetCookie(std::string_view header) {
  if (std::any_of(header.begin(), header.end(), IsControl)) {
    return tl::unexpected(std::string("it has a control character"));
  }
  SetCookie cookie;
  size_t end = header.find(';');
  const std::string_view pair = header.substr(0, end);
  const size_t equals = pair.find('=');
  if (equals != npos) cookie.name = Trim(pair.substr(0, equals));
  cookie.value = Trim(equals == npos ? pair : pair.substr(equals + 1));
  if (cookie.name.size() + cookie.value.size() > SetCookie::kMostBytes) {
    return tl::unexpected("name and value have more than " + std::to_string(SetCookie::kMostBytes) +
                          " bytes");
  }
  if (cookie.name.empty() && cookie.value.empty()) {
    return tl::unexpected(std::string("it has neither name nor value"));
  }
  while (end != npos) {
    header.remove_prefix(end + 1);
    end = header.find(';');
    const std::string_view attribute = header.substr(0, end);
    const size_t mark = attribute.find('=');
    TakeAttribute(Trim(attribute.substr(0, mark)),
                  mark == npos ? std::string_view() : Trim(attribute.substr(mark + 1)), cookie);
  }
  return cookie;
}

}  // namespace stickyd
