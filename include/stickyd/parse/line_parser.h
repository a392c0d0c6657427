// line_parser.h: any line of one source -> its fate, and the record where there is one.
// Role:    the pipeline calls it for every line; it tells formats apart per line, takes container
//          runtimes' wrappers off, and recognises Traefik's own log on the same stream.
// Shape:   one object per source, since wrapped lines come in pieces. The record's views are valid
//          until the next Parse. A CLF line with Traefik's end that cannot be used still has its
//          count, router and server in the record (clf_parser.h). Names of routers, services and
//          servers longer than kLongestName end in a digest of the whole name.
// Errors:  every line gets exactly one fate; nothing a line holds can stop the parser. If a line is
//          Traefik's own word or a client's is not asked here: app/forgery_guard.h.
// Threads: pipeline thread only.
// Cost:    no allocation per line once buffers have grown to the longest line.
// Source:  docs/FORMATS.md; Docker json-file, Kubernetes CRI, journald's JSON export.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/model/access_record.h"
#include "stickyd/model/line.h"
#include "stickyd/parse/clf_parser.h"
#include "stickyd/parse/json_parser.h"

namespace stickyd {

class WrapperParser;

class LineParser {
 public:
  // `max_bytes`: the longest line that is read, wrapped or not. `extra_fields`: see JsonParser.
  LineParser(size_t max_bytes, const std::vector<std::string>& extra_fields);
  ~LineParser();
  LineParser(const LineParser&) = delete;
  LineParser& operator=(const LineParser&) = delete;

  LineFate Parse(const Line& line, AccessRecord& record);
  // Of the line that was parsed last, without what a container runtime put around it.
  size_t text_bytes() const { return text_bytes_; }

 private:
  enum class End { kWhole, kCut };
  LineFate ParseWhole(const Line& line, AccessRecord& record);
  static LineFate TooLong(std::string_view end, AccessRecord& record);
  LineFate ParseBare(std::string_view text, AccessRecord& record, End end);
  LineFate ParseClf(std::string_view text, AccessRecord& record, End end);

  JsonParser json_;
  ClfParser clf_;
  std::unique_ptr<WrapperParser> wrapper_;
  size_t text_bytes_ = 0;
  std::array<std::string, 3> short_names_;  // of the record, where they were too long
  // Messages of Traefik's own log may have several lines; only the first looks like one. So many
  // more may follow.
  int traefik_lines_ = 0;
};

}  // namespace stickyd
