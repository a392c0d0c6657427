// sequence_tracker.h: RequestCount: which records of a source may be ordered by it, restarts of
// Traefik, and lines that are missing.
// Role:    one per source; the pipeline asks it about every record that has a count.
// Shape:   a sequence is one life of one Traefik process. Several live ones in a source are several
//          replicas: then counts order nothing. Where the clock is set back while the counts go on,
//          the sequence goes on as well.
// Threads: pipeline thread only.
// Cost:    O(sequences), of which there is one, or a few.
// Source:  Traefik takes the count at a request's arrival, from one atomic counter per process;
//          docs/DETECTION.md sections 2 and 7.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stickyd/model/event_time.h"
#include "stickyd/model/pipeline_stats.h"

namespace stickyd {

// Numbers of sequences, 1 to 31 in turn: those of several sources differ.
class SequenceIds {
 public:
  uint8_t Next() { return last_ = static_cast<uint8_t>(last_ % 31 + 1); }

 private:
  uint8_t last_ = 0;
};

class SequenceTracker {
 public:
  // `ids` must outlive it.
  explicit SequenceTracker(SequenceIds& ids);
  ~SequenceTracker();
  SequenceTracker(const SequenceTracker&) = delete;
  SequenceTracker& operator=(const SequenceTracker&) = delete;

  // The number (1 to 31, reused) of the sequence that the record belongs to, 0 if its count says
  // nothing about others'.
  uint8_t Add(uint64_t count, const Interval& started, EventTime ended);
  // The input has ended: what is missing is counted exactly. Until then it never goes down.
  void Finish();

  const SequenceStats& stats() const { return stats_; }

 private:
  struct Sequence;
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
};

}  // namespace stickyd
