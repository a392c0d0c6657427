// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/top_share.h"

#include <algorithm>
#include <iterator>

namespace stickyd {
namespace {

int64_t HalfHourOf(EventTime when) {
  return std::chrono::floor<std::chrono::minutes>(when.time_since_epoch()).count() / 30;
}

}  // namespace

void HeavyHitters::Count(uint64_t key) {
  ++sum_;
  if (key == 0) return;
  const auto end = keys_.begin() + used_;
  size_t at = static_cast<size_t>(std::distance(keys_.begin(), std::find(keys_.begin(), end, key)));
  if (at == used_ && used_ < kCounters) {
    keys_[used_++] = key;
  } else if (at == used_) {  // whoever has the least makes room
    at = static_cast<size_t>(
        std::distance(counts_.begin(), std::min_element(counts_.begin(), counts_.end())));
    keys_[at] = key;
    errors_[at] = counts_[at];
  }
  ++counts_[at];
}

uint64_t HeavyHitters::CountOf(uint64_t key) const {
  for (size_t i = 0; i < used_; ++i) {
    if (keys_[i] == key) return counts_[i] - errors_[i];
  }
  return 0;
}

std::optional<double> TopShare(const HeavyHitters& part, const HeavyHitters& other) {
  const uint64_t sum = part.sum() + other.sum();
  if (sum == 0) return std::nullopt;
  uint64_t most = 0;
  const auto visit = [&](uint64_t key) {
    most = std::max(most, part.CountOf(key) + other.CountOf(key));
  };
  part.ForEach(visit);
  other.ForEach(visit);
  return static_cast<double>(most) / static_cast<double>(sum);
}

void RecentTopShare::Count(uint64_t key, EventTime when) {
  const int64_t half_hour = HalfHourOf(when);
  if (half_hour > half_hour_) {
    before_ = half_hour == half_hour_ + 1 ? current_ : HeavyHitters{};
    current_ = {};
    half_hour_ = half_hour;
  }
  current_.Count(key);
}

std::optional<double> RecentTopShare::Share(EventTime now) const {
  const int64_t since = HalfHourOf(now) - half_hour_;
  if (since > 1) return std::nullopt;
  return since == 1 ? TopShare(current_) : TopShare(current_, before_);
}

}  // namespace stickyd
