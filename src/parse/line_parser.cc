// SPDX-License-Identifier: Apache-2.0
#include "stickyd/parse/line_parser.h"

#include "clf_tail.h"
#include "journal_export.h"
#include "line_edges.h"
#include "line_start.h"
#include "own_log.h"
#include "pretty_json.h"
#include "stickyd/base/hash.h"
#include "stickyd/base/name_table.h"
#include "stickyd/base/text.h"
#include "wrapper.h"

namespace stickyd {
namespace {

constexpr int kMostLinesOfAMessage = 100;

// An answer of an API: a document with an array of records, or of lines.
bool HoldsRecords(std::string_view text) {
  if (text.find("[{\"") == npos && text.find("[[\"") == npos) return false;
  return text.find("ClientHost") != npos || text.find("ms\"") != npos;
}

// A row of CSV that holds a line: quotes are doubled.
bool IsCsv(std::string_view text) {
  if (text.find("\"{\"\"") != npos) return true;
  const size_t time = text.find("] \"\"");
  return time != npos && text.find("\"\" ", time) != npos;
}

// Two long names stay two.
std::string_view Shorten(std::string_view name, std::string& scratch) {
  const std::string digest = Digest(name);
  scratch.assign(name, 0, kLongestName - digest.size());
  scratch += digest;
  return scratch;
}

}  // namespace

LineParser::LineParser(size_t max_bytes, const std::vector<std::string>& extra_fields)
    : json_(extra_fields),
      wrapper_(std::make_unique<WrapperParser>(max_bytes)),
      pretty_(std::make_unique<PrettyJson>(max_bytes)),
      export_(std::make_unique<JournalExport>(max_bytes)) {}
LineParser::~LineParser() = default;

LineFate LineParser::Parse(const Line& line, AccessRecord& record) {
  const LineFate fate = ParseWhole(line, record);
  size_t place = 0;
  for (Text* name : {&record.router, &record.service, &record.server_url}) {
    if (*name && (*name)->size() > kLongestName) *name = Shorten(**name, short_names_[place]);
    ++place;
  }
  return fate;
}

bool LineParser::Accept(const ParsedLine& parsed) {
  if (!parsed.plain || shape_ != Shape::kLines) return false;
  const bool bare =
      parsed.record.format == LogFormat::kClf ? clf_seen_ : wrapper_->IsBareObject(parsed.text);
  if (!bare) return false;
  wrapper_->NoteBare();
  text_ = parsed.text;
  prefix_ = {};
  traefik_lines_ = 0;
  return true;
}

LineFate LineParser::ParseWhole(const Line& line, AccessRecord& record) {
  text_ = line.text;
  prefix_ = {};
  if (line.after_gap) {
    wrapper_->NoteGap();
    pretty_->Stop();
    export_->Stop();
    shape_ = Shape::kUnknown;
    clf_seen_ = false;
  }
  if (line.too_long) {
    const bool is_array = line.text.starts_with("[{") && !ParseTail(line.end);
    return is_array ? LineFate::Unparsed(UnparsedReason::kJsonArray) : TooLong(line.end, record);
  }
  const std::string_view text = WithoutEdges(line.text);
  const End end = line.terminated ? End::kWhole : End::kCut;
  if (shape_ == Shape::kUnknown) Look(text);
  if (shape_ == Shape::kExport) return ParseExport(line, record, end);
  if (shape_ == Shape::kPretty) return ParsePretty(text, record, end);
  return ParseLine(text, record, end);
}

void LineParser::Look(std::string_view text) {
  if (text.empty()) return;
  if (PrettyJson::Begins(text)) {
    shape_ = Shape::kPretty;
  } else {
    shape_ = JournalExport::Begins(text) ? Shape::kExport : Shape::kLines;
  }
}

LineFate LineParser::ParsePretty(std::string_view text, AccessRecord& record, End end) {
  if (text.empty()) return LineFate::Skipped(SkipReason::kEmpty);
  switch (pretty_->Feed(text)) {
    case PrettyJson::Outcome::kPart:
      return LineFate::Skipped(SkipReason::kPartial);
    case PrettyJson::Outcome::kObject:
      return ParseBare(pretty_->text(), record, End::kWhole);
    case PrettyJson::Outcome::kNot:
      break;
  }
  shape_ = Shape::kLines;
  return ParseLine(text, record, end);
}

LineFate LineParser::ParseExport(const Line& line, AccessRecord& record, End end) {
  switch (export_->Feed(line.text)) {
    case JournalExport::Outcome::kField:
      return LineFate::Skipped(SkipReason::kEnvelope);
    case JournalExport::Outcome::kMessage:
      return ParseBare(WithoutEdges(export_->text()), record, End::kWhole);
    case JournalExport::Outcome::kNot:
      break;
  }
  return ParseLine(WithoutEdges(line.text), record, end);
}

LineFate LineParser::ParseLine(std::string_view text, AccessRecord& record, End end) {
  switch (wrapper_->Unwrap(text)) {
    case WrapperParser::Outcome::kNotWrapped:
    case WrapperParser::Outcome::kOwnWords:
      return ParseBare(text, record, end);
    case WrapperParser::Outcome::kComplete:
      return ParseBare(WithoutEdges(wrapper_->text()), record, End::kWhole);
    case WrapperParser::Outcome::kPartial:
      return LineFate::Skipped(SkipReason::kPartial);
    case WrapperParser::Outcome::kTooLong:
      return TooLong(wrapper_->text(), record);
    case WrapperParser::Outcome::kNull:
      return LineFate::Unparsed(UnparsedReason::kMessageNull);
    case WrapperParser::Outcome::kBroken:
      break;
  }
  return LineFate::Unparsed(UnparsedReason::kBrokenWrapper);
}

// What its end tells is whose line it was.
LineFate LineParser::TooLong(std::string_view end, AccessRecord& record) {
  ClfParser::ParseEnd(end, record);
  return LineFate::Unparsed(UnparsedReason::kTooLong);
}

LineFate LineParser::ParseBare(std::string_view text, AccessRecord& record, End end, int depth) {
  text = WithoutEnd(text);
  text_ = text;
  if (text.empty()) return LineFate::Skipped(SkipReason::kEmpty);
  if (text.front() == '{') {
    const LineFate fate = ParseObject(text, record, end, depth);
    if (fate != LineFate::Unparsed(UnparsedReason::kInvalidJson) || !ParseTail(text)) return fate;
    record = AccessRecord{};  // a client began a line of CLF so
  }
  // Where lines are CLF, an object behind other words is a client's.
  const size_t start = text.front() == '{' || clf_seen_ ? 0 : FindJsonStart(text);
  if (start > 0) {
    const LineFate fate = ParseObject(text.substr(start), record, end, depth);
    const bool other = fate == LineFate::Unparsed(UnparsedReason::kInvalidJson) ||
                       fate == LineFate::Unparsed(UnparsedReason::kNotAccessLog);
    if (!other) {
      prefix_ = text.substr(0, start);
      return fate;
    }
    record = AccessRecord{};
  }
  if (text.starts_with("[{") && text.ends_with("}]")) {
    return LineFate::Unparsed(UnparsedReason::kJsonArray);
  }
  LineFate fate = ParseClf(text, record, end);
  if (!fate.parsed() && text.ends_with('"') && IsCsv(text)) {
    fate = LineFate::Unparsed(UnparsedReason::kCsv);
  }
  clf_seen_ = clf_seen_ || (fate.parsed() && depth == 0);
  return fate;
}

LineFate LineParser::ParseObject(std::string_view text, AccessRecord& record, End end, int depth) {
  const LineFate fate = json_.Parse(text, record);
  if (fate.parsed()) traefik_lines_ = 0;
  const bool own = fate == LineFate::Skipped(SkipReason::kTraefikLog);
  if ((!own && fate != LineFate::Unparsed(UnparsedReason::kNotAccessLog)) || depth > 1) return fate;
  const auto sure = own ? WrapperParser::Sure::kYes : WrapperParser::Sure::kNo;
  switch (wrapper_->UnwrapEnvelope(text, sure)) {
    case WrapperParser::Outcome::kComplete: {
      record = AccessRecord{};
      const LineFate inside = ParseBare(WithoutEdges(wrapper_->text()), record, end, depth + 1);
      return own && !inside.parsed() ? fate : inside;
    }
    case WrapperParser::Outcome::kPartial:
      return LineFate::Skipped(SkipReason::kPartial);
    case WrapperParser::Outcome::kTooLong:
      return TooLong(wrapper_->text(), record);
    case WrapperParser::Outcome::kNull:
      return LineFate::Unparsed(UnparsedReason::kMessageNull);
    default:
      break;
  }
  return !own && HoldsRecords(text) ? LineFate::Unparsed(UnparsedReason::kJsonArray) : fate;
}

LineFate LineParser::ParseClf(std::string_view text, AccessRecord& record, End end) {
  const auto reason = clf_.Parse(text, record);
  if (!reason) {
    prefix_ = clf_.prefix();
    traefik_lines_ = 0;
    return LineFate::Parsed();
  }
  if (*reason == UnparsedReason::kForeignClf && end == End::kCut) {
    return LineFate::Unparsed(UnparsedReason::kCutLine);
  }
  if (*reason != UnparsedReason::kNotAccessLog) return LineFate::Unparsed(*reason);
  const bool is_traefik_log = IsTraefikLog(text);
  if (is_traefik_log) traefik_lines_ = 1 + kMostLinesOfAMessage;
  const bool own_words = is_traefik_log || IsPluginLine(text);
  if (!HoldsClfStart(text) || (own_words && FindClfStart(text) > 0)) {
    return NotAccessLog(text, is_traefik_log);
  }
  // `ADDRESS - text` is what a user name with a line feed leaves of a CLF line. A line feed ends
  // what a client forges; without one it is Traefik's line that was cut.
  return LineFate::Unparsed(end == End::kCut ? UnparsedReason::kCutLine
                                             : UnparsedReason::kFragment);
}

LineFate LineParser::NotAccessLog(std::string_view text, bool is_traefik_log) {
  if (text.ends_with(" blob data]")) return LineFate::Unparsed(UnparsedReason::kMessageNull);
  if (!IsText(text)) return LineFate::Unparsed(UnparsedReason::kNotAccessLog);
  if (!is_traefik_log && (IsPluginLine(text) || HoldsPluginLine(text))) {
    return LineFate::Skipped(SkipReason::kPlugin);
  }
  if (!is_traefik_log && HoldsTraefikLog(text)) return LineFate::Skipped(SkipReason::kTraefikLog);
  if (traefik_lines_ == 0) return LineFate::Unparsed(UnparsedReason::kNotAccessLog);
  --traefik_lines_;
  return LineFate::Skipped(SkipReason::kTraefikLog);
}

}  // namespace stickyd
