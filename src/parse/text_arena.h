// SPDX-License-Identifier: Apache-2.0
// text_arena.h: texts that are not in their line as they stand: unescaped, or joined.
// Role:    JsonParser keeps them here for as long as its records are used.
// Shape:   blocks that are filled from the front. Views stay valid until Reset.
// Threads: one object per thread.
// Cost:    allocates while it grows to the most that is kept at a time; Reset keeps all of it.
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
  void Reset() { block_ = used_ = 0; }

 private:
  static constexpr size_t kBlock = size_t{64} * 1024;
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
  };

  char* Room(size_t size) {
    while (block_ < blocks_.size() && blocks_[block_].size - used_ < size) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      const size_t bytes = std::max(size, kBlock);
      blocks_.push_back({std::unique_ptr<char[]>(new char[bytes]), bytes});
    }
    char* const room = blocks_[block_].bytes.get() + used_;
    used_ += size;
    return room;
  }

  std::vector<Block> blocks_;
  size_t block_ = 0;  // that is being filled
  size_t used_ = 0;   // of it
};

}  // namespace stickyd
