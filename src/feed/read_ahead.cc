// SPDX-License-Identifier: Apache-2.0
#include "read_ahead.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stickyd {

ReadAhead::ReadAhead(std::unique_ptr<InputStream> stream, size_t max_line_bytes,
                     const std::vector<std::string>& extra_fields, size_t workers)
    : lines_(std::move(stream), max_line_bytes) {
  for (Block& block : blocks_) block.parser = std::make_unique<PlainParser>(extra_fields);
  for (size_t i = 0; i < std::clamp<size_t>(workers, 1, kBlocks - 1); ++i) {
    workers_.emplace_back([this] { Work(); });
  }
}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
}

std::span<ParsedLine> ReadAhead::Next() {
  if (at_end_) return {};
  std::unique_lock lock(mutex_);
  if (next_ > 0) {
    ready_[(next_ - 1) % kBlocks] = false;
    given_back_ = next_;
    changed_.notify_all();
  }
  const size_t place = next_++ % kBlocks;
  changed_.wait(lock, [&] { return ready_[place]; });
  at_end_ = blocks_[place].last;
  return {blocks_[place].lines.data(), blocks_[place].count};
}

void ReadAhead::Work() {
  for (;;) {
    size_t place = 0;
    {
      const std::lock_guard reading(reading_);
      if (ended_ || !AwaitRoom(turn_)) return;
      place = turn_++ % kBlocks;
      Read(blocks_[place]);
    }
    Block& block = blocks_[place];
    block.parser->Reset();
    for (size_t i = 0; i < block.count; ++i) block.parser->Parse(block.lines[i]);
    {
      const std::lock_guard lock(mutex_);
      ready_[place] = true;
    }
    changed_.notify_all();
  }
}

bool ReadAhead::AwaitRoom(uint64_t turn) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stop_ || turn < given_back_ + kBlocks; });
  return !stop_;
}

void ReadAhead::Read(Block& block) {
  block.size = block.count = 0;
  while (line_waits_ || lines_.Next(waiting_)) {
    line_waits_ = !Add(waiting_, block);
    if (line_waits_) break;
  }
  block.last = ended_ = !line_waits_;
}

bool ReadAhead::Add(const Line& line, Block& block) {
  const size_t bytes = line.text.size() + line.end.size() + 2;  // a line feed behind each
  if (block.count == kMostLines || (block.count > 0 && block.size + bytes > block.capacity)) {
    return false;
  }
  if (bytes > block.capacity) {  // the block is empty
    block.capacity = std::max(bytes, kBlockBytes);
    block.bytes.reset(new char[block.capacity + kLinePadding]);
  }
  if (block.count == block.lines.size()) block.lines.emplace_back();
  Line& own = block.lines[block.count++].line;
  own = line;
  own.text = Copy(line.text, block);
  if (!line.end.empty()) own.end = Copy(line.end, block);
  return true;
}

std::string_view ReadAhead::Copy(std::string_view text, Block& block) {
  char* const copy = block.bytes.get() + block.size;
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\n';
  block.size += text.size() + 1;
  return {copy, text.size()};
}

}  // namespace stickyd
