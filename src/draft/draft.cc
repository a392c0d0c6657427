// SPDX-License-Identifier: Apache-2.0
#include "stickyd/draft/draft.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>

#include "draft_builder.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

bool IsToml(std::string_view name) { return name.ends_with(".toml"); }

// A line of a template that is no value: what it makes cannot be known, and what is left of the
// file need not be YAML.
size_t TemplateLine(std::string_view text) {
  size_t line = 0;
  while (!text.empty()) {
    ++line;
    const std::string_view each = Trim(text.substr(0, text.find('\n')));
    if (each.starts_with("{{")) return line;
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return 0;
}

struct Documents {
  std::vector<Node> all;
  std::vector<const Node*> compose;
  std::vector<const Node*> manifests;
};

void NoteBroken(const DraftFile& file, const Error& error, DraftBuilder& out) {
  DraftNote note;
  note.kind = DraftNoteKind::kBrokenFile;
  note.level = FindingLevel::kError;
  note.spot = {file.name, 0, 0};
  if (error.message.starts_with("line ")) {
    const std::string_view number = std::string_view(error.message).substr(5);
    note.spot.line = ParseNumber<size_t>(number.substr(0, number.find(':'))).value_or(0);
  }
  note.text = fmt::format("It cannot be read: {}.", error.message);
  note.fix = "Mend it; nothing in it counts as it is.";
  note.detail = file.name;
  out.Note(std::move(note));
}

void ReadDocuments(const std::vector<DraftFile>& files, DraftBuilder& out, Documents& documents) {
  for (uint32_t i = 0; i < files.size(); ++i) {
    const DraftFile& file = files[i];
    if (const size_t line = TemplateLine(file.text); line > 0) {
      out.NotKnown(
          {i, static_cast<uint32_t>(line), 1},
          fmt::format("{} is a template. What it makes is known to Traefik only.", file.name));
      continue;
    }
    if (!simdjson::validate_utf8(file.text)) {
      NoteBroken(file, {ErrorCode::kInvalidInput, "it is no UTF-8"}, out);
      continue;
    }
    auto read = IsToml(file.name) ? ReadToml(file.text, i) : ReadYaml(file.text, i);
    if (!read && file.text.find("{{") != npos) {
      out.NotKnown({i, 1, 1}, fmt::format("{} is a template, and no YAML or TOML as it is. What it "
                                          "makes is not known.",
                                          file.name));
      continue;
    }
    if (!read) {
      NoteBroken(file, read.error(), out);
      continue;
    }
    for (Node& document : *read) documents.all.push_back(std::move(document));
  }
}

void NoteVariables(const Node& node, const Node* above, DraftBuilder& out, size_t& left) {
  if (left == 0) return;
  if (node.IsText() && IsVariable(node.text)) {
    --left;
    const Node& named = node.key.empty() && above != nullptr ? *above : node;
    out.NotKnown(node.place, fmt::format("A variable or template stands in {}; its value is not "
                                         "known here.",
                                         named.key.empty() ? "a value" : named.key));
  }
  for (const Node& child : node.children) NoteVariables(child, &node, out, left);
}

// Is this part of a document what Traefik reads?
void NoteVariablesOf(const Node& document, DraftBuilder& out) {
  size_t left = 20;
  if (!IsCompose(document)) return NoteVariables(document, nullptr, out, left);
  for (const Node& service : document.Find("services")->children) {
    for (const Node* labels : {service.Find("labels"), service.At({"deploy", "labels"})}) {
      if (labels == nullptr) continue;
      for (const Node& label : labels->children) {
        const bool ours = (label.key + label.text).find("traefik.") != std::string::npos;
        if (ours) NoteVariables(label, labels, out, left);
      }
    }
  }
}

void ReadKinds(const std::vector<DraftFile>& files, Documents& documents, DraftBuilder& out) {
  std::vector<const Node*> rest;
  for (const Node& document : documents.all) {
    if (document.IsMap() && NoteGenerator(document, files[document.place.file].name, out)) continue;
    if (IsManifest(document)) {
      documents.manifests.push_back(&document);
    } else if (IsCompose(document)) {
      documents.compose.push_back(&document);
    } else if (!document.IsMap() || !ReadStaticFile(document, out)) {
      rest.push_back(&document);
    }
  }
  // Compose files of one folder are one project.
  std::map<std::string, std::vector<const Node*>> projects;
  for (const Node* document : documents.compose) {
    const std::string& name = files[document->place.file].name;
    projects[name.substr(0, name.rfind('/') + 1)].push_back(document);
  }
  for (const auto& [folder, compose] : projects) ReadComposeFiles(compose, files, out);
  for (const Node* document : rest) {
    if (document->IsMap() && ReadDynamicFile(*document, out)) continue;
    out.NotKnown(document->place,
                 fmt::format("{} is no configuration that Traefik reads: neither a file of its "
                             "file provider, nor a static one, a Compose file or a manifest.",
                             files[document->place.file].name));
  }
  ReadManifests(documents.manifests, out);
}

std::shared_ptr<const DraftOrigins> TakeOrigins(DraftBuilder& builder) {
  auto origins = std::make_shared<DraftOrigins>();
  const auto take = [&](const char* kind, DraftParts& parts) {
    for (auto& [name, part] : parts) {
      origins->of.emplace(std::pair(std::string(kind), name), std::move(part.origin));
    }
  };
  take("service", builder.services);
  take("router", builder.routers);
  take("middleware", builder.middlewares);
  return origins;
}

Status AddPath(const FileSystem& files, const std::string& path, bool named,
               std::vector<DraftFile>& out) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with('.')) names.push_back(entry.path().string());
    }
    if (error) return Fail(ErrorCode::kPermission, path + ": " + error.message());
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      if (auto status = AddPath(files, name, false, out); !status) return status;
    }
    return {};
  }
  const bool ours = path.ends_with(".yml") || path.ends_with(".yaml") || path.ends_with(".toml") ||
                    path.ends_with(".json");
  if (!ours && !named) return {};
  if (out.size() >= kMostDrafts) {
    return Fail(ErrorCode::kLimit, fmt::format("{}: more than {} files", path, kMostDrafts));
  }
  auto text = ReadWholeFile(files, path, kLongestDraft);
  if (!text) return tl::unexpected(text.error());
  out.push_back({path, std::move(*text)});
  return {};
}

}  // namespace

Result<std::vector<DraftFile>> ReadDraftFiles(const FileSystem& files,
                                              const std::vector<std::string>& paths) {
  std::vector<DraftFile> out;
  for (const std::string& path : paths) {
    if (auto status = AddPath(files, path, true, out); !status) {
      return tl::unexpected(status.error());
    }
  }
  return out;
}

Draft ReadDraft(const std::vector<DraftFile>& files, std::string_view version) {
  DraftBuilder builder(files, version);
  Documents documents;
  ReadDocuments(files, builder, documents);
  ReadKinds(files, documents, builder);
  for (const Node& document : documents.all) {
    if (document.IsMap()) NoteVariablesOf(document, builder);
  }
  LinkDraft(builder);
  builder.facts.access_log = ReadAccessLog(builder.static_config);
  Draft draft;
  draft.answers = WriteAnswers(builder);
  draft.facts = std::move(builder.facts);
  draft.origins = TakeOrigins(builder);
  return draft;
}

}  // namespace stickyd
