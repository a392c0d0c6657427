// SPDX-License-Identifier: Apache-2.0
#include "stickyd/session/allowance.h"

#include <algorithm>

namespace stickyd {

bool Allowance::Take(uint64_t key, Limit limit, EventTime now) {
  uint16_t& left = Refilled(key, now).left[static_cast<size_t>(limit)];
  if (left == 0) return false;
  --left;
  return true;
}

void Allowance::Add(uint64_t key, EventTime now) {
  for (uint16_t& left : Refilled(key, now).left) {
    if (left < kMost) ++left;
  }
}

Allowance::Slot& Allowance::Refilled(uint64_t key, EventTime now) {
  Slot& slot = slots_[key % kSlots];
  const auto tag = static_cast<uint32_t>(key >> 32U) | 1U;  // 0: nobody has it
  const auto now_s = static_cast<uint32_t>(
      std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count());
  const auto elapsed = static_cast<int32_t>(now_s - slot.at_s);
  if (slot.tag != tag) {
    slot = {tag, now_s, kAtOnce};
  } else if (elapsed < 0) {  // the log's clock was set back
    slot.at_s = now_s;
  } else if (elapsed >= kRefillEvery.count()) {
    const auto times = static_cast<uint32_t>(elapsed / kRefillEvery.count());
    slot.at_s += times * static_cast<uint32_t>(kRefillEvery.count());
    for (size_t i = 0; i < slot.left.size(); ++i) {
      const uint64_t more = slot.left[i] + uint64_t{times} * kRefill[i];
      slot.left[i] = static_cast<uint16_t>(
          std::clamp<uint64_t>(more, slot.left[i], std::max(slot.left[i], kAtOnce[i])));
    }
  }
  return slot;
}

}  // namespace stickyd
