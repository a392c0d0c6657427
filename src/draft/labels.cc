// SPDX-License-Identifier: Apache-2.0
#include "labels.h"

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kMostElements = 1000;  // of a list in labels

std::string WithoutDoubledDollars(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '$' && text.substr(i + 1).starts_with('$')) ++i;
  }
  return out;
}

// Of the whole tree; what a label beyond it says is left out.
class Budget {
 public:
  bool Take(size_t nodes) {
    if (nodes > left_) return false;
    left_ -= nodes;
    return true;
  }

 private:
  size_t left_ = 50'000;
};

Node& Member(Node& node, std::string_view key, const NodePlace& place) {
  for (Node& child : node.children) {
    if (EqualsIgnoreCase(child.key, key)) return child;
  }
  if (node.kind != Node::Kind::kList) node.kind = Node::Kind::kMap;
  Node& child = node.children.emplace_back();
  child.key = key;
  child.key_place = child.place = place;
  return child;
}

// `domains[0]`: the element of that number; null if there is no room for it.
Node* StepInto(Node& node, std::string_view part, const NodePlace& place, Budget& budget) {
  if (!budget.Take(1)) return nullptr;
  const size_t bracket = part.find('[');
  Node& member = Member(node, part.substr(0, bracket), place);
  if (bracket == npos || !part.ends_with(']')) return &member;
  const auto number = ParseNumber<size_t>(part.substr(bracket + 1, part.size() - bracket - 2));
  if (!number || *number >= kMostElements) return &member;
  member.kind = Node::Kind::kList;
  if (*number >= member.children.size() && !budget.Take(*number + 1 - member.children.size())) {
    return nullptr;
  }
  while (member.children.size() <= *number) {
    member.children.emplace_back().key_place = place;
    member.children.back().place = place;
  }
  return &member.children[*number];
}

}  // namespace

std::vector<Label> LabelsOf(const Node& labels) {
  std::vector<Label> out;
  for (const Node& child : labels.children) {
    if (labels.IsMap()) {
      out.push_back({child.key, WithoutDoubledDollars(child.text), child.key_place});
    } else if (child.IsText()) {
      const std::string_view text = child.text;
      const size_t equals = text.find('=');
      const std::string_view value = equals == npos ? "" : text.substr(equals + 1);
      out.push_back({text.substr(0, equals), WithoutDoubledDollars(value), child.place});
    }
  }
  return out;
}

Node TreeOfLabels(const std::vector<Label>& labels, std::string_view prefix) {
  Node root;
  root.kind = Node::Kind::kMap;
  Budget budget;
  for (const Label& label : labels) {
    if (!EqualsIgnoreCase(label.key.substr(0, prefix.size()), prefix)) continue;
    Node* at = &root;
    size_t depth = 0;
    ForEachPart(label.key.substr(prefix.size()), '.', [&](std::string_view part) {
      if (at != nullptr && ++depth <= kDeepestNode) at = StepInto(*at, part, label.place, budget);
    });
    if (at == nullptr || !at->children.empty()) continue;  // what is below says more
    at->kind = Node::Kind::kText;
    at->text = label.value;
    at->place = label.place;
  }
  return root;
}

}  // namespace stickyd
