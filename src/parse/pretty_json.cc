// SPDX-License-Identifier: Apache-2.0
#include "pretty_json.h"

#include <algorithm>

#include "stickyd/base/text.h"
#include "stickyd/model/line.h"

namespace stickyd {
namespace {

constexpr size_t kDeepest = 16;

bool HoldsRecordKey(std::string_view object) {
  return object.find("\"ClientHost\"") != std::string_view::npos ||
         object.find("\"RequestCount\"") != std::string_view::npos ||
         object.find("\"DownstreamStatus\"") != std::string_view::npos;
}

}  // namespace

bool PrettyJson::Begins(std::string_view line) {
  line = Trim(line);
  if (line.empty() || (line.front() != '{' && line.front() != '[')) return false;
  return line.back() == '{' || line.back() == '[' || line.back() == ',';
}

void PrettyJson::Stop() {
  levels_.clear();
  bytes_.clear();
}

PrettyJson::Outcome PrettyJson::Feed(std::string_view line) {
  line = Trim(line);
  if (levels_.empty() && !Begins(line)) return Outcome::kNot;
  // Another document, where this one cannot have an object.
  const bool astray = line.starts_with('{') && !levels_.empty() && levels_.back().open == '{';
  handed_out_ = false;
  if (astray || !Scan(line) || bytes_.size() > max_bytes_) {
    Stop();
    return Outcome::kNot;
  }
  return handed_out_ ? Outcome::kObject : Outcome::kPart;
}

bool PrettyJson::Scan(std::string_view line) {
  bool quoted = false;
  for (size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    const bool closes = !quoted && (c == '}' || c == ']');
    if (!quoted && (c == '{' || c == '[')) {
      if (levels_.size() == kDeepest) return false;
      levels_.push_back({c, bytes_.size(), false});
    }
    if (levels_.empty()) return c == ',' && at + 1 == line.size();
    if (!levels_.back().container) bytes_ += c;
    if (quoted && c == '\\' && at + 1 < line.size()) {
      ++at;
      if (!levels_.back().container) bytes_ += line[at];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (closes && !Close(c)) {
      return false;
    }
  }
  return !quoted;
}

bool PrettyJson::Close(char c) {
  const Level level = levels_.back();
  if ((c == '}') != (level.open == '{')) return false;
  levels_.pop_back();
  if (c == ']' || level.container || handed_out_) return true;
  const bool element = std::all_of(levels_.begin(), levels_.end(), [](const Level& around) {
    return around.container || around.open == '[';
  });
  const std::string_view object = std::string_view(bytes_).substr(level.begin);
  if (element) {
    HandOut(object);
  } else if (levels_.back().open == '[') {
    object_.assign(object).append(kLinePadding, '\0');
    const std::string_view padded = std::string_view(object_).substr(0, object.size());
    const EnvelopeReader::Kind kind = envelope_.Read(padded).kind;
    if (kind >= EnvelopeReader::Kind::kLine || HoldsRecordKey(object)) HandOut(object);
  }
  return true;
}

void PrettyJson::HandOut(std::string_view object) {
  const size_t size = object.size();
  object_.assign(object).append(kLinePadding, '\0');
  text_ = std::string_view(object_).substr(0, size);
  handed_out_ = true;
  bytes_.clear();
  for (Level& around : levels_) {
    around.container = true;
    around.begin = 0;
  }
}

}  // namespace stickyd
