// SPDX-License-Identifier: Apache-2.0
#include "stickyd/diagnose/held_breaks.h"

#include <algorithm>

namespace stickyd {
namespace {

// So many are looked at in vain: a client may make thousands wait.
constexpr size_t kMostPassed = 64;

// Another connection than the one that waits, and surely with the pin before that one spoke.
bool WasWithPin(const Observation& seen, const History* connection, const BreakCase& held) {
  if (connection == nullptr || seen.connection == held.seen.connection) return false;
  const Tick start(held.seen.start.low);
  return std::any_of(
      connection->runs.begin(), connection->runs.begin() + connection->size,
      [&](const Run& run) { return run.server == held.judgement.pin && run.high_first < start; });
}

}  // namespace

void HeldBreaks::Hold(BreakCase break_case, std::vector<Held>& settled) {
  if (!waiting_.empty() && waiting_.size() >= limit_) {
    ++settled_early_;
    Settle(waiting_.begin()->first, false, settled);
  }
  const Turn turn{break_case.seen.end + patience_, next_number_++};
  by_key_.emplace(KeyOf(break_case), turn);
  waiting_.emplace(turn, std::move(break_case));
}

void HeldBreaks::Hear(const Observation& seen, const History* connection,
                      std::vector<Held>& settled) {
  if (waiting_.empty() || seen.connection == 0) return;
  HearKey(static_cast<uint32_t>(seen.connection), seen, connection, settled);
  if (seen.client != 0) HearKey(seen.client, seen, connection, settled);
}

void HeldBreaks::HearKey(uint64_t key, const Observation& seen, const History* connection,
                         std::vector<Held>& settled) {
  auto at = by_key_.lower_bound({key, Turn(EventTime::min(), 0)});
  for (size_t passed = 0; passed < kMostPassed && at != by_key_.end() && at->first == key;) {
    const Turn turn = at->second;
    ++at;  // Settle takes it away
    const BreakCase& held = waiting_.at(turn);
    const bool same_scope = held.route->scope == seen.route->scope;
    const bool tells = same_scope && seen.start.low >= held.seen.start.low &&
                       (KnowsSetter(held) || WasWithPin(seen, connection, held));
    if (tells) {
      Settle(turn, seen.server == held.judgement.pin, settled);
    } else {
      ++passed;
    }
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
  by_key_.erase({KeyOf(node.mapped()), node.key()});
  settled.push_back({std::move(node.mapped()), somebody_else});
}

}  // namespace stickyd
