// SPDX-License-Identifier: Apache-2.0
// input_stream.h: the bytes of a finished file, plain or compressed.
// Role:    analyze reads its arguments through it.
// Shape:   gzip (also of several members), zstd, xz, lzma and lzip are told by their first bytes,
//          not by the name. "-" is standard input, plain or compressed. A file that grows is read
//          as far as it went when it was opened.
// Errors:  Open fails as the file system does. For what is no log (a device, a directory, an
//          archive, UTF-16) it says what to do; the null device is an empty log. A damaged archive
//          fails in Read, after all that could be read of it.
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "stickyd/base/file_system.h"
#include "stickyd/base/result.h"

namespace stickyd {

class InputStream {
 public:
  virtual ~InputStream() = default;
  // `stop`: a descriptor. As soon as it can be read, pipes count as ended. -1: there is none.
  static Result<std::unique_ptr<InputStream>> Open(const FileSystem& files, const std::string& path,
                                                   int stop = -1);

  // Returns 0 at the end. It may wait for a pipe's writer.
  virtual Result<size_t> Read(std::span<char> buffer) = 0;
  // Bytes of the file consumed so far (compressed ones where it is), for progress.
  virtual uint64_t consumed() const = 0;
  virtual bool compressed() const = 0;
};

}  // namespace stickyd
