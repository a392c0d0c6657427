// SPDX-License-Identifier: Apache-2.0
// line_reader.h: a finished file's lines, parsed as far as that can be done ahead of their turn.
// Role:    FinishedLogs reads a file through one: InlineReader, or ReadAhead with its threads.
// Errors:  status(), once all lines are out: what could be read before is given out first.
// Threads: one thread uses it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stickyd/base/result.h"
#include "stickyd/engine/pipeline.h"
#include "stickyd/parse/plain_parser.h"
#include "stickyd/source/input_stream.h"
#include "stickyd/source/line_splitter.h"

namespace stickyd {

class LineReader {
 public:
  LineReader() = default;
  virtual ~LineReader() = default;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // The lines that come next, until the next call; none at the end.
  virtual std::span<ParsedLine> Next() = 0;
  // At the end: what went wrong there.
  virtual const Status& status() const = 0;
  // Of the file, for progress; and bytes out of it, decompressed.
  virtual uint64_t consumed() const = 0;
  virtual uint64_t bytes_read() const = 0;
};

// The lines of a stream, one by one.
class StreamLines {
 public:
  StreamLines(std::unique_ptr<InputStream> stream, size_t max_line_bytes)
      : stream_(std::move(stream)), lines_(max_line_bytes) {}

  // The line is valid until the next call. False: there is none, and status() says why.
  bool Next(Line& line);
  // The same, only of what has been read already: lines that were given stay valid.
  bool NextAtHand(Line& line) { return lines_.Next(line); }
  const Status& status() const { return status_; }
  // These may be asked by another thread.
  uint64_t consumed() const { return consumed_; }
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  const std::unique_ptr<InputStream> stream_;
  LineSplitter lines_;
  bool read_all_ = false;
  Status status_;
  std::atomic<uint64_t> consumed_{0};
  std::atomic<uint64_t> bytes_read_{0};
};

// Reads and parses a few lines whenever it is asked.
class InlineReader : public LineReader {
 public:
  // `extra_fields`: see PlainParser.
  InlineReader(std::unique_ptr<InputStream> stream, size_t max_line_bytes,
               const std::vector<std::string>& extra_fields)
      : lines_(std::move(stream), max_line_bytes),
        parser_(extra_fields),
        batch_(Pipeline::kMostExpected) {}

  std::span<ParsedLine> Next() override;
  const Status& status() const override { return lines_.status(); }
  uint64_t consumed() const override { return lines_.consumed(); }
  uint64_t bytes_read() const override { return lines_.bytes_read(); }

 private:
  StreamLines lines_;
  PlainParser parser_;
  std::vector<ParsedLine> batch_;
};

}  // namespace stickyd
