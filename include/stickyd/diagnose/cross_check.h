// SPDX-License-Identifier: Apache-2.0
// cross_check.h: verdicts on CLF that a line of another lane may still change.
// Role:    the pipeline holds those verdicts here while several lanes write CLF.
// Shape:   CLF knows a start to the second, so of two lanes' lines either may have come first. A
//          verdict waits as long as a line can still come with an answer that its client may have
//          had before. If a line comes that would change the verdict, the verdict is ambiguous.
//          Within one lane the order of lines tells. Nothing waits for a lane that has been
//          silent for ten seconds, such as a file that was rotated away. There is a limit to how
//          many of one session wait; more are ambiguous at once.
// Units:   event time: at most a second and a quarter.
// Threads: pipeline thread only.
// Cost:    O(log waiting + kMostOfASession) per CLF line, nothing in JSON or with one lane;
//          bounded.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <utility>
#include <vector>

#include "stickyd/diagnose/cause_finder.h"
#include "stickyd/model/observation.h"
#include "stickyd/model/outcome.h"

namespace stickyd {

class CrossCheck {
 public:
  struct Waiting {
    Outcome outcome;
    uint64_t session = 0;  // that the verdict is about: an identity or a client
    LaneId lane{};
    uint16_t status = 0;
    EventTime start_high;                   // it had started by then
    std::unique_ptr<BreakCase> break_case;  // where the verdict is break; large
  };

  static constexpr size_t kMostOfASession = 64;

  // Must the verdict wait? `now`: the event clock.
  bool MustWait(Verdict verdict, const Observation& seen, EventTime now) const;
  // A line of CLF was read: who writes it, and until when.
  void Note(LaneId lane, EventTime end) {
    if (lane != latest_.lane) other_ = std::exchange(latest_, {lane, end});
    latest_.end = std::max(latest_.end, end);
  }
  void Hold(Waiting waiting, std::vector<Waiting>& decided);
  // A record of `lane` was judged.
  void Hear(const Observation& seen, LaneId lane) {
    if (!waiting_.empty()) HearAll(seen, lane);
  }
  // What has waited long enough, in the order of the records.
  void Close(EventTime now, std::vector<Waiting>& decided);
  void Finish(std::vector<Waiting>& decided) { Close(EventTime::max(), decided); }

  bool empty() const { return waiting_.empty(); }
  uint64_t closed_early() const { return closed_early_; }

 private:
  struct Writer {
    LaneId lane = LaneId{0xFFFF};      // none
    EventTime end = EventTime::min();  // of its latest line
  };
  void HearAll(const Observation& seen, LaneId lane);
  void HearKey(uint64_t session, const Observation& seen, LaneId lane);
  void CloseFirst(std::vector<Waiting>& decided);

  std::pmr::unsynchronized_pool_resource memory_;
  std::pmr::map<uint64_t, Waiting> waiting_{&memory_};  // by the record's number
  std::pmr::map<uint64_t, std::pmr::vector<uint64_t>> by_session_{&memory_};  // their numbers
  Writer latest_, other_;  // the two that were read last
  uint64_t closed_early_ = 0;
};

}  // namespace stickyd
