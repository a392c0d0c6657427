// SPDX-License-Identifier: Apache-2.0
// cookie_encoding.h: the encodings of sticky cookies, and which Traefik understands which.
// Source:  Traefik v1.7 to v3.7 and vulcand/oxy; docs/DETECTION.md section 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stickyd {

enum class CookieEncoding : uint8_t {
  kRawUrl,       // v1.7 to v2.4 write it; v2.5 to v2.11 and v3.3.4+ read it too
  kFnv1a,        // v2.5 to v2.11 write it; v3.0 to v3.3.3 read it too
  kFnv1OfFnv1a,  // v3.0 to v3.3.3
  kSha256,       // v3.3.4+
  kFnv1,         // nobody writes it; v3.3.4+ reads it
  kFnv1Twice,    // nobody writes it; v3.3.4+ reads it
  kCount
};

inline constexpr size_t kHashBytes = 16;  // of a value, unless leading zeros were cut

std::string_view Name(CookieEncoding encoding);
// "v2.5 to v2.11", or "no version" for the two that are only read.
std::string_view WrittenBy(CookieEncoding encoding);

// Would a Traefik that writes `own` honour a value of so many bytes in `other`?
bool Accepts(CookieEncoding own, CookieEncoding other, size_t value_bytes);

// What a Traefik of this version writes; nullopt if the version cannot be read.
std::optional<CookieEncoding> EncodingOfVersion(std::string_view version);

}  // namespace stickyd
