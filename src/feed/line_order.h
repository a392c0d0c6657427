// SPDX-License-Identifier: Apache-2.0
// line_order.h: does a log begin with its newest line?
// Role:    FinishedLogs asks it: such a file is read from its end, and such a stream is refused.
// Shape:   the first kRecords records; every two of them are compared, by the times of their ends
//          where those tell, else by their counts. Records of parallel requests and of several
//          processes are in no strict order, so the great majority decides.
// Threads: pipeline thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/model/event_time.h"

namespace stickyd {

class LineOrder {
 public:
  static constexpr size_t kRecords = 200;

  // A request that ended between `low` and `high`.
  void Add(EventTime low, EventTime high, std::optional<uint64_t> count);
  bool full() const { return seen_.size() >= kRecords; }
  // As far as the records that were added tell.
  bool newest_first() const;

  // Does it begin with something newer than what the other one ends with? REQUIRES: both have some.
  bool IsNewerThan(const LineOrder& other) const {
    return seen_.front().low > other.seen_.back().high;
  }

 private:
  struct Seen {
    EventTime low;
    EventTime high;
    std::optional<uint64_t> count;
  };
  std::vector<Seen> seen_;
};

// Is it a regular, plain file whose beginning and whose end are newest first, and the beginning
// newer than the end? A client that forges lines in one place does not make it so.
bool IsNewestFirst(const FileSystem& files, const std::string& path, size_t max_line_bytes);

}  // namespace stickyd
