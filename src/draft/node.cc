// SPDX-License-Identifier: Apache-2.0
#include "node.h"

namespace stickyd {

const Node* Node::Find(std::string_view name) const {
  for (const Node& child : children) {
    if (kind == Kind::kMap && child.key == name) return &child;
  }
  return nullptr;
}

const Node* Node::At(std::initializer_list<std::string_view> path) const {
  const Node* node = this;
  for (const std::string_view name : path) {
    if (node != nullptr) node = node->Find(name);
  }
  return node;
}

std::string_view Node::TextOf(std::string_view name) const {
  const Node* node = Find(name);
  return node != nullptr && node->IsText() ? std::string_view(node->text) : std::string_view();
}

}  // namespace stickyd
