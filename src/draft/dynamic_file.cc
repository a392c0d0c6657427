// SPDX-License-Identifier: Apache-2.0
// dynamic_file.cc: files of Traefik's file provider.
#include <fmt/format.h>

#include "draft_builder.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

// Without case, as Traefik finds keys.
const Node* FindKey(const Node* node, std::string_view key) {
  if (node == nullptr || !node->IsMap()) return nullptr;
  for (const Node& child : node->children) {
    if (EqualsIgnoreCase(child.key, key)) return &child;
  }
  return nullptr;
}

constexpr std::string_view kKinds[] = {"loadBalancer", "weighted", "highestRandomWeight",
                                       "mirroring", "failover"};

Origin OriginOf(const Node& part, std::string_view section) {
  Origin origin;
  origin.place = part.key_place;
  if (section != "services") return origin;
  for (const std::string_view kind : kKinds) {
    const Node* body = FindKey(&part, kind);
    if (body == nullptr || body->style == Node::Style::kCopied) continue;
    if (body->style == Node::Style::kToml) {
      origin.syntax = Origin::Syntax::kToml;
      origin.prefix = fmt::format("http.services.{}.{}", part.key, body->key);
    } else {
      origin.syntax = Origin::Syntax::kKeys;
    }
    origin.node = *body;
  }
  return origin;
}

void AddParts(const nlohmann::json& http, const Node* section, std::string_view name,
              DraftParts& parts, DraftBuilder& out) {
  if (section == nullptr || !http.contains(name)) return;
  const nlohmann::json& bodies = http[std::string(name)];
  for (const Node& part : section->children) {
    const std::string& key = part.key;
    const auto body = bodies.find(key);
    if (body == bodies.end()) continue;
    const std::string full = key + "@file";
    const auto [it, fresh] = parts.try_emplace(full, DraftPart{*body, OriginOf(part, name)});
    if (fresh) continue;
    DraftNote note;
    note.kind = DraftNoteKind::kDefinedTwice;
    note.level = FindingLevel::kError;
    note.spot = out.Spot(part.key_place);
    const FileSpot first = out.Spot(it->second.origin.place);
    note.text = fmt::format("{} of {} is defined in {}:{} as well; Traefik reads the first one.",
                            key, name, first.file, first.line);
    note.fix = "Give each its own name, or remove one.";
    note.detail = fmt::format("{} {}", name, full);
    out.Note(std::move(note));
  }
}

// A rule that a template makes: some rule, of hosts that nobody can name yet.
void HideVariableRules(const Node* routers, nlohmann::json& http) {
  if (routers == nullptr || !http.contains("routers")) return;
  for (const Node& router : routers->children) {
    const Node* rule = FindKey(&router, "rule");
    if (rule == nullptr || !IsVariable(rule->text)) continue;
    auto& bodies = http["routers"];
    if (bodies.contains(router.key)) bodies[router.key]["rule"] = kSomeRule;
  }
}

}  // namespace

bool ReadDynamicFile(const Node& document, DraftBuilder& out) {
  bool ours = false;
  for (const std::string_view root : {"http", "tcp", "udp", "tls"}) {
    ours |= FindKey(&document, root) != nullptr;
  }
  if (!ours) return false;
  Node known = document;
  std::erase_if(known.children, [&](const Node& child) {
    // Traefik looks at its own roots only; people keep anchors beside them.
    return StaticSchema().Find(child.key) != nullptr || child.key.starts_with("x-") ||
           child.key.starts_with('.');
  });
  SchemaReading reading;
  reading.version = out.version();
  reading.complain = [&](const SchemaComplaint& complaint) {
    const bool root = complaint.path.find('.') == npos;
    const bool meant =
        !complaint.instead.empty() || complaint.kind == SchemaComplaint::Kind::kMisplaced;
    if (root && complaint.kind != SchemaComplaint::Kind::kBadValue) {
      if (meant) out.Complain(complaint, FindingLevel::kError, "Traefik ignores it silently.");
      return;
    }
    out.Complain(complaint, FindingLevel::kError,
                 "Traefik then refuses the whole file, and with it every file of its directory.");
  };
  nlohmann::json body = ReadBySchema(reading, DynamicSchema(), known, "");
  out.providers.insert("file");
  const Node* http = FindKey(&document, "http");
  if (http == nullptr || !body.contains("http")) return true;
  HideVariableRules(FindKey(http, "routers"), body["http"]);
  AddParts(body["http"], FindKey(http, "services"), "services", out.services, out);
  AddParts(body["http"], FindKey(http, "routers"), "routers", out.routers, out);
  AddParts(body["http"], FindKey(http, "middlewares"), "middlewares", out.middlewares, out);
  return true;
}

}  // namespace stickyd
