// SPDX-License-Identifier: Apache-2.0
// reversed_stream.h: the lines of a finished file, the last one first.
// Role:    analyze reads a log through it if the newest line comes first. logcli, Grafana, Kibana
//          and CloudWatch export logs like that.
// Shape:   plain regular files only. Each line comes out with its line feed, and so does the last
//          one if it has none. What is written after the file was opened is not read.
// Errors:  those of the file. A file that became shorter ends where it ends now.
// Threads: thread-compatible.
// Cost:    each byte is read twice, and a line longer than kBlock once more; kBlock bytes of
//          memory.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stickyd/source/input_stream.h"

namespace stickyd {

class ReversedStream : public InputStream {
 public:
  static constexpr size_t kBlock = size_t{256} * 1024;

  // REQUIRES: a regular file.
  static Result<std::unique_ptr<ReversedStream>> Open(const FileSystem& files,
                                                      const std::string& path);

  // How many lines there are: the number of the one that comes out first.
  Result<uint64_t> CountLines();

  Result<size_t> Read(std::span<char> buffer) override;
  uint64_t consumed() const override { return size_ - begin_; }
  bool compressed() const override { return false; }

 private:
  ReversedStream(std::unique_ptr<File> file, uint64_t size);

  // Up to `most` bytes from `offset` on into block_.
  Status Load(uint64_t offset, uint64_t most);
  Status Step();
  // Where the line that ends before `end` begins.
  Result<uint64_t> BeginOfLine(uint64_t end);

  const std::unique_ptr<File> file_;
  const uint64_t size_;
  std::vector<char> block_;
  uint64_t block_at_ = 0;  // of block_ in the file
  size_t block_bytes_ = 0;
  uint64_t begin_;          // of the line that is being given; what is before it comes later
  uint64_t given_ = 0;      // up to there, of that line
  uint64_t end_ = 0;        // of that line, without its line feed
  bool line_feed_ = false;  // is to be given behind it
};

}  // namespace stickyd
