// SPDX-License-Identifier: Apache-2.0
// top_share.h: how much of what is counted comes from one of many, without keeping all of them.
// Role:    service_counts counts breaks by the address they come from; metrics and report say how
//          much the worst one contributes, never which it is.
// Shape:   32 counters (Metwally et al., "space saving"). A share that is reported is never more
//          than the true one, and at most 1/32 of the sum less.
// Units:   keys are keyed hashes (Observation::group). 0 means that nobody knows whose it is; it is
//          in the sum only.
// Threads: thread-compatible.
// Cost:    32 comparisons for each count, no allocation; three quarters of a KiB, twice that by the
//          hour.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "stickyd/model/event_time.h"

namespace stickyd {

class HeavyHitters {
 public:
  static constexpr size_t kCounters = 32;

  void Count(uint64_t key);
  // Of the key at least.
  uint64_t CountOf(uint64_t key) const;
  uint64_t sum() const { return sum_; }
  // Calls visit(key) for all that may have many.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (size_t i = 0; i < used_; ++i) visit(keys_[i]);
  }

 private:
  std::array<uint64_t, kCounters> keys_{};
  std::array<uint64_t, kCounters> counts_{};
  std::array<uint64_t, kCounters> errors_{};  // so much of it may be of others
  size_t used_ = 0;
  uint64_t sum_ = 0;
};

// The share of the worst, of all counts of `parts` together; nullopt without any.
std::optional<double> TopShare(const HeavyHitters& part, const HeavyHitters& other = {});

// Of the last half to whole hour of event time.
class RecentTopShare {
 public:
  void Count(uint64_t key, EventTime when);
  std::optional<double> Share(EventTime now) const;

 private:
  int64_t half_hour_ = 0;
  HeavyHitters current_, before_;
};

}  // namespace stickyd
