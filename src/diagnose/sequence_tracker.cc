// SPDX-License-Identifier: Apache-2.0
#include "stickyd/diagnose/sequence_tracker.h"

#include <algorithm>

#include "count_gaps.h"
#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

constexpr size_t kMostSequences = 8;  // remembered; the least recently advanced one goes
// Traefik reads the clock, then takes the count: a request that was held up in between has a
// higher count than one that started later.
constexpr EventDuration kHeldUp = std::chrono::milliseconds(250);
constexpr EventDuration kIdle = std::chrono::minutes(1);
// Whatever ended is surely learnt so much later: CLF cuts times to a second.
constexpr EventDuration kLearntBy = std::chrono::seconds(2);
constexpr EventDuration kForgetReplicas = std::chrono::minutes(10);
// Requests that were in flight when the clock was set back are passed over by the next line.
constexpr uint64_t kMostInFlight = 4096;
// Requests that overtake each other are few; more are possible where many are on their way, and as
// many as may have arrived since.
constexpr uint64_t kNear = 64;
constexpr uint64_t kBurst = 512;
constexpr double kFaster = 4;                                       // than it was lately
constexpr EventDuration kLongestSilence = std::chrono::minutes(1);  // that counts
constexpr double kMostAhead = 1 << 20;

Interval Later(const Interval& interval, EventDuration by) {
  return {interval.low + by, interval.high + by};
}

}  // namespace

struct SequenceTracker::Sequence {
  SequenceIds::Loan loan;
  uint64_t first = 0;  // where the source began to show it: lower ones may have come before
  uint64_t max = 0;
  CountGaps gaps;         // between first and max
  uint64_t timed = 0;     // the highest count of which the start is known
  Interval start_of_max;  // of that
  struct Step {
    uint64_t count = 0;
    EventTime high;  // it had started by then
  };
  Step step, last_step;  // max as it was some seconds ago; each surely before the next
  EventTime began;       // start of its first record
  EventTime advanced;    // start of the latest record that raised max

  bool Seen(uint64_t count) const {
    return count <= max && count >= std::max(first, gaps.known_from()) && !gaps.Contains(count);
  }
  // The highest count that a request which started then may have, if no line was lost.
  uint64_t MostBy(const Interval& start) const {
    const double seconds = std::max(1.0, Seconds(start_of_max.low - step.high));
    const double rate = static_cast<double>(timed - std::min(step.count, timed)) / seconds;
    const EventDuration since =
        std::clamp(start.high - start_of_max.low, EventDuration{}, kLongestSilence);
    const double ahead = kFaster * rate * (Seconds(since) + 1);
    return max + kBurst + static_cast<uint64_t>(std::min(ahead, kMostAhead));
  }
  // Did a request with a higher count surely start before?
  bool Overtaken(uint64_t count, const Interval& start) const {
    return count < step.count && start.low > step.high;
  }
  bool MayBeLate(uint64_t count, const Interval& start) const {
    return count < max && start.low <= start_of_max.high && !Overtaken(count, start);
  }
  void Raise(uint64_t count, const Interval& start) {
    if (count > max + 1) gaps.Pass(max + 1, count - 1, start.high);
    max = timed = count;
    start_of_max = start;
    advanced = std::max(advanced, start.low);
    if (start.low <= last_step.high) return;
    step = last_step;
    last_step = {count, start.high};
  }
};

SequenceIds::Loan SequenceIds::Lend(EventTime now) {
  const auto idle =
      std::min_element(numbers_.begin() + 1, numbers_.end(),
                       [](const Number& a, const Number& b) { return a.last_use < b.last_use; });
  if (idle->turn > 0 && idle->last_use > now - kIdle) return {};
  const bool lent_before = idle->turn > 0;
  const EventTime from = lent_before ? idle->last_use + kLearntBy : EventTime::min();
  ++idle->turn;
  idle->last_use = std::max(idle->last_use, now);
  return {static_cast<uint8_t>(idle - numbers_.begin()), idle->turn, from};
}

bool SequenceIds::Holds(const Loan& loan) const {
  return loan.number != 0 && numbers_[loan.number].turn == loan.turn;
}

uint8_t SequenceIds::Use(const Loan& loan, EventTime started, EventTime ended) {
  if (!Holds(loan) || started <= loan.from) return 0;
  Number& number = numbers_[loan.number];
  number.last_use = std::max(number.last_use, ended);
  return loan.number;
}

SequenceTracker::SequenceTracker(SequenceIds& ids) : ids_(ids) {}
SequenceTracker::~SequenceTracker() = default;

bool SequenceTracker::IsAlive(const Sequence& sequence) const {
  const Sequence& newest = *sequences_.back();
  return &sequence == &newest || sequence.advanced > newest.began;
}

CountSight SequenceTracker::Fits(uint64_t count, const Interval& start) const {
  if (counts_ == 0) return {};
  CountSight best{CountFit::kNews};
  for (const auto& sequence : sequences_) {
    const CountSight fit = FitsTo(*sequence, count, start);
    if (fit.fit < best.fit || (fit.fit == best.fit && fit.distance < best.distance)) best = fit;
  }
  return best;
}

CountSight SequenceTracker::FitsTo(const Sequence& s, uint64_t count, const Interval& start) const {
  const bool waited_for = s.gaps.Contains(count);
  if (!IsAlive(s)) return {waited_for ? CountFit::kPossible : CountFit::kNews};
  if (waited_for)
    return {s.max - std::min(count, s.max) <= kNear ? CountFit::kNext : CountFit::kLate, 1};
  if (count > s.max && count - s.max <= kNear) return {CountFit::kNext, count - s.max};
  const bool ahead = count > s.max && count <= s.MostBy(start);
  const bool unknown = count < std::max(s.first, s.gaps.known_from()) || s.gaps.Dismissed(count);
  const bool late = unknown && s.MayBeLate(count, start);
  return {ahead || late ? CountFit::kPossible : CountFit::kNews};
}

