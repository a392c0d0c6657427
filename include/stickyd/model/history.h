// SPDX-License-Identifier: Apache-2.0
// history.h: which servers a client was sent to and when it learnt them, in a bounded space; and
// which of them it may have known when it sent a request.
// Role:    session stores it, packed. diagnose asks it and adds each assignment.
// Shape:   a history of assignments, as runs. A run is one or more assignments to one server whose
//          learnt intervals no other run overlaps. What falls out for want of room leaves a mark
//          (lost), so that a question which needs it is answered "maybe", and the verdict is
//          unresolved, never wrong.
// Units:   Tick is the low half of an EventTime: comparable within 37 hours.
// Threads: pure functions.
// Cost:    at most eight runs are looked at; no allocation.
// Source:  docs/DETECTION.md section 2. history_test.cc compares with a list of all assignments, on
//          random traffic.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "stickyd/model/event_time.h"
#include "stickyd/model/ids.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

// What was learnt earlier than this before the latest request is forgotten, so that ticks stay
// comparable.
inline constexpr EventDuration kReach = std::chrono::hours(24);

// A point of event time within 37 hours of the one it is compared with.
class Tick {
 public:
  constexpr Tick() = default;
  constexpr explicit Tick(uint32_t value) : value_(value) {}
  constexpr explicit Tick(EventTime time)
      : value_(static_cast<uint32_t>(time.time_since_epoch().count())) {}
  constexpr uint32_t value() const { return value_; }
  // How much later than `other`; negative if earlier.
  constexpr int32_t Since(Tick other) const { return static_cast<int32_t>(value_ - other.value_); }
  constexpr Tick Before(EventDuration duration) const {
    return Tick(value_ - static_cast<uint32_t>(duration.count()));
  }
  friend constexpr bool operator==(Tick, Tick) = default;
  friend constexpr auto operator<=>(Tick a, Tick b) { return a.Since(b) <=> 0; }

 private:
  uint32_t value_ = 0;
};

// What decides between two assignments besides time.
struct Mark {
  uint8_t sequence = 0;  // RequestCounts of one sequence are comparable; 0: not
  uint32_t count = 0;    // RequestCount in CLF
};

struct Run {
  ServerId server = ServerId::kNone;
  uint8_t sequence = 0;
  bool mixed = false;          // `low_first` and `count` are of different assignments or sequences
  uint16_t origin = 0;         // tag of scheme and host of the last request
  uint32_t count = 0;          // CLF: the lowest RequestCount
  uint32_t connection = 0;     // JSON: tag of the connection of the last request, 0: none
  Tick low_first, high_first;  // the earliest bounds of learnt intervals
  Tick low_last, high_last;    // the latest ones
};

struct History {
  static constexpr size_t kMostRuns = 8;
  std::array<Run, kMostRuns> runs{};
  uint8_t size = 0;
  bool lost = false;  // something fell out that was learnt up to `lost_high`
  Tick lost_high;

  bool empty() const { return size == 0 && !lost; }
};

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
void VerdictAmongAll(const Pins& pins, const History& history, ServerId server, PinVerdict& out);
// The verdict that all possible pins agree on, else ambiguous, else unresolved.
inline PinVerdict VerdictOf(const Pins& pins, const History& history, ServerId server) {
  if (!pins.only_one()) {
    PinVerdict out;
    VerdictAmongAll(pins, history, server, out);
    return out;
  }
  const Pins::Pin& pin = pins.list[0];  // the same, for most requests
  return {pin.server == server ? Verdict::kHeld : Verdict::kBreak, pin.server, pin.run};
}

void AddAssignment(History& history, const Assignment& assignment);

// The run that was learnt last. REQUIRES: history.size > 0.
size_t LatestRun(const History& history);
// Joins all runs that can be joined. That is exact for every request that starts later than all of
// the history.
void Consolidate(History& history);

}  // namespace stickyd
