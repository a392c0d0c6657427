// SPDX-License-Identifier: Apache-2.0
// sticky_cookie.h: is a cookie that an answer sets Traefik's?
// Shape:   how sure that is, weakest first.
#pragma once

#include <cstdint>
#include <string_view>

#include "stickyd/probe/prober.h"

namespace stickyd {

enum class Resemblance : uint8_t {
  kNone,
  kHash,         // its value looks like a hash: that of an application's session may, too
  kUrl,          // its value is a server's URL
  kDefaultName,  // _ and five hex digits
  kServer,       // its value stands for a server that is known
  kConfigured,   // a level of the service has that name
  kNamed,        // --cookie
};

Resemblance Resembles(std::string_view name, std::string_view value, const ProbeOptions& options);
// "its value looks like Traefik's hash of a server".
std::string_view KnownBy(Resemblance resemblance);

}  // namespace stickyd
