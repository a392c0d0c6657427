// SPDX-License-Identifier: Apache-2.0
// line_parser.h: any line of one lane -> its fate, and the record if there is one.
// Role:    the pipeline calls it for every line. It tells the format of each line, takes off
//          container runtimes' wrappers and shippers' prefixes, and recognises Traefik's own log on
//          the same stream. The first line shows what a stream is as a whole (JSON over several
//          lines, a journal's export).
// Shape:   one object per lane, since wrapped lines come in pieces. The record's views are valid
//          until the next Parse. A CLF line with Traefik's end that cannot be used still has its
//          count, router and server in the record (clf_parser.h). Names of routers, services and
//          servers longer than kLongestName end in a digest of the whole name.
// Errors:  every line gets exactly one fate, and nothing in a line can stop the parser. Whether
//          Traefik or a client wrote a line is not decided here but in engine/forgery_guard.h.
// Threads: one at a time; nothing is shared between parsers.
// Cost:    no allocation per line once buffers have grown to the longest line.
// Source:  docs/FORMATS.md; Docker json-file, Kubernetes CRI, journald's JSON export.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/model/access_record.h"
#include "stickyd/model/line.h"
#include "stickyd/parse/clf_parser.h"
#include "stickyd/parse/json_parser.h"
#include "stickyd/parse/plain_parser.h"

namespace stickyd {

class JournalExport;
class PrettyJson;
class WrapperParser;

class LineParser {
 public:
  // `max_bytes`: the longest line that is read, wrapped or not. `extra_fields`: see JsonParser.
  LineParser(size_t max_bytes, const std::vector<std::string>& extra_fields);
  ~LineParser();
  LineParser(const LineParser&) = delete;
  LineParser& operator=(const LineParser&) = delete;

  LineFate Parse(const Line& line, AccessRecord& record);
  // Is `parsed`, as it is, what Parse would give for its line, the next one? Then it counts as
  // parsed. Else nothing has changed, and Parse has to read the line.
  bool Accept(const ParsedLine& parsed);
  // The text of the line that was parsed last, without what a container runtime put around it.
  std::string_view text() const { return text_; }
  // What a shipper put before it.
  std::string_view prefix() const { return prefix_; }

 private:
  enum class End { kWhole, kCut };
  enum class Shape : uint8_t { kUnknown, kLines, kPretty, kExport };
  LineFate ParseWhole(const Line& line, AccessRecord& record);
  static LineFate TooLong(std::string_view end, AccessRecord& record);
  void Look(std::string_view text);
  LineFate ParseLine(std::string_view text, AccessRecord& record, End end);
  LineFate ParsePretty(std::string_view text, AccessRecord& record, End end);
  LineFate ParseExport(const Line& line, AccessRecord& record, End end);
  LineFate ParseBare(std::string_view text, AccessRecord& record, End end, int depth = 0);
  LineFate ParseObject(std::string_view text, AccessRecord& record, End end, int depth);
  LineFate NotAccessLog(std::string_view text, bool is_traefik_log);
  LineFate ParseClf(std::string_view text, AccessRecord& record, End end);

  JsonParser json_;
  ClfParser clf_;
  std::unique_ptr<WrapperParser> wrapper_;
  std::unique_ptr<PrettyJson> pretty_;
  std::unique_ptr<JournalExport> export_;
  Shape shape_ = Shape::kUnknown;
  bool clf_seen_ = false;
  std::string_view prefix_;
  std::string_view text_;
  std::array<std::string, 3> short_names_;  // of the record, where they were too long
  // Messages of Traefik's own log may have several lines; only the first looks like one. So many
  // more may follow.
  int traefik_lines_ = 0;
};

}  // namespace stickyd
