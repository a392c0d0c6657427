// SPDX-License-Identifier: Apache-2.0
// history.h: which servers may the client have known when it sent this request?
// Role:    judge asks it of sessions and of connections, then adds the assignment.
// Shape:   the rule of docs/DETECTION.md section 2 on a bounded history. If something forgotten
//          could matter, the answer says so (a pin is "maybe"). The verdict is then unresolved,
//          unless it would be the same either way.
// Threads: pure functions.
// Cost:    at most eight runs are looked at; no allocation.
// Source:  history_test.cc compares with a list of all assignments, on random traffic.
#pragma once

#include <array>
#include <cstdint>

#include "stickyd/model/observation.h"
#include "stickyd/model/session_memory.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

// What the client may have known.
struct Pins {
  enum class Possible : uint8_t { kNo, kMaybe, kYes };
  struct Pin {
    ServerId server;
    bool sure;
    uint8_t run;  // index into the history
  };
  std::array<Pin, History::kMostRuns> list{};
  // Each is in a word of its own: bytes that were just written one by one stall a read of all of
  // them at once.
  alignas(4) uint8_t size = 0;
  alignas(4) Possible none = Possible::kYes;  // it may have known no server yet
  alignas(4) bool unknown = false;            // it may have known one that is forgotten

  // It may have known anything.
  static Pins Forgotten();
  void Add(ServerId server, bool sure, size_t run) {
    Pin& pin = list[size++];
    pin.server = server;
    pin.sure = sure;
    pin.run = static_cast<uint8_t>(run);
  }

  // Certainly no server: nothing is remembered that could have been learnt.
  bool only_none() const { return size == 0 && !unknown; }
  // Certainly the one server in the list.
  bool only_one() const { return size == 1 && none == Possible::kNo && !unknown; }
  // Certainly no other server than this one.
  bool never_other(ServerId server) const;
};

struct Assignment {
  ServerId server = ServerId::kNone;
  Interval learnt;
  Mark mark;
  uint32_t connection = 0;
  uint16_t origin = 0;
};

Pins PossiblePins(const History& history, const Interval& start, const Mark& mark);

struct PinVerdict {
  Verdict verdict = Verdict::kFirst;
  ServerId pin = ServerId::kNone;  // the latest possible one, where the verdict is held or break
  uint8_t run = 0;                 // its run
};
void DecideAmongAll(const Pins& pins, const History& history, ServerId server, PinVerdict& out);
// The verdict that all possible pins agree on, else ambiguous, else unresolved.
inline PinVerdict Decide(const Pins& pins, const History& history, ServerId server) {
  if (!pins.only_one()) {
    PinVerdict out;
    DecideAmongAll(pins, history, server, out);
    return out;
  }
  const Pins::Pin& pin = pins.list[0];  // the same, for most requests
  return {pin.server == server ? Verdict::kHeld : Verdict::kBreak, pin.server, pin.run};
}

void Remember(History& history, const Assignment& assignment);

}  // namespace stickyd
