// SPDX-License-Identifier: Apache-2.0
// plain_parser.h: lines that are as Traefik writes them, each parsed by itself.
// Role:    whoever has several lines at hand parses them ahead of their turn, in any thread.
//          LineParser takes over what fits to the lines before, and parses all else itself.
// Shape:   what a plain line says depends on nothing but the line. The record's views point into
//          the line or into this object's buffers: they are valid until Reset.
// Errors:  a line that is not plain; LineParser knows what it is.
// Threads: one object per thread.
// Cost:    no allocation once the buffers have grown.
// Source:  docs/ARCHITECTURE.md, "Batches".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stickyd/model/access_record.h"
#include "stickyd/model/line.h"
#include "stickyd/parse/clf_parser.h"
#include "stickyd/parse/json_parser.h"

namespace stickyd {

// A line, and its record if it is plain.
struct ParsedLine {
  Line line;
  std::string_view text;  // the line's, without what is left at its edges
  AccessRecord record;
  bool plain = false;
};

class PlainParser {
 public:
  // `extra_fields`: see JsonParser.
  explicit PlainParser(const std::vector<std::string>& extra_fields) : json_(extra_fields) {}

  // Parses parsed.line. REQUIRES: kLinePadding readable bytes after it.
  void Parse(ParsedLine& parsed);
  // The records that were parsed before are used no longer.
  void Reset() { json_.Reset(); }

 private:
  JsonParser json_;
  ClfParser clf_;
};

}  // namespace stickyd
