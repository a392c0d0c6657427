// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <toml++/toml.h>

#include "node.h"

namespace stickyd {
namespace {

class Converter {
 public:
  explicit Converter(uint32_t file) : file_(file) {}

  bool Convert(const toml::node& from, size_t depth, Node& out) {
    if (depth > kDeepestNode || ++nodes_ > kMostNodes) return false;
    out.style = Node::Style::kToml;
    out.place = PlaceOf(from.source());
    if (const toml::table* table = from.as_table()) return Map(*table, depth, out);
    if (const toml::array* array = from.as_array()) return List(*array, depth, out);
    out.kind = Node::Kind::kText;
    if (const auto text = from.value<std::string>()) out.text = *text;
    if (from.is_boolean()) out.text = *from.value<bool>() ? "true" : "false";
    if (from.is_integer()) out.text = fmt::format("{}", *from.value<int64_t>());
    if (from.is_floating_point()) out.text = fmt::format("{}", *from.value<double>());
    return true;
  }

 private:
  NodePlace PlaceOf(const toml::source_region& region) const {
    return {file_, region.begin.line, region.begin.column};
  }

  bool Map(const toml::table& table, size_t depth, Node& out) {
    out.kind = Node::Kind::kMap;
    for (const auto& [key, value] : table) {
      Node child;
      if (!Convert(value, depth + 1, child)) return false;
      child.key = key.str();
      child.key_place = PlaceOf(key.source());
      out.children.push_back(std::move(child));
    }
    return true;
  }

  bool List(const toml::array& array, size_t depth, Node& out) {
    out.kind = Node::Kind::kList;
    for (const toml::node& item : array) {
      Node child;
      if (!Convert(item, depth + 1, child)) return false;
      child.key_place = child.place;
      out.children.push_back(std::move(child));
    }
    return true;
  }

  const uint32_t file_;
  size_t nodes_ = 0;
};

}  // namespace

Result<std::vector<Node>> ReadToml(std::string_view text, uint32_t file) {
  std::vector<Node> documents;
  try {
    const toml::table table = toml::parse(text);
    Node node;
    if (!Converter(file).Convert(table, 0, node)) {
      return Fail(ErrorCode::kLimit, "it is nested too deep, or too large");
    }
    if (!node.children.empty()) documents.push_back(std::move(node));
  } catch (const toml::parse_error& error) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("line {}: {}", error.source().begin.line, error.description()));
  }
  return documents;
}

}  // namespace stickyd
