// SPDX-License-Identifier: Apache-2.0
// url.h: the parts of http and https URLs, and where a Location leads.
// Errors:  nullopt for whatever is no such URL, has a user in it, or a host that is not ASCII.
// Source:  RFC 3986 section 5.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stickyd/probe/cookie_jar.h"

namespace stickyd {

struct Url {
  std::string scheme;  // http, https
  std::string host;    // lower case, without brackets
  std::string port;    // empty: the scheme's
  std::string path;    // begins with a slash, without dots
  std::string query;   // with its ?; or empty
  std::string Text() const;
  // Without its query, which may hold what is nobody else's.
  std::string Place() const;
  std::string Host() const;  // with port and brackets, as the header has it
  CookieScene Scene() const;
};

std::optional<Url> ParseUrl(std::string_view text);
std::optional<Url> ResolveUrl(const Url& base, std::string_view reference);
// With another host, and its port if it has one.
std::optional<Url> WithHost(const Url& url, std::string_view host);

}  // namespace stickyd
