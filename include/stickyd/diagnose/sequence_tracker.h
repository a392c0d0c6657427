// SPDX-License-Identifier: Apache-2.0
// sequence_tracker.h: what RequestCount tells: which records of a source it can order, restarts of
// Traefik, and lines that are missing.
// Role:    one per replica of a lane. The pipeline asks it about every record that has a count; the
//          forgery guard asks it whether Traefik can have given out a line's count.
// Shape:   a sequence is one life of one Traefik process. Several live sequences in a source are
//          several replicas; counts order nothing then. If the clock is set back while the counts
//          go on, the sequence goes on as well.
// Threads: pipeline thread only.
// Cost:    O(sequences). There is one, or a few.
// Source:  Traefik takes the count at a request's arrival, from one atomic counter per process;
//          docs/DETECTION.md sections 2 and 7.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "stickyd/model/event_time.h"
#include "stickyd/model/pipeline_stats.h"

namespace stickyd {

// Lends numbers to sequences, 1 to 31, so that counts of different ones are never compared.
// A number that has been idle for a minute may be lent again. From then on it is only for requests
// that started after its last use: what bears it from before was learnt by then, so that no count
// is asked about it.
class SequenceIds {
 public:
  static constexpr uint8_t kMost = 31;
  struct Loan {
    uint8_t number = 0;                 // 0: all are in use
    uint64_t turn = 0;                  // of the number
    EventTime from = EventTime::min();  // for requests that started later
  };

  // `now`: when the request that asks ended.
  Loan Lend(EventTime now);
  // Is the number still lent to it?
  bool Holds(const Loan& loan) const;
  // The loan's number for a request, or 0: it is lent to another one by now, or not for requests
  // that started then.
  uint8_t Use(const Loan& loan, EventTime started, EventTime ended);

 private:
  struct Number {
    uint64_t turn = 0;
    EventTime last_use = EventTime::min();
  };
  std::array<Number, kMost + 1> numbers_{};  // by number; the first is unused
};

// How well a count goes with those that were seen before.
enum class CountFit : uint8_t {
  kNothingKnown,  // none was seen yet
  kNext,          // it is one of the next ones, or one that was passed over just now
  kLate,          // it was passed over long ago, and is waited for
  kPossible,      // lines may have been lost before it, or it may be very late
  kNews,          // another process, a new life of the process, or nobody's
};

struct CountSight {
  CountFit fit = CountFit::kNothingKnown;
  uint64_t distance = 0;  // kNext, kLate: from the highest count; 1 where it is waited for
};

class SequenceTracker {
 public:
  // `ids` must outlive it.
  explicit SequenceTracker(SequenceIds& ids);
  ~SequenceTracker();
  SequenceTracker(const SequenceTracker&) = delete;
  SequenceTracker& operator=(const SequenceTracker&) = delete;

  // The number (SequenceIds) of the sequence that the record belongs to. It is 0 if the record's
  // count says nothing about other counts.
  uint8_t Add(uint64_t count, const Interval& started, EventTime ended);
  // Of the record that was added last: which life of which process wrote it, as far as counts tell;
  // 0: they do not.
  uint8_t process() const { return process_; }
  // How well the count of a request that started at this time would fit. Adds nothing.
  CountSight Fits(uint64_t count, const Interval& start) const;
  // Does a line without a count fit? It does not if counts were seen.
  CountSight FitsWithout() const;
  // Too few counts were seen for a line to contradict them.
  bool knows_little() const { return counts_ < kFewestCounts; }
  // The count is known to have been given out, to a request of which nothing else is known: it is
  // not missing. Only where it fits as kNext.
  void Mark(uint64_t count);
  // A line came whose count could not be read. So one of the counts that do not come is not
  // missing.
  void NoteUnknown() { ++unknown_; }
  // The input has ended: what is missing is counted exactly. Until then it never goes down.
  void Finish();

  const SequenceStats& stats() const { return stats_; }

 private:
  static constexpr uint64_t kFewestCounts = 64;

  struct Sequence;
  // A process that may still write: the newest, and those that went on after it began.
  bool IsAlive(const Sequence& sequence) const;
  CountSight FitsTo(const Sequence& sequence, uint64_t count, const Interval& start) const;
  Sequence* Fit(uint64_t count, const Interval& start);
  Sequence& Begin(uint64_t count, const Interval& start);
  Sequence* FitOverStep(uint64_t count, EventTime end, Interval& start);
  EventDuration SetBack(uint64_t count, const Interval& start, EventTime end) const;
  void NoteAlive(Sequence& sequence, const Interval& start);
  uint64_t Missing() const;

  std::vector<std::unique_ptr<Sequence>> sequences_;  // oldest first
  SequenceIds& ids_;
  SequenceStats stats_;
  EventTime several_until_;
  EventDuration longest_{};     // request
  EventTime last_end_;          // of the line before
  EventDuration stepped_by_{};  // by so much the clock was set back, in all
  EventDuration last_step_{};   // and the last time
  uint64_t missing_of_ended_ = 0;
  uint64_t counts_ = 0;   // that were added
  uint64_t unknown_ = 0;  // lines without one
  uint8_t process_ = 0;
};

}  // namespace stickyd
