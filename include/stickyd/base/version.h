// SPDX-License-Identifier: Apache-2.0
// version.h: compares versions of Traefik as it writes them.
// Shape:   "3.7.9", "3.7", "3.7.0-rc.2"; without a leading v.
// Threads: pure functions.
#pragma once

#include <string_view>

namespace stickyd {

// Is `version` (3.7.9) at or past `least`? False if either cannot be read.
bool IsAtLeast(std::string_view version, std::string_view least);

}  // namespace stickyd
