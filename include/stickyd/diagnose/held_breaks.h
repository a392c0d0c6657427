// held_breaks.h: breaks that wait for the connection of the pin to speak.
// Role:    behind one address may be several people. A request on a fresh connection that landed
//          elsewhere is held back until the connection that set the pin speaks again: if that one
//          is still served by the pin, the new connection was somebody else. At most `patience`.
// Shape:   first in, first out; bounded: the oldest counts as a break when there are too many.
// Threads: pipeline thread only.
// Cost:    one hash lookup per record while anything waits, nothing otherwise.
// Source:  docs/DETECTION.md section 3.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "stickyd/diagnose/cause_finder.h"

namespace stickyd {

class HeldBreaks {
 public:
  struct Held {
    BreakCase break_case;
    uint32_t connection = 0;  // tag of the connection that set the pin
    EventTime deadline;
    bool settled = false;
    bool somebody_else = false;
  };

  HeldBreaks(EventDuration patience, size_t limit) : patience_(patience), limit_(limit) {}

  void Hold(BreakCase break_case, std::vector<Held>& settled);
  // A connection has spoken: settles what waited for it.
  void Hear(const Observation& seen, std::vector<Held>& settled);
  // Settles what has waited long enough: these are breaks.
  void Advance(EventTime now, std::vector<Held>& settled);
  void Finish(std::vector<Held>& settled);

  bool empty() const { return waiting_ == 0; }
  uint64_t settled_early() const { return settled_early_; }

 private:
  void Settle(uint64_t number, bool somebody_else, std::vector<Held>& settled);
  void DropSettled();

  const EventDuration patience_;
  const size_t limit_;
  std::deque<Held> queue_;
  uint64_t first_ = 0;  // number of queue_.front()
  size_t waiting_ = 0;
  std::unordered_map<uint32_t, std::vector<uint64_t>> by_connection_;
  uint64_t settled_early_ = 0;
};

}  // namespace stickyd
