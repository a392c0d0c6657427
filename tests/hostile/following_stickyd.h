// SPDX-License-Identifier: Apache-2.0
// following_stickyd.h: `stickyd watch` on a log while it is written, and its metrics.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "child_process.h"

namespace stickyd {

class FollowingStickyd {
 public:
  // `log` need not be there yet. `folder`: for what it says.
  FollowingStickyd(const std::filesystem::path& log, const std::filesystem::path& folder);

  // Waits until it has decided on so many lines.
  void WaitForLines(size_t lines);
  // Of the series of this name. What WaitForLines saw.
  double Sum(const std::string& name) const;
  // Those that had requests.
  std::set<std::string> Services() const;

 private:
  std::string address_, metrics_;
  ChildProcess process_;
};

}  // namespace stickyd
