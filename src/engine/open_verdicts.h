// SPDX-License-Identifier: Apache-2.0
// open_verdicts.h: verdicts and causes on their way to being certain.
// Role:    the pipeline opens what is not certain yet, and lets it hear what comes after.
// Shape:   CrossCheck and HeldBreaks, where the verdict itself must wait, then CauseFinder. Each is
//          counted when it is certain, and the sink is told in the end.
// Threads: pipeline thread only.
// Cost:    a few comparisons per record while nothing is open; allocates, per break.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "service_counts.h"
#include "stickyd/diagnose/cause_finder.h"
#include "stickyd/diagnose/cross_check.h"
#include "stickyd/diagnose/fact_book.h"
#include "stickyd/diagnose/held_breaks.h"
#include "stickyd/engine/inspector.h"
#include "stickyd/model/config_changes.h"
#include "stickyd/model/outcome.h"
#include "stickyd/session/session_table.h"

namespace stickyd {

class OpenVerdicts {
 public:
  // Of the pipeline; they must outlive this. `sink` may be null.
  struct Parts {
    const ConfigHistory& configs;
    FactBook& facts;
    ServiceCounts& services;
    SessionTable& sessions;
    OutcomeSink* sink;
  };
  OpenVerdicts(const CauseFinder::Options& options, const Parts& parts);

  // Null: nobody looks.
  void SetInspector(Inspector* inspector) { inspector_ = inspector; }

  // `outcome`: as far as it is known now, its judgement included.
  void OpenBreak(BreakCase break_case, const Outcome& outcome, bool hold_back, EventTime now);
  // A line of CLF has been read.
  void NoteClf(LaneId lane, EventTime end) { cross_.Note(lane, end); }
  bool MustAwaitOthers(Verdict verdict, const Observation& seen, EventTime now) const {
    return cross_.MustWait(verdict, seen, now);
  }
  // A verdict that a line of another lane may still change.
  void AwaitOthers(CrossCheck::Waiting waiting) { cross_.Hold(std::move(waiting), certain_); }
  // The log's clock was set back: what will come cannot be compared with what waits.
  void ForgetOthers() { cross_.Finish(certain_); }
  // A record was judged: what waited for its connection is decided at the next Close.
  void Hear(const Observation& seen, const SessionMemory* connection, LaneId lane) {
    cross_.Hear(seen, lane);
    if (held_.empty() || connection == nullptr) return;
    held_.Hear(seen, &connection->history, decided_);
  }
  bool has_heard() const { return !decided_.empty() || !cross_.empty() || !certain_.empty(); }
  // What waited and can be decided now.
  void Close(EventTime now) {
    if (!cross_.empty()) cross_.Close(now, certain_);
    if (!certain_.empty()) CloseCertain(now);
    if (!held_.empty()) held_.Advance(now, decided_);
    if (!decided_.empty()) CloseHeld(now);
    if (causes_.open_cases() > 0) causes_.Advance(now, closed_);
    if (!closed_.empty()) CloseCauses();
  }
  // The input has ended.
  void Finish(EventTime now);

  size_t open_cases() const { return causes_.open_cases(); }
  uint64_t decided_early() const {
    return causes_.closed_early() + held_.closed_early() + cross_.closed_early();
  }
  // What became different from one configuration to the next.
  std::vector<ChangeBook::Dated> Changes() const { return changes_.All(); }

 private:
  void CloseCertain(EventTime now);
  void CloseHeld(EventTime now);
  void CloseCauses();
  void CountBreak(const BreakCase& at, const Outcome& outcome);
  void MarkSession(const BreakCase& at, Judgement& judgement);
  static void ClearBreak(Outcome& outcome);
  void CloseNoBreak(const Outcome& outcome, uint16_t status);

  const Parts parts_;
  Inspector* inspector_ = nullptr;
  CrossCheck cross_;
  HeldBreaks held_;
  ChangeBook changes_;
  CauseFinder causes_;
  std::unordered_map<uint64_t, Outcome> open_;  // by their ids
  // Scratch: reused.
  SessionMemory memory_;
  std::vector<CrossCheck::Waiting> certain_;
  std::vector<HeldBreaks::Held> decided_;
  std::vector<CauseFinder::Closed> closed_;
};

}  // namespace stickyd
