// SPDX-License-Identifier: Apache-2.0
// allowance.h: how much one address may have of things that cost others something.
// Role:    MemoryTables asks it before it remembers somebody new. The pipeline asks it before it
//          believes a break that only the client vouches for.
// Shape:   a fixed number of slots by key. A newcomer takes the slot over, with a full allowance.
//          What is used up comes back with the seconds of event time, and with requests that held:
//          many people behind one address have many of those.
// Units:   keys are keyed hashes (Observation::group).
// Threads: pipeline thread only.
// Cost:    one cache miss, no allocation; kSlots * 16 bytes.
// Source:  docs/DETECTION.md section 3; docs/SECURITY.md has the attacks.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "stickyd/base/prefetch.h"
#include "stickyd/model/event_time.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

class Allowance {
 public:
  static constexpr size_t kSlots = 65536;
  // How many at once, by Limit: people, sessions, connections, breaks.
  static constexpr std::array<uint16_t, kCountOf<Limit>> kAtOnce = {256, 256, 1024, 128};
  // How many more of each, and how often.
  static constexpr std::chrono::seconds kRefillEvery{16};
  static constexpr std::array<uint16_t, kCountOf<Limit>> kRefill = {1, 1, 48, 1};
  // Requests that held let an allowance grow beyond kAtOnce, up to this.
  static constexpr uint16_t kMost = 4096;

  Allowance() : slots_(kSlots) {}

  // Takes one. False: nothing is left.
  bool Take(uint64_t key, Limit limit, EventTime now);
  // Asks the processor for the memory that these will need.
  void Fetch(uint64_t key) const { Prefetch(&slots_[key % kSlots]); }
  // Adds one of each.
  void Add(uint64_t key, EventTime now);

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t at_s = 0;  // refilled until then
    std::array<uint16_t, kCountOf<Limit>> left{};
  };
  Slot& Refilled(uint64_t key, EventTime now);

  std::vector<Slot> slots_;
};

}  // namespace stickyd
