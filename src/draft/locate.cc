// SPDX-License-Identifier: Apache-2.0
// locate.cc: where in the files a finding stands, and which of them a comment there accepts.
#include "locate.h"

#include <algorithm>
#include <map>

#include "draft_builder.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr std::string_view kMark = "stickyd: ignore ";

struct Comment {
  FileSpot spot;
  std::vector<std::string_view> rules;
  bool has_reason = false;
  bool used = false;
};

// `# stickyd: ignore A1,A17 reason`
bool ReadComment(std::string_view line, Comment& out) {
  const size_t hash = line.find('#');
  if (hash == npos) return false;
  const std::string_view text = Trim(line.substr(hash + 1));
  if (!text.starts_with(kMark)) return false;
  const std::string_view rest = Trim(text.substr(kMark.size()));
  const size_t blank = std::min(rest.find(' '), rest.size());
  ForEachPart(rest.substr(0, blank), ',', [&](std::string_view rule) {
    if (!rule.empty()) out.rules.push_back(rule);
  });
  out.has_reason = !Trim(rest.substr(blank)).empty();
  out.spot.column = hash + 1;
  return true;
}

std::vector<Comment> CommentsOf(const std::vector<DraftFile>& files) {
  std::vector<Comment> comments;
  for (const DraftFile& file : files) {
    std::string_view text = file.text;
    for (size_t line = 1; !text.empty(); ++line) {
      const size_t end = text.find('\n');
      std::string_view each = text.substr(0, end);
      if (each.ends_with('\r')) each.remove_suffix(1);
      Comment comment;
      if (ReadComment(each, comment)) {
        comment.spot.file = file.name;
        comment.spot.line = line;
        comments.push_back(std::move(comment));
      }
      text.remove_prefix(end == npos ? text.size() : end + 1);
    }
  }
  return comments;
}

bool Means(const Comment& comment, const AuditRuleInfo& rule) {
  return std::any_of(comment.rules.begin(), comment.rules.end(), [&](std::string_view word) {
    return EqualsIgnoreCase(word, rule.id) || EqualsIgnoreCase(word, rule.name) ||
           (!rule.sharpens.empty() && EqualsIgnoreCase(word, rule.sharpens));
  });
}

bool IsAt(const Comment& comment, const Finding& finding) {
  return std::any_of(finding.spots.begin(), finding.spots.end(), [&](const FileSpot& spot) {
    return spot.file == comment.spot.file &&
           (spot.line == comment.spot.line || spot.line == comment.spot.line + 1);
  });
}

const Node* ChildOf(const Node* node, std::string_view key) {
  for (const Node& child : node->children) {
    if (EqualsIgnoreCase(child.key, key)) return &child;
  }
  return nullptr;
}

}  // namespace

Written FindSetting(const Origin& origin, std::string_view path) {
  Written written;
  if (origin.syntax == Origin::Syntax::kLabels) {
    if (!origin.missing.empty()) return written;
    const std::string wanted = origin.prefix + std::string(path);
    for (const Node& label : origin.node.children) {
      const bool map = origin.node.IsMap();
      const std::string_view key =
          map ? std::string_view(label.key)
              : std::string_view(label.text).substr(0, label.text.find('='));
      if (!EqualsIgnoreCase(key, wanted)) continue;
      written.node = &label;
      written.whole = true;
    }
    return written;
  }
  if (origin.syntax == Origin::Syntax::kNone) return written;
  written.node = &origin.node;
  written.whole = true;
  ForEachPart(path, '.', [&](std::string_view key) {
    if (!written.whole) return;
    const Node* next = ChildOf(written.node, key);
    if (next == nullptr) {
      written.whole = false;
    } else {
      written.node = next;
      written.path += (written.path.empty() ? "" : ".") + std::string(key);
    }
  });
  return written;
}

std::vector<FileSpot> Locate(const Draft& draft, const std::vector<DraftFile>& files,
                             std::vector<Finding>& findings) {
  const auto add = [&](Finding& finding, const NodePlace& place) {
    if (place.line == 0) return;
    const FileSpot spot{files[place.file].name, place.line, place.column};
    if (std::find(finding.spots.begin(), finding.spots.end(), spot) == finding.spots.end()) {
      finding.spots.push_back(spot);
    }
  };
  std::vector<Comment> comments = CommentsOf(files);
  for (Finding& finding : findings) {
    // The setting itself tells more than the service that it belongs to.
    for (const FixEdit& edit : finding.fix.edits) {
      const Origin* origin = draft.origins->Find(edit.object.kind, edit.object.name);
      if (origin == nullptr) continue;
      const Written written = FindSetting(*origin, edit.path);
      if (written.whole && !finding.fix.edits.empty()) add(finding, written.node->key_place);
    }
    for (const FindingObject& object : finding.objects) {
      const Origin* origin = draft.origins->Find(object.kind, object.name);
      if (origin != nullptr) add(finding, origin->place);
    }
    for (Comment& comment : comments) {
      if (!comment.has_reason || !Means(comment, *finding.rule) || !IsAt(comment, finding)) {
        continue;
      }
      comment.used = true;
      finding.accepted = true;
    }
  }
  std::vector<FileSpot> idle;
  for (const Comment& comment : comments) {
    if (!comment.used) idle.push_back(comment.spot);
  }
  return idle;
}

}  // namespace stickyd
