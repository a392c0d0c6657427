#include "stickyd/diagnose/held_breaks.h"

#include <algorithm>
#include <utility>

namespace stickyd {

void HeldBreaks::Hold(BreakCase break_case, std::vector<Held>& settled) {
  if (waiting_ >= limit_) {
    DropSettled();
    ++settled_early_;
    Settle(first_, false, settled);
  }
  DropSettled();
  Held held;
  held.connection = break_case.pin_run.connection;
  held.deadline = break_case.seen.end + patience_;
  held.break_case = std::move(break_case);
  by_connection_[held.connection].push_back(first_ + queue_.size());
  queue_.push_back(std::move(held));
  ++waiting_;
}

void HeldBreaks::Hear(const Observation& seen, std::vector<Held>& settled) {
  if (waiting_ == 0 || seen.connection == 0) return;
  const auto at = by_connection_.find(static_cast<uint32_t>(seen.connection));
  if (at == by_connection_.end()) return;
  const std::vector<uint64_t> numbers = at->second;  // Settle changes the original
  for (const uint64_t number : numbers) {
    const Held& held = queue_[number - first_];
    const Observation& waits = held.break_case.seen;
    const bool same_scope = held.break_case.route->scope == seen.route->scope;
    if (!same_scope || seen.start.low < waits.start.low) continue;
    Settle(number, seen.server == held.break_case.judgement.pin, settled);
  }
}

void HeldBreaks::Advance(EventTime now, std::vector<Held>& settled) {
  DropSettled();
  while (!queue_.empty() && queue_.front().deadline <= now) {
    Settle(first_, false, settled);
    DropSettled();
  }
}

void HeldBreaks::Finish(std::vector<Held>& settled) {
  for (DropSettled(); !queue_.empty(); DropSettled()) Settle(first_, false, settled);
}

void HeldBreaks::Settle(uint64_t number, bool somebody_else, std::vector<Held>& settled) {
  Held& held = queue_[number - first_];
  auto& numbers = by_connection_[held.connection];
  numbers.erase(std::find(numbers.begin(), numbers.end(), number));
  if (numbers.empty()) by_connection_.erase(held.connection);
  held.settled = true;
  held.somebody_else = somebody_else;
  --waiting_;
  settled.push_back(std::move(held));
  queue_[number - first_].settled = true;
}

void HeldBreaks::DropSettled() {
  while (!queue_.empty() && queue_.front().settled) {
    queue_.pop_front();
    ++first_;
  }
}

}  // namespace stickyd
