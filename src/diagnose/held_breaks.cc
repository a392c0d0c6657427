#include "stickyd/diagnose/held_breaks.h"

namespace stickyd {

void HeldBreaks::Hold(BreakCase break_case, std::vector<Held>& settled) {
  if (!waiting_.empty() && waiting_.size() >= limit_) {
    ++settled_early_;
    Settle(waiting_.begin()->first, false, settled);
  }
  const Turn turn{break_case.seen.end + patience_, next_number_++};
  by_connection_.emplace(break_case.pin_run.connection, turn);
  waiting_.emplace(turn, std::move(break_case));
}

void HeldBreaks::Hear(const Observation& seen, std::vector<Held>& settled) {
  if (waiting_.empty() || seen.connection == 0) return;
  const auto connection = static_cast<uint32_t>(seen.connection);
  auto at = by_connection_.lower_bound({connection, Turn(EventTime::min(), 0)});
  while (at != by_connection_.end() && at->first == connection) {
    const Turn turn = at->second;
    ++at;  // Settle takes it away
    const BreakCase& held = waiting_.at(turn);
    const bool same_scope = held.route->scope == seen.route->scope;
    if (!same_scope || seen.start.low < held.seen.start.low) continue;
    Settle(turn, seen.server == held.judgement.pin, settled);
  }
}

void HeldBreaks::Advance(EventTime now, std::vector<Held>& settled) {
  while (!waiting_.empty() && waiting_.begin()->first.first <= now) {
    Settle(waiting_.begin()->first, false, settled);
  }
}

void HeldBreaks::Finish(std::vector<Held>& settled) {
  while (!waiting_.empty()) Settle(waiting_.begin()->first, false, settled);
}

void HeldBreaks::Settle(const Turn& turn, bool somebody_else, std::vector<Held>& settled) {
  auto node = waiting_.extract(turn);
  by_connection_.erase({node.mapped().pin_run.connection, node.key()});
  settled.push_back({std::move(node.mapped()), somebody_else});
}

}  // namespace stickyd
