// SPDX-License-Identifier: Apache-2.0
// journal_export.h: journalctl -o export: blocks of KEY=VALUE lines; MESSAGE is the line.
// Role:    LineParser feeds it the lines of a stream that begins so.
// Shape:   a value that is not plain text comes as KEY, line feed, its length in 8 bytes, its
//          bytes, line feed; then it may hold line feeds itself.
// Errors:  kNot for a line that is nothing of the kind; what is over the bound is passed over.
// Source:  systemd, docs/JOURNAL_EXPORT_FORMATS.md.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stickyd {

class JournalExport {
 public:
  enum class Outcome { kNot, kField, kMessage };

  explicit JournalExport(size_t max_bytes) : max_bytes_(max_bytes) {}

  static bool Begins(std::string_view line) { return line.starts_with("__CURSOR="); }
  // `line`: as it stands in the stream. REQUIRES: kLinePadding readable bytes after it.
  Outcome Feed(std::string_view line);
  void Stop() { open_ = false; }
  // After kMessage: the line, kLinePadding bytes longer than it says.
  std::string_view text() const { return text_; }

 private:
  Outcome FeedBytes(std::string_view line);

  const size_t max_bytes_;
  bool open_ = false;  // a value in bytes has begun
  bool is_message_ = false;
  std::string bytes_;
  std::string_view text_;
};

}  // namespace stickyd
