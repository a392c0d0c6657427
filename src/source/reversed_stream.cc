// SPDX-License-Identifier: Apache-2.0
#include "stickyd/source/reversed_stream.h"

#include <algorithm>
#include <cstring>

namespace stickyd {

ReversedStream::ReversedStream(std::unique_ptr<File> file, uint64_t size)
    : file_(std::move(file)), size_(size), block_(kBlock), begin_(size) {}

Result<std::unique_ptr<ReversedStream>> ReversedStream::Open(const FileSystem& files,
                                                             const std::string& path) {
  auto file = files.Open(path);
  if (!file) return tl::unexpected(file.error());
  const auto info = (*file)->Info();
  if (!info) return tl::unexpected(info.error());
  return std::unique_ptr<ReversedStream>(new ReversedStream(std::move(*file), info->size_bytes));
}

Status ReversedStream::Load(uint64_t offset, uint64_t most) {
  block_at_ = offset;
  block_bytes_ = 0;
  if (auto status = file_->SeekTo(offset); !status) return status;
  const size_t wanted = std::min<uint64_t>(most, block_.size());
  while (block_bytes_ < wanted) {
    const auto count =
        file_->Read(std::span<char>(block_).subspan(block_bytes_, wanted - block_bytes_));
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return Fail(ErrorCode::kIo, "became shorter while it was read");
    block_bytes_ += *count;
  }
  return {};
}

Result<uint64_t> ReversedStream::CountLines() {
  uint64_t lines = 0;
  bool terminated = true;
  for (uint64_t at = 0; at < size_; at += block_bytes_) {
    if (auto status = Load(at, size_ - at); !status) return tl::unexpected(status.error());
    lines += static_cast<uint64_t>(std::count(block_.data(), block_.data() + block_bytes_, '\n'));
    terminated = block_[block_bytes_ - 1] == '\n';
  }
  return lines + (terminated ? 0 : 1);
}

Result<uint64_t> ReversedStream::BeginOfLine(uint64_t end) {
  for (uint64_t at = end; at > 0;) {
    const bool loaded = at > block_at_ && at <= block_at_ + block_bytes_;
    if (!loaded) {
      const uint64_t from = at - std::min<uint64_t>(at, block_.size());
      if (auto status = Load(from, at - from); !status) return tl::unexpected(status.error());
    }
    const void* found = ::memrchr(block_.data(), '\n', at - block_at_);
    if (found != nullptr) {
      return block_at_ + static_cast<uint64_t>(static_cast<const char*>(found) - block_.data()) + 1;
    }
    at = block_at_;
  }
  return uint64_t{0};
}

// To the line before the one that was given.
Status ReversedStream::Step() {
  end_ = begin_;
  // In front of what has been given is the line feed of the line before; behind the last line of
  // the file there may be none.
  const Result<uint64_t> last = begin_ == size_ ? BeginOfLine(size_) : Result<uint64_t>(begin_);
  if (!last) return tl::unexpected(last.error());
  if (*last == begin_) --end_;
  const auto begin = BeginOfLine(end_);
  if (!begin) return tl::unexpected(begin.error());
  begin_ = given_ = *begin;
  line_feed_ = true;
  return {};
}

Result<size_t> ReversedStream::Read(std::span<char> buffer) {
  size_t count = 0;
  while (count < buffer.size()) {
    if (given_ < end_) {
      const bool loaded = given_ >= block_at_ && given_ < block_at_ + block_bytes_;
      const Status status = loaded ? Status() : Load(given_, end_ - given_);
      if (!status) return tl::unexpected(status.error());
      const uint64_t there = std::min(end_, block_at_ + block_bytes_) - given_;
      const size_t some = std::min<uint64_t>(buffer.size() - count, there);
      std::memcpy(buffer.data() + count, block_.data() + (given_ - block_at_), some);
      count += some;
      given_ += some;
    } else if (line_feed_) {
      buffer[count++] = '\n';
      line_feed_ = false;
    } else if (begin_ == 0) {
      break;
    } else if (auto status = Step(); !status) {
      return tl::unexpected(status.error());
    }
  }
  return count;
}

}  // namespace stickyd
