// SPDX-License-Identifier: Apache-2.0
#include "schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "stickyd/base/nearest.h"
#include "stickyd/base/text.h"
#include "stickyd/base/version.h"

namespace stickyd {
namespace {

using nlohmann::json;
using Type = SchemaKey::Type;

void SetFlag(std::string_view flag, SchemaKey& key) {
  static constexpr std::pair<std::string_view, Type> kTypes[] = {
      {"bool", Type::kBool},       {"int", Type::kInt}, {"list", Type::kList}, {"map", Type::kMap},
      {"objects", Type::kObjects}, {"any", Type::kAny}, {"kept", Type::kKept}};
  for (const auto& [name, type] : kTypes) {
    if (flag == name) key.type = type;
  }
  if (flag == "!") key.may_be_empty = true;
  if (flag == "v2") key.only_v2 = true;
  if (flag == "file") key.where = SchemaKey::Where::kFile;
  if (flag == "label") key.where = SchemaKey::Where::kLabel;
  if (flag.starts_with('@')) key.since = flag.substr(1);
}

// The keys at `indent` and below, up to a line that stands further left.
void ReadKeys(std::string_view& text, size_t indent, std::vector<SchemaKey>& keys) {
  while (!text.empty()) {
    const size_t depth = text.find_first_not_of(' ');
    if (depth < indent) return;
    if (depth > indent) {
      SchemaKey& above = keys.back();
      if (above.type == Type::kText) above.type = Type::kObject;
      ReadKeys(text, depth, above.keys);
      continue;
    }
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    SchemaKey& key = keys.emplace_back();
    ForEachPart(Trim(line), ' ', [&](std::string_view word) {
      if (key.name.empty()) {
        key.name = word;
      } else {
        SetFlag(word, key);
      }
    });
  }
}

SchemaKey ReadSchema(std::string_view text) {
  SchemaKey root;
  root.type = Type::kObject;
  ReadKeys(text, 0, root.keys);
  return root;
}

bool AnyName(const SchemaKey& schema) {
  return schema.keys.size() == 1 && schema.keys[0].name == "*";
}

std::vector<std::string_view> Names(const SchemaKey& schema) {
  std::vector<std::string_view> names;
  names.reserve(schema.keys.size());
  for (const SchemaKey& key : schema.keys) names.push_back(key.name);
  return names;
}

// The path below `schema` to a key of this name that stands elsewhere: the least deep one.
std::string PathTo(const SchemaKey& schema, std::string_view name, int depth) {
  for (const SchemaKey& key : schema.keys) {
    if (key.name != "*" && EqualsIgnoreCase(key.name, name)) return key.name;
  }
  if (depth == 0) return {};
  for (const SchemaKey& key : schema.keys) {
    if (const std::string below = PathTo(key, name, depth - 1); !below.empty()) {
      return (key.name == "*" ? "NAME" : key.name) + "." + below;
    }
  }
  return {};
}

json AsWritten(const Node& node) {
  if (node.IsText()) return node.text;
  json out = node.IsList() ? json::array() : json::object();
  for (const Node& child : node.children) {
    if (node.IsList()) {
      out.push_back(AsWritten(child));
    } else {
      out[child.key] = AsWritten(child);
    }
  }
  return out;
}

std::string Joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

class SchemaReader {
 public:
  explicit SchemaReader(const SchemaReading& reading, const SchemaKey& root)
      : reading_(reading), root_(root) {}

  json Read(const SchemaKey& schema, const Node& node, const std::string& path) {
    switch (schema.type) {
      case Type::kAny:
        return json::object();
      case Type::kKept:
        return AsWritten(node);
      case Type::kObject:
        return ReadObject(schema, node, path);
      case Type::kObjects:
        return ReadObjects(schema, node, path);
      case Type::kList:
        return ReadList(schema, node, path);
      case Type::kMap:
        return ReadMap(schema, node, path);
      default:
        return ReadText(schema, node, path);
    }
  }

