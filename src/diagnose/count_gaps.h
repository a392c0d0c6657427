// SPDX-License-Identifier: Apache-2.0
// count_gaps.h: the RequestCounts of one process that were passed over and have not appeared.
// Role:    one per sequence of the sequence tracker.
// Shape:   runs of counts, lowest first. A run is open (its requests may be in flight) until it
//          is older than any request in flight, then missing. It stays known, so that a line that
//          comes later still is told from one that was read before.
// Threads: pipeline thread only.
// Cost:    O(log runs) to find a count. At most kMostRuns; then the older half is concluded.
// Source:  docs/DETECTION.md section 7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "stickyd/model/event_time.h"

namespace stickyd {

class CountGaps {
 public:
  static constexpr size_t kMostRuns = 4096;

  // `first` to `last` were passed over by a request that started at `start`.
  // REQUIRES: they are higher than all before, first <= last.
  void Pass(uint64_t first, uint64_t last, EventTime start);
  // The count has appeared.
  // REQUIRES: it is in a run, or below known_from().
  void Take(uint64_t count);
  bool Contains(uint64_t count) const;
  // Was it passed over, and then dismissed? It may be this process's yet.
  bool Dismissed(uint64_t count) const;
  // Open runs that were passed over too long before `now` are missing. `longest`: request seen.
  void Conclude(EventTime now, EventDuration longest);
  // The input has ended at `now`. Where many of the `expected` counts never came, the others did
  // not come either; where few did not, the open ones were in flight.
  void Finish(EventTime now, uint64_t expected);
  void ConcludeAll();
  // Another process has the count: what was passed over together with it is not this one's.
  void Dismiss(uint64_t count);

  uint64_t open() const { return open_; }
  uint64_t missing() const { return missing_; }
  // Of counts below nothing is known any more.
  uint64_t known_from() const { return known_from_; }

 private:
  struct Run {
    uint64_t first = 0, last = 0;
    EventTime start;
    bool missing = false;
    uint64_t size() const { return last - first + 1; }
  };
  size_t Find(uint64_t count) const;  // its run's index, or runs_.size()
  void Conclude(Run& run);
  void DropOldest();

  std::vector<Run> runs_;
  std::vector<std::pair<uint64_t, uint64_t>> dismissed_;  // runs, the last few
  uint64_t open_ = 0, missing_ = 0, known_from_ = 0;
  EventTime next_look_;
  mutable size_t found_ = 0;  // by the last Find: who asks Contains goes on to Take
};

}  // namespace stickyd
