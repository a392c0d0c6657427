// SPDX-License-Identifier: Apache-2.0
// repeat_guard.h: finds records that were there before, the same in every byte that matters.
// Role:    LaneIntake asks it for every record. Shippers deliver at least once, logs are read
//          again from their beginning, and people type `cat a a`. A request is judged once.
// Shape:   the latest records of a source, by their counts if they have one, else by their starts;
//          and the first record. If the first record comes again, all that is older than the latest
//          event comes again with it. A record that was forgotten is taken for new. Records without
//          a count that are known to the second only (CLF) are never taken for repeated.
// Threads: pipeline thread only.
// Cost:    one cache miss or none (counts go up by one), a hash of client and path; kSlots * 16
//          bytes, allocated for the first record.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "stickyd/base/mix.h"
#include "stickyd/model/access_record.h"

namespace stickyd {

class RepeatGuard {
 public:
  static constexpr size_t kSlots = 4096;

  // `latest`: when the latest request of the source ended, of those that were believed.
  bool IsRepeat(const AccessRecord& record, EventTime latest) {
    if (!record.request_count && record.start.low != record.start.high) return false;
    const uint64_t mark = Mark(record);
    if (slots_.empty()) {
      slots_.resize(kSlots);
      first_ = mark;
    } else if (mark == first_) {
      again_until_ = latest - kSecond;
      return true;
    }
    Slot& slot = slots_[(record.request_count ? *record.request_count : mark) % kSlots];
    if (slot[0] == mark || slot[1] == mark) return true;
    if (record.end() < again_until_) return true;
    again_until_ = EventTime::min();
    slot = {mark, slot[0]};
    return false;
  }

 private:
  using Slot = std::array<uint64_t, 2>;  // two processes may count in step
  // Lines of one moment are in no order, and CLF knows times to the second: what is that young is
  // still in its slot.
  static constexpr EventDuration kSecond = std::chrono::seconds(1);

  // Never 0.
  static uint64_t Mark(const AccessRecord& record) {
    uint64_t mark = Mix(0, record.request_count.value_or(0));
    mark = Mix(mark, static_cast<uint64_t>(record.start.low.time_since_epoch().count()));
    mark = Mix(mark, static_cast<uint64_t>(record.duration.count()));
    mark = MixText(mark, record.client_host.value_or(""));
    return MixText(mark, record.path.value_or("")) | 1U;
  }

  std::vector<Slot> slots_;
  uint64_t first_ = 0;
  EventTime again_until_ = EventTime::min();
};

}  // namespace stickyd
