// SPDX-License-Identifier: Apache-2.0
// decoder.h: gzip, zstd, and what liblzma reads (.xz, .lzma, .lz), piece by piece.
// Role:    InputStream's compressed ones.
// Shape:   bytes in, bytes out; several members or frames one after another are one stream.
// Errors:  Decode says what is wrong; what it had given before stays true. All that came before the
//          damage is given, which is why this stands on the three libraries themselves: libarchive
//          keeps up to 128 KiB to itself when an archive ends early.
// Threads: thread-compatible.
// Source:  zlib, libzstd, liblzma.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "stickyd/base/result.h"

namespace stickyd {

class Decoder {
 public:
  static constexpr size_t kMagicBytes = 13;  // the longest: .lzma has a header and no magic number

  virtual ~Decoder() = default;
  // The one for a stream that begins so; null: it is not compressed.
  static std::unique_ptr<Decoder> For(std::string_view head);

  struct Progress {
    size_t taken = 0;          // of `in`
    size_t given = 0;          // into `out`
    std::string_view problem;  // empty: none
  };
  enum class More { kYes, kNo };  // will more input come after `in`?
  virtual Progress Decode(std::span<const char> in, std::span<char> out, More more) = 0;
  // May the stream end here?
  virtual bool complete() const = 0;
};

}  // namespace stickyd