 private:
  void Complain(SchemaComplaint::Kind kind, const NodePlace& place, const std::string& path,
                std::string text, std::string instead = {}) {
    reading_.complain({kind, place, path, std::move(text), std::move(instead)});
  }
  json Refuse(const Node& node, const std::string& path, std::string_view wanted) {
    Complain(SchemaComplaint::Kind::kBadValue, node.place.line > 0 ? node.place : node.key_place,
             path, fmt::format("{} takes {}", path, wanted));
    return nullptr;
  }

  json ReadObject(const SchemaKey& schema, const Node& node, const std::string& path) {
    const bool empty = node.kind == Node::Kind::kNull || (node.IsMap() && node.children.empty());
    const bool word = node.IsText() && schema.may_be_empty;
    if (word && EqualsIgnoreCase(node.text, "false")) return nullptr;
    if (word && EqualsIgnoreCase(node.text, "true")) return json::object();
    const bool dropped = reading_.api_server && node.kind == Node::Kind::kNull;
    if (empty && schema.may_be_empty && !dropped) return json::object();
    if (empty && (node.IsMap() || dropped) && !path.empty() && !AnyName(schema)) {
      Complain(SchemaComplaint::Kind::kEmpty, node.key_place, path,
               fmt::format("{} has nothing below it", path));
      return nullptr;
    }
    if (empty) return nullptr;
    if (!node.IsMap()) return Refuse(node, path, "keys below it");
    json out = json::object();
    for (const Node& member : node.children) {
      const std::string at = Joined(path, member.key);
      const SchemaKey* key = schema.Find(member.key);
      if (key != nullptr && reading_.api_server && key->name != "*" && key->name != member.key) {
        Complain(SchemaComplaint::Kind::kUnknown, member.key_place, at,
                 fmt::format("{} is written {}", at, key->name), key->name);
        continue;
      }
      if (key == nullptr || !IsHere(*key)) {
        Unknown(schema, member, path, at);
        continue;
      }
      if (!IsOfVersion(*key, member, at)) continue;
      json value = Read(*key, member, at);
      if (!value.is_null()) out[key->name == "*" ? member.key : key->name] = std::move(value);
    }
    return out;
  }

  bool IsHere(const SchemaKey& key) const {
    return key.where == SchemaKey::Where::kBoth || key.where == reading_.where;
  }

  bool IsOfVersion(const SchemaKey& key, const Node& member, const std::string& at) {
    if (reading_.version.empty()) return true;
    if (!key.since.empty() && !IsAtLeast(reading_.version, key.since)) {
      Complain(
          SchemaComplaint::Kind::kTooNew, member.key_place, at,
          fmt::format("{} is read since v{}, and this is v{}", at, key.since, reading_.version));
      return false;
    }
    if (key.only_v2 && IsAtLeast(reading_.version, "3.0")) {
      Complain(SchemaComplaint::Kind::kTooOld, member.key_place, at,
               fmt::format("{} is no longer read by v3", at));
      return false;
    }
    return true;
  }

  void Unknown(const SchemaKey& schema, const Node& member, const std::string& path,
               const std::string& at) {
    // The right key in the wrong place tells more than one that looks alike.
    std::string place = PathTo(schema, member.key, 4);
    if (!place.empty()) {
      const std::string below = place.substr(0, place.rfind('.'));
      Complain(SchemaComplaint::Kind::kMisplaced, member.key_place, at,
               fmt::format("{} does not stand in {}: it belongs below {}", member.key,
                           path.empty() ? "the root" : path, Joined(path, below)));
      return;
    }
    const auto near = Nearest(member.key, Names(schema));
    if (near) {
      Complain(SchemaComplaint::Kind::kUnknown, member.key_place, at,
               fmt::format("Traefik knows no key {} in {}; did you mean {}?", member.key,
                           path.empty() ? "the root" : path, *near),
               *near);
      return;
    }
    place = PathTo(root_, member.key, 6);
    if (!place.empty()) {
      Complain(SchemaComplaint::Kind::kMisplaced, member.key_place, at,
               fmt::format("{} does not stand in {}: it belongs to {}", member.key,
                           path.empty() ? "the root" : path, place));
      return;
    }
    Complain(
        SchemaComplaint::Kind::kUnknown, member.key_place, at,
        fmt::format("Traefik knows no key {} in {}", member.key, path.empty() ? "the root" : path));
  }

