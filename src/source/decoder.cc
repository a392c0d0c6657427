// SPDX-License-Identifier: Apache-2.0
#include "decoder.h"

#define ZLIB_CONST  // input that is not written to
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <climits>
#include <cstdint>

namespace stickyd {
namespace {

using namespace std::string_view_literals;

constexpr auto kGzipMagic = "\x1f\x8b"sv;
constexpr auto kZstdMagic = "\x28\xb5\x2f\xfd"sv;
constexpr auto kXzMagic = "\xfd\x37zXZ\0"sv;
constexpr auto kLzipMagic = "LZIP"sv;

// The header of .lzma: properties as everybody leaves them, the size of the dictionary, and the
// size of all, unknown (all ones) or below 2^40.
bool IsLzmaAlone(std::string_view head) {
  constexpr auto kProperties = "\x5d\0\0"sv;
  if (head.size() < Decoder::kMagicBytes || !head.starts_with(kProperties)) return false;
  const std::string_view size = head.substr(5, 8);
  return size == "\xff\xff\xff\xff\xff\xff\xff\xff"sv || size.ends_with("\0\0\0"sv);
}

class GzipDecoder : public Decoder {
 public:
  GzipDecoder() { ready_ = inflateInit2(&stream_, kGzip) == Z_OK; }
  ~GzipDecoder() override { inflateEnd(&stream_); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  Progress Decode(std::span<const char> in, std::span<char> out, More) override {
    if (!ready_) return {0, 0, "out of memory"};
    if (between_) {
      // Tapes and block devices pad with zeros.
      const auto padding = std::find_if(in.begin(), in.end(), [](char c) { return c != 0; });
      if (padding != in.begin() || in.empty()) {
        return {static_cast<size_t>(padding - in.begin()), 0, {}};
      }
      inflateReset(&stream_);
      between_ = false;
    }
    stream_.next_in = reinterpret_cast<const Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(std::min<size_t>(in.size(), UINT_MAX));
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(out.size(), UINT_MAX));
    const uInt in_before = stream_.avail_in;
    const uInt out_before = stream_.avail_out;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    between_ = result == Z_STREAM_END;
    Progress progress{in_before - stream_.avail_in, out_before - stream_.avail_out, {}};
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      progress.problem = stream_.msg != nullptr ? stream_.msg : "damaged gzip data";
    }
    return progress;
  }
  bool complete() const override { return between_; }

 private:
  static constexpr int kGzip = 15 + 16;  // the largest window, gzip's header
  z_stream stream_{};
  bool ready_ = false;
  bool between_ = false;  // two members
};

class ZstdDecoder : public Decoder {
 public:
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }
  ZstdDecoder() = default;
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  Progress Decode(std::span<const char> in, std::span<char> out, More) override {
    if (stream_ == nullptr) return {0, 0, "out of memory"};
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const size_t result = ZSTD_decompressStream(stream_, &to, &from);
    if (ZSTD_isError(result) != 0) return {from.pos, to.pos, ZSTD_getErrorName(result)};
    if (from.pos > 0 || to.pos > 0) complete_ = result == 0;
    return {from.pos, to.pos, {}};
  }
  bool complete() const override { return complete_; }

 private:
  ZSTD_DStream* const stream_ = ZSTD_createDStream();
  bool complete_ = false;
};

class XzDecoder : public Decoder {
 public:
  XzDecoder() { ready_ = lzma_auto_decoder(&stream_, kMostMemory, LZMA_CONCATENATED) == LZMA_OK; }
  ~XzDecoder() override { lzma_end(&stream_); }
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;

  Progress Decode(std::span<const char> in, std::span<char> out, More more) override {
    if (!ready_) return {0, 0, "out of memory"};
    stream_.next_in = reinterpret_cast<const uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret result = lzma_code(&stream_, more == More::kYes ? LZMA_RUN : LZMA_FINISH);
    complete_ = result == LZMA_STREAM_END;
    Progress progress{in.size() - stream_.avail_in, out.size() - stream_.avail_out, {}};
    if (result == LZMA_MEMLIMIT_ERROR) {
      progress.problem = "xz data needs too much memory";
    } else if (result != LZMA_OK && result != LZMA_STREAM_END && result != LZMA_BUF_ERROR) {
      progress.problem = "damaged xz data";
    }
    return progress;
  }
  bool complete() const override { return complete_; }

 private:
  static constexpr uint64_t kMostMemory = uint64_t{256} << 20U;  // xz -9 needs 65 MiB
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ready_ = false;
  bool complete_ = false;
};

}  // namespace

std::unique_ptr<Decoder> Decoder::For(std::string_view head) {
  if (head.starts_with(kGzipMagic)) return std::make_unique<GzipDecoder>();
  if (head.starts_with(kZstdMagic)) return std::make_unique<ZstdDecoder>();
  if (head.starts_with(kXzMagic) || head.starts_with(kLzipMagic) || IsLzmaAlone(head)) {
    return std::make_unique<XzDecoder>();
  }
  return nullptr;
}

}  // namespace stickyd
