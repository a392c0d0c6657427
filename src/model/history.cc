// SPDX-License-Identifier: Apache-2.0
// An assignment is learnt within an interval [low, high]. For a request that started within
// [start.low, start.high]:
//   an assignment was surely learnt before it  if high < start.low,
//   it may have been learnt before it          if low <= start.high (and it did not arrive later).
// Let T be the greatest `low` of those surely learnt. Whatever has high < T was overwritten: after
// it another one was surely learnt. So the possible pins are the servers of assignments that may
// have been learnt before and have high >= T, and "none" if nothing was surely learnt.
//
// A run sums assignments of one server up by their extreme bounds. Runs are joined only when no
// other run overlaps them, so the sums answer exactly, or the bounds below say "maybe".
#include "stickyd/model/history.h"

#include <algorithm>

#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

struct Start {
  Tick low, high;
};

// The lowest and the highest that T can be, over all runs but one; sums leave a range only for a
// run that the start cuts in two.
struct Overwritten {
  bool any = false;  // something was surely learnt
  Tick at_least, at_most;

  void Add(Tick low, Tick high) {
    if (!any || low > at_least) at_least = low;
    if (!any || high > at_most) at_most = high;
    any = true;
  }
};

constexpr size_t kNoRun = History::kMostRuns;

// Inline: what is returned in parts would be waited for as a whole.
[[gnu::always_inline]] inline Overwritten FindOverwritten(const History& history,
                                                          const Start& start, size_t except) {
  Overwritten t;
  for (size_t i = 0; i < history.size; ++i) {
    const Run& run = history.runs[i];
    if (i == except || run.high_first >= start.low) continue;
    if (run.high_last < start.low) {
      t.Add(run.low_last, run.low_last);
    } else {
      t.Add(run.low_first, std::min(run.low_last, start.low));
    }
  }
  return t;
}

using Possible = Pins::Possible;

// May counts tell that some of the run arrived later?
bool MayCount(const Run& run, const Mark& mark) {
  return mark.sequence != 0 && (mark.sequence == run.sequence || run.mixed);
}

// The whole run was surely learnt before the start.
Possible OfLearntRun(const Run& run, const Overwritten& t) {
  if (run.high_last >= t.at_most || !Applies(Rule::kOverwritten)) return Possible::kYes;
  return run.high_last < t.at_least ? Possible::kNo : Possible::kMaybe;
}

// A part of it was: it is possible if nothing later was surely learnt elsewhere, or if its later
// part may have been learnt as well.
Possible OfCutRun(const Run& run, const Start& start, const Mark& mark, const Overwritten& t,
                  const Overwritten& elsewhere) {
  if (!elsewhere.any || elsewhere.at_most <= run.low_first) return Possible::kYes;
  if (run.high_first >= t.at_most) return Possible::kYes;
  const bool later = !MayCount(run, mark) && run.low_last <= start.high;
  return later ? Possible::kYes : Possible::kMaybe;
}

// None of it was.
Possible OfFreshRun(const Run& run, const Start& start, const Mark& mark) {
  if (run.low_first > start.high) return Possible::kNo;
  if (!MayCount(run, mark)) return Possible::kYes;
  const bool comparable = mark.sequence == run.sequence;
  const bool all_later = static_cast<int32_t>(run.count - mark.count) > 0;
  if (comparable && all_later) return Possible::kNo;
  return run.mixed ? Possible::kMaybe : Possible::kYes;
}

// May something that is forgotten have overwritten it?
bool MayBeForgottenOver(const History& history, const Run& run, const Start& start) {
  return history.lost && run.high_first < start.low && run.high_first < history.lost_high;
}

Run RunOf(const Assignment& a) {
  Run run;
  run.server = a.server;
  run.sequence = a.mark.sequence;
  run.count = a.mark.count;
  run.connection = a.connection;
  run.origin = a.origin;
  run.low_first = run.low_last = Tick(a.learnt.low);
  run.high_first = run.high_last = Tick(a.learnt.high);
  return run;
}

bool ReachesBefore(Tick oldest, const History& history) {
  return std::any_of(history.runs.begin(), history.runs.begin() + history.size,
                     [&](const Run& run) { return run.low_first < oldest; });
}

