// SPDX-License-Identifier: Apache-2.0
// static_file.cc: Traefik's static configuration, from a file or from flags.
#include <fmt/format.h>

#include "draft_builder.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr std::string_view kNoStart = "Traefik then does not start.";

// Settings of `from` that `into` has not.
void Merge(const nlohmann::json& from, nlohmann::json& into) {
  for (const auto& [key, value] : from.items()) {
    if (!into.contains(key)) {
      into[key] = value;
    } else if (into[key].is_object() && value.is_object()) {
      Merge(value, into[key]);
    }
  }
}

Node& Below(Node& node, std::string_view key, const NodePlace& place) {
  for (Node& child : node.children) {
    if (EqualsIgnoreCase(child.key, key)) return child;
  }
  node.kind = Node::Kind::kMap;
  Node& child = node.children.emplace_back();
  child.key = key;
  child.key_place = child.place = place;
  return child;
}

}  // namespace

bool ReadStaticFile(const Node& document, DraftBuilder& out) {
  size_t known = 0;
  for (const Node& child : document.children) {
    if (StaticSchema().Find(child.key) != nullptr) ++known;
  }
  const bool dynamic = document.Find("http") != nullptr || document.Find("tcp") != nullptr;
  // `tls` and `http` alone are the dynamic configuration; one key may be anybody's.
  if (known == 0 || (dynamic && known < 2 && document.Find("entryPoints") == nullptr)) return false;
  Node kept = document;
  std::erase_if(kept.children, [&](const Node& child) {
    const SchemaKey* key = DynamicSchema().Find(child.key);
    if (key == nullptr) return false;
    out.Complain({SchemaComplaint::Kind::kMisplaced, child.key_place, child.key,
                  fmt::format("{} belongs to the dynamic configuration, and this file is the "
                              "static one",
                              child.key),
                  ""},
                 FindingLevel::kError,
                 "Traefik ignores it silently: it reads routers and services from providers.");
    return true;
  });
  SchemaReading reading;
  reading.version = out.version();
  reading.complain = [&](const SchemaComplaint& complaint) {
    const bool root =
        complaint.path.find('.') == npos && complaint.kind == SchemaComplaint::Kind::kUnknown;
    if (root && complaint.instead.empty()) return;
    out.Complain(complaint, FindingLevel::kError, root ? "Traefik ignores it silently." : kNoStart);
  };
  AddStatic(ReadBySchema(reading, StaticSchema(), kept, ""), out);
  return true;
}

Node TreeOfFlags(const std::vector<const Node*>& words) {
  Node root;
  root.kind = Node::Kind::kMap;
  for (const Node* word : words) {
    std::string_view text = word->text;
    while (text.starts_with('-')) text.remove_prefix(1);
    if (text.size() == word->text.size() || text.empty()) continue;
    const size_t equals = text.find('=');
    Node* at = &root;
    ForEachPart(text.substr(0, equals), '.',
                [&](std::string_view part) { at = &Below(*at, part, word->place); });
    if (at->IsMap()) continue;
    at->kind = Node::Kind::kText;
    at->text = equals == npos ? "true" : text.substr(equals + 1);
  }
  return root;
}

void AddStatic(const nlohmann::json& settings, DraftBuilder& out) {
  if (settings.is_object()) Merge(settings, out.static_config);
}

}  // namespace stickyd
