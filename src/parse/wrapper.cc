#include "wrapper.h"

#include <simdjson.h>

#include <utility>

#include "clf_tail.h"
#include "stickyd/base/text.h"
#include "stickyd/model/line.h"

namespace stickyd {
namespace {

constexpr size_t npos = std::string_view::npos;
// No runtime splits shorter lines: containerd after 16 KiB, CRI-O after 8.
constexpr size_t kShortestPiece = 4096;
constexpr uint32_t kShowBare = 2;

// The object from its first key on.
std::string_view FromFirstKey(std::string_view line) {
  size_t at = 1;
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
  return line.substr(at);
}

bool IsDocker(std::string_view line) { return FromFirstKey(line).starts_with("\"log\""); }

bool IsJournal(std::string_view line) {
  const std::string_view keys = FromFirstKey(line);
  return keys.starts_with("\"MESSAGE\"") ||
         (keys.starts_with("\"__") && line.find("\"MESSAGE\"") != npos);
}

// 2026-04-17T14:22:01.123456789Z at the front of CRI lines: digits and separators only.
bool LooksLikeCriTime(std::string_view text) {
  return text.size() >= 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
         text.find_first_not_of("0123456789-:.TZ+") == npos;
}

}  // namespace

class WrapperParser::Json {
 public:
  // The strings of two fields of a flat object, unescaped; views valid until the next call.
  bool Read(std::string_view line, std::string_view text_key, Text& text, Text& stream) {
    namespace od = simdjson::ondemand;
    const simdjson::padded_string_view view(line.data(), line.size(), line.size() + kLinePadding);
    od::object object;
    if (parser_.iterate(view).get(document_) || document_.get_object().get(object)) return false;
    for (auto field : object) {
      od::raw_json_string key;
      if (field.error() || field.key().get(key)) return false;
      Text* out = key.unsafe_is_equal(text_key) ? &text : key == "stream" ? &stream : nullptr;
      std::string_view value;
      if (out == nullptr) continue;
      if (field.value().get_string().get(value)) return false;
      *out = value;
    }
    return document_.current_location().error() == simdjson::OUT_OF_BOUNDS;
  }

 private:
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
};

WrapperParser::WrapperParser(size_t max_bytes)
    : max_bytes_(max_bytes), json_(std::make_unique<Json>()) {}
WrapperParser::~WrapperParser() = default;

WrapperParser::Outcome WrapperParser::Unwrap(std::string_view line) {
  Outcome outcome = Outcome::kNotWrapped;
  if (line.empty()) return outcome;
  if (line.front() == '{') {
    const bool quote = line.size() > 2 && line[1] == '"';
    const bool other = quote && line[2] != 'l' && line[2] != 'M' && line[2] != '_';
    if (!other && (IsDocker(line) || IsJournal(line))) outcome = UnwrapJson(line);
  } else if (line.front() >= '0' && line.front() <= '9') {
    outcome = UnwrapCri(line);
  }
  if (outcome == Outcome::kNotWrapped && bare_lines_ < kShowBare) ++bare_lines_;
  return outcome;
}

// `tag`: whether it is whole; 0: neither it nor a piece.
bool WrapperParser::IsOwnWords(std::string_view line, char tag, Stream stream) const {
  if (!ParseTail(line)) return false;
  const bool bare = bare_lines_ == kShowBare;
  if (tag == 'F') return bare && !pieces_[stream].bytes.empty();
  return tag != 'P' || bare || line.size() < kShortestPiece;
}

WrapperParser::Outcome WrapperParser::UnwrapJson(std::string_view line) {
  if (ParseTail(line)) return Outcome::kOwnWords;
  const bool docker = IsDocker(line);
  Text text;
  Text stream;
  if (!json_->Read(line, docker ? "log" : "MESSAGE", text, stream) || !text) {
    return Outcome::kBroken;
  }
  std::string_view piece = *text;
  const bool complete = !docker || piece.ends_with('\n');
  if (docker && complete) piece.remove_suffix(1);
  return Append(stream.value_or("") == "stderr" ? kStderr : kStdout, piece, complete);
}

WrapperParser::Outcome WrapperParser::UnwrapCri(std::string_view line) {
  const size_t time_end = line.find(' ');
  if (time_end == npos || !LooksLikeCriTime(line.substr(0, time_end))) return Outcome::kNotWrapped;
  std::string_view rest = line.substr(time_end + 1);
  Stream stream = kStdout;
  if (rest.starts_with("stderr ")) {
    stream = kStderr;
  } else if (!rest.starts_with("stdout ")) {
    return Outcome::kNotWrapped;
  }
  rest.remove_prefix(7);
  const size_t tag_end = rest.find(' ');
  const std::string_view tags = rest.substr(0, tag_end);
  const bool tagged =
      !tags.empty() && (tags[0] == 'F' || tags[0] == 'P') && (tags.size() == 1 || tags[1] == ':');
  if (IsOwnWords(line, tagged ? tags[0] : '\0', stream)) return Outcome::kOwnWords;
  if (!tagged) return Outcome::kBroken;
  rest = tag_end == npos ? std::string_view() : rest.substr(tag_end + 1);
  return Append(stream, rest, tags[0] == 'F');
}

WrapperParser::Outcome WrapperParser::Append(Stream stream, std::string_view piece, bool complete) {
  Pieces& pieces = pieces_[stream];
  std::string& bytes = pieces.bytes;
  bytes.append(piece);
  pieces.overflow |= bytes.size() > max_bytes_;
  if (pieces.overflow && bytes.size() > kLineEnd) bytes.erase(0, bytes.size() - kLineEnd);
  if (!complete) return Outcome::kPartial;
  joined_.swap(bytes);
  bytes.clear();
  const size_t size = joined_.size();
  joined_.append(kLinePadding, '\0');
  text_ = std::string_view(joined_).substr(0, size);
  return std::exchange(pieces.overflow, false) ? Outcome::kTooLong : Outcome::kComplete;
}

}  // namespace stickyd
