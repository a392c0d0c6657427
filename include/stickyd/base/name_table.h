// SPDX-License-Identifier: Apache-2.0
// name_table.h: turns names into dense numbers and back, bounded.
// Role:    numbers servers, services and scopes, in order of appearance.
// Shape:   id 0 is the empty name. Names are copied. A name beyond the bounds (how many, and how
//          many bytes in all) gets the overflow id, whose name is "_other". So does a name that is
//          "_other" itself: otherwise two ids would have one name.
// Threads: thread-compatible.
// Cost:    one hash lookup; allocates for new names only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "stickyd/base/hash.h"

namespace stickyd {

// Lets unordered containers of strings be searched with views. The hash is secret, since names come
// from outside.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return SecretHash(text); }
};
template <class Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

// Longer names are shortened where a line is read.
inline constexpr size_t kLongestName = 1024;

template <class Id>
class NameTable {
 public:
  static constexpr uint16_t kOverflow = 0xFFFF;

  // `limit`: how many names, at most 65534.
  explicit NameTable(uint16_t limit)
      : limit_(limit < kOverflow ? limit : kOverflow - 1),
        bytes_left_(kRoomForLongNames + limit_ * kUsualName) {}

  Id Intern(std::string_view name) {
    if (name.empty()) return Id{0};
    if (auto it = ids_.find(name); it != ids_.end()) return it->second;
    if (name == other_) return Id{kOverflow};
    if (names_.size() > limit_ || name.size() > std::min(kLongestName, bytes_left_)) {
      ++overflows_;
      return Id{kOverflow};
    }
    const Id id{static_cast<uint16_t>(names_.size())};
    names_.emplace_back(name);
    ids_.emplace(names_.back(), id);
    bytes_left_ -= name.size();
    return id;
  }
  // The id of a name seen before, else 0.
  Id Find(std::string_view name) const {
    auto it = ids_.find(name);
    return it == ids_.end() ? Id{0} : it->second;
  }
  const std::string& Name(Id id) const {
    const auto index = static_cast<uint16_t>(id);
    return index < names_.size() ? names_[index] : other_;
  }
  size_t size() const { return names_.size() - 1; }
  uint64_t overflows() const { return overflows_; }

 private:
  static constexpr size_t kUsualName = 256;
  static constexpr size_t kRoomForLongNames = 65536;

  const uint16_t limit_;
  size_t bytes_left_;
  std::deque<std::string> names_{std::string()};  // a deque: references stay valid
  std::unordered_map<std::string_view, Id, StringHash> ids_;
  const std::string other_ = "_other";
  uint64_t overflows_ = 0;
};

}  // namespace stickyd
