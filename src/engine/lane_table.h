// SPDX-License-Identifier: Apache-2.0
// lane_table.h: the lanes of all sources, and what is counted of each source.
// Role:    the pipeline asks it for the lane of a line. Lanes come and go with rotated names; their
//          counts stay with their source.
// Shape:   two kinds of numbers. A SourceId is what was configured, and is there for good. A LaneId
//          is one log of a source; it is used again once its lane has been dropped.
// Threads: pipeline thread only.
// Cost:    O(1) to add or to drop one, O(lanes) to sum them up.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lane_intake.h"
#include "stickyd/model/ids.h"
#include "stickyd/model/pipeline_stats.h"

namespace stickyd {

class LaneTable {
 public:
  // A lane of the source of that name, with `make` for what it keeps.
  template <class Make>
  LaneIntake& Add(const std::string& source, const Make& make) {
    const size_t slot = FreeSlot();
    lanes_[slot] = make();
    LaneIntake& lane = *lanes_[slot];
    lane.id = LaneId{static_cast<uint16_t>(slot)};
    lane.source = SourceOf(source);
    ++open_;
    return lane;
  }
  // Its counts stay. REQUIRES: none of its records waits.
  void Drop(LaneId lane);
  // Its log has ended, or begins again.
  void SetEnded(LaneIntake& lane, bool ended) {
    if (std::exchange(lane.ended, ended) == ended) return;
    open_ += ended ? -1 : 1;
  }

  LaneIntake& operator[](LaneId lane) { return *lanes_[Index(lane)]; }
  // Lanes whose log goes on.
  int64_t open() const { return open_; }
  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (const auto& lane : lanes_) {
      if (lane != nullptr) visit(*lane);
    }
  }
  // One for each source, its lanes summed up, in the order in which they were named.
  std::vector<SourceStats> Stats() const;

 private:
  size_t FreeSlot();
  SourceId SourceOf(const std::string& name);

  std::vector<SourceStats> sources_;  // what their dropped lanes had counted
  std::unordered_map<std::string, SourceId> by_name_;
  std::vector<std::unique_ptr<LaneIntake>> lanes_;
  std::vector<size_t> free_;  // slots of dropped lanes
  int64_t open_ = 0;
};

}  // namespace stickyd
