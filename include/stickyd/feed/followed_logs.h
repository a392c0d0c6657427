// SPDX-License-Identifier: Apache-2.0
// followed_logs.h: the lines of all followed files, in order of time, into the pipeline.
// Role:    the watcher lets it feed once a round.
// Shape:   the next line of each file is parsed and waits for its turn; while there are more lines
//          than a round takes, it waits for the next round. Each path of a source is a lane of the
//          pipeline. When its file is gone the lane rests: the path may come back, as after a late
//          rotation. Of lanes that rest, the pipeline keeps the last few.
// Units:   wall time, in nanoseconds since 1970, says when a line was written.
// Threads: the watcher's thread only.
// Cost:    O(log files) per line.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stickyd/engine/pipeline.h"
#include "stickyd/source/log_follower.h"

namespace stickyd {

class FollowedLogs {
 public:
  static constexpr size_t kMostResting = 64;

  // Both must outlive it.
  FollowedLogs(LogFollower& follower, Pipeline& pipeline)
      : follower_(follower), pipeline_(pipeline) {}

  struct Round {
    size_t lines = 0;
    bool more = false;  // than a round takes
  };
  // A round's worth of lines. `now`: wall time.
  Round Feed(int64_t now);

  // When the lines that were fed since the last call were written, as far as that is known.
  template <class Use>
  void TakeWritten(const Use& use) {
    for (const int64_t written : written_at_) use(written);
    written_at_.clear();
  }

 private:
  using Path = std::pair<std::string, std::string>;  // source and path
  // The next line of a file, parsed and not yet committed.
  struct Head {
    uint64_t number = 0;                 // LogFollower::Lane::number
    std::shared_ptr<FollowedFile> file;  // it has the line, even if the follower drops it
    Path path;
    LaneId id{};
    Line line;
    EventTime time;          // of the line, or of the last one that told
    int64_t written_at = 0;  // 0: not known
    bool ready = false;
  };

  uint64_t ReadBytes() const;
  void GatherHeads();
  LaneId LaneOf(const Path& path);
  void Prepare(Head& head);
  void Commit(Head& head);
  void End(Head& head);

  LogFollower& follower_;
  Pipeline& pipeline_;
  std::map<Path, LaneId> lanes_;
  std::deque<Path> resting_;  // those whose file is gone, the first to go first
  std::vector<Head> heads_;
  int64_t read_at_ = 0;  // of this round
  std::vector<int64_t> written_at_;
};

}  // namespace stickyd
