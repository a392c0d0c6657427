// followed_file.h: one path, followed over rotations.
// Role:    a LogFollower has one for every path that its patterns match.
// Shape:   lines in the order of the file; what was renamed away is read to its end before what
//          came in its place.
// Errors:  a file that is missing or cannot be read is tried again at every Poll; up() says so.
// Threads: thread-compatible.
// Source:  Traefik opens with O_APPEND and reopens on SIGUSR1; logrotate renames or copies and
//          truncates; tests in followed_file_test.cc go through both, and through symbolic links.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/source/line_splitter.h"

namespace stickyd {

enum class StartAt { kBeginning, kEnd };

class FollowedFile {
 public:
  using Clock = std::chrono::steady_clock;
  struct Stats {
    uint64_t read_bytes = 0;
    uint64_t rotations = 0;    // another file came under the path
    uint64_t truncations = 0;  // the file became shorter than what was read of it
    uint64_t read_errors = 0;
    uint64_t files_dropped = 0;  // renamed files given up before their end: too many at a time
  };

  FollowedFile(const FileSystem& files, std::string path, size_t max_line_bytes, StartAt start);

  // Reads on. True: `line` is the next one. False: nothing more for now.
  bool Next(Line& line);
  // Looks at the path: rotation, truncation, appearance. Cheap; call it when woken, and every now
  // and then. `now`: monotonic.
  void Check(Clock::time_point now);

  const std::string& path() const { return path_; }
  bool up() const { return current() != nullptr && !open_.back().failed; }
  // What is wrong with the path now.
  const std::optional<Error>& problem() const { return problem_; }
  // Bytes that are there and not read.
  uint64_t lag_bytes() const;
  bool Holds(const FileId& id) const;
  // Standard input whose writer has closed it.
  bool ended() const { return !open_.empty() && open_.back().file->ended(); }
  // Nothing is open.
  bool idle() const { return open_.empty(); }
  // A FIFO's descriptor to wait for; -1 for regular files.
  int descriptor() const;
  const Stats& stats() const { return stats_; }

 private:
  struct OpenFile {
    std::unique_ptr<File> file;
    FileInfo info;
    std::unique_ptr<LineSplitter> lines;
    uint64_t offset = 0;
    uint64_t checked_offset = 0;
    Clock::time_point changed;  // when it last grew, or was superseded
    bool superseded = false;    // no longer under the path
    bool done = false;          // and quiet: what is left is its last line
    bool closed = false;
    bool failed = false;
  };

  const OpenFile* current() const;
  void Open(bool at_end, Clock::time_point now);
  void CheckTruncation(OpenFile& open);
  void DropDrained(Clock::time_point now);
  size_t Fill(OpenFile& open);
  static bool IsDeleted(const OpenFile& open);

  const FileSystem& files_;
  const std::string path_;
  const size_t max_line_bytes_;
  StartAt start_;
  std::vector<OpenFile> open_;  // oldest first; the last one may be current
  std::optional<Error> problem_;
  Stats stats_;
};

}  // namespace stickyd
