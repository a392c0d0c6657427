// SPDX-License-Identifier: Apache-2.0
// yaml_reader.cc: YAML, by the events of yaml-cpp. Its own trees would share what aliases name, and
//                 its LoadAll() does not end on some texts that are no YAML.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "node.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

// What the handler throws through the parser.
struct Refusal {
  ErrorCode code;
  std::string message;
};

size_t SizeOf(const Node& node) {
  size_t size = 1;
  for (const Node& child : node.children) size += SizeOf(child);
  return size;
}

// What an alias brings stands elsewhere: it cannot be edited where it is used.
void MarkCopied(Node& node) {
  node.style = Node::Style::kCopied;
  for (Node& child : node.children) MarkCopied(child);
}

// `<<: *other`: what it has and the map has not.
void MergeKeys(Node& map) {
  std::set<std::string> seen;
  for (const Node& child : map.children) seen.insert(child.key);
  std::vector<Node> merged;
  std::erase_if(map.children, [&](Node& child) {
    if (child.key != "<<") return false;
    if (child.IsList()) {
      for (Node& each : child.children) merged.push_back(std::move(each));
    } else {
      merged.push_back(std::move(child));
    }
    return true;
  });
  for (Node& each : merged) {
    for (Node& member : each.children) {
      if (!seen.insert(member.key).second) continue;
      MarkCopied(member);
      map.children.push_back(std::move(member));
    }
  }
}

class TreeMaker : public YAML::EventHandler {
 public:
  explicit TreeMaker(uint32_t file) : file_(file) {}

  std::vector<Node> Take() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // It goes on in a circle where it does not go forward.
    if (begun_ && mark.pos <= last_begin_) {
      throw Refusal{ErrorCode::kInvalidInput,
                    fmt::format("line {}: this is no YAML", mark.line + 1)};
    }
    begun_ = true;
    last_begin_ = mark.pos;
    anchors_.clear();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Done(Begin(mark, Node::Kind::kNull), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& value) override {
    if (AwaitsKey()) return TakeKey(mark, value);
    Node node = Begin(mark, Node::Kind::kText);
    node.text = value;
    if (!open_.empty()) node.style = open_.back().node.style;
    Done(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) {
      throw Refusal{ErrorCode::kInvalidInput,
                    fmt::format("line {}: this alias stands within what it names", mark.line + 1)};
    }
    Count(SizeOf(known->second));
    if (AwaitsKey()) return TakeKey(mark, known->second.text);
    Node node = known->second;
    MarkCopied(node);
    Done(std::move(node), 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    Open(mark, Node::Kind::kList, anchor, style);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    Open(mark, Node::Kind::kMap, anchor, style);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    std::string key;
    NodePlace key_place;
    std::set<std::string> seen;
  };

  NodePlace PlaceOf(const YAML::Mark& mark) const {
    return {file_, static_cast<uint32_t>(mark.line) + 1, static_cast<uint32_t>(mark.column) + 1};
  }
  void Count(size_t nodes) {
    nodes_ += nodes;
    if (nodes_ <= kMostNodes && open_.size() <= kDeepestNode) return;
    throw Refusal{ErrorCode::kLimit, "it is nested too deep, or its aliases make too much of it"};
  }
  bool AwaitsKey() const {
    return !open_.empty() && open_.back().node.IsMap() && !open_.back().has_key;
  }

  void TakeKey(const YAML::Mark& mark, const std::string& key) {
    Count(1);
    Frame& frame = open_.back();
    if (key != "<<" && !frame.seen.insert(key).second) {
      throw Refusal{ErrorCode::kInvalidInput, fmt::format("line {}: the key {} is there twice",
                                                          mark.line + 1, Printable(key, 100))};
    }
    frame.has_key = true;
    frame.key = key;
    frame.key_place = PlaceOf(mark);
  }

  Node Begin(const YAML::Mark& mark, Node::Kind kind) {
    Count(1);
    if (AwaitsKey()) {
      throw Refusal{ErrorCode::kInvalidInput,
                    fmt::format("line {}: a key is no text", mark.line + 1)};
    }
    Node node;
    node.kind = kind;
    node.place = node.key_place = PlaceOf(mark);
    return node;
  }

  void Open(const YAML::Mark& mark, Node::Kind kind, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    Frame frame;
    frame.node = Begin(mark, kind);
    frame.node.style = style == YAML::EmitterStyle::Flow ? Node::Style::kFlow : Node::Style::kBlock;
    frame.anchor = anchor;
    open_.push_back(std::move(frame));
    Count(0);
  }

  void Close() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    if (frame.node.IsMap()) MergeKeys(frame.node);
    Done(std::move(frame.node), frame.anchor);
  }

  void Done(Node node, YAML::anchor_t anchor) {
    if (anchor != 0) {
      Count(SizeOf(node));
      anchors_[anchor] = node;
    }
    if (open_.empty()) {
      if (node.kind != Node::Kind::kNull) documents_.push_back(std::move(node));
      return;
    }
    Frame& frame = open_.back();
    if (frame.node.IsMap()) {
      node.key = std::move(frame.key);
      node.key_place = frame.key_place;
      frame.has_key = false;
    }
    frame.node.children.push_back(std::move(node));
  }

  const uint32_t file_;
  size_t nodes_ = 0;
  bool begun_ = false;
  int last_begin_ = 0;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::vector<Node> documents_;
};

}  // namespace

Result<std::vector<Node>> ReadYaml(std::string_view text, uint32_t file) {
  TreeMaker maker(file);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(maker)) {
    }
  } catch (const Refusal& refusal) {
    return Fail(refusal.code, refusal.message);
  } catch (const YAML::Exception& error) {
    return Fail(ErrorCode::kInvalidInput,
                error.mark.line < 0 ? error.msg
                                    : fmt::format("line {}: {}", error.mark.line + 1, error.msg));
  }
  return maker.Take();
}

}  // namespace stickyd
