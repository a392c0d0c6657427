// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/event_time.h"

#include <fmt/format.h>

namespace stickyd {

std::string FormatRfc3339(EventTime time) {
  using std::chrono::microseconds;
  using std::chrono::seconds;
  const auto us = std::chrono::duration_cast<microseconds>(time.time_since_epoch());
  const std::chrono::sys_time<microseconds> point(us);
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<microseconds> clock(point - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

}  // namespace stickyd
