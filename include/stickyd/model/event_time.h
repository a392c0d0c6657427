// SPDX-License-Identifier: Apache-2.0
// event_time.h: the clock of the log: when requests started and ended, as Traefik wrote it.
// Shape:   EventTime is a point, Interval a closed range of points.
// Units:   ticks of 62.5 microseconds (1/16000 s) since 1970-01-01T00:00:00Z. Two
//          requests that are closer were on their way together: a round trip takes longer, so that
//          neither can have known the other's answer. 32 bits of it, which the session table
//          stores, span three days; two such are compared within half of that.
// Source:  docs/ARCHITECTURE.md "Decisions"; JSON logs carry nanoseconds, CLF whole seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>
#include <string>

namespace stickyd {

struct EventClock;  // a tag: never read, only carried by records
using EventDuration = std::chrono::duration<int64_t, std::ratio<1, 16000>>;
using EventTime = std::chrono::time_point<EventClock, EventDuration>;

inline constexpr int64_t kNanosecondsPerTick = 62500;

// The tick that holds the nanosecond (rounded down, also before 1970).
constexpr EventTime EventTimeFromUnixNanoseconds(int64_t ns) {
  const int64_t tick =
      ns >= 0 ? ns / kNanosecondsPerTick : -((-ns + kNanosecondsPerTick - 1) / kNanosecondsPerTick);
  return EventTime(EventDuration(tick));
}
constexpr int64_t UnixNanoseconds(EventTime time) {
  return time.time_since_epoch().count() * kNanosecondsPerTick;
}
constexpr double Seconds(EventDuration duration) {
  return std::chrono::duration<double>(duration).count();
}

struct Interval {
  EventTime low;
  EventTime high;
  friend constexpr bool operator==(const Interval&, const Interval&) = default;
};

// 2026-04-17T14:22:01.123456Z
std::string FormatRfc3339(EventTime time);

}  // namespace stickyd
