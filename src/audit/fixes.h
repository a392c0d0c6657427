// SPDX-License-Identifier: Apache-2.0
// fixes.h: a change of a service's settings, written for each provider with the real names.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stickyd/model/finding.h"
#include "stickyd/model/traefik_config.h"

namespace stickyd {

// Below the kind of a service: {"sticky.cookie.name", "shop_lb"}.
struct FixSetting {
  std::string path;
  std::string value;
};

Fix FixBySettings(const ServiceConfig& service, std::string text,
                  const std::vector<FixSetting>& settings);
inline Fix FixByWords(std::string text) { return {std::move(text), {}, {}, {}}; }
// By taking one setting away: "sticky.cookie.maxAge".
Fix FixByRemoving(const ServiceConfig& service, std::string text, std::string path);

// A scalar of YAML, in quotes where it needs them.
std::string YamlScalar(std::string_view text);
// A name for the sticky cookie of a service: shop_lb.
std::string SuggestedCookieName(const ServiceConfig& service);
// The cookie that a service should have: a name, httpOnly, and secure where all ways are.
std::vector<FixSetting> SuggestedCookie(const ServiceConfig& service, bool secure);

}  // namespace stickyd
