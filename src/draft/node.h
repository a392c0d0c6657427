// SPDX-License-Identifier: Apache-2.0
// node.h: a document of YAML, TOML or JSON as a tree that knows where each part stands.
// Role:    the readers of each format make it; the kinds of files are read from it.
// Shape:   a tree by value: aliases and merge keys of YAML are written out. At most kMostNodes in
//          all, kDeepestNode deep. Positions count from 1, columns in bytes.
// Errors:  kInvalidInput with the line; kLimit.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/result.h"

namespace stickyd {

inline constexpr size_t kMostNodes = 200'000;
inline constexpr size_t kDeepestNode = 64;

struct NodePlace {
  uint32_t file = 0;  // index
  uint32_t line = 0;
  uint32_t column = 0;
};

struct Node {
  enum class Kind : uint8_t { kNull, kText, kMap, kList };
  // How its text is written, which decides how it can be edited.
  enum class Style : uint8_t { kBlock, kFlow, kToml, kCopied };  // kCopied: from an alias

  Kind kind = Kind::kNull;
  Style style = Style::kBlock;
  std::string key;             // as a member of a map
  std::string text;            // of kText, as written; numbers and booleans too
  NodePlace key_place;         // of a member: its key; of an element: its value
  NodePlace place;             // of its value
  std::vector<Node> children;  // members in order, or elements

  bool IsMap() const { return kind == Kind::kMap; }
  bool IsList() const { return kind == Kind::kList; }
  bool IsText() const { return kind == Kind::kText; }
  // Null if there is none. Keys are compared in the case they have.
  const Node* Find(std::string_view name) const;
  // Follows a path of keys: At({"metadata", "name"}).
  const Node* At(std::initializer_list<std::string_view> path) const;
  // The text of a member, or "".
  std::string_view TextOf(std::string_view name) const;
};

// The documents of a file, in order; a file without any content has none.
Result<std::vector<Node>> ReadYaml(std::string_view text, uint32_t file);
Result<std::vector<Node>> ReadToml(std::string_view text, uint32_t file);

}  // namespace stickyd
