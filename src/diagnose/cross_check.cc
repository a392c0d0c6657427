// SPDX-License-Identifier: Apache-2.0
#include "stickyd/diagnose/cross_check.h"

namespace stickyd {
namespace {

constexpr size_t kMostWaiting = 131'072;  // 250 bytes each
constexpr EventDuration kSilence = std::chrono::seconds(10);
// Sources are read in turns: a line may come so much late.
constexpr EventDuration kTurns = std::chrono::milliseconds(250);

void MakeAmbiguous(CrossCheck::Waiting& waiting) {
  Judgement& judgement = waiting.outcome.judgement;
  judgement.verdict = Verdict::kAmbiguous;
  judgement.pin = ServerId::kNone;
  judgement.returning = judgement.unpinned = judgement.first_break = false;
  waiting.break_case.reset();
}

}  // namespace

bool CrossCheck::MustWait(Verdict verdict, const Observation& seen, EventTime now) const {
  if (other_.end < now - kSilence) return false;
  const bool certain =
      verdict == Verdict::kFirst || verdict == Verdict::kHeld || verdict == Verdict::kBreak;
  return certain && seen.format == LogFormat::kClf && seen.start.high + kTurns >= now;
}

void CrossCheck::Hold(Waiting waiting, std::vector<Waiting>& decided) {
  if (waiting_.size() >= kMostWaiting) {
    ++closed_early_;
    CloseFirst(decided);
  }
  auto& of_session = by_session_[waiting.session];
  if (of_session.size() < kMostOfASession) {
    of_session.push_back(waiting.outcome.id);
  } else {
    MakeAmbiguous(waiting);
  }
  waiting_.emplace(waiting.outcome.id, std::move(waiting));
}

void CrossCheck::HearAll(const Observation& seen, LaneId lane) {
  for (const uint64_t session : {seen.client, seen.identity, seen.new_identity}) {
    if (session != 0) HearKey(session, seen, lane);
  }
}

void CrossCheck::HearKey(uint64_t session, const Observation& seen, LaneId lane) {
  const auto of_session = by_session_.find(session);
  if (of_session == by_session_.end()) return;
  for (const uint64_t number : of_session->second) {
    Waiting& waiting = waiting_.at(number);
    if (waiting.lane == lane || waiting.outcome.scope != seen.route->scope) continue;
    if (seen.learnt.low > waiting.start_high) continue;
    const Verdict would_be =
        seen.server == waiting.outcome.server ? Verdict::kHeld : Verdict::kBreak;
    if (would_be != waiting.outcome.judgement.verdict) MakeAmbiguous(waiting);
  }
}

void CrossCheck::Close(EventTime now, std::vector<Waiting>& decided) {
  while (!waiting_.empty() &&
         (now == EventTime::max() || waiting_.begin()->second.start_high + kTurns < now)) {
    CloseFirst(decided);
  }
}

void CrossCheck::CloseFirst(std::vector<Waiting>& decided) {
  auto first = waiting_.extract(waiting_.begin());
  const auto of_session = by_session_.find(first.mapped().session);
  if (of_session != by_session_.end()) {
    std::erase(of_session->second, first.key());
    if (of_session->second.empty()) by_session_.erase(of_session);
  }
  decided.push_back(std::move(first.mapped()));
}

}  // namespace stickyd
