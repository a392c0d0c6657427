// SPDX-License-Identifier: Apache-2.0
// interruption.h: Ctrl-C, noted instead of ending the process at once.
// Role:    analyze prints what it has found until then.
// Shape:   one at a time. The second Ctrl-C ends the process as usual.
// Threads: whichever thread gets the signal.
#pragma once

#include "stickyd/base/fd.h"

namespace stickyd {

class Interruption {
 public:
  // Also where SIGINT is ignored, as a shell does it for what its scripts run in the background:
  // who sends it wants the report.
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  bool asked() const;
  // Can be read from once it was asked for.
  int descriptor() const { return event_.get(); }

 private:
  const UniqueFd event_;
};

}  // namespace stickyd
