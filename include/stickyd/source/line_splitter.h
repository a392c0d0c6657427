// SPDX-License-Identifier: Apache-2.0
// line_splitter.h: bytes -> lines, with a bound on their length.
// Role:    readers of finished and followed files put bytes in and take lines out.
// Shape:   a line's text is valid until the next call of any method, and kLinePadding bytes after
//          it may be read. A line longer than the bound comes once, cut and marked. The rest of it
//          is thrown away, and the line after it is whole again. The first line is marked as one
//          after a gap, since nobody knows what came before it.
// Threads: thread-compatible.
// Cost:    one memchr per line; bytes move only when a chunk ends in the middle of a line.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "stickyd/model/line.h"

namespace stickyd {

class LineSplitter {
 public:
  static constexpr size_t kChunk = size_t{128} * 1024;

  // `max_line_bytes`: without the line feed.
  explicit LineSplitter(size_t max_line_bytes);

  // Returns room for at least kChunk bytes. Tell Commit how many came.
  std::span<char> Room();
  void Commit(size_t bytes);

  // The next line that has ended. False: more bytes are needed.
  bool Next(Line& line);
  // What is left when there will be no more bytes. False: nothing is left.
  bool Rest(Line& line);

  // Forgets a line that has begun, because the file was truncated. Lines that have ended and were
  // not taken yet stay, and so does the text that was given last. The count of lines goes on. The
  // next line that comes is marked as one after a gap.
  void DropPartial();
  // Throws away what comes up to the next line feed: reading began in the middle of a line.
  void SkipToLineFeed() { discarding_ = true; }

  uint64_t lines() const { return number_; }
  size_t pending_bytes() const { return end_ - begin_; }

 private:
  static constexpr size_t kNoGap = SIZE_MAX;

  void Grow(size_t capacity);
  void MoveToFront();
  void Shorten();
  void Give(size_t length, Line& line);

  const size_t max_line_bytes_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;    // of the line that has begun
  size_t scanned_ = 0;  // no line feed before this
  size_t end_ = 0;
  size_t gap_ = 0;  // the line that begins here or later follows a gap; kNoGap: none does
  uint64_t number_ = 0;
  bool discarding_ = false;  // in a line whose beginning was not seen
  bool shortened_ = false;   // the line that has begun: its middle was thrown away
};

}  // namespace stickyd
