// SPDX-License-Identifier: Apache-2.0
// cookie_codec.h: what Traefik writes into a sticky cookie, by version, and how it is named.
// Role:    the code book uses it for every known server; the simulator too.
// Shape:   pure functions of text.
// Source:  Traefik v1.7 to v3.7 and vulcand/oxy; test vectors in cookie_codec_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stickyd/model/cookie_encoding.h"

namespace stickyd {

// The value that stands for a server URL (as configured) or a child service's name (as written).
std::string EncodeCookie(CookieEncoding encoding, std::string_view text);

// The values a weighted level may set for a child service, all versions.
std::vector<std::string> ChildCookieValues(std::string_view written_name);

// The name Traefik gives a sticky cookie that has none: `_` and five hex digits.
std::string DefaultCookieName(std::string_view service);
// What Traefik makes of a configured name.
std::string SanitizeCookieName(std::string_view name);

// scheme://host:port/path, in lower case except for the path; "" if it is no absolute URL.
// Userinfo, query and fragment are dropped, since in v1.7 to v2.4 a client can add them to the
// logged URL.
std::string NormalizeServerUrl(std::string_view url);

}  // namespace stickyd
