// SPDX-License-Identifier: Apache-2.0
#include "stickyd/source/line_splitter.h"

#include <algorithm>
#include <cstring>
#include <utility>

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
    if (found == nullptr) {
      scanned_ = end_;
      if (discarding_) begin_ = end_;
      Shorten();
      return false;
    }
    const auto at = static_cast<size_t>(static_cast<const char*>(found) - buffer_.get());
    const bool given = !std::exchange(discarding_, false);
    if (given) Give(at - begin_, line);
    begin_ = scanned_ = at + 1;
    if (given) return true;
  }
  return false;
}

// Of a line that is too long its beginning stays, and its end as far as it has come.
void LineSplitter::Shorten() {
  // Twice as much as is kept, so that pieces of a byte do not move all of it each time.
  if (end_ - begin_ <= max_line_bytes_ + 2 * kLineEnd) return;
  char* const behind = buffer_.get() + begin_ + max_line_bytes_;
  std::memmove(behind, buffer_.get() + end_ - kLineEnd, kLineEnd);
  end_ = scanned_ = begin_ + max_line_bytes_ + kLineEnd;
  shortened_ = true;
}

void LineSplitter::Give(size_t length, Line& line) {
  const std::string_view all(buffer_.get() + begin_, length);
  line.too_long = std::exchange(shortened_, false) || length > max_line_bytes_;
  line.text = all.substr(0, max_line_bytes_);
  line.end = line.too_long ? all.substr(length - std::min(length, kLineEnd)) : std::string_view();
  line.number = ++number_;
  line.terminated = true;
  line.after_gap = begin_ >= gap_;
  if (line.after_gap) gap_ = kNoGap;
}

bool LineSplitter::Rest(Line& line) {
  const bool begun = begin_ < end_ && !discarding_;
  if (begun) {
    Give(end_ - begin_, line);
    line.terminated = false;
  }
  discarding_ = false;
  begin_ = scanned_ = end_;
  return begun;
}

void LineSplitter::DropPartial() {
  const std::string_view pending(buffer_.get() + begin_, end_ - begin_);
  const size_t last = pending.rfind('\n');
  if (last != std::string_view::npos) {
    end_ = begin_ + last + 1;
  } else {
    end_ = scanned_ = begin_;
    discarding_ = shortened_ = false;
  }
  gap_ = std::min(gap_, end_);
}

}  // namespace stickyd
