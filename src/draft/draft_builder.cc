// SPDX-License-Identifier: Apache-2.0
#include "draft_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kMostNotes = 10'000;

}  // namespace

const Origin* DraftOrigins::Find(std::string_view kind, std::string_view name) const {
  const auto it = of.find(std::pair<std::string, std::string>(kind, name));
  return it == of.end() ? nullptr : &it->second;
}

void DraftBuilder::Note(DraftNote note) {
  if (facts.notes.size() < kMostNotes) facts.notes.push_back(std::move(note));
}

void DraftBuilder::NotKnown(const NodePlace& place, std::string text) {
  DraftNote note;
  note.kind = DraftNoteKind::kNotKnown;
  note.spot = Spot(place);
  note.detail = fmt::format("{}:{}", note.spot.file, text);
  note.text = std::move(text);
  note.fix = "Audit the running Traefik as well: --traefik.url.";
  Note(std::move(note));
}

void DraftBuilder::Complain(const SchemaComplaint& complaint, FindingLevel level,
                            std::string_view then) {
  DraftNote note;
  note.kind = DraftNoteKind::kUnreadKey;
  note.level = level;
  note.spot = Spot(complaint.place);
  note.text = fmt::format("{}. {}", complaint.text, then);
  note.detail = fmt::format("{}:{}", note.spot.file, complaint.path);
  const std::string key = complaint.path.substr(complaint.path.rfind('.') + 1);
  if (!complaint.instead.empty()) {
    note.fix = fmt::format("Write {} instead of {}.", complaint.instead, key);
    note.edits.push_back({FixEdit::Action::kRename, {}, key, complaint.instead});
  } else if (complaint.kind == SchemaComplaint::Kind::kMisplaced) {
    note.fix = "Move it to where Traefik reads it.";
  } else if (complaint.kind == SchemaComplaint::Kind::kBadValue) {
    note.fix = "Write a value that it takes.";
  } else {
    note.fix = "Remove it, or write what Traefik's documentation has.";
  }
  Note(std::move(note));
}

std::string NormalizedName(std::string_view name) {
  std::string out;
  bool gap = false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (!letter) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += '-';
    gap = false;
    out += c;
  }
  return out;
}

}  // namespace stickyd
