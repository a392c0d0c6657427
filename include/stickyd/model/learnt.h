// SPDX-License-Identifier: Apache-2.0
// learnt.h: when did the client learn its server? (docs/DETECTION.md, "The rule")
// Shape:   a line is written when the response ends, and has the time when the request started. So
//          the moment when the client learnt its server is known as an interval.
#pragma once

#include <chrono>

#include "stickyd/model/access_record.h"

namespace stickyd {

// Longer responses than this may have sent their head at any time (SSE, downloads).
inline constexpr EventDuration kHeadComesAtTheEnd = std::chrono::seconds(5);
inline constexpr uint16_t kSwitchingProtocols =
    101;  // the head comes at once, the line hours later

Interval LearntInterval(const AccessRecord& record);

}  // namespace stickyd
