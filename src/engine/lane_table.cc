// SPDX-License-Identifier: Apache-2.0
#include "lane_table.h"

namespace stickyd {
namespace {

SourceStats CountsOf(const LaneIntake& lane) {
  SourceStats stats = lane.stats;
  stats.sequences = lane.SequencesOfAll();
  return stats;
}

}  // namespace

size_t LaneTable::FreeSlot() {
  if (free_.empty()) {
    lanes_.emplace_back();
    return lanes_.size() - 1;
  }
  const size_t slot = free_.back();
  free_.pop_back();
  return slot;
}

SourceId LaneTable::SourceOf(const std::string& name) {
  const auto [at, fresh] =
      by_name_.try_emplace(name, SourceId{static_cast<uint16_t>(sources_.size())});
  if (fresh) sources_.emplace_back().name = name;
  return at->second;
}

void LaneTable::Drop(LaneId id) {
  LaneIntake& lane = (*this)[id];
  SetEnded(lane, true);
  lane.FinishSequences();
  lane.stats.strange = 0;  // a log that is gone makes its source readable again
  sources_[Index(lane.source)].Add(CountsOf(lane));
  lanes_[Index(id)] = nullptr;
  free_.push_back(Index(id));
}

std::vector<SourceStats> LaneTable::Stats() const {
  std::vector<SourceStats> stats = sources_;
  ForEach([&](const LaneIntake& lane) { stats[Index(lane.source)].Add(CountsOf(lane)); });
  return stats;
}

}  // namespace stickyd
