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

void HeldBreaks::Hold(BreakCase break_case, std::vector<Held>& decided) {
  if (!waiting_.empty() && waiting_.size() >= limit_) {
    ++closed_early_;
    Close(waiting_.begin()->first, false, decided);
  }
  const Turn turn{break_case.seen.end + patience_, next_number_++};
  if (!break_case.awaits_peer) {
    by_key_.emplace(KeyOf(break_case), turn);
    ++CountLike(KeyOf(break_case));
  }
  waiting_.emplace(turn, std::move(break_case));
}

void HeldBreaks::Hear(const Observation& seen, const History* connection,
                      std::vector<Held>& decided) {
  if (waiting_.empty() || seen.connection == 0) return;
  HearKey(static_cast<uint32_t>(seen.connection), seen, connection, decided);
  if (seen.client != 0) HearKey(seen.client, seen, connection, decided);
}

void HeldBreaks::HearKey(uint64_t key, const Observation& seen, const History* connection,
                         std::vector<Held>& decided) {
  if (CountLike(key) == 0) return;
  auto at = by_key_.lower_bound({key, Turn(EventTime::min(), 0)});
  for (size_t passed = 0; passed < kMostPassed && at != by_key_.end() && at->first == key;) {
    const Turn turn = at->second;
    ++at;  // Close takes it away
    const BreakCase& held = waiting_.at(turn);
    const bool same_scope = held.route->scope == seen.route->scope;
    const bool tells = same_scope && seen.start.low >= held.seen.start.low &&
                       (KnowsSetter(held) || WasWithPin(seen, connection, held));
    if (tells) {
      Close(turn, seen.server == held.judgement.pin, decided);
    } else {
      ++passed;
    }
  }
}

void HeldBreaks::Advance(EventTime now, std::vector<Held>& decided) {
  while (!waiting_.empty() && waiting_.begin()->first.first <= now) {
    Close(waiting_.begin()->first, false, decided);
  }
}

void HeldBreaks::Finish(std::vector<Held>& decided) {
  while (!waiting_.empty()) Close(waiting_.begin()->first, false, decided);
}

void HeldBreaks::Close(const Turn& turn, bool somebody_else, std::vector<Held>& decided) {
  auto node = waiting_.extract(turn);
  const uint64_t key = KeyOf(node.mapped());
  CountLike(key) -= static_cast<uint32_t>(by_key_.erase({key, node.key()}));
  decided.push_back({std::move(node.mapped()), somebody_else});
}

}  // namespace stickyd
