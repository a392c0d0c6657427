// SPDX-License-Identifier: Apache-2.0
// connection_book.h: do more connections come from a client key than one browser opens?
// Role:    the pipeline asks it where the log shows connections; the cause shared_client rests on
//          it where no user agent is logged.
// Shape:   a fixed number of slots by client key. A newcomer takes the slot over. So a suspicion
//          can be lost, but never made up. Connections of one request do not count: a tool without
//          keep-alive opens one for each.
// Threads: pipeline thread only.
// Cost:    three cache lines, no allocation; kSlots * 132 bytes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "stickyd/base/prefetch.h"
#include "stickyd/model/event_time.h"

namespace stickyd {

class ConnectionBook {
 public:
  ConnectionBook() : slots_(kSlots) {}

  void Add(uint64_t client, uint64_t connection, EventTime now) {
    Slot& slot = slots_[client % kSlots];
    const auto tag = static_cast<uint32_t>(client >> 32U);
    if (slot.tag != tag) slot = {tag, {}};
    const auto mark = static_cast<uint16_t>(connection | 1U);
    Heard* oldest = &slot.heard[0];
    for (Heard& heard : slot.heard) {
      if (heard.mark == mark) {
        heard.twice = true;
        heard.second = Second(now);
        return;
      }
      if (Worth(heard, now) < Worth(*oldest, now)) oldest = &heard;
    }
    *oldest = {mark, false, Second(now)};
  }

  // Asks the processor for the memory that Add will need.
  void Fetch(uint64_t client) const { Prefetch(&slots_[client % kSlots], sizeof(Slot)); }

  // Are they more than twice as many as a browser opens to a host, in the time in which Traefik
  // keeps an idle one open? Traefik closes it after three minutes, so one browser has no more.
  bool Many(uint64_t client, EventTime now) const {
    const Slot& slot = slots_[client % kSlots];
    if (slot.tag != static_cast<uint32_t>(client >> 32U)) return false;
    size_t many = 0;
    for (const Heard& heard : slot.heard) {
      many += Counts(heard, now) ? 1U : 0U;
    }
    return many > size_t{2} * kPerBrowser;
  }

 private:
  static constexpr size_t kSlots = 16384;
  static constexpr size_t kPerBrowser = 6;  // what browsers open to one host with HTTP/1.1

  static constexpr uint32_t kWindow = 170;  // seconds

  struct Heard {
    uint16_t mark = 0;
    bool twice = false;
    uint32_t second = 0;  // of the latest request
  };
  static bool Counts(const Heard& heard, EventTime now) {
    return heard.twice && Second(now) - heard.second <= kWindow;
  }
  // A connection that counts is kept before one that does not; of two alike, the younger one.
  static uint64_t Worth(const Heard& heard, EventTime now) {
    return (Counts(heard, now) ? uint64_t{1} << 32U : 0) + heard.second;
  }

  static uint32_t Second(EventTime time) {
    return static_cast<uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
  }

  struct Slot {
    uint32_t tag = 0;
    std::array<Heard, 16> heard;
  };
  std::vector<Slot> slots_;
};

}  // namespace stickyd
