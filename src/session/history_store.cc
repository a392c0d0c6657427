// SPDX-License-Identifier: Apache-2.0
#include "history_store.h"

#include <algorithm>

namespace stickyd {
namespace {

constexpr uint32_t kSessionsPerTail = 16;
constexpr uint32_t kFewestTails = 4096;

size_t OldestRun(const History& history) {
  size_t oldest = 0;
  for (size_t i = 1; i < history.size; ++i) {
    if (history.runs[i].high_last < history.runs[oldest].high_last) oldest = i;
  }
  return oldest;
}

void MarkLost(Tail& tail, Tick high) {
  if (tail.lost == 0 || high > Tick(tail.lost_high)) tail.lost_high = high.value();
  tail.lost = 1;
}

}  // namespace

HistoryStore::HistoryStore(uint32_t most_sessions)
    : limit_(std::max(kFewestTails, most_sessions / kSessionsPerTail)),
      tails_(size_t{limit_} + 1) {}

void HistoryStore::Load(const Slot& from, History& history) const {
  history.size = 0;
  history.lost = false;
  if (from.run.server == 0) return;
  const auto lost = static_cast<Lost>(from.run.bits >> kLostShift);
  history.lost = lost != Lost::kNothing;
  history.lost_high = lost == Lost::kBefore ? Tick(from.run.low_first).Before(EventDuration(1))
                                            : Tick(from.run.low_last + from.run.width_last);
  if (const uint32_t tail = from.tail.get(); tail != 0) {
    const Tail& more = tails_[tail];
    for (size_t i = 0; i < more.size; ++i) Unpack(more.runs[i], history.runs[history.size++]);
    if (more.lost != 0 && (!history.lost || Tick(more.lost_high) > history.lost_high)) {
      history.lost_high = Tick(more.lost_high);
      history.lost = true;
    }
  }
  if (from.run.width_first != kWide) Unpack(from.run, history.runs[history.size++]);
}

void HistoryStore::StoreAny(const History& history, Slot& to) {
  if (history.size > 1 && !EnsureTail(to)) {  // no tail to be had: sum up what can be
    History summed = history;
    Consolidate(summed);
    return StoreAll(summed, to);
  }
  StoreAll(history, to);
}

void HistoryStore::StoreAll(const History& history, Slot& to) {
  const size_t newest = LatestRun(history);
  const Run& run = history.runs[newest];
  const bool fits = Pack(run, LostBefore(history, run), to.run);
  if (fits && history.size == 1) return Free(to);
  if (!EnsureTail(to)) return Cut(history, run, to);
  Tail& tail = tails_[to.tail.get()];
  // The pack has eight runs at most and the tail holds seven: one of them is in the slot, or, with
  // eight of which the newest is wide, the oldest gives way.
  const bool drop = !fits && history.size == History::kMostRuns;
  tail.size = 0;
  tail.lost = history.lost ? 1 : 0;
  tail.lost_high = history.lost_high.value();
  for (size_t i = 0; i < history.size; ++i) {
    if (fits && i == newest) continue;
    if (drop && i == OldestRun(history)) {
      MarkLost(tail, history.runs[i].high_last);
      continue;
    }
    tail.runs[tail.size++] = PackWide(history.runs[i]);
  }
}

// No tail to be had: the newest run stays, the others are lost.
void HistoryStore::Cut(const History& history, Run run, Slot& slot) {
  ++histories_cut_;
  Lost lost = Lost::kBefore;
  for (size_t i = 0; i < history.size; ++i) {
    if (history.runs[i].high_last >= run.low_first && history.runs[i].server != run.server) {
      lost = Lost::kOverlapping;
    }
  }
  if (history.lost && history.lost_high >= run.low_first) lost = Lost::kOverlapping;
  // A run too wide for the slot keeps its end only, and what it overlaps is unknown.
  if (!Pack(run, lost, slot.run)) {
    run.low_first = run.low_last = run.high_first = run.high_last;
    Pack(run, Lost::kOverlapping, slot.run);
  }
}

bool HistoryStore::EnsureTail(Slot& slot) {
  if (slot.tail.get() != 0) return true;
  uint32_t tail = free_;
  if (tail != 0) {
    free_ = tails_[tail].next_free.get();
  } else if (used_ < limit_) {
    tail = ++used_;
  } else {
    return false;
  }
  slot.tail.set(tail);
  return true;
}

void HistoryStore::Free(Slot& slot) {
  const uint32_t tail = slot.tail.get();
  if (tail == 0) return;
  tails_[tail].next_free.set(free_);
  free_ = tail;
  slot.tail.set(0);
}

}  // namespace stickyd
