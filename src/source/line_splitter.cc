#include "stickyd/source/line_splitter.h"

#include <algorithm>
#include <cstring>

namespace stickyd {

LineSplitter::LineSplitter(size_t max_line_bytes)
    : max_line_bytes_(std::max<size_t>(max_line_bytes, 1)) {
  Grow(2 * kChunk);
}

void LineSplitter::Grow(size_t capacity) {
  // Not zeroed: pages that are never used stay free.
  std::unique_ptr<char[]> larger(new char[capacity + kLinePadding]);
  if (end_ > begin_) std::memcpy(larger.get(), buffer_.get() + begin_, end_ - begin_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
  MoveToFront();
}

// The bytes have been moved there.
void LineSplitter::MoveToFront() {
  if (gap_ != kNoGap) gap_ -= std::min(gap_, begin_);
  end_ -= begin_;
  scanned_ -= begin_;
  begin_ = 0;
}

std::span<char> LineSplitter::Room() {
  if (begin_ == end_) {
    scanned_ = begin_;
    MoveToFront();
  }
  if (capacity_ - end_ < kChunk) {
    if (end_ - begin_ + kChunk <= capacity_) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
      MoveToFront();
    } else {
      Grow(std::max(2 * capacity_, end_ - begin_ + 2 * kChunk));
    }
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

void LineSplitter::Commit(size_t bytes) { end_ += bytes; }

bool LineSplitter::Next(Line& line) {
  while (scanned_ < end_) {
    const char* from = buffer_.get() + scanned_;
    const void* found = std::memchr(from, '\n', end_ - scanned_);
    const size_t at = found == nullptr
                          ? end_
                          : static_cast<size_t>(static_cast<const char*>(found) - buffer_.get());
    const size_t length = at - begin_;
    if (discarding_) {
      begin_ = scanned_ = found == nullptr ? end_ : at + 1;
      discarding_ = found == nullptr;
      continue;
    }
    if (found == nullptr && length <= max_line_bytes_) {
      scanned_ = end_;
      return false;
    }
    Give(std::min(length, max_line_bytes_), line);
    line.too_long = length > max_line_bytes_;
    line.terminated = true;
    discarding_ = found == nullptr;
    begin_ = scanned_ = found == nullptr ? end_ : at + 1;
    return true;
  }
  return false;
}

void LineSplitter::Give(size_t length, Line& line) {
  line.text = {buffer_.get() + begin_, length};
  line.number = ++number_;
  line.after_gap = begin_ >= gap_;
  if (line.after_gap) gap_ = kNoGap;
}

bool LineSplitter::Rest(Line& line) {
  if (discarding_ || begin_ == end_) {
    discarding_ = false;
    begin_ = scanned_ = end_;
    return false;
  }
  Give(end_ - begin_, line);
  line.too_long = false;
  line.terminated = false;
  begin_ = scanned_ = end_;
  return true;
}

void LineSplitter::DropPartial() {
  const std::string_view pending(buffer_.get() + begin_, end_ - begin_);
  const size_t last = pending.rfind('\n');
  if (last != std::string_view::npos) {
    end_ = begin_ + last + 1;
  } else {
    end_ = scanned_ = begin_;
    discarding_ = false;
  }
  gap_ = std::min(gap_, end_);
}

}  // namespace stickyd
