// SPDX-License-Identifier: Apache-2.0
// cookie_eras.h: which versions of Traefik write and read a sticky cookie alike, and what another
// version does with it.
// Role:    `decode` tells by it what becomes of a cookie on an upgrade.
// Shape:   eras in order of time, for the two things that a cookie can name. Texts live forever.
// Threads: pure functions.
// Source:  Traefik v1.7 to v3.7 and vulcand/oxy; docs/DETECTION.md section 4.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "stickyd/model/cookie_encoding.h"

namespace stickyd {

// What a sticky cookie names: a server of a load balancer, or a child of a weighted service.
enum class CookieNames : uint8_t { kServer, kChild };
// "server", "service"
std::string_view Name(CookieNames names);

struct CookieEra {
  std::string_view versions;  // "v2.5 to v2.11"
  CookieEncoding writes;
};
std::span<const CookieEra> CookieEras(CookieNames names);
// The era of a version; null if the version cannot be read, or had no such cookies.
const CookieEra* EraOfVersion(CookieNames names, std::string_view version);
// The era that writes this encoding; null for those that are only read.
const CookieEra* EraThatWrites(CookieNames names, CookieEncoding encoding);

// What Traefik does with a cookie that it is sent.
enum class CookieFate : uint8_t {
  kKept,       // it is honoured and stays as it is
  kRewritten,  // it is honoured, and set anew in this version's encoding
  kRefused,    // it means nothing: the client is assigned anew, and gets another cookie
};
// "kept", "rewritten", "refused"
std::string_view Name(CookieFate fate);

// A value as a version meets it.
struct CookieText {
  CookieEncoding encoding = CookieEncoding::kRawUrl;
  size_t bytes = 0;        // of the value
  bool padded = false;     // a hash with leading zeros that its writer would have cut
  bool other_url = false;  // a raw URL that is the server's in scheme, host and path only
  bool hopeless = false;   // of a server whose URL has a query or a user
};
CookieFate FateOf(CookieNames names, const CookieEra& era, const CookieText& text);

}  // namespace stickyd
