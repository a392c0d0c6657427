// SPDX-License-Identifier: Apache-2.0
// log_name.h: what rotation and compression do to the name of a log.
// Role:    LogFollower recognises copies by it, analyze which files are parts of one log.
// Shape:   logrotate's names (access.log.1, access.log-20260417.gz), kubelet's
//          (0.log.20260417-103000.gz).
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

// The path without what rotation and compression append, and what rotation appended. For example,
// access.log and 20260417 for access.log-20260417.gz.
struct LogName {
  std::string stem;
  std::string rotation;
};
LogName ParseLogName(std::string_view path);
// Compares by what rotations append: 2 is older than 1, 20260417 is older than 20260418, and both
// are older than nothing.
bool IsOlderRotation(std::string_view a, std::string_view b);

// The path without .gz, .zst, .xz or .bz2.
std::string_view WithoutCompression(std::string_view path);

}  // namespace stickyd
