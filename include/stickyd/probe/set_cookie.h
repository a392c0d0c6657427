// SPDX-License-Identifier: Apache-2.0
// set_cookie.h: what one Set-Cookie header says, by the rules of browsers.
// Role:    the cookie jar takes it; the prober compares attributes.
// Shape:   attributes that browsers pass over are absent. Of an attribute that comes twice the last
//          one counts.
// Units:   seconds since the epoch, or seconds.
// Errors:  a sentence that says why browsers drop the whole header.
// Cost:    linear.
// Source:  RFC 6265bis sections 5.1.1 (dates) and 5.6.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "stickyd/model/traefik_config.h"

namespace stickyd {

using CookieTime = std::chrono::sys_seconds;

struct SetCookie {
  static constexpr size_t kMostBytes = 4096;           // name and value
  static constexpr size_t kMostAttributeBytes = 1024;  // longer ones are passed over

  std::string name;  // empty: the cookie has none
  std::string value;
  std::string domain;  // lower case, without a leading dot; empty: none was given
  std::string path;    // empty: none that counts
  bool has_path = false;
  bool secure = false;
  bool http_only = false;
  SameSite same_site = SameSite::kUnset;
  std::optional<int64_t> max_age_s;
  std::optional<CookieTime> expires;
};

tl::expected<SetCookie, std::string> ParseSetCookie(std::string_view header);

// A date as sloppy as browsers take it; nullopt if it is none.
std::optional<CookieTime> ParseCookieDate(std::string_view text);

}  // namespace stickyd
