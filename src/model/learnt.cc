// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/learnt.h"

#include "stickyd/model/rule.h"

namespace stickyd {

Interval LearntInterval(const AccessRecord& record) {
  const bool clf = record.format == LogFormat::kClf;
  // CLF cuts the start to seconds and the duration to milliseconds.
  const EventDuration cut = clf && Applies(Rule::kClfClock) ? std::chrono::milliseconds(1001)
                                                            : std::chrono::milliseconds(0);
  const EventTime end = record.end();
  if (record.status == kSwitchingProtocols && Applies(Rule::kSocketLearntAtStart))
    return record.start;
  if (record.duration > kHeadComesAtTheEnd && Applies(Rule::kLongResponseUnclear)) {
    return {record.start.low, end + (record.start.high - record.start.low)};
  }
  return {end, end + cut};
}

}  // namespace stickyd
