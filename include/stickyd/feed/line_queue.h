// SPDX-License-Identifier: Apache-2.0
// line_queue.h: which of several logs has the earliest line that waits?
// Role:    the one rule by which lines of several logs are put in order: for files that are
//          finished (FinishedLogs) and for those that grow (FollowedLogs).
// Shape:   Lane has `time` (of its waiting line, or of the last that told one) and `id`. Of two
//          lines of one time, that of the log that was named first comes first.
// Cost:    O(log lanes) per line.
#pragma once

#include <algorithm>
#include <vector>

namespace stickyd {

template <class Lane>
class LineQueue {
 public:
  void Push(Lane* lane) {
    lanes_.push_back(lane);
    std::push_heap(lanes_.begin(), lanes_.end(), IsLater);
  }
  // REQUIRES: not empty.
  Lane* Pop() {
    std::pop_heap(lanes_.begin(), lanes_.end(), IsLater);
    Lane* const lane = lanes_.back();
    lanes_.pop_back();
    return lane;
  }
  bool empty() const { return lanes_.empty(); }
  void Clear() { lanes_.clear(); }

 private:
  static bool IsLater(const Lane* a, const Lane* b) {
    return a->time != b->time ? a->time > b->time : a->id > b->id;
  }

  std::vector<Lane*> lanes_;  // a heap: the earliest on top
};

}  // namespace stickyd
