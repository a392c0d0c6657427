// SPDX-License-Identifier: Apache-2.0
#include "change_log.h"

#include <fmt/format.h>

namespace stickyd {

std::optional<uint64_t> ChangeLog::News(const std::string& topic, const std::string& state,
                                        Clock::Monotonic now) {
  Topic& known = topics_[topic];
  if (state != known.seen) {
    known.seen = state;
    ++known.changes;
  }
  if (state == known.said || now < known.quiet_until) return std::nullopt;
  const uint64_t passed_over = known.changes - 1;
  known.said = state;
  known.changes = 0;
  known.quiet_until = now + kQuiet;
  return passed_over;
}

std::string PassedOver(uint64_t changes) {
  return changes == 0 ? "" : fmt::format(" ({} changes before were not told)", changes);
}

}  // namespace stickyd