CountSight SequenceTracker::FitsWithout() const {
  return {counts_ == 0 ? CountFit::kNothingKnown : CountFit::kNews};
}

void SequenceTracker::Mark(uint64_t count) {
  Sequence* nearest = nullptr;
  for (const auto& sequence : sequences_) {
    Sequence& s = *sequence;
    if (!IsAlive(s)) continue;
    if (s.gaps.Contains(count)) return s.gaps.Take(count);
    if (count > s.max && count - s.max <= kNear && (nearest == nullptr || s.max > nearest->max)) {
      nearest = &s;
    }
  }
  if (nearest == nullptr) return;
  if (count > nearest->max + 1) {
    nearest->gaps.Pass(nearest->max + 1, count - 1, nearest->start_of_max.high);
  }
  nearest->max = count;
}

// The sequence that the record continues, or that it is a late line of.
SequenceTracker::Sequence* SequenceTracker::Fit(uint64_t count, const Interval& start) {
  Sequence* best = nullptr;
  uint64_t best_distance = 0;
  for (const auto& sequence : sequences_) {
    Sequence& s = *sequence;
    if (s.Seen(count)) continue;
    const bool later = count > s.max && start.high >= s.start_of_max.low;
    // Where two processes' counts are close, each may have taken the other's: times say little.
    const bool waited_for = stats_.several && s.gaps.Contains(count);
    const bool late = (waited_for && count < s.max) || s.MayBeLate(count, start);
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
  stats_.restarts_told = std::max(stats_.restarts_told, stats_.restarts);
  if (sequences_.size() >= kMostSequences) {
    const auto idle =
        std::min_element(sequences_.begin(), sequences_.end(),
                         [](const auto& a, const auto& b) { return a->advanced < b->advanced; });
    (*idle)->gaps.ConcludeAll();
    missing_of_ended_ += (*idle)->gaps.missing();
    sequences_.erase(idle);
  }
  auto sequence = std::make_unique<Sequence>();
  sequence->first = sequence->max = sequence->timed = count;
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
    sequence.gaps.Dismiss(other->first);
    if (several_until_ < start.low && stats_.restarts > 0) --stats_.restarts;
    several_until_ = std::max(several_until_, until);
  }
}

// Lines are written in the order of their ends. Where that goes back while the count goes on, it is
// the clock that was set back: by so much, as far as can be told. Another process would have ended
// its request behind the others.
EventDuration SequenceTracker::SetBack(uint64_t count, const Interval& start, EventTime end) const {
  if (sequences_.empty() || stats_.several) return {};
  const Sequence& last = *sequences_.back();
  const bool goes_on = count > last.max && count - last.max <= kMostInFlight;
  const EventDuration precision = start.high - start.low;
  return goes_on && end + precision < last_end_ ? last.start_of_max.low - start.low
                                                : EventDuration{};
}

// Starts are kept on the clock as it was before all steps.
SequenceTracker::Sequence* SequenceTracker::FitOverStep(uint64_t count, EventTime end,
                                                        Interval& start) {
  if (last_step_ != EventDuration{}) {
    const Interval before = Later(start, -last_step_);
    Sequence* const sequence = Fit(count, before);
    if (sequence != nullptr && sequence->gaps.Contains(count)) {  // it was in flight then
      start = before;
      return sequence;
    }
  }
  const EventDuration step = SetBack(count, start, end);
  if (step <= EventDuration{}) return nullptr;
  start = Later(start, step);
  stepped_by_ += step;
  last_step_ = step;
  ++stats_.clock_steps;
  return Fit(count, start);
}

uint8_t SequenceTracker::Add(uint64_t count, const Interval& started, EventTime ended) {
  ++counts_;
  longest_ = std::max(longest_, ended - started.low);
  const EventTime end = ended + stepped_by_;
  Interval start = Later({started.low, started.high + kHeldUp}, stepped_by_);
  Sequence* sequence = Fit(count, start);
  if (sequence == nullptr) sequence = FitOverStep(count, end, start);
  if (sequence == nullptr) {
    sequence = &Begin(count, start);
  } else if (count > sequence->max) {
    NoteAlive(*sequence, start);
    sequence->Raise(count, start);
  } else if (count >= sequence->first) {
    sequence->gaps.Take(count);
  }
  last_end_ = ended + stepped_by_;
  sequence->gaps.Conclude(start.low, longest_);
  stats_.missing = std::max(stats_.missing, Missing());
  stats_.several = start.low < several_until_;
  uint8_t number = ids_.Use(sequence->loan, started.low, ended);
  if (number == 0 && !ids_.Holds(sequence->loan)) {
    sequence->loan = ids_.Lend(ended);
    number = ids_.Use(sequence->loan, started.low, ended);
  }
  process_ = sequence->loan.number;
  return stats_.several && Applies(Rule::kOneSequence) ? 0 : number;
}

uint64_t SequenceTracker::Missing() const {
  uint64_t missing = missing_of_ended_;
  for (const auto& sequence : sequences_) missing += sequence->gaps.missing();
  return missing - std::min(missing, unknown_);
}

void SequenceTracker::Finish() {
  for (const auto& sequence : sequences_) {
    sequence->gaps.Finish(sequence->advanced, sequence->max - sequence->first + 1);
  }
  stats_.missing = Missing();
}

}  // namespace stickyd
