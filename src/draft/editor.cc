// SPDX-License-Identifier: Apache-2.0
// editor.cc: changes a file in the words that it is written in, and nothing else in it.
// Shape:   line by line. What it is not sure of it does not change: a text that does not stand
//          where the tree says, a value of several lines, what comes from an anchor.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "draft_builder.h"
#include "locate.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using Lines = std::vector<std::string>;

Lines LinesOf(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::string Joined(const Lines& lines) {
  std::string out;
  for (const std::string& line : lines) out += line;
  return out;
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// A scalar of YAML: as it is where it is plain for every reader.
std::string Scalar(std::string_view text) {
  const bool word = !text.empty() && text.find_first_not_of(
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789_.-/") == npos;
  return word && text.front() != '-' ? std::string(text) : Quoted(text);
}

// The place of the value that begins at `column` of a line, quotes included.
struct Extent {
  size_t begin = 0;
  size_t size = 0;
};
std::optional<Extent> ExtentOf(std::string_view line, size_t column, std::string_view text) {
  if (column == 0 || column > line.size()) return std::nullopt;
  const std::string_view rest = line.substr(column - 1);
  if (rest.starts_with('"') || rest.starts_with('\'')) {
    const size_t end = rest.find(rest.front(), 1);
    if (end == npos || rest.substr(1, end - 1) != text) return std::nullopt;
    return Extent{column - 1, end + 1};
  }
  if (text.empty() || !rest.starts_with(text)) return std::nullopt;
  return Extent{column - 1, text.size()};
}

class Editor {
 public:
  Editor(const Draft& draft, std::vector<DraftFile>& files) : draft_(draft), files_(files) {}

  bool Apply(const Finding& finding) {
    for (const FixEdit& edit : finding.fix.edits) {
      if (!Apply(finding, edit)) return false;
    }
    for (const auto& [map, settings] : in_flow_) {
      if (!InsertFlow(*map, settings)) return false;
    }
    return !finding.fix.edits.empty();
  }

 private:
  bool Apply(const Finding& finding, const FixEdit& edit) {
    if (edit.action == FixEdit::Action::kRename) return Rename(finding, edit);
    const Origin* origin = draft_.origins->Find(edit.object.kind, edit.object.name);
    if (origin == nullptr || origin->syntax == Origin::Syntax::kNone) return false;
    const Written written = FindSetting(*origin, edit.path);
    if (written.whole && written.node->style == Node::Style::kCopied) return false;
    if (edit.action == FixEdit::Action::kRemove) return written.whole && Remove(*written.node);
    if (written.whole) return Replace(*origin, *written.node, edit);
    return Insert(*origin, written, edit);
  }

  // Lines that were put in above move what is below.
  std::string* LineAt(const NodePlace& place) {
    if (place.file >= files_.size() || place.line == 0) return nullptr;
    if (lines_.size() <= place.file) lines_.resize(files_.size());
    Lines& lines = lines_[place.file];
    if (lines.empty()) lines = LinesOf(files_[place.file].text);
    size_t line = place.line;
    for (const NodePlace& put : put_in_) {
      if (put.file == place.file && put.line <= place.line) ++line;
    }
    return line <= lines.size() ? &lines[line - 1] : nullptr;
  }

 public:
  void Finish() {
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (!lines_[i].empty()) files_[i].text = Joined(lines_[i]);
    }
  }

 private:
  // Puts a line before the one at `place`.
  bool PutBefore(const NodePlace& place, std::string text) {
    std::string* line = LineAt(place);
    if (line == nullptr) return false;
    Lines& lines = lines_[place.file];
    lines.insert(lines.begin() + (line - lines.data()), std::move(text) + "\n");
    put_in_.push_back(place);
    return true;
  }

  bool Rename(const Finding& finding, const FixEdit& edit) {
    if (finding.spots.empty()) return false;
    const FileSpot& spot = finding.spots.front();
    NodePlace place;
    while (place.file < files_.size() && files_[place.file].name != spot.file) ++place.file;
    place.line = static_cast<uint32_t>(spot.line);
    std::string* line = LineAt(place);
    if (line == nullptr) return false;
    const size_t at = line->find(edit.path, spot.column - 1);
    if (at == npos) return false;
    line->replace(at, edit.path.size(), edit.value);
    return true;
  }

  bool Remove(const Node& setting) {
    std::string* line = LineAt(setting.key_place);
    // Only where the line holds nothing else.
    if (line == nullptr || !setting.IsText() || setting.style == Node::Style::kFlow) return false;
    const std::string_view before = std::string_view(*line).substr(0, setting.key_place.column - 1);
    if (setting.place.line != setting.key_place.line || before.find_first_not_of(" -") != npos) {
      return false;
    }
    if (before.find('-') != npos && !setting.key.empty()) return false;
    line->clear();
    return true;
  }

  bool Replace(const Origin& origin, const Node& setting, const FixEdit& edit) {
    std::string* line = LineAt(setting.place);
    if (line == nullptr) return false;
    if (setting.kind == Node::Kind::kNull && setting.style != Node::Style::kToml) return false;
    if (!setting.IsText()) return edit.value == "{}";
    const auto extent = ExtentOf(*line, setting.place.column, setting.text);
    if (!extent) return false;
    std::string value = edit.value;
    const bool list = origin.syntax == Origin::Syntax::kLabels && origin.node.IsList();
    if (list) value = setting.text.substr(0, setting.text.find('=') + 1) + value;
    const bool quoted = (*line)[extent->begin] == '"' || (*line)[extent->begin] == '\'';
    const bool toml = setting.style == Node::Style::kToml;
    const bool text = origin.syntax == Origin::Syntax::kLabels || toml;
    const bool number = ParseNumber<int64_t>(value) || value == "true" || value == "false";
    if (quoted || (text && !(toml && number))) {
      value = quoted && toml && number ? value : Quoted(value);
    } else {
      value = Scalar(value);
    }
    line->replace(extent->begin, extent->size, value);
    return true;
  }

  bool Insert(const Origin& origin, const Written& written, const FixEdit& edit) {
    switch (origin.syntax) {
      case Origin::Syntax::kLabels:
        return InsertLabel(origin, edit);
      case Origin::Syntax::kToml:
        return InsertToml(origin, edit);
      default:
        return InsertKeys(written, edit);
    }
  }

  bool InsertLabel(const Origin& origin, const FixEdit& edit) {
    if (origin.node.children.empty()) return false;
    const Node& first = origin.node.children.front();
    const std::string key = origin.prefix + ToLower(edit.path);
    const std::string* line = LineAt(first.key_place);
    if (line == nullptr) return false;
    std::string indent(*line, 0, first.key_place.column - 1);
    if (indent.find_first_not_of(" -") != npos) return false;
    if (origin.node.IsMap() == (indent.find('-') != npos)) return false;
    if (!origin.missing.empty()) {
      const std::string mark =
          fmt::format("{}:{}:{}", first.key_place.file, first.key_place.line, origin.missing);
      if (opened_.insert(mark).second &&
          !PutBefore(first.key_place, indent + origin.missing + ":")) {
        return false;
      }
      indent += "  ";
    }
    const std::string text = origin.node.IsMap() ? fmt::format("{}: {}", key, Quoted(edit.value))
                                                 : Quoted(fmt::format("{}={}", key, edit.value));
    return PutBefore(first.key_place, indent + text);
  }

  // The table of the setting, at the end of the file, or a key below its header.
  bool InsertToml(const Origin& origin, const FixEdit& edit) {
    const size_t dot = edit.path.rfind('.');
    const std::string table =
        dot == npos ? origin.prefix : origin.prefix + "." + edit.path.substr(0, dot);
    const bool bare = edit.value == "true" || edit.value == "false" ||
                      ParseNumber<int64_t>(edit.value).has_value();
    const std::string text =
        fmt::format("{} = {}", edit.path.substr(dot + 1), bare ? edit.value : Quoted(edit.value));
    if (LineAt({origin.place.file, 1, 1}) == nullptr) return false;
    Lines& lines = lines_[origin.place.file];
    std::string indent;
    for (size_t i = 0; i < lines.size(); ++i) {
      const size_t begin = lines[i].find_first_not_of(" \t");
      if (begin == npos || lines[i][begin] != '[') continue;
      const std::string_view head = std::string_view(lines[i]).substr(begin + 1);
      const std::string_view name = Trim(head.substr(0, head.find(']')));
      if (!EqualsIgnoreCase(name, table)) continue;
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                   std::string(begin + 2, ' ') + text + "\n");
      put_in_.push_back({origin.place.file, static_cast<uint32_t>(i) + 2, 1});
      return true;
    }
    if (!lines.back().ends_with('\n')) lines.back() += '\n';
    lines.emplace_back("\n");
    lines.push_back(fmt::format("[{}]\n", table));
    lines.push_back("  " + text + "\n");
    return true;
  }

  // Keys of YAML, in front of the first key of the map that is there.
  bool InsertKeys(const Written& written, const FixEdit& edit) {
    const Node& map = *written.node;
    if (map.style == Node::Style::kCopied) return false;
    std::vector<std::string> keys;
    ForEachPart(
        std::string_view(edit.path).substr(written.path.empty() ? 0 : written.path.size() + 1), '.',
        [&](std::string_view key) { keys.emplace_back(key); });
    if (map.style == Node::Style::kFlow) {
      in_flow_[&map].push_back({keys, edit.value});
      return true;
    }
    if (!map.IsMap() || map.children.empty()) return false;
    const NodePlace& at = map.children.front().key_place;
    if (LineAt(at) == nullptr || map.children.front().style == Node::Style::kCopied) return false;
    return PutKeys(written, keys, edit, at);
  }

  struct Setting {
    std::vector<std::string> keys;
    std::string value;
  };
  // `name: a, cookie: {secure: true}`: settings that begin with the same keys stand together.
  static std::string FlowOf(std::vector<Setting> settings) {
    std::string text;
    while (!settings.empty()) {
      const std::string key = settings.front().keys.front();
      std::vector<Setting> below;
      std::string value;
      std::erase_if(settings, [&](const Setting& setting) {
        if (setting.keys.front() != key) return false;
        if (setting.keys.size() == 1) {
          value = Scalar(setting.value);
        } else {
          below.push_back({{setting.keys.begin() + 1, setting.keys.end()}, setting.value});
        }
        return true;
      });
      text += (text.empty() ? "" : ", ") + key + ": " +
              (below.empty() ? value : "{" + FlowOf(std::move(below)) + "}");
    }
    return text;
  }

  // `{a: 1}` and `{}`.
  bool InsertFlow(const Node& map, const std::vector<Setting>& settings) {
    std::string* line = LineAt(map.place);
    const size_t at = map.place.column - 1;
    if (line == nullptr || at >= line->size() || (*line)[at] != '{') return false;
    line->insert(at + 1, FlowOf(settings) + (map.children.empty() ? "" : ", "));
    return true;
  }

  bool PutKeys(const Written& written, const std::vector<std::string>& keys, const FixEdit& edit,
               const NodePlace& at) {
    std::string indent(*LineAt(at), 0, at.column - 1);
    const bool dash = indent.find('-') != npos;
    NodePlace place = at;
    if (dash) {
      // The first key stands behind the dash: go in front of the second one.
      if (written.node->children.size() < 2) return false;
      place = written.node->children[1].key_place;
      indent = std::string(*LineAt(place), 0, place.column - 1);
    }
    if (indent.find_first_not_of(' ') != npos) return false;
    std::string head;
    for (size_t i = 0; i < keys.size(); ++i) {
      const bool last = i + 1 == keys.size();
      const std::string text = fmt::format("{}{}{}:{}", indent, std::string(2 * i, ' '), keys[i],
                                           last ? " " + Scalar(edit.value) : "");
      head += fmt::format("{}.{}", written.path, keys[i]);
      const std::string mark = fmt::format("{}:{}:{}", place.file, place.line, head);
      // `sticky:` and `cookie:` are put in once for all settings below them.
      if (!last && !opened_.insert(mark).second) continue;
      if (!PutBefore(place, text)) return false;
    }
    return true;
  }

  const Draft& draft_;
  std::vector<DraftFile>& files_;
  std::vector<Lines> lines_;
  std::vector<NodePlace> put_in_;
  std::set<std::string> opened_;
  std::map<const Node*, std::vector<Setting>> in_flow_;  // all of one map are put in at once
};

}  // namespace

std::unique_ptr<std::vector<DraftFile>> Apply(const Draft& draft,
                                              const std::vector<DraftFile>& files,
                                              const Finding& finding) {
  auto changed = std::make_unique<std::vector<DraftFile>>(files);
  Editor editor(draft, *changed);
  if (!editor.Apply(finding)) return nullptr;
  editor.Finish();
  return changed;
}

}  // namespace stickyd
