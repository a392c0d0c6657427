// SPDX-License-Identifier: Apache-2.0
// session_memory.h: what is remembered of one session (or of one connection).
// Role:    session stores it, packed; diagnose reads and changes it.
// Shape:   a history of assignments, as runs. A run is one or more assignments to one server whose
//          learnt intervals no other run overlaps. It is bounded. What falls out leaves a mark
//          (lost), so that a question which needs it is answered "unresolved", never wrongly.
// Units:   Tick is the low half of an EventTime: comparable within 37 hours.
// Source:  docs/ARCHITECTURE.md "How a line becomes a number"; exactness is tested against a list
//          of all assignments (history_test.cc).
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "stickyd/model/event_time.h"
#include "stickyd/model/ids.h"

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

// What is known of a client besides its servers. It has 16 bytes, since there are millions.
struct SessionFacts {
  enum Flag : uint16_t {
    kBroken = 1,         // it has had a break
    kSentCookie = 2,     // it has sent some cookie
    kShownSticky = 4,    // it has sent a sticky cookie
    kGivenSticky = 8,    // it was given one
    kHitElsewhere = 16,  // its cookie was honoured on another server before
    kShared = 32,        // several people: hits on two servers interleave
    kReturned = 64,      // it has had a returning request
    // How it was given the sticky cookie, at least once ...
    kGivenOverHttps = 128,      // over https
    kGivenFirstParty = 256,     // not to a request from another site
    kGivenToCredentials = 512,  // to a request of a kind that sends and keeps cookies
    // ... and for the first time when it was given one last: unknown to requests sent before.
    kNewOverHttps = 1024,
    kNewFirstParty = 2048,
    kNewToCredentials = 4096,
    kNewOnHost = 8192,  // on the host given.front()
  };
  uint16_t flags = 0;
  uint16_t refused = 0;             // tag of the last cookie value that was refused
  uint32_t given_at = 0;            // when it was last given the sticky cookie: see given.h
  std::array<uint16_t, 2> shown{};  // origins (scheme, host, cross-site or not) it was shown to
  std::array<uint16_t, 2> given{};  // hosts on which it was given

  bool Has(Flag flag) const { return (flags & flag) != 0; }
  void Set(Flag flag) { flags = static_cast<uint16_t>(flags | flag); }
  void Clear(Flag flag) { flags = static_cast<uint16_t>(flags & ~unsigned{flag}); }
};
static_assert(sizeof(SessionFacts) == 16);

// The run that was learnt last. REQUIRES: history.size > 0.
size_t LatestRun(const History& history);

// Would joining two runs forget which assignment was both answered first and came to Traefik first?
// Only counts can tell that, and it matters only for requests that were on their way then.
bool WouldMix(const Run& run, const Run& other);
// Are they of one server, with no other server's run between or across them?
bool CanJoin(const History& history, const Run& run, const Run& other);
// REQUIRES: CanJoin.
void Join(Run& run, const Run& other);
// Joins all runs that can be joined. That is exact for every request that starts later than all of
// the history.
void Consolidate(History& history);
// What was learnt before `oldest` is lost, or is taken to have been learnt at `oldest`.
void ForgetBefore(Tick oldest, History& history);
// REQUIRES: history.size > 0.
void ForgetOldest(History& history);

struct SessionMemory {
  History history;
  SessionFacts facts;
};

}  // namespace stickyd
