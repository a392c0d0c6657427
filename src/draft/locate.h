// SPDX-License-Identifier: Apache-2.0
// locate.h: where a setting is written.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "draft_builder.h"

namespace stickyd {

struct Written {
  const Node* node = nullptr;  // the setting, or the map nearest above where it would be
  bool whole = false;          // it is the setting
  std::string path;            // of that map, below the origin: "sticky"
};
// `path`: "sticky.cookie.name". A label is there or not; nothing is above it.
Written FindSetting(const Origin& origin, std::string_view path);

}  // namespace stickyd
