#include "stickyd/diagnose/sequence_tracker.h"

#include <algorithm>

#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

constexpr size_t kWindow = 4096;      // counts that may be in flight at a time
constexpr size_t kMostSequences = 8;  // remembered; the least recently advanced one goes
constexpr uint8_t kMostIds = 31;
constexpr EventDuration kForgetReplicas = std::chrono::minutes(10);

}  // namespace

struct SequenceTracker::Sequence {
  uint8_t id = 0;
  uint64_t first = 0;  // the lowest count expected
  uint64_t max = 0;
  Interval start_of_max;
  struct Step {
    uint64_t count = 0;
    EventTime high;  // it had started by then
  };
  Step step, last_step;       // max as it was some seconds ago; each surely before the next
  EventTime began;            // start of its first record
  EventTime advanced;         // start of the latest record that raised max
  std::bitset<kWindow> seen;  // of the counts in (max - kWindow, max], by count modulo kWindow

  bool Seen(uint64_t count) const {
    return count <= max && max - count < kWindow && seen[count % kWindow];
  }
  // Did a request with a higher count surely start before?
  bool Overtaken(uint64_t count, const Interval& start) const {
    return count < step.count && start.low > step.high;
  }
  void Raise(uint64_t count, const Interval& start) {
    start_of_max = start;
    advanced = std::max(advanced, start.low);
    if (start.low <= last_step.high) return;
    step = last_step;
    last_step = {count, start.high};
  }
  // Counts in the window that have not been seen.
  uint64_t Unseen() const {
    uint64_t unseen = 0;
    const uint64_t oldest = max >= kWindow ? max - kWindow + 1 : 0;
    for (uint64_t count = std::max(first, oldest); count < max; ++count) {
      unseen += seen[count % kWindow] ? 0U : 1U;
    }
    return unseen;
  }
  // Raises max to `count`; returns how many counts left the window without having been seen.
  uint64_t Advance(uint64_t count) {
    uint64_t lost = 0;
    if (count - max >= kWindow) {  // a jump: nothing of the old window can be in flight
      lost = Unseen() + (count - max - kWindow);
      seen.reset();
      max = count;
    }
    while (max < count) {
      ++max;
      const size_t slot = max % kWindow;
      if (max >= first + kWindow && !seen[slot]) ++lost;
      seen[slot] = false;
    }
    seen[count % kWindow] = true;
    return lost;
  }
};

SequenceTracker::SequenceTracker() = default;
SequenceTracker::~SequenceTracker() = default;

// The sequence that the record continues, or that it is a late line of.
SequenceTracker::Sequence* SequenceTracker::Fit(uint64_t count, const Interval& start) {
  Sequence* best = nullptr;
  uint64_t best_distance = 0;
  for (const auto& sequence : sequences_) {
    Sequence& s = *sequence;
    if (s.Seen(count)) continue;
    const bool later = count > s.max && start.high >= s.start_of_max.low;
    const bool late =
        count < s.max && start.low <= s.start_of_max.high && !s.Overtaken(count, start);
    if (!later && !late) continue;
    const uint64_t distance = later ? count - s.max : s.max - count;
    if (best == nullptr || distance <= best_distance) {  // the newer one of two that fit as well
      best = &s;
      best_distance = distance;
    }
  }
  return best;
}

SequenceTracker::Sequence& SequenceTracker::Begin(uint64_t count, const Interval& start) {
  if (!sequences_.empty()) ++stats_.restarts;
  if (sequences_.size() >= kMostSequences) {
    const auto idle =
        std::min_element(sequences_.begin(), sequences_.end(),
                         [](const auto& a, const auto& b) { return a->advanced < b->advanced; });
    sequences_.erase(idle);
  }
  auto sequence = std::make_unique<Sequence>();
  next_id_ = next_id_ % kMostIds + 1;
  sequence->id = next_id_;
  sequence->first = sequence->max = count;
  sequence->seen[count % kWindow] = true;
  sequence->began = sequence->advanced = start.low;
  sequence->start_of_max = start;
  sequence->step = sequence->last_step = {count, start.high};
  sequences_.push_back(std::move(sequence));
  ++stats_.sequences;
  return *sequences_.back();
}

// Two sequences that both go on are two processes, not a restart.
void SequenceTracker::NoteAlive(Sequence& sequence, const Interval& start) {
  bool newer = false;  // they are in the order in which they were first seen
  for (const auto& other : sequences_) {
    if (other.get() == &sequence) {
      newer = true;
      continue;
    }
    if (!newer) continue;
    if (start.low <= other->began) continue;  // a line that was in flight at the restart
    const EventTime until = other->advanced + kForgetReplicas;
    if (until < start.low) continue;  // it has ended
    if (several_until_ < start.low && stats_.restarts > 0) --stats_.restarts;
    several_until_ = std::max(several_until_, until);
  }
}

uint8_t SequenceTracker::Add(uint64_t count, const Interval& start) {
  Sequence* sequence = Fit(count, start);
  if (sequence == nullptr) {
    sequence = &Begin(count, start);
  } else if (count > sequence->max) {
    NoteAlive(*sequence, start);
    stats_.missing += sequence->Advance(count);
    sequence->Raise(count, start);
  } else {
    if (sequence->max - count < kWindow) sequence->seen[count % kWindow] = true;
    sequence->first = std::min(sequence->first, count);
  }
  stats_.several = start.low < several_until_;
  return stats_.several && Applies(Rule::kOneSequence) ? 0 : sequence->id;
}

SequenceStats SequenceTracker::stats() const { return stats_; }

uint64_t SequenceTracker::outstanding() const {
  uint64_t open = 0;
  for (const auto& sequence : sequences_) open += sequence->Unseen();
  return open;
}

}  // namespace stickyd
