// SPDX-License-Identifier: Apache-2.0
// value_shape.h: what the value and the name of a cookie look like, whatever they stand for.
// Role:    `decode` says by it what a value that it cannot read may be.
// Threads: pure functions.
// Source:  Traefik v1.7 to v3.7; docs/DETECTION.md section 4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

enum class ValueShape : uint8_t {
  kUrl,         // of a scheme that Traefik's servers have
  kHash,        // 16 hex digits
  kShortHash,   // a few less: leading zeros may have been cut
  kFewDigits,   // too few for that
  kLongHex,     // more
  kCapitalHex,  // would be a hash in small letters
  kAddress,     // host:port: a URL without its scheme
  kOther,
};
// "url", "hash", "short_hash", "few_digits", "long_hex", "capital_hex", "address", "other"
std::string_view Name(ValueShape shape);
ValueShape ShapeOf(std::string_view value);

// Has it the form of the names that Traefik computes: `_` and five hex digits?
bool IsDefaultCookieName(std::string_view name);

// The same server, written in other ways: with another scheme, with its default port and without,
// with a slash at its end and without. The URL itself is among them. Empty if it is no URL.
std::vector<std::string> SpellingsOf(std::string_view url);

}  // namespace stickyd
