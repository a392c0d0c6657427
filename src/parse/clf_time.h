// SPDX-License-Identifier: Apache-2.0
// clf_time.h: where a line has Traefik's `[time] "`.
// Role:    ClfParser looks for it once per line, and hands it to everything that asks what lies
//          before and behind it.
// Cost:    linear in the line; no allocation.
#pragma once

#include <string_view>

#include "stickyd/base/timestamp.h"

namespace stickyd {

inline constexpr size_t kClfTimeBytes = TimestampParser::kClfLength + 4;  // `[time] "`

// The position of `[time] "` at or after `from`; npos if there is none.
inline size_t FindClfTime(std::string_view line, size_t from) {
  for (size_t at = line.find('[', from); at != std::string_view::npos;
       at = line.find('[', at + 1)) {
    const std::string_view rest = line.substr(at + 1);
    if (rest.size() < kClfTimeBytes - 1) break;
    if (LooksLikeClfTime(rest.substr(0, TimestampParser::kClfLength)) &&
        rest.substr(TimestampParser::kClfLength, 3) == "] \"") {
      return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace stickyd
