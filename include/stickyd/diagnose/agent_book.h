// SPDX-License-Identifier: Apache-2.0
// agent_book.h: does more than one user agent come from an address?
// Role:    the pipeline asks it for records with a user agent; the cause shared_client rests on it.
// Shape:   a fixed number of slots by address hash. A newcomer takes the slot over. So a suspicion
//          can be lost, but never made up.
// Threads: pipeline thread only.
// Cost:    one cache miss, no allocation; kSlots * 16 bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "stickyd/model/event_time.h"

namespace stickyd {

class AgentBook {
 public:
  explicit AgentBook(EventDuration idle) : idle_(idle), slots_(kSlots) {}

  // Several agents within the idle time, this one included?
  bool Several(uint64_t address, uint16_t agent, EventTime now) {
    Slot& slot = slots_[address % kSlots];
    const auto tag = static_cast<uint32_t>(address >> 32U);
    if (slot.tag != tag) slot = {tag, agent, 0, {}};
    if (slot.agent != agent) {
      slot.other = slot.agent;
      slot.agent = agent;
      slot.changed = now;
    }
    return slot.other != 0 && now - slot.changed <= idle_;
  }

 private:
  static constexpr size_t kSlots = 65536;
  struct Slot {
    uint32_t tag = 0;
    uint16_t agent = 0;
    uint16_t other = 0;
    EventTime changed;
  };
  const EventDuration idle_;
  std::vector<Slot> slots_;
};

}  // namespace stickyd
