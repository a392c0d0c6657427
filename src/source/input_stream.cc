// SPDX-License-Identifier: Apache-2.0
#include "stickyd/source/input_stream.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "decoder.h"
#include "foreign_format.h"
#include "not_a_log.h"

namespace stickyd {
namespace {

// A file whose first bytes can be looked at before they are read. What is written to it after it
// was opened is not read: a log that grows faster than it is read would have no end.
class PeekedFile {
 public:
  PeekedFile(std::unique_ptr<File> file, const FileInfo& info, int stop)
      : file_(std::move(file)),
        stop_(stop),
        waits_(info.kind != FileKind::kRegular && info.kind != FileKind::kNull),
        // Files of /proc have no size.
        left_(waits_ || info.size_bytes == 0 ? std::numeric_limits<uint64_t>::max()
                                             : info.size_bytes) {}

  Status Peek() {
    head_.resize(kForeignHeadBytes);
    size_t size = 0;
    while (size < head_.size()) {
      auto count = ReadFile(std::span<char>(head_).subspan(size));
      if (!count) return tl::unexpected(count.error());
      if (*count == 0) break;
      size += *count;
    }
    head_.resize(size);
    return {};
  }
  std::string_view head() const { return {head_.data(), head_.size()}; }

  Result<size_t> Read(std::span<char> buffer) {
    if (given_ < head_.size()) {
      const size_t count = std::min(buffer.size(), head_.size() - given_);
      std::memcpy(buffer.data(), head_.data() + given_, count);
      given_ += count;
      consumed_ += count;
      return count;
    }
    auto count = ReadFile(buffer);
    if (count) consumed_ += *count;
    return count;
  }
  uint64_t consumed() const { return consumed_; }

 private:
  // Pipes are opened without blocking; here their writer is waited for, or the end of all.
  Result<size_t> ReadFile(std::span<char> buffer) {
    if (waits_) {
      pollfd polled[] = {{file_->descriptor(), POLLIN, 0}, {stop_, POLLIN, 0}};
      while (::poll(polled, 2, -1) < 0 && errno == EINTR) {
      }
      if (polled[1].revents != 0) return size_t{0};
    }
    auto count = file_->Read(buffer.first(std::min<uint64_t>(buffer.size(), left_)));
    if (count) left_ -= *count;
    return count;
  }

  std::unique_ptr<File> file_;
  const int stop_;
  const bool waits_;
  uint64_t left_;  // of the size that it had
  std::vector<char> head_;
  size_t given_ = 0;
  uint64_t consumed_ = 0;
};

class PlainStream : public InputStream {
 public:
  explicit PlainStream(PeekedFile file) : file_(std::move(file)) {}
  Result<size_t> Read(std::span<char> buffer) override { return file_.Read(buffer); }
  uint64_t consumed() const override { return file_.consumed(); }
  bool compressed() const override { return false; }

 private:
  PeekedFile file_;
};

class CompressedStream : public InputStream {
 public:
  CompressedStream(PeekedFile file, std::string path, std::unique_ptr<Decoder> decoder)
      : file_(std::move(file)), path_(std::move(path)), decoder_(std::move(decoder)) {}

  // Decodes the first bytes. What is wrong with them Read says, in its turn.
  std::string_view Peek() {
    head_.resize(kForeignHeadBytes);
    size_t size = 0;
    while (size < head_.size()) {
      const auto count = Decode(std::span<char>(head_).subspan(size));
      if (!count || *count == 0) break;
      size += *count;
    }
    head_.resize(size);
    return {head_.data(), head_.size()};
  }

  Result<size_t> Read(std::span<char> buffer) override {
    if (given_ == head_.size()) return Decode(buffer);
    const size_t count = std::min(buffer.size(), head_.size() - given_);
    std::memcpy(buffer.data(), head_.data() + given_, count);
    given_ += count;
    return count;
  }
  uint64_t consumed() const override { return file_.consumed(); }
  bool compressed() const override { return true; }

 private:
  Status Refill() {
    auto count = file_.Read(buffer_);
    if (!count) return tl::unexpected(count.error());
    left_ = std::span<const char>(buffer_).first(*count);
    if (*count == 0) more_ = Decoder::More::kNo;
    return {};
  }

  Result<size_t> Decode(std::span<char> buffer) {
    while (!broken_) {
      if (left_.empty() && more_ == Decoder::More::kYes) {
        if (auto status = Refill(); !status) return tl::unexpected(status.error());
      }
      const auto progress = decoder_->Decode(left_, buffer, more_);
      left_ = left_.subspan(progress.taken);
      if (!progress.problem.empty()) {
        broken_ = Error{ErrorCode::kInvalidInput, path_ + ": " + std::string(progress.problem)};
      }
      if (progress.given > 0) return progress.given;
      if (more_ == Decoder::More::kNo && progress.taken == 0 && !broken_) {
        if (decoder_->complete()) return size_t{0};
        broken_ = Error{ErrorCode::kInvalidInput, path_ + ": ends too early"};
      }
    }
    return tl::unexpected(*broken_);
  }

  PeekedFile file_;
  const std::string path_;
  const std::unique_ptr<Decoder> decoder_;
  std::vector<char> buffer_ = std::vector<char>(size_t{64} * 1024);
  std::span<const char> left_;  // of buffer_, not decoded yet
  Decoder::More more_ = Decoder::More::kYes;
  std::optional<Error> broken_;  // once all that could be had was given
  std::vector<char> head_;       // decoded
  size_t given_ = 0;             // of it
};

}  // namespace

Result<std::unique_ptr<InputStream>> InputStream::Open(const FileSystem& files,
                                                       const std::string& path, int stop) {
  if (const auto there = files.Stat(path);
      there && !IsLog(path, there->kind) && there->kind != FileKind::kNull) {
    return tl::unexpected(NotALog(path, there->kind, "*.log*"));
  }
  auto file = files.Open(path);
  if (!file) return tl::unexpected(file.error());
  auto info = (*file)->Info();
  if (!info) return tl::unexpected(info.error());
  PeekedFile peeked(std::move(*file), *info, stop);
  if (auto status = peeked.Peek(); !status) return tl::unexpected(status.error());
  auto decoder = Decoder::For(peeked.head());
  std::string foreign = decoder == nullptr ? ForeignFormat(path, peeked.head()) : "";
  if (!foreign.empty()) return Fail(ErrorCode::kInvalidInput, std::move(foreign));
  if (decoder == nullptr) return std::make_unique<PlainStream>(std::move(peeked));
  auto stream = std::make_unique<CompressedStream>(std::move(peeked), path, std::move(decoder));
  foreign = ForeignContent(path, stream->Peek());
  if (!foreign.empty()) return Fail(ErrorCode::kInvalidInput, std::move(foreign));
  return stream;
}

}  // namespace stickyd
