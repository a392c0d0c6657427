// SPDX-License-Identifier: Apache-2.0
// text_arena.h: texts that are not in their line as they stand: unescaped, or joined.
// Role:    JsonParser keeps them here for as long as its records are used.
// Shape:   blocks that are filled from the front. Views stay valid until Reset.
// Threads: one object per thread.
// Cost:    allocates while it grows; Reset keeps the first block.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

namespace stickyd {

class TextArena {
 public:
  // The parts, one behind the other.
  std::string_view Join(std::initializer_list<std::string_view> parts) {
    size_t size = 0;
    for (const std::string_view part : parts) size += part.size();
    char* const text = Room(size);
    char* end = text;
    for (const std::string_view part : parts) {
      if (!part.empty()) std::memcpy(end, part.data(), part.size());
      end += part.size();
    }
    return {text, size};
  }
  // All views end here.
  void Reset() {
    if (blocks_.size() > 1) blocks_.resize(1);
    used_ = 0;
  }

 private:
  static constexpr size_t kBlock = size_t{64} * 1024;
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
  };

  char* Room(size_t size) {
    if (blocks_.empty() || blocks_.back().size - used_ < size) {
      const size_t bytes = std::max(size, kBlock);
      blocks_.push_back({std::unique_ptr<char[]>(new char[bytes]), bytes});
      used_ = 0;
    }
    char* const room = blocks_.back().bytes.get() + used_;
    used_ += size;
    return room;
  }

  std::vector<Block> blocks_;
  size_t used_ = 0;  // of the last one
};

}  // namespace stickyd
