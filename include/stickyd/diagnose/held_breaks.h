// SPDX-License-Identifier: Apache-2.0
// held_breaks.h: breaks that wait for the connection of the pin to speak.
// Role:    several people may be behind one address. So a request on a fresh connection that landed
//          elsewhere is held back until the connection that set the pin speaks again, or until
//          `patience` is over. If the pin still serves that connection, the fresh one was somebody
//          else. If it is not known which connection set the pin, any that was with the pin
//          before will do.
// Shape:   in order of their deadlines. Bounded: if there are too many, the first counts as a
//          break.
// Threads: pipeline thread only.
// Cost:    O(log waiting) per record while anything waits, nothing otherwise.
// Source:  docs/DETECTION.md section 3.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "stickyd/diagnose/cause_finder.h"

namespace stickyd {

class HeldBreaks {
 public:
  struct Held {
    BreakCase break_case;
    bool somebody_else = false;
  };

  HeldBreaks(EventDuration patience, size_t limit) : patience_(patience), limit_(limit) {}

  void Hold(BreakCase break_case, std::vector<Held>& decided);
  // A connection has spoken: decides what waited for it. `connection`: its history, this request
  // included; null if it has none.
  void Hear(const Observation& seen, const History* connection, std::vector<Held>& decided);
  // Decides what has waited long enough: these are breaks.
  void Advance(EventTime now, std::vector<Held>& decided);
  void Finish(std::vector<Held>& decided);

  bool empty() const { return waiting_.empty(); }
  uint64_t closed_early() const { return closed_early_; }

 private:
  using Turn = std::pair<EventTime, uint64_t>;  // the deadline; and a number, to tell them apart

  // If many requests are in flight, one that came later may be the last of the run. The pin was
  // then set by some connection of the client that was with it before.
  static bool KnowsSetter(const BreakCase& held) {
    return held.pin_run.low_last <= Tick(held.seen.start.high);
  }
  static uint64_t KeyOf(const BreakCase& held) {
    return KnowsSetter(held) ? held.pin_run.connection : held.seen.client;
  }
  void HearKey(uint64_t key, const Observation& seen, const History* connection,
               std::vector<Held>& decided);
  void Close(const Turn& turn, bool somebody_else, std::vector<Held>& decided);
  // So many of those that wait have a key like this one: most keys of a log have none.
  uint32_t& CountLike(uint64_t key) { return like_[(key ^ key >> 32U) % like_.size()]; }

  const EventDuration patience_;
  const size_t limit_;
  std::map<Turn, BreakCase> waiting_;
  std::set<std::pair<uint64_t, Turn>> by_key_;
  std::array<uint32_t, 1024> like_{};  // by the low bits of a key
  uint64_t next_number_ = 0;
  uint64_t closed_early_ = 0;
};

}  // namespace stickyd
