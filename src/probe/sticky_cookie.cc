// SPDX-License-Identifier: Apache-2.0
#include "sticky_cookie.h"

#include <algorithm>

#include "stickyd/base/text.h"
#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

constexpr size_t kDefaultNameBytes = 6;
// Traefik up to v3.3.3 cuts leading zeros: fewer digits than these are one value in a million.
constexpr size_t kLeastHashBytes = 12;

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool Has(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& known) {
    return known == name || SanitizeCookieName(known) == name;
  });
}

// HAProxy's `cookie NAME prefix` writes its server before Traefik's value, and takes it off again.
std::string_view BehindPrefix(std::string_view value) {
  const size_t mark = value.find('~');
  const bool is_prefix = mark != npos && value.substr(0, mark).find_first_of(":/") == npos;
  return is_prefix ? value.substr(mark + 1) : value;
}

}  // namespace

Resemblance Resembles(std::string_view name, std::string_view value, const ProbeOptions& options) {
  value = BehindPrefix(value);
  if (!options.cookies.empty()) {
    return Has(options.cookies, name) ? Resemblance::kNamed : Resemblance::kNone;
  }
  if (Has(options.knowledge.cookies, name)) return Resemblance::kConfigured;
  if (!options.knowledge.ServerOf(name, value).empty()) return Resemblance::kServer;
  const bool hash = value.size() >= kLeastHashBytes && value.size() <= kHashBytes && IsHex(value);
  const bool url =
      value.starts_with("http://") || value.starts_with("https://") || value.starts_with("h2c://");
  const bool default_name = name == "_TRAEFIK_BACKEND" || (name.size() == kDefaultNameBytes &&
                                                           name[0] == '_' && IsHex(name.substr(1)));
  if (default_name && !value.empty()) return Resemblance::kDefaultName;
  if (url) return Resemblance::kUrl;
  return hash ? Resemblance::kHash : Resemblance::kNone;
}

std::string_view KnownBy(Resemblance resemblance) {
  switch (resemblance) {
    case Resemblance::kNamed:
      return "--cookie names it";
    case Resemblance::kConfigured:
      return "the configuration names it";
    case Resemblance::kServer:
      return "its value stands for a server of the configuration";
    case Resemblance::kDefaultName:
      return "its name is one that Traefik makes up";
    case Resemblance::kUrl:
      return "its value is a server's URL";
    case Resemblance::kHash:
      return "its value looks like Traefik's hash of a server";
    case Resemblance::kNone:
      break;
  }
  return "";
}

}  // namespace stickyd
