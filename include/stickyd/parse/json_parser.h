// SPDX-License-Identifier: Apache-2.0
// json_parser.h: one line of Traefik's JSON access log -> access record.
// Role:    called by LineParser for lines that begin with `{`.
// Shape:   input needs kLinePadding readable bytes after its end. Views point into the line or
//          into this object's buffers: valid until the next Parse; of ParsePlain until the next
//          Reset.
// Errors:  an outcome that says what the object is instead; never an exception.
// Threads: one object per thread.
// Cost:    one pass over the fields, no allocation once the buffers have grown to the line length.
// Source:  Traefik v1.7.0 to v3.7.9 pkg/middlewares/accesslog/logger.go. Go's marshaller sorts the
//          keys, but nothing here depends on that.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/model/access_record.h"
#include "stickyd/model/line.h"

namespace stickyd {

class JsonParser {
 public:
  // `extra_fields`: keys that go to AccessRecord::extra, in order, at most kMostExtraFields.
  explicit JsonParser(std::vector<std::string> extra_fields);
  ~JsonParser();
  JsonParser(const JsonParser&) = delete;
  JsonParser& operator=(const JsonParser&) = delete;

  // REQUIRES: `record` is freshly made. It is complete if the fate is parsed; else it is
  // unspecified.
  LineFate Parse(std::string_view line, AccessRecord& record);
  // The shortcut of Parse, for lines that look as Traefik writes them. False: it is none of those,
  // and the record is unspecified. Records that were parsed so before stay valid until Reset.
  bool ParsePlain(std::string_view line, AccessRecord& record);
  void Reset();
  // The same as Parse for any line, without the shortcut.
  LineFate ParseCarefully(std::string_view line, AccessRecord& record);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
