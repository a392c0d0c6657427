// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/service_stats.h"

#include <algorithm>
#include <cmath>

namespace stickyd {
namespace {

int64_t Minute(EventTime time) {
  return std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count();
}

}  // namespace

double WilsonLowerBound(uint64_t hits, uint64_t trials) {
  if (trials == 0) return 0;
  constexpr double kZ = 1.959963984540054;  // 95 %, two-sided
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(hits) / n;
  const double z2 = kZ * kZ;
  const double centre = p + z2 / (2 * n);
  const double spread = kZ * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return std::max(0.0, (centre - spread) / (1 + z2 / n));
}

void RatioCounts::AddServer(ServerId server, uint64_t count) {
  const size_t at = places_.Find(servers, server, [](const auto& known) { return known.first; });
  if (at < servers.size()) {
    servers[at].second += count;
  } else if (servers.size() < kMostServers) {
    servers.emplace_back(server, count);
  } else {
    other_servers += count;
  }
}

void RatioCounts::Add(const RatioCounts& other) {
  returning += other.returning;
  breaks += other.breaks;
  unsettled += other.unsettled;
  guessed += other.guessed;
  guessed_breaks += other.guessed_breaks;
  other_servers += other.other_servers;
  for (const auto& [server, count] : other.servers) AddServer(server, count);
}

std::optional<double> RatioCounts::SettledRatio() const {
  if (returning + unsettled == 0) return std::nullopt;
  return static_cast<double>(returning - guessed) / static_cast<double>(returning + unsettled);
}

std::optional<double> RatioCounts::Ratio() const {
  if (returning == 0) return std::nullopt;
  return static_cast<double>(breaks) / static_cast<double>(returning);
}

std::optional<double> RatioCounts::ExpectedRatio() const {
  if (servers.size() < 2) return std::nullopt;
  auto sum = static_cast<double>(other_servers);
  double squares = 0;
  for (const auto& [server, count] : servers) sum += static_cast<double>(count);
  for (const auto& [server, count] : servers) {
    const double share = static_cast<double>(count) / sum;
    squares += share * share;
  }
  return 1 - squares;
}

void RatioCounts::NoteGuess(const Judgement& judgement) {
  if (!judgement.guessed || !judgement.returning) return;
  ++guessed;
  guessed_breaks += judgement.verdict == Verdict::kBreak ? 1U : 0U;
}

std::optional<double> RatioCounts::Index() const {
  const auto ratio = Ratio();
  const auto expected = ExpectedRatio();
  if (!ratio || !expected || *expected <= 0) return std::nullopt;
  return *ratio / *expected;
}

double RatioCounts::LowerBound() const {
  return WilsonLowerBound(breaks - guessed_breaks, returning);
}

RatioWindow::Slot* RatioWindow::At(EventTime when) {
  const int64_t minute = Minute(when);
  Slot& slot = slots_[static_cast<size_t>(minute) % kSlots];
  if (minute < slot.minute) return nullptr;  // older than the window
  if (minute > slot.minute) {
    slot.minute = minute;
    slot.counts.returning = slot.counts.breaks = 0;
    slot.counts.unsettled = slot.counts.other_servers = 0;
    slot.counts.guessed = slot.counts.guessed_breaks = 0;
    slot.counts.servers.clear();
  }
  return &slot;
}

void RatioWindow::Count(EventTime when, ServerId server, const Judgement& judgement) {
  Slot* const slot = At(when);
  if (slot == nullptr) return;
  slot->counts.AddServer(server, 1);
  slot->counts.returning += judgement.returning ? 1 : 0;
  slot->counts.breaks += judgement.verdict == Verdict::kBreak ? 1 : 0;
  slot->counts.unsettled += IsUnsettled(judgement.verdict) ? 1U : 0U;
  slot->counts.NoteGuess(judgement);
}

RatioCounts RatioWindow::Sum(EventTime now, size_t minutes) const {
  RatioCounts sum;
  const int64_t last = Minute(now);
  for (const Slot& slot : slots_) {
    if (slot.minute >= 0 && slot.minute <= last &&
        slot.minute > last - static_cast<int64_t>(minutes)) {
      sum.Add(slot.counts);
    }
  }
  return sum;
}

}  // namespace stickyd
