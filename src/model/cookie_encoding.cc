// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/cookie_encoding.h"

#include <array>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

struct EncodingText {
  std::string_view name;
  std::string_view written_by;
};
constexpr std::array<EncodingText, static_cast<size_t>(CookieEncoding::kCount)> kEncodings = {{
    {"raw_url", "v1.7 to v2.4"},
    {"fnv1a", "v2.5 to v2.11"},
    {"fnv1_of_fnv1a", "v3.0 to v3.3.3"},
    {"sha256", "v3.3.4 and later"},
    {"fnv1", "no version"},
    {"fnv1_twice", "no version"},
}};

// The leading number of `text`, which loses it and one separator.
std::optional<int> TakeNumber(std::string_view& text) {
  const size_t end = text.find_first_not_of("0123456789");
  const auto number = ParseNumber<int>(text.substr(0, end));
  text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  if (text.starts_with('.')) text.remove_prefix(1);
  return number;
}

}  // namespace

std::string_view Name(CookieEncoding encoding) {
  return kEncodings[static_cast<size_t>(encoding)].name;
}
std::string_view WrittenBy(CookieEncoding encoding) {
  return kEncodings[static_cast<size_t>(encoding)].written_by;
}

bool Accepts(CookieEncoding own, CookieEncoding other, size_t value_bytes) {
  using E = CookieEncoding;
  if (own == other) return true;
  switch (own) {
    case E::kFnv1a:
      return other == E::kRawUrl;
    case E::kFnv1OfFnv1a:
      // It looks for 16 digits; v2.5 to v2.11 wrote no leading zeros.
      return other == E::kFnv1a && value_bytes >= kHashBytes;
    case E::kSha256:
      return other == E::kRawUrl || other == E::kFnv1 || other == E::kFnv1Twice;
    default:
      return false;
  }
}

std::optional<CookieEncoding> EncodingOfVersion(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  const auto major = TakeNumber(version);
  const auto minor = TakeNumber(version);
  if (!major || !minor) return std::nullopt;
  const int patch = TakeNumber(version).value_or(0);
  if (*major < 2 || (*major == 2 && *minor < 5)) return CookieEncoding::kRawUrl;
  if (*major == 2) return CookieEncoding::kFnv1a;
  const bool first = *major == 3 && (*minor < 3 || (*minor == 3 && patch < 4));
  return first ? CookieEncoding::kFnv1OfFnv1a : CookieEncoding::kSha256;
}

}  // namespace stickyd
