// SPDX-License-Identifier: Apache-2.0
// clf_parser.h: one line of Traefik's common log format -> access record.
// Role:    called by LineParser for lines that are neither JSON nor wrapped.
// Shape:   client - user [time] "method path proto" status size "referer" "agent" count "router"
//          "server" Nms. The client of the site can write anything into the middle, so the line
//          is read from both ends: server, router, count and duration from the right, address
//          and time from the left. Views point into the line.
// Errors:  an UnparsedReason. Only count, router and server of the record are of use then, and only
//          if the line ends as Traefik's lines do. A line with such an end and without a beginning
//          is a fragment. A middle with several readings is not an error: its fields are absent and
//          record.middle_ambiguous is set.
// Threads: one object per thread (it remembers the last time it parsed).
// Cost:    no allocation; a few scans of the line, whatever is in it.
// Source:  Traefik v1.7.0 to v3.7.9 pkg/middlewares/accesslog/logger_formatters.go.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "stickyd/model/access_record.h"
#include "stickyd/model/line.h"

namespace stickyd {

class TimestampParser;

class ClfParser {
 public:
  ClfParser();
  ~ClfParser();
  ClfParser(const ClfParser&) = delete;
  ClfParser& operator=(const ClfParser&) = delete;

  // nullopt on success: `record` (REQUIRES: freshly made) holds the line.
  std::optional<UnparsedReason> Parse(std::string_view line, AccessRecord& record);
  // What stood before the line that was parsed last: a shipper's words.
  std::string_view prefix() const { return prefix_; }
  // The shortcut of Parse, for plain lines. False: it is none, and the record is unspecified.
  bool ParsePlain(std::string_view line, AccessRecord& record);
  // The same as Parse for any line, without the shortcut.
  std::optional<UnparsedReason> ParseCarefully(std::string_view line, AccessRecord& record);
  // Reads count, router and server from the end of a line, which is all that is known of it, if it
  // ends as Traefik's lines do.
  static void ParseEnd(std::string_view end, AccessRecord& record);

 private:
  void AddOtherTimes(std::string_view request, AccessRecord& record);

  std::unique_ptr<TimestampParser> times_;
  std::string_view prefix_;
};

}  // namespace stickyd