bool IsLaterThanAll(const History& history, const Run& run) {
  return std::all_of(history.runs.begin(), history.runs.begin() + history.size,
                     [&](const Run& known) { return known.high_last < run.low_first; });
}

// Are all runs of other servers out of the way of an interval?
bool StandsAlone(const History& history, ServerId server, Tick low, Tick high) {
  for (size_t i = 0; i < history.size; ++i) {
    const Run& other = history.runs[i];
    if (other.server != server && other.high_last >= low && other.low_first <= high) return false;
  }
  return true;
}

bool Lower(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; }

void Erase(History& history, size_t i) {
  std::move(history.runs.begin() + static_cast<ptrdiff_t>(i) + 1,
            history.runs.begin() + history.size, history.runs.begin() + static_cast<ptrdiff_t>(i));
  --history.size;
}

// Would joining two runs forget which assignment was both answered first and came to Traefik first?
// Only counts can tell that, and it matters only for requests that were on their way then.
bool WouldMix(const Run& run, const Run& other) {
  const bool apart = run.high_last < other.low_first || other.high_last < run.low_first;
  if (run.sequence != other.sequence) return !apart;
  if (run.sequence == 0 || run.mixed || other.mixed) return !apart && run.mixed != other.mixed;
  return Lower(other.count, run.count) ? other.low_first > run.low_first
                                       : other.low_first < run.low_first;
}

// Are they of one server, with no other server's run between or across them?
bool CanJoin(const History& history, const Run& run, const Run& other) {
  return run.server == other.server &&
         StandsAlone(history, run.server, std::min(run.low_first, other.low_first),
                     std::max(run.high_last, other.high_last));
}

// REQUIRES: CanJoin.
void Join(Run& run, const Run& other) {
  const bool mixes = run.mixed || other.mixed || other.sequence != run.sequence ||
                     (run.sequence != 0 && WouldMix(run, other));
  if (other.sequence != run.sequence) {
    run.sequence = 0;  // counts of two sequences say nothing about each other
  } else if (Lower(other.count, run.count)) {
    run.count = other.count;
  }
  run.mixed = mixes;
  run.low_first = std::min(run.low_first, other.low_first);
  run.high_first = std::min(run.high_first, other.high_first);
  if (other.high_last >= run.high_last) {
    run.connection = other.connection;
    run.origin = other.origin;
  }
  run.low_last = std::max(run.low_last, other.low_last);
  run.high_last = std::max(run.high_last, other.high_last);
}

// What was learnt before `oldest` is lost, or is taken to have been learnt at `oldest`.
void ForgetBefore(Tick oldest, History& history) {
  const Tick before = oldest.Before(EventDuration(1));
  history.lost_high = history.lost ? std::max(history.lost_high, before) : before;
  for (size_t i = 0; i < history.size;) {
    Run& run = history.runs[i];
    if (run.high_last < oldest) {
      history.lost = true;
      Erase(history, i);
      continue;
    }
    for (Tick* tick : {&run.low_first, &run.high_first, &run.low_last}) {
      *tick = std::max(*tick, oldest);
    }
    ++i;
  }
}

// REQUIRES: history.size > 0.
void ForgetOldest(History& history) {
  size_t oldest = 0;
  for (size_t i = 1; i < history.size; ++i) {
    if (history.runs[i].high_last < history.runs[oldest].high_last) oldest = i;
  }
  const Tick high = history.runs[oldest].high_last;
  if (!history.lost || high > history.lost_high) history.lost_high = high;
  history.lost = true;
  Erase(history, oldest);
}

}  // namespace

Pins Pins::Forgotten() {
  Pins pins;
  pins.none = Possible::kMaybe;
  pins.unknown = true;
  return pins;
}

bool Pins::never_other(ServerId server) const {
  if (unknown) return false;
  return std::all_of(list.begin(), list.begin() + size,
                     [&](const Pin& pin) { return pin.server == server; });
}

