// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/session_memory.h"

#include <algorithm>

namespace stickyd {
namespace {

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

}  // namespace

size_t LatestRun(const History& history) {
  size_t latest = 0;
  for (size_t i = 1; i < history.size; ++i) {
    if (history.runs[i].high_last > history.runs[latest].high_last) latest = i;
  }
  return latest;
}

bool WouldMix(const Run& run, const Run& other) {
  const bool apart = run.high_last < other.low_first || other.high_last < run.low_first;
  if (run.sequence != other.sequence) return !apart;
  if (run.sequence == 0 || run.mixed || other.mixed) return !apart && run.mixed != other.mixed;
  return Lower(other.count, run.count) ? other.low_first > run.low_first
                                       : other.low_first < run.low_first;
}

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

bool CanJoin(const History& history, const Run& run, const Run& other) {
  return run.server == other.server &&
         StandsAlone(history, run.server, std::min(run.low_first, other.low_first),
                     std::max(run.high_last, other.high_last));
}

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

}  // namespace stickyd
