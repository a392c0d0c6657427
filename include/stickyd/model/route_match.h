// SPDX-License-Identifier: Apache-2.0
// route_match.h: which hosts and paths a router's rule lets through, as far as it can be read.
// Role:    traefik reads it from the rule; the audit asks it.
// Shape:   alternatives, one of which a request must fulfil. What a rule asks for beside host and
//          path (headers, methods, addresses) narrows it further, and is left out. What cannot be
//          read is unknown, never guessed.
// Source:  Traefik's rule syntax, v2.0 to v3.7.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stickyd {

struct RouteAlternative {
  enum class Is : uint8_t { kAny, kKnown, kUnknown };
  Is host_is = Is::kAny;
  std::string host;  // lower case; empty unless known
  Is path_is = Is::kAny;
  std::string path;         // what paths begin with, or the only one; empty unless known
  bool exact_path = false;  // the only one
  friend bool operator==(const RouteAlternative&, const RouteAlternative&) = default;
};

struct RouteMatch {
  bool readable = false;  // false: nothing is known, and there are no alternatives
  std::vector<RouteAlternative> alternatives;
  friend bool operator==(const RouteMatch&, const RouteMatch&) = default;

  size_t bytes() const {
    size_t sum = 0;
    for (const RouteAlternative& one : alternatives) {
      sum += sizeof(one) + one.host.size() + one.path.size();
    }
    return sum;
  }
};

}  // namespace stickyd
