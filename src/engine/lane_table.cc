// SPDX-License-Identifier: Apache-2.0
#include "lane_table.h"

#include <algorithm>

namespace stickyd {
namespace {

SourceStats CountsOf(const LaneIntake& lane) {
  SourceStats stats = lane.stats;
  stats.sequences = lane.SequencesOfAll();
  return stats;
}

}  // namespace

size_t LaneTable::FreeSlot() {
  const auto free = std::find(lanes_.begin(), lanes_.end(), nullptr);
  if (free != lanes_.end()) return static_cast<size_t>(free - lanes_.begin());
  lanes_.emplace_back();
  return lanes_.size() - 1;
}

SourceId LaneTable::SourceOf(const std::string& name) {
  auto at = std::find_if(sources_.begin(), sources_.end(),
                         [&](const SourceStats& source) { return source.name == name; });
  if (at == sources_.end()) {
    at = sources_.emplace(sources_.end());
    at->name = name;
  }
  return SourceId{static_cast<uint16_t>(at - sources_.begin())};
}

void LaneTable::Drop(LaneId id) {
  LaneIntake& lane = (*this)[id];
  SetEnded(lane, true);
  lane.FinishSequences();
  lane.stats.strange = 0;  // a log that is gone makes its source readable again
  sources_[Index(lane.source)].Add(CountsOf(lane));
  lanes_[Index(id)] = nullptr;
}

std::vector<SourceStats> LaneTable::Stats() const {
  std::vector<SourceStats> stats = sources_;
  ForEach([&](const LaneIntake& lane) { stats[Index(lane.source)].Add(CountsOf(lane)); });
  return stats;
}

}  // namespace stickyd
