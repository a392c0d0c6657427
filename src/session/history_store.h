// SPDX-License-Identifier: Apache-2.0
// history_store.h: where the histories of all sessions are: the last run in the slot, the others in
// tails.
// Role:    SessionTable loads and stores histories through it.
// Shape:   few sessions change servers, so there is one tail for sixteen slots. Where none is to be
//          had, what falls out leaves a mark in the slot, and questions that need it stay open.
// Threads: one object per thread.
// Cost:    a run packed or unpacked for most requests; no allocation.
#pragma once

#include <cstdint>

#include "session_slot.h"
#include "stickyd/base/lazy_array.h"

namespace stickyd {

class HistoryStore {
 public:
  explicit HistoryStore(uint32_t most_sessions);

  void Load(const Slot& from, History& history) const;
  void Store(const History& history, Slot& to) {
    if (history.size == 0) return;
    if (history.size == 1 && to.tail.get() == 0) {  // StoreAll, for most requests
      const Run& run = history.runs[0];
      if (Pack(run, LostBefore(history, run), to.run)) return;
    }
    StoreAny(history, to);
  }
  // The session goes.
  void Free(Slot& slot);

  uint64_t bytes() const { return uint64_t{used_} * sizeof(Tail); }
  uint64_t histories_cut() const { return histories_cut_; }

 private:
  static Lost LostBefore(const History& history, const Run& run);
  void StoreAny(const History& history, Slot& to);
  void StoreAll(const History& history, Slot& to);
  void Cut(const History& history, Run run, Slot& slot);
  bool EnsureTail(Slot& slot);

  const uint32_t limit_;
  LazyArray<Tail> tails_;
  uint32_t used_ = 0;
  uint32_t free_ = 0;
  uint64_t histories_cut_ = 0;
};

// How a history that keeps only `run` says that something is missing.
inline Lost HistoryStore::LostBefore(const History& history, const Run& run) {
  if (!history.lost || history.size > 1) return Lost::kNothing;  // else the tail says it
  return history.lost_high < run.low_first ? Lost::kBefore : Lost::kOverlapping;
}

}  // namespace stickyd
