// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/value_shape.h"

#include <fmt/format.h>

#include <algorithm>

#include "stickyd/base/text.h"
#include "stickyd/model/cookie_encoding.h"
#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

constexpr std::string_view kServerSchemes[] = {"http", "https", "h2c"};

bool IsAddress(std::string_view value) {
  const size_t colon = value.rfind(':');
  if (colon == npos || colon == 0 || value.size() - colon - 1 > 5) return false;
  if (!ParseNumber<uint16_t>(value.substr(colon + 1))) return false;
  const std::string_view host = value.substr(0, colon);
  if (host.front() == '[') return host.back() == ']';
  return std::all_of(host.begin(), host.end(), [](char c) {
    return c == '.' || c == '-' || (c >= '0' && c <= '9') ||
           (ToLower(c) >= 'a' && ToLower(c) <= 'z');
  });
}

}  // namespace

std::string_view Name(ValueShape shape) {
  constexpr std::string_view kNames[] = {"url",      "hash",        "short_hash", "few_digits",
                                         "long_hex", "capital_hex", "address",    "other"};
  return kNames[static_cast<size_t>(shape)];
}

ValueShape ShapeOf(std::string_view value) {
  for (const std::string_view scheme : kServerSchemes) {
    const bool is_scheme = EqualsIgnoreCase(value.substr(0, value.find("://")), scheme);
    if (is_scheme && !NormalizeServerUrl(value).empty()) return ValueShape::kUrl;
  }
  // One hash in 16 has a leading zero, one in 4096 has three.
  constexpr size_t kFewest = kHashBytes - 3;
  if (!value.empty() && value.find_first_not_of("0123456789abcdef") == npos) {
    if (value.size() > kHashBytes) return ValueShape::kLongHex;
    if (value.size() == kHashBytes) return ValueShape::kHash;
    return value.size() >= kFewest ? ValueShape::kShortHash : ValueShape::kFewDigits;
  }
  const bool capitals = value.find_first_not_of("0123456789abcdefABCDEF") == npos;
  if (capitals && value.size() >= kFewest && value.size() <= kHashBytes) {
    return ValueShape::kCapitalHex;
  }
  return IsAddress(value) ? ValueShape::kAddress : ValueShape::kOther;
}

bool IsDefaultCookieName(std::string_view name) {
  return name.size() == 6 && name.front() == '_' &&
         name.find_first_not_of("0123456789abcdef", 1) == npos;
}

std::vector<std::string> SpellingsOf(std::string_view url) {
  std::vector<std::string> spellings;
  const size_t scheme = url.find("://");
  if (scheme == npos) return spellings;
  const std::string_view rest = url.substr(scheme + 3);
  const size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view host = rest.substr(0, slash);
  const std::string_view path = rest.substr(slash);
  const std::string_view turned = path.empty() ? "/" : path == "/" ? "" : path;
  const size_t colon = host.ends_with(']') ? npos : host.rfind(':');
  for (const std::string_view other : kServerSchemes) {
    const std::string_view port = other == "https" ? ":443" : ":80";
    std::vector<std::string> hosts = {std::string(host)};
    if (colon == npos) hosts.push_back(hosts.front() + std::string(port));
    if (host.ends_with(port)) hosts.emplace_back(host.substr(0, colon));
    for (const std::string& spelt : hosts) {
      spellings.push_back(fmt::format("{}://{}{}", other, spelt, path));
      if (turned != path) spellings.push_back(fmt::format("{}://{}{}", other, spelt, turned));
    }
  }
  return spellings;
}

}  // namespace stickyd
