// SPDX-License-Identifier: Apache-2.0
// finished_logs.h: the files given to analyze, in order: which are parts of one log, and when each
// begins.
// Role:    analyze and explain read their arguments through it.
// Shape:   a lane is one log: its rotated parts (access.log.2.gz, access.log.1, access.log) in
//          order of the time of their first record, by name where that does not tell. Lanes that
//          overlap in time are replicas; they are merged line by line. A lane is open from its
//          first record to its last, so that a year of daily files needs few descriptors. A file
//          whose newest line comes first is read from its end; lines keep their numbers.
// Errors:  what cannot be opened or read to its end is in problems(), and so is a stream with its
//          newest line first; the rest is read.
// Cost:    O(log lanes) per line.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/engine/pipeline.h"
#include "stickyd/feed/line_queue.h"
#include "stickyd/source/input_stream.h"
#include "stickyd/source/line_splitter.h"
#include "stickyd/source/log_name.h"

namespace stickyd {

class ReversedStream;

// Feeds all lines of all files to a pipeline, in order of time.
class FinishedLogs {
 public:
  struct Reading {
    size_t max_line_bytes = size_t{1} << 20U;
    size_t threads = 1;  // this one among them; what comes out is the same
    int stop = -1;       // as InputStream::Open has it
  };
  // `paths` in any order; Outcome::file will be the index into paths().
  FinishedLogs(const FileSystem& files, std::vector<std::string> paths, const Reading& reading,
               Pipeline& pipeline);
  ~FinishedLogs();
  FinishedLogs(const FinishedLogs&) = delete;
  FinishedLogs& operator=(const FinishedLogs&) = delete;

  // Feeds up to `most` lines. False: all files are at their end.
  bool Step(size_t most);

  const std::vector<std::string>& paths() const { return paths_; }
  const std::vector<std::string>& problems() const { return problems_; }
  // What was left out on purpose (files given twice), or read in another way.
  const std::vector<std::string>& notes() const { return notes_; }
  uint64_t bytes_read() const;
  uint64_t bytes_consumed() const;  // of the files as they are, for progress
  // Nothing where a pipe is among them.
  std::optional<uint64_t> bytes_total() const { return bytes_total_; }
  size_t lanes() const { return lanes_.size(); }

 private:
  struct Part;
  struct Lane;

  std::vector<Part> Parts();
  void MakeLanes();
  void AddToTotal(const Part& part);
  void SortParts(Lane& lane);
  void DropCopies(std::vector<Part>& parts);
  std::optional<EventTime> FirstTime(const std::string& path) const;
  void StepOne(Lane& lane, size_t most);
  void StepMerged(size_t most);
  const ParsedLine* Next(Lane& lane);
  bool Open(Lane& lane);
  Status OpenPart(Lane& lane, const Part& part);
  Result<std::unique_ptr<InputStream>> OpenStream(const std::string& path,
                                                  ReversedStream*& reversed) const;
  void Close(Lane& lane);
  static void Number(const Lane& lane, Line& line);
  size_t Workers(const Part& part) const;
  void NoteOrder(Lane& lane, const Pipeline::Prepared& prepared);
  bool Refuse(Lane& lane);
  // Prepares the lane's next line. False: it has none.
  bool Prepare(Lane& lane);

  const FileSystem& files_;
  const std::vector<std::string> paths_;
  const Reading reading_;
  Pipeline& pipeline_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  LineQueue<Lane> queue_;  // those that have lines left
  std::vector<std::string> problems_;
  std::vector<std::string> notes_;
  uint64_t bytes_read_ = 0;
  uint64_t bytes_done_ = 0;
  std::optional<uint64_t> bytes_total_ = 0;
};

}  // namespace stickyd
