#include "open_breaks.h"

#include <utility>

namespace stickyd {

OpenBreaks::OpenBreaks(const CauseFinder::Options& options, const Parts& parts)
    : parts_(parts),
      held_(options.patience, options.max_cases),
      changes_(parts.configs),
      causes_(options, parts.configs,
              [this](ScopeId scope) -> const ScopeFacts& { return parts_.facts.Of(scope); }) {}

void OpenBreaks::Open(BreakCase break_case, const Outcome& outcome, bool hold_back, EventTime now) {
  break_case.judgement = outcome.judgement;
  open_.emplace(outcome.id, outcome);
  if (hold_back) return held_.Hold(std::move(break_case), settled_);
  CountBreak(break_case, outcome);
  causes_.Open(std::move(break_case), now, closed_);
}

void OpenBreaks::Finish(EventTime now) {
  cross_.Finish(certain_);
  SettleCertain(now);
  held_.Finish(settled_);
  SettleHeld(now);
  causes_.Finish(closed_);
  SettleCauses();
}

void OpenBreaks::CountBreak(const BreakCase& at, const Outcome& outcome) {
  parts_.services.Count(outcome, at.seen.status);
  parts_.facts.Of(at.route->scope).AddBreak(at.judgement.pin, at.seen.client, at.seen.start.low);
}

void OpenBreaks::SettleCertain(EventTime now) {
  for (CrossCheck::Waiting& waiting : certain_) {
    Outcome& outcome = waiting.outcome;
    if (waiting.break_case) {
      MarkBroken(*waiting.break_case, outcome);
      Open(std::move(*waiting.break_case), outcome, false, now);
      continue;
    }
    parts_.services.Count(outcome, waiting.status);
    if (parts_.sink != nullptr) parts_.sink->OnSettled(outcome);
    if (inspector_ != nullptr && inspector_->Wants(outcome)) inspector_->OnClosed(outcome, {});
  }
  certain_.clear();
}

void OpenBreaks::SettleHeld(EventTime now) {
  for (HeldBreaks::Held& held : settled_) {
    BreakCase& at = held.break_case;
    const auto open = open_.find(at.id);
    if (open == open_.end()) continue;
    Outcome& outcome = open->second;
    if (held.somebody_else) {
      Clear(at, outcome);
      open_.erase(open);
      continue;
    }
    MarkBroken(at, outcome);
    CountBreak(at, outcome);
    causes_.Open(std::move(at), now, closed_);
  }
  settled_.clear();
}

// It was somebody else.
void OpenBreaks::Clear(const BreakCase& at, Outcome& outcome) {
  outcome.judgement.verdict = Verdict::kFirst;
  outcome.judgement.evidence = Evidence::kConnection;
  outcome.judgement.pin = ServerId::kNone;
  outcome.judgement.returning = outcome.judgement.unpinned = false;
  parts_.services.Count(outcome, at.seen.status);
  if (parts_.sink != nullptr) parts_.sink->OnSettled(outcome);
  if (inspector_ != nullptr && inspector_->Wants(outcome)) inspector_->OnClosed(outcome, {});
}

// The first break of a session: what the judge does at once for who is not held back.
void OpenBreaks::MarkBroken(const BreakCase& at, Outcome& outcome) {
  const auto slot = parts_.sessions.Find(at.seen.client, at.seen.end);
  if (!slot) {
    outcome.judgement.first_break = true;
    return;
  }
  parts_.sessions.Load(*slot, memory_);
  outcome.judgement.first_break = !memory_.facts.Has(SessionFacts::kBroken);
  memory_.facts.Set(SessionFacts::kBroken);
  parts_.sessions.Store(*slot, memory_);
}

void OpenBreaks::SettleCauses() {
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
    if (parts_.sink != nullptr) parts_.sink->OnSettled(outcome);
    if (inspector_ != nullptr && inspector_->Wants(outcome)) {
      inspector_->OnClosed(outcome, causes_.Trace(closed.break_case));
    }
    open_.erase(open);
  }
  closed_.clear();
}

}  // namespace stickyd
