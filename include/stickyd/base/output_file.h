// SPDX-License-Identifier: Apache-2.0
// output_file.h: lines that are appended to a file, a pipe, standard output or standard error.
// Role:    verdicts, break events, simulated logs and the daemon's log are written through it. A
//          file that must be there whole or not at all goes through state_file.h instead.
// Shape:   "-" is standard output. Text comes in whole lines, and readers get whole lines. Reopen
//          after a rotation opens the path again.
// Errors:  Result; every line is counted, by what became of it. After a failed write the file can
//          be used again: a full disk may heal, a reader may come back. The next text then begins
//          on a line of its own, even if an earlier process was cut off.
// Threads: thread-compatible.
// Source:  pipe(7): a text of at most PIPE_BUF bytes goes into a pipe whole or, without waiting,
//          not at all; write(2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stickyd/base/fd.h"
#include "stickyd/base/result.h"

namespace stickyd {

enum class OpenMode { kTruncate, kAppend };

// What to do if the reader of a pipe, a FIFO or a terminal does not read, or is not there.
enum class WhenFull {
  kWait,  // wait for it: back pressure, for programs that end
  kDrop   // do not wait: keep kMostWaiting bytes for it, and drop further lines
};

class OutputFile {
 public:
  // What became of the lines.
  struct Lines {
    uint64_t written = 0;
    uint64_t failed = 0;   // the disk was full
    uint64_t dropped = 0;  // the reader was too far behind, or gone
  };
  static constexpr size_t kMostWaiting = size_t{1} << 20U;

  // With kDrop, a FIFO that nobody reads is no error: a reader may come later.
  static Result<OutputFile> Open(const std::string& path, OpenMode mode,
                                 WhenFull when_full = WhenFull::kWait);
  static Result<OutputFile> OpenStandardError(WhenFull when_full);
  // Would Open(path, kAppend) work? It makes and changes nothing, and no reader of a FIFO notices.
  static Status Try(const std::string& path);
  ~OutputFile();
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) noexcept = default;

  // Puts the text into a buffer; Flush writes it. REQUIRES: the text ends with a line feed.
  Status Write(std::string_view lines);
  // If there is nothing to write, it returns how the last attempt went. Lines that wait for a
  // reader who is there are no failure, until some had to be dropped.
  Status Flush();
  // Flushes, and opens the path again for appending; returns how the opening went. Until the path
  // can be opened, lines go to the file that was open, and every Flush tries again and reports.
  Status Reopen();

  const Lines& lines() const { return lines_; }
  // Lines that are neither written nor lost.
  uint64_t waiting() const { return waiting_; }

 private:
  enum class Step { kGoOn, kLater, kFailed };

  OutputFile(std::string name, int standard, WhenFull when_full)
      : name_(std::move(name)), standard_(standard), when_full_(when_full) {}
  Status OpenPath(int flags);
  Result<UniqueFd> OpenStandard();
  Status EnsureOpen();
  bool LeadsToTheOpenPipe() const;
  void WriteBuffer();
  tl::unexpected<Error> Behind() const;
  Step WriteSome();
  ssize_t Send(std::string_view piece) const;
  std::string_view Piece() const;
  Step Failed(int error);
  void ForgetWritten();
  void Lose();

  std::string name_;  // the path, or what messages call it
  int standard_;      // descriptor of standard output or error; -1: a path
  WhenFull when_full_;
  UniqueFd fd_;           // none: a FIFO without a reader
  bool pipe_ = false;     // or a terminal, a socket, a device: what can make who writes wait
  bool asks_ = false;     // poll(2) before each write: the descriptor itself would wait
  bool reopen_ = false;   // the path is to be opened again
  std::string buffer_;    // whole lines
  uint64_t waiting_ = 0;  // lines of it
  size_t sent_ = 0;       // of the buffer, written already
  bool torn_ = false;     // what was written last ends within a line that will not be ended
  bool losing_ = false;   // lines were dropped since the reader was last up to date
  Status state_;          // how the last attempt went
  Lines lines_;
};

}  // namespace stickyd
