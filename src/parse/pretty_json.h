// SPDX-License-Identifier: Apache-2.0
// pretty_json.h: JSON that was written over several lines, or as one array: the records in it.
// Role:    LineParser feeds it the lines of a stream that begins so.
// Shape:   an object that is an element of the outermost array, or stands alone, is handed out when
//          its last line has come; inside a document of another kind, so is an element of any array
//          that holds a line or a record. One object per line.
// Errors:  kNot for what is no JSON, or grows over the bound.
// Cost:    linear in the lines; each byte is kept once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "envelope.h"

namespace stickyd {

class PrettyJson {
 public:
  enum class Outcome { kNot, kPart, kObject };

  explicit PrettyJson(size_t max_bytes) : max_bytes_(max_bytes) {}

  // Does a document begin with this line that goes on behind it?
  static bool Begins(std::string_view line);
  Outcome Feed(std::string_view line);
  void Stop();
  // After kObject: kLinePadding bytes longer than it says, until the next Feed.
  std::string_view text() const { return text_; }

 private:
  struct Level {
    char open;
    size_t begin;    // in bytes_
    bool container;  // something was handed out of it: it is no record itself
  };

  bool Scan(std::string_view line);
  bool Close(char c);
  void HandOut(std::string_view object);

  const size_t max_bytes_;
  std::vector<Level> levels_;
  std::string bytes_;
  std::string object_;
  EnvelopeReader envelope_;
  bool handed_out_ = false;
  std::string_view text_;
};

}  // namespace stickyd
