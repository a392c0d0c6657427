#include "stickyd/parse/line_parser.h"

#include <algorithm>

#include "clf_tail.h"
#include "stickyd/base/hash.h"
#include "stickyd/base/name_table.h"
#include "wrapper.h"

namespace stickyd {
namespace {

constexpr size_t npos = std::string_view::npos;
constexpr int kMostLinesOfAMessage = 100;
constexpr size_t kColouredWord = 64;

// 2026-04-17T14:22:01Z INF text, as zerolog writes to a console without colours.
bool IsZerologConsole(std::string_view text) {
  static constexpr std::string_view kLevels = "TRC DBG INF WRN ERR FTL PNC";
  const size_t space = text.find(' ');
  if (space < 19 || space > 35 || text.size() < space + 5 || text[10] != 'T') return false;
  const std::string_view level = text.substr(space + 1, 3);
  return text[space + 4] == ' ' && kLevels.find(level) % 4 == 0 &&
         text.substr(0, space).find_first_not_of("0123456789-:.TZ+") == npos;
}

// 2026/04/17 14:22:01 text, as Go's standard library writes.
bool IsGoLog(std::string_view text) {
  return text.size() > 20 && text[4] == '/' && text[7] == '/' && text[10] == ' ' &&
         text[13] == ':' && text[16] == ':' && text[19] == ' ' &&
         text.substr(0, 19).find_first_not_of("0123456789/ :") == npos;
}

// ESC [ 90 m text ESC [ 0 m, as both loggers of Traefik write to a terminal.
bool IsColoured(std::string_view text) {
  if (!text.starts_with("\x1b[")) return false;
  const size_t end = text.find_first_not_of("0123456789;", 2);
  return end != npos && end > 2 && text[end] == 'm' &&
         text.substr(end, kColouredWord).find("\x1b[0m") != npos;
}

bool IsTraefikLog(std::string_view text) {
  if (text.starts_with("time=\"") && text.find(" level=") != npos) return true;
  return IsColoured(text) || IsZerologConsole(text) || IsGoLog(text);
}

// May it be a later line of a message? Messages are text.
bool IsText(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\x1b') || byte == 0x7F;
  });
}

// `ADDRESS - text`: what a user name with a line feed leaves of a CLF line. A whole line of another
// web server's is none: it has a time, a request and a status.
bool IsFragment(std::string_view text) {
  const size_t at = text.find(" - ");
  if (at == npos) return false;
  const size_t comma = text.substr(0, at).rfind(',');
  return IsIpAddress(
      Trim(text.substr(comma == npos ? 0 : comma + 1, at - (comma == npos ? 0 : comma + 1))));
}

// Without the carriage return of a Windows editor and the NULs that a truncated file begins with.
std::string_view Clean(std::string_view text) {
  const size_t first = text.find_first_not_of('\0');
  text.remove_prefix(first == npos ? text.size() : first);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
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
    : json_(extra_fields), wrapper_(std::make_unique<WrapperParser>(max_bytes)) {}
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

LineFate LineParser::ParseWhole(const Line& line, AccessRecord& record) {
  text_bytes_ = line.text.size();
  if (line.too_long) return TooLong(line.end, record);
  const std::string_view text = Clean(line.text);
  const End end = line.terminated ? End::kWhole : End::kCut;
  if (line.after_gap) wrapper_->NoteGap();
  switch (wrapper_->Unwrap(text)) {
    case WrapperParser::Outcome::kNotWrapped:
    case WrapperParser::Outcome::kOwnWords:
      return ParseBare(text, record, end);
    case WrapperParser::Outcome::kComplete:
      return ParseBare(Clean(wrapper_->text()), record, End::kWhole);
    case WrapperParser::Outcome::kPartial:
      return LineFate::Skipped(SkipReason::kPartial);
    case WrapperParser::Outcome::kTooLong:
      return TooLong(wrapper_->text(), record);
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

LineFate LineParser::ParseBare(std::string_view text, AccessRecord& record, End end) {
  text_bytes_ = text.size();
  if (text.empty()) return LineFate::Skipped(SkipReason::kEmpty);
  if (text.front() == '{') {
    const LineFate fate = json_.Parse(text, record);
    if (fate.parsed()) traefik_lines_ = 0;
    if (fate != LineFate::Unparsed(UnparsedReason::kInvalidJson) || !ParseTail(text)) return fate;
    record = AccessRecord{};  // a client began a line of CLF so
  }
  return ParseClf(text, record, end);
}

LineFate LineParser::ParseClf(std::string_view text, AccessRecord& record, End end) {
  const auto reason = clf_.Parse(text, record);
  if (!reason) {
    traefik_lines_ = 0;
    return LineFate::Parsed();
  }
  if (*reason != UnparsedReason::kNotAccessLog) return LineFate::Unparsed(*reason);
  if (IsTraefikLog(text)) traefik_lines_ = 1 + kMostLinesOfAMessage;
  if (!IsFragment(text)) {
    if (traefik_lines_ == 0 || !IsText(text)) {
      return LineFate::Unparsed(UnparsedReason::kNotAccessLog);
    }
    --traefik_lines_;
    return LineFate::Skipped(SkipReason::kTraefikLog);
  }
  // A line feed ends what a client forges; without one it is Traefik's line that was cut.
  return LineFate::Unparsed(end == End::kCut ? UnparsedReason::kCutLine
                                             : UnparsedReason::kFragment);
}

}  // namespace stickyd
