// held_breaks.h: breaks that wait for the connection of the pin to speak.
// Role:    behind one address may be several people. A request on a fresh connection that landed
//          elsewhere is held back until the connection that set the pin speaks again: if that one
//          is still served by the pin, the new connection was somebody else. At most `patience`.
// Shape:   in order of their deadlines; bounded: the first counts as a break when there are too
//          many.
// Threads: pipeline thread only.
// Cost:    O(log waiting) per record while anything waits, nothing otherwise.
// Source:  docs/DETECTION.md section 3.
#pragma once

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

  void Hold(BreakCase break_case, std::vector<Held>& settled);
  // A connection has spoken: settles what waited for it.
  void Hear(const Observation& seen, std::vector<Held>& settled);
  // Settles what has waited long enough: these are breaks.
  void Advance(EventTime now, std::vector<Held>& settled);
  void Finish(std::vector<Held>& settled);

  bool empty() const { return waiting_.empty(); }
  uint64_t settled_early() const { return settled_early_; }

 private:
  using Turn = std::pair<EventTime, uint64_t>;  // the deadline; and a number, to tell them apart

  void Settle(const Turn& turn, bool somebody_else, std::vector<Held>& settled);

  const EventDuration patience_;
  const size_t limit_;
  std::map<Turn, BreakCase> waiting_;
  std::set<std::pair<uint32_t, Turn>> by_connection_;  // the connection that set the pin
  uint64_t next_number_ = 0;
  uint64_t settled_early_ = 0;
};

}  // namespace stickyd
