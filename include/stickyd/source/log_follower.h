// log_follower.h: all files of the configured sources, followed.
// Role:    watch asks it for lanes and tells it to look again.
// Shape:   a source is a path, a pattern or "-"; a lane is one path of it. Lanes come and go with
//          the files a pattern matches; a file that a rotation renamed to another matching name is
//          not read again, and compressed parts are left alone.
// Errors:  problems are per lane or source; nothing here stops.
// Threads: pipeline thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/source/followed_file.h"

namespace stickyd {

class LogFollower {
 public:
  struct Lane {
    size_t source = 0;  // index of the configured source
    std::unique_ptr<FollowedFile> file;
  };
  struct SourceState {
    std::string name;  // as configured
    uint64_t lag_bytes = 0;
    bool up = false;
    FollowedFile::Stats stats;  // of all lanes, also of those that are gone
    std::vector<std::string> problems;
    uint64_t compressed_ignored = 0;
    uint64_t lanes_refused = 0;  // more files than are followed at a time
  };

  static constexpr size_t kMostLanes = 1024;

  LogFollower(const FileSystem& files, std::vector<std::string> patterns, size_t max_line_bytes,
              StartAt start);

  // Other patterns from now on; files that still match are followed on where they are.
  void SetPatterns(std::vector<std::string> patterns);
  // Looks for files that appeared or were rotated.
  void Check(FollowedFile::Clock::time_point now);
  std::vector<Lane>& lanes() { return lanes_; }
  // Directories whose changes matter: of the paths, and of where they lead.
  std::vector<std::string> Directories() const;
  std::vector<SourceState> States() const;

 private:
  void Expand(size_t source);
  bool IsFollowed(size_t source, const std::string& path) const;

  const FileSystem& files_;
  std::vector<std::string> patterns_;
  const size_t max_line_bytes_;
  StartAt start_;
  std::vector<Lane> lanes_;
  std::vector<SourceState> gone_;  // what lanes that are gone had counted, and refusals
};

}  // namespace stickyd
