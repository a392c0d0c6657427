// SPDX-License-Identifier: Apache-2.0
// followed_file.h: one path, followed over rotations.
// Role:    a LogFollower has one for every path that its patterns match.
// Shape:   lines in the order of the file. A file that was renamed is read to its end before the
//          one that came in its place, and is kept open as long as lines may still come. If another
//          path's reader has a file open, the file is left to that reader.
// Errors:  a file that is missing or cannot be read is tried again at every Check; up() says so. A
//          device, a socket or a directory is not read, since it may never end: the reader waits
//          until it is gone.
// Threads: thread-compatible.
// Source:  Traefik opens with O_APPEND and reopens on SIGUSR1. logrotate renames, or copies and
//          truncates. Tests in rotation_test.cc go through both, and through symbolic links.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/source/file_ledger.h"
#include "stickyd/source/line_splitter.h"

namespace stickyd {

enum class StartAt { kBeginning, kEnd };
// Files that nobody has read yet.
enum class Strangers { kRead, kIgnore };

class FollowedFile {
 public:
  using Clock = std::chrono::steady_clock;
  struct Stats {
    uint64_t read_bytes = 0;
    uint64_t rotations = 0;    // another file came under the path
    uint64_t truncations = 0;  // the file became shorter than what was read of it
    uint64_t read_errors = 0;
    uint64_t files_dropped = 0;  // renamed files given up before their end
  };
  // If so many bytes hold no line, Next gives up for now.
  static constexpr uint64_t kMostBytesPerCall = uint64_t{16} << 20U;

  // `start`: where to begin in a file that is there at the first Check. Standard input, and files
  // that appear later, are read from their beginning. `ledger` must outlive this.
  FollowedFile(const FileSystem& files, FileLedger& ledger, std::string path, size_t max_line_bytes,
               StartAt start);
  ~FollowedFile();
  FollowedFile(const FollowedFile&) = delete;
  FollowedFile& operator=(const FollowedFile&) = delete;

  // Reads on. True: `line` is the next one. Its text is valid until the next call of Next; a call
  // of Check does not change that. False: there is nothing more for now.
  bool Next(Line& line);
  // Looks at the path for rotation, truncation and appearance. It is cheap: call it when woken, and
  // every now and then. `now`: monotonic.
  void Check(Clock::time_point now, Strangers strangers);

  const std::string& path() const { return path_; }
  // True while it is read. False once standard input has ended; or if nothing is under the path,
  // and nothing more comes from what was there.
  bool up() const;
  // What is wrong with the path now; null if nothing is.
  const Error* problem() const;
  // Bytes that are there and not read.
  uint64_t lag_bytes() const;
  // The file under the path at the last Check.
  const std::optional<FileId>& under_path() const { return under_path_; }
  // True for standard input whose writer has closed it.
  bool ended() const { return !open_.empty() && open_.back()->file->ended(); }
  // True if nothing is open.
  bool idle() const { return open_.empty(); }
  // A FIFO's descriptor to wait for; -1 for regular files.
  int descriptor() const;
  const Stats& stats() const { return stats_; }

 private:
  struct OpenFile {
    std::unique_ptr<File> file;
    FileInfo info;
    LineSplitter lines;
    uint64_t offset = 0;
    uint64_t checked_offset = 0;
    Clock::time_point changed;        // when it last grew, or was superseded
    std::optional<Error> read_error;  // of the last read
    bool superseded = false;          // no longer under the path
    bool done = false;                // and quiet: what is left is its last line
    explicit OpenFile(size_t max_line_bytes) : lines(max_line_bytes) {}
  };
  using OpenFiles = std::vector<std::unique_ptr<OpenFile>>;

  OpenFile* current() const;
  void Missing(const Result<FileInfo>& info, Clock::time_point now);
  bool Supersede(Clock::time_point now);
  void Open(Clock::time_point now, Strangers strangers);
  uint64_t StartOf(const FileInfo& info) const;
  static void StartAfter(OpenFile& open, uint64_t offset);
  void CheckTruncation(OpenFile& open);
  void DropDrained(Clock::time_point now);
  void LetGoOfOne();
  void Close(OpenFile& open);
  size_t Fill(OpenFile& open);

  const FileSystem& files_;
  FileLedger& ledger_;
  const std::string path_;
  const size_t max_line_bytes_;
  StartAt start_;
  FileInfo first_seen_;  // the file of the first Check, where reading starts at its end
  std::optional<FileId> under_path_;
  std::optional<Clock::time_point> missing_since_;
  bool lost_ = false;             // missing and silent for some time
  bool elsewhere_ = false;        // another path's reader has it open
  OpenFiles open_;                // oldest first; the last one may be current
  OpenFile* giving_ = nullptr;    // of the line that was given last
  std::optional<Error> problem_;  // of the path
  Stats stats_;
};

}  // namespace stickyd
