// SPDX-License-Identifier: Apache-2.0
// log_look.h: what the last lines of a log hold, for `check`.
// Role:    the command looks at every log that the daemon would follow.
// Shape:   regular files are read from near their end; pipes and standard input are not touched:
//          what is read from them is gone.
// Errors:  as part of what was found.
// Cost:    at most kMostBytes of each file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stickyd/config/settings.h"

namespace stickyd {

struct LogLook {
  static constexpr size_t kMostBytes = size_t{256} << 10U;

  enum class Found : uint8_t {
    kRecords,     // as it should be
    kNothing,     // no line yet
    kNotTouched,  // a pipe
    kAbsent,
    kUnreadable,
    kNoRecords,  // lines, and none of them is a record
  };
  std::string path;
  Found found = Found::kNothing;
  std::string problem;   // where it cannot be read
  uint64_t lines = 0;    // looked at
  uint64_t records = 0;  // among them
  std::string reason;    // of most of the others, with what to do about it
  unsigned fields = 0;   // LogFields of the records
  bool json = false;     // the last record is
};

// `pattern`: as --log has it. Nothing matches: one that is absent.
std::vector<LogLook> LookAtLogs(const FileSystem& files, const std::string& pattern,
                                size_t max_line_bytes);
// A line or several, without what clients wrote.
std::string LookText(const LogLook& look);

}  // namespace stickyd
