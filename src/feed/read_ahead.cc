// SPDX-License-Identifier: Apache-2.0
#include "read_ahead.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stickyd {

ReadAhead::ReadAhead(std::unique_ptr<InputStream> stream, size_t max_line_bytes,
                     const std::vector<std::string>& extra_fields, size_t workers)
    : lines_(std::move(stream), max_line_bytes), blocks_(2 * workers + 2) {
  for (Block& block : blocks_) block.parser = std::make_unique<PlainParser>(extra_fields);
  for (size_t i = 0; i < workers; ++i) workers_.emplace_back([this] { Work(); });
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
    BlockOf(next_ - 1).ready = false;
    given_back_ = next_;
    changed_.notify_all();
  }
  Block& block = BlockOf(next_++);
  changed_.wait(lock, [&] { return block.ready; });
  at_end_ = block.last;
  return {block.lines.data(), block.count};
}

void ReadAhead::Work() {
  for (;;) {
    Block* block = nullptr;
    {
      const std::lock_guard reading(reading_);
      if (ended_ || !AwaitRoom(turn_)) return;
      block = &BlockOf(turn_++);
      Read(*block);
    }
    block->parser->Reset();
    for (size_t i = 0; i < block->count; ++i) block->parser->Parse(block->lines[i]);
    {
      const std::lock_guard lock(mutex_);
      block->ready = true;
    }
    changed_.notify_all();
  }
}

bool ReadAhead::AwaitRoom(uint64_t turn) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stop_ || turn < given_back_ + blocks_.size(); });
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