  json ReadObjects(const SchemaKey& schema, const Node& node, const std::string& path) {
    if (node.kind == Node::Kind::kNull) return nullptr;
    if (!node.IsList()) return Refuse(node, path, "a list");
    json out = json::array();
    for (size_t i = 0; i < node.children.size(); ++i) {
      json value = ReadObject(schema, node.children[i], fmt::format("{}[{}]", path, i));
      if (!value.is_null()) out.push_back(std::move(value));
    }
    return out;
  }

  json ReadList(const SchemaKey& schema, const Node& node, const std::string& path) {
    json out = json::array();
    if (node.kind == Node::Kind::kNull) return nullptr;
    if (node.IsMap()) return Refuse(node, path, "a list");
    if (node.IsText()) {
      ForEachPart(node.text, ',', [&](std::string_view part) { out.push_back(std::string(part)); });
      return out;
    }
    for (const Node& item : node.children) {
      if (!item.IsText()) return Refuse(item, fmt::format("{} {}", path, schema.name), "texts");
      out.push_back(item.text);
    }
    return out;
  }

  json ReadMap(const SchemaKey&, const Node& node, const std::string& path) {
    if (node.kind == Node::Kind::kNull) return nullptr;
    if (!node.IsMap()) return Refuse(node, path, "names with values");
    json out = json::object();
    for (const Node& member : node.children) {
      if (member.kind == Node::Kind::kMap || member.IsList()) {
        return Refuse(member, Joined(path, member.key), "a text");
      }
      out[member.key] = member.text;
    }
    return out;
  }

  json ReadText(const SchemaKey& schema, const Node& node, const std::string& path) {
    if (node.kind == Node::Kind::kNull) return nullptr;
    if (!node.IsText()) return Refuse(node, path, "one value");
    if (IsVariable(node.text)) return nullptr;
    if (schema.type == Type::kText) return node.text;
    if (schema.type == Type::kInt) {
      const auto number = ParseNumber<int64_t>(node.text);
      return number ? json(*number) : Refuse(node, path, "a whole number");
    }
    static constexpr std::string_view kTrue[] = {"1", "t", "T", "TRUE", "true", "True"};
    static constexpr std::string_view kFalse[] = {"0", "f", "F", "FALSE", "false", "False"};
    if (std::count(std::begin(kTrue), std::end(kTrue), node.text) > 0) return true;
    if (std::count(std::begin(kFalse), std::end(kFalse), node.text) > 0) return false;
    return Refuse(node, path, "true or false");
  }

  const SchemaReading& reading_;
  const SchemaKey& root_;
};

}  // namespace

bool IsVariable(std::string_view text) {
  return text.find("{{") != npos || text.find("${") != npos;
}

const SchemaKey* SchemaKey::Find(std::string_view key) const {
  for (const SchemaKey& known : keys) {
    if (known.name == "*" || EqualsIgnoreCase(known.name, key)) return &known;
  }
  return nullptr;
}

const SchemaKey& DynamicSchema() {
  static const SchemaKey schema = ReadSchema(kDynamicKeys);
  return schema;
}

SchemaKey SchemaOf(std::string_view text) { return ReadSchema(text); }

const SchemaKey& StaticSchema() {
  static const SchemaKey schema = ReadSchema(kStaticKeys);
  return schema;
}

nlohmann::json ReadBySchema(const SchemaReading& reading, const SchemaKey& schema, const Node& node,
                            const std::string& path) {
  return SchemaReader(reading, reading.root != nullptr ? *reading.root : DynamicSchema())
      .Read(schema, node, path);
}

}  // namespace stickyd