Pins PossiblePins(const History& history, const Interval& interval, const Mark& mark) {
  const Start start{Tick(interval.low), Tick(interval.high)};
  Pins pins;  // the only one that is returned, so that it is made where the caller has it
  if (history.size == 1 && !history.lost && history.runs[0].high_first < start.low) {
    // The rule below, for most requests: one server, and it was surely learnt.
    pins.none = Possible::kNo;
    pins.Add(history.runs[0].server, true, 0);
    return pins;
  }
  const Overwritten t = FindOverwritten(history, start, kNoRun);
  pins.unknown = history.lost && (!t.any || history.lost_high >= t.at_least);
  pins.none = t.any ? Possible::kNo : (history.lost ? Possible::kMaybe : Possible::kYes);
  for (size_t i = 0; i < history.size; ++i) {
    const Run& run = history.runs[i];
    Possible possible = Possible::kNo;
    if (run.high_last < start.low) {
      possible = OfLearntRun(run, t);
    } else if (run.high_first < start.low) {
      possible = OfCutRun(run, start, mark, t, FindOverwritten(history, start, i));
    } else {
      possible = OfFreshRun(run, start, mark);
    }
    if (possible == Possible::kNo) continue;
    const bool sure = possible == Possible::kYes && !MayBeForgottenOver(history, run, start);
    pins.Add(run.server, sure, i);
  }
  return pins;
}

void VerdictAmongAll(const Pins& pins, const History& history, ServerId server, PinVerdict& out) {
  enum Kind : unsigned { kFirst = 1, kHeld = 2, kBreak = 4 };
  unsigned sure = pins.none == Pins::Possible::kYes ? kFirst : 0U;
  unsigned maybe = pins.none == Pins::Possible::kNo ? 0U : kFirst;
  bool found_sure = false;
  bool found = false;
  for (size_t i = 0; i < pins.size; ++i) {
    const Pins::Pin& pin = pins.list[i];
    const unsigned kind = pin.server == server ? kHeld : kBreak;
    maybe |= kind;
    if (pin.sure) sure |= kind;
    const bool later = !found || history.runs[pin.run].high_last >= history.runs[out.run].high_last;
    if (pin.sure == found_sure ? later : pin.sure) {
      out.run = pin.run;
      out.pin = pin.server;
      found = true;
      found_sure = pin.sure;
    }
  }
  if (pins.unknown) maybe |= kHeld | kBreak;
  const auto is_one = [](unsigned kinds) { return kinds != 0 && (kinds & (kinds - 1)) == 0; };
  if (is_one(maybe)) {
    out.verdict = maybe == kFirst  ? Verdict::kFirst
                  : maybe == kHeld ? Verdict::kHeld
                                   : Verdict::kBreak;
  } else {
    out.verdict = sure != 0 && !is_one(sure) ? Verdict::kAmbiguous : Verdict::kUnresolved;
  }
  if (out.verdict != Verdict::kHeld && out.verdict != Verdict::kBreak) out.pin = ServerId::kNone;
}

size_t LatestRun(const History& history) {
  size_t latest = 0;
  for (size_t i = 1; i < history.size; ++i) {
    if (history.runs[i].high_last > history.runs[latest].high_last) latest = i;
  }
  return latest;
}

void Consolidate(History& history) {
  for (size_t i = 0; i < history.size; ++i) {
    for (size_t j = i + 1; j < history.size;) {
      if (CanJoin(history, history.runs[i], history.runs[j])) {
        Join(history.runs[i], history.runs[j]);
        Erase(history, j);
      } else {
        ++j;
      }
    }
  }
}

void AddAssignment(History& history, const Assignment& a) {
  const Run run = RunOf(a);
  if (history.size == 1 && !history.lost && history.runs[0].server == a.server) {
    Run& known = history.runs[0];  // the rule below, for most requests
    const Tick oldest = std::max(run.high_last, known.high_last).Before(kReach);
    if (known.low_first >= oldest && !WouldMix(known, run)) return Join(known, run);
  }
  Tick newest = run.high_last;
  if (history.size > 0) newest = std::max(newest, history.runs[LatestRun(history)].high_last);
  const Tick oldest = newest.Before(kReach);
  if (history.lost || ReachesBefore(oldest, history)) ForgetBefore(oldest, history);
  // What was on its way together has settled once something later is there.
  if (history.size > 1 && IsLaterThanAll(history, run)) Consolidate(history);
  for (size_t i = 0; i < history.size; ++i) {
    Run& known = history.runs[i];
    if (CanJoin(history, known, run) && !WouldMix(known, run)) return Join(known, run);
  }
  if (history.size == History::kMostRuns) Consolidate(history);
  if (history.size == History::kMostRuns) ForgetOldest(history);
  history.runs[history.size++] = run;
}

}  // namespace stickyd
