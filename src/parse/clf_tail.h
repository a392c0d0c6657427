// SPDX-License-Identifier: Apache-2.0
// clf_tail.h: the right end of a CLF line, which only Traefik writes: COUNT "ROUTER" "SERVER" Nms.
// Role:    ClfParser reads every line that is not plain from here on leftwards.
// Shape:   views into the line.
// Cost:    linear in the line; no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stickyd/base/text.h"

namespace stickyd {

inline constexpr int64_t kLongestMs = int64_t{10} * 366 * 86400 * 1000;

struct Tail {
  std::string_view count;
  Text router;
  Text server;
  int64_t duration_ms = 0;
  size_t middle_end = 0;  // just after the quote that closes the user agent
};

// A field that prints `-` or `"-"` when it is absent.
inline Text Present(std::string_view field) {
  return field == "-" || field.empty() ? Text() : Text(field);
}

// Reads `" COUNT` leftwards, `end` being just after COUNT.
bool TakeCount(std::string_view line, size_t end, Tail& tail);

// nullopt: the line does not end so.
std::optional<Tail> ParseTail(std::string_view line);

}  // namespace stickyd
