// SPDX-License-Identifier: Apache-2.0
// other_user.h: does a piece of work as another user of this machine.
// Role:    `check --as`: what root can read says nothing about what the daemon can read.
// Errors:  an unknown user or group, or no right to become one.
// Threads: call it before any thread is started.
#pragma once

#include <functional>
#include <string>

#include "stickyd/base/result.h"

namespace stickyd {

// `who`: USER, or USER:GROUP,GROUP with groups beside the user's own, as SupplementaryGroups= of a
// unit gives them. The result is the work's, which runs in a child process.
Result<int> RunAs(const std::string& who, const std::function<int()>& work);

}  // namespace stickyd
