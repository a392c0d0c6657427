// SPDX-License-Identifier: Apache-2.0
// allowance.h: how much of what costs others one address may have.
// Role:    MemoryTables asks it before it remembers somebody new, the pipeline before it believes
//          a break that only the client vouches for.
// Shape:   a fixed number of slots by key; a newcomer takes the slot over, with a full allowance.
//          What is used up comes back by the second of event time, and by requests that held: many
//          people behind one address have many of those.
// Units:   keys are keyed hashes (Observation::group).
// Threads: pipeline thread only.
// Cost:    one cache miss, no allocation; kSlots * 16 bytes.
// Source:  docs/DETECTION.md section 3; docs/SECURITY.md has the attacks.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "stickyd/model/event_time.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

class Allowance {
 public:
  static constexpr size_t kSlots = 65536;
  // At once, by Limit: people, sessions, connections, breaks.
  static constexpr std::array<uint16_t, kCountOf<Limit>> kAtOnce = {256, 256, 1024, 128};
  // More of each, so often.
  static constexpr std::chrono::seconds kRefillEvery{16};
  static constexpr std::array<uint16_t, kCountOf<Limit>> kRefill = {1, 1, 48, 1};
  // By requests that held an allowance grows beyond what it is at once, to this.
  static constexpr uint16_t kMost = 4096;

  Allowance() : slots_(kSlots) {}

  // Takes one; false: nothing is left.
  bool Take(uint64_t key, Limit limit, EventTime now);
  // One more of each.
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
