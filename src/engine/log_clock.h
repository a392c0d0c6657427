// SPDX-License-Identifier: Apache-2.0
// log_clock.h: the clock of the log: how far event time has come.
// Role:    the pipeline has one; it follows the ends of requests.
// Shape:   it goes on with each record. Far ahead it goes when two records in a row say so, as one
//          alone may be out of this world (Pipeline::Impl::Commit). It goes back when the log's
//          clock was set back far, by the counts of the only source or many records in a row.
// Threads: pipeline thread only.
#pragma once

#include <algorithm>
#include <cstdint>

#include "stickyd/model/event_time.h"

namespace stickyd {

class LogClock {
 public:
  static constexpr EventDuration kFar = std::chrono::minutes(5);

  EventTime now() const { return now_; }
  // How often the log's clock was set back.
  uint64_t steps() const { return steps_; }
  bool IsFarAhead(EventTime end) const { return end > now_ + kFar; }

  void Advance(EventTime now) { now_ = std::max(now_, now); }
  // A record ended then. `stepped`: the counts of its source tell that the clock was set back.
  // `alone`: no other source could tell otherwise. True: the clock went back far, and what is
  // remembered lies ahead.
  bool Follow(EventTime end, bool stepped, bool alone) {
    if (end >= now_ - kFar) {
      behind_ = 0;
      now_ = std::max(now_, end);
      steps_ += stepped ? 1 : 0;
      return false;
    }
    if (++behind_ < kRecordsToBelieveAStep && !(stepped && alone)) return false;
    behind_ = 0;
    ++steps_;
    now_ = end;
    return true;
  }

 private:
  static constexpr int kRecordsToBelieveAStep = 64;  // in a row, far behind: they are not late

  EventTime now_;
  uint64_t steps_ = 0;
  int behind_ = 0;
};

}  // namespace stickyd
