// SPDX-License-Identifier: Apache-2.0
// log_follower.h: all files of the configured sources, followed.
// Role:    watch asks it for lanes and tells it to look again.
// Shape:   a source is a path, a pattern or "-". A lane is one path of it. Lanes come and go with
//          the files that a pattern matches. A file is read once, whatever names it has had and
//          however many patterns match it. Compressed parts and copytruncate's copies are left
//          alone.
// Errors:  problems are per lane or source; nothing here stops.
// Threads: pipeline thread only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/source/file_ledger.h"
#include "stickyd/source/followed_file.h"

namespace stickyd {

class LogFollower {
 public:
  struct Lane {
    uint64_t number = 0;                 // never used again
    size_t source = 0;                   // index of the configured source
    std::shared_ptr<FollowedFile> file;  // whoever reads a line of it may keep it
    std::string part_of;                 // the log of which the path is a rotated part, by its name
    bool matched = true;                 // by its source's pattern, when that was looked at last
  };
  struct SourceState {
    std::string name;  // as configured
    uint64_t lag_bytes = 0;
    bool up = false;
    FollowedFile::Stats stats;  // of all lanes, also of those that are gone
    std::vector<std::string> problems;
    uint64_t files_refused = 0;  // likewise: more than are followed at a time
  };

  static constexpr size_t kMostLanes = 1024;

  LogFollower(const FileSystem& files, const std::vector<std::string>& patterns,
              size_t max_line_bytes, StartAt start);

  // Takes other patterns from now on. Files that still match are followed on from where they are.
  // Lanes of patterns that are gone end, and what was not read of them is lost.
  void SetPatterns(const std::vector<std::string>& patterns);
  // Looks for files that appeared or were rotated.
  void Check(FollowedFile::Clock::time_point now);
  std::vector<Lane>& lanes() { return lanes_; }
  // As it was configured.
  const std::string& name(size_t source) const { return sources_[source].pattern; }
  // The directories whose changes matter: those of the paths, and those where the paths lead.
  std::vector<std::string> Directories() const;
  std::vector<SourceState> States() const;

 private:
  struct Source {
    std::string pattern;
    bool is_glob = false;
    bool looked = false;       // its files have been looked for once
    FollowedFile::Stats gone;  // what lanes that are gone had counted
    uint64_t files_refused = 0;
  };

  using Followed = std::map<std::string, size_t>;  // a source's lanes, by path

  Source& AddSource(const std::string& pattern);
  void AddLane(size_t source, const std::string& path);
  void Expand(size_t source, const Followed& followed);
  bool IsDirectory(const std::string& path) const;
  bool IsGone(const Lane& lane) const;
  void DropGone();

  const FileSystem& files_;
  const size_t max_line_bytes_;
  const StartAt start_;
  FileLedger ledger_;
  std::vector<Source> sources_;
  std::vector<Lane> lanes_;
  uint64_t last_number_ = 0;
};

}  // namespace stickyd
