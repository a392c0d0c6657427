// SPDX-License-Identifier: Apache-2.0
#include "open_verdicts.h"

#include <utility>

#include "peer_check.h"
#include "record_outcome.h"

namespace stickyd {

OpenVerdicts::OpenVerdicts(const CauseFinder::Options& options, const Parts& parts)
    : parts_(parts),
      held_(options.patience, options.max_cases),
      changes_(parts.configs),
      causes_(options, parts.configs,
              [this](ScopeId scope) -> const ScopeFacts& { return parts_.facts.Of(scope); }) {}

void OpenVerdicts::OpenBreak(BreakCase break_case, const Outcome& outcome, bool hold_back,
                             EventTime now) {
  break_case.judgement = outcome.judgement;
  open_.emplace(outcome.id, outcome);
  if (hold_back) return held_.Hold(std::move(break_case), decided_);
  CountBreak(break_case, outcome);
  causes_.Open(std::move(break_case), now, closed_);
}

void OpenVerdicts::Finish(EventTime now) {
  cross_.Finish(certain_);
  CloseCertain(now);
  held_.Finish(decided_);
  CloseHeld(now);
  causes_.Finish(closed_);
  CloseCauses();
}

void OpenVerdicts::CountBreak(const BreakCase& at, const Outcome& outcome) {
  parts_.services.Count(outcome, at.seen.status);
  parts_.facts.Of(at.route->scope).AddBreak(at.judgement.pin, at.seen.client, at.seen.start.low);
}

void OpenVerdicts::CloseCertain(EventTime now) {
  for (CrossCheck::Waiting& waiting : certain_) {
    Outcome& outcome = waiting.outcome;
    if (waiting.break_case) {
      MarkSession(*waiting.break_case, outcome.judgement);
      OpenBreak(std::move(*waiting.break_case), outcome, false, now);
    } else {
      CloseNoBreak(outcome, waiting.status);
    }
  }
  certain_.clear();
}

void OpenVerdicts::CloseHeld(EventTime now) {
  for (HeldBreaks::Held& held : decided_) {
    BreakCase& at = held.break_case;
    const auto open = open_.find(at.id);
    if (open == open_.end()) continue;
    Outcome& outcome = open->second;
    if (held.somebody_else) {
      ClearBreak(outcome);
      CloseNoBreak(outcome, at.seen.status);
      open_.erase(open);
      continue;
    }
    if (at.awaits_peer) LookAtPeer(parts_.facts, at, outcome.judgement);
    MarkSession(at, outcome.judgement);
    CountBreak(at, outcome);
    causes_.Open(std::move(at), now, closed_);
  }
  decided_.clear();
}

// It was somebody else.
void OpenVerdicts::ClearBreak(Outcome& outcome) {
  outcome.judgement.verdict = Verdict::kFirst;
  outcome.judgement.evidence = Evidence::kConnection;
  outcome.judgement.pin = ServerId::kNone;
  outcome.judgement.returning = outcome.judgement.unpinned = false;
}

// It is certain, and no break.
void OpenVerdicts::CloseNoBreak(const Outcome& outcome, uint16_t status) {
  parts_.services.Count(outcome, status);
  if (parts_.sink != nullptr) parts_.sink->OnClosed(outcome);
  if (inspector_ != nullptr && inspector_->Wants(outcome)) inspector_->OnClosed(outcome, {});
}

// What the pipeline does at once for who is not held back.
void OpenVerdicts::MarkSession(const BreakCase& at, Judgement& judgement) {
  const bool by_identity = judgement.evidence == Evidence::kSession;
  const auto slot =
      parts_.sessions.Find(by_identity ? at.seen.identity : at.seen.client, at.seen.end);
  if (!slot) return MarkBroken(nullptr, judgement);
  parts_.sessions.Load(*slot, memory_);
  MarkBroken(&memory_, judgement);
  parts_.sessions.Store(*slot, memory_);
}

void OpenVerdicts::CloseCauses() {
  for (const CauseFinder::Closed& closed : closed_) {
    const auto open = open_.find(closed.break_case.id);
    if (open == open_.end()) continue;
    Outcome& outcome = open->second;
    outcome.cause = closed.cause;
    outcome.because = closed.because;
    const BreakCase& at = closed.break_case;
    const auto& path = at.route->path;
    outcome.change =
        changes_.Around(outcome.start, path.empty() ? "" : path.front()->name, at.pin_key);
    ++parts_.services.StatsOf(outcome.service).causes[closed.cause];
    if (parts_.sink != nullptr) parts_.sink->OnClosed(outcome);
    if (inspector_ != nullptr && inspector_->Wants(outcome)) {
      inspector_->OnClosed(outcome, causes_.Trace(closed.break_case));
    }
    open_.erase(open);
  }
  closed_.clear();
}

}  // namespace stickyd
