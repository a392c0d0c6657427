// output_file.h: text that is appended to a file or to standard output.
// Shape:   "-" is standard output. Writes are whole; Reopen after a rotation opens the path again.
// Errors:  Result; a failed write leaves the file usable for the next one (a full disk may heal),
//          which begins on a line of its own.
// Threads: thread-compatible.
#pragma once

#include <string>
#include <string_view>

#include "stickyd/base/fd.h"
#include "stickyd/base/result.h"

namespace stickyd {

enum class OpenMode { kTruncate, kAppend };

class OutputFile {
 public:
  static Result<OutputFile> Open(const std::string& path, OpenMode mode);
  // Would Open(path, kAppend) work? Makes and changes nothing.
  static Status Try(const std::string& path);
  ~OutputFile();
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) noexcept = default;

  // Buffered; Flush writes.
  Status Write(std::string_view text);
  Status Flush();
  // Flushes, and opens the path again for appending.
  Status Reopen();

 private:
  OutputFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  UniqueFd fd_;
  std::string buffer_;
  bool torn_ = false;  // what was written last ends within a line
};

}  // namespace stickyd
