// SPDX-License-Identifier: Apache-2.0
#include "wrapper.h"

#include <utility>

#include "clf_tail.h"
#include "envelope.h"
#include "line_start.h"
#include "stickyd/base/text.h"
#include "stickyd/model/line.h"

namespace stickyd {
namespace {

// No runtime splits shorter lines: containerd after 16 KiB, CRI-O after 8.
constexpr size_t kShortestPiece = 4096;

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

WrapperParser::WrapperParser(size_t max_bytes)
    : max_bytes_(max_bytes), envelope_(std::make_unique<EnvelopeReader>()) {}
WrapperParser::~WrapperParser() = default;

WrapperParser::Outcome WrapperParser::Unwrap(std::string_view line) {
  Outcome outcome = Outcome::kNotWrapped;
  if (line.empty()) return outcome;
  if (line.front() == '{') {
    const bool other = line.size() > 2 && line[1] == '"' && !MayBeWrapper(line[2]);
    if (!other && (IsDocker(line) || IsJournal(line))) {
      outcome = UnwrapJson(line);
    } else if (enveloped_ && !ParseTail(line)) {
      outcome = UnwrapEnvelope(line, Sure::kYes);
    }
  } else if (line.front() >= '0' && line.front() <= '9') {
    outcome = UnwrapCri(line);
  } else if (line.front() == '"' && line.size() > 1 && line.back() == '"') {
    const EnvelopeReader::Inside inside = envelope_->ReadString(line);
    if (inside.kind == EnvelopeReader::Kind::kLine) outcome = Take(inside);
  }
  if (outcome == Outcome::kNotWrapped) NoteBare();
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
  const EnvelopeReader::Inside inside = envelope_->Read(line);
  return inside.kind < EnvelopeReader::Kind::kNull ? Outcome::kBroken : Take(inside);
}

WrapperParser::Outcome WrapperParser::UnwrapEnvelope(std::string_view line, Sure sure) {
  const EnvelopeReader::Inside inside = envelope_->Read(line);
  const auto least = sure == Sure::kYes ? EnvelopeReader::Kind::kLine : EnvelopeReader::Kind::kNull;
  if (inside.kind < least) return Outcome::kNotWrapped;
  enveloped_ = enveloped_ || inside.kind >= EnvelopeReader::Kind::kLine;
  return Take(inside);
}

WrapperParser::Outcome WrapperParser::Take(const EnvelopeReader::Inside& inside) {
  if (inside.kind == EnvelopeReader::Kind::kNull) return Outcome::kNull;
  std::string_view piece = inside.text;
  const Stream stream = inside.is_stderr ? kStderr : kStdout;
  const bool line_feed = piece.ends_with('\n');
  if (line_feed) piece.remove_suffix(1);
  if (!inside.is_log || inside.kind == EnvelopeReader::Kind::kRecord) {
    pieces_[stream] = {};
    return Append(stream, piece, true);
  }
  bool whole = line_feed;
  if (inside.piece != EnvelopeReader::Piece::kUnknown) {
    whole = inside.piece == EnvelopeReader::Piece::kWhole;
  } else if (line_feed) {
    line_ends_ = LineEnds::kLineFeed;
  } else if (line_ends_ == LineEnds::kUnknown && piece.size() % kShortestPiece != 0 &&
             (inside.kind == EnvelopeReader::Kind::kLine || FindJsonStart(piece) > 0)) {
    line_ends_ = LineEnds::kNone;
    pieces_[stream] = {};
  }
  whole = whole || line_ends_ == LineEnds::kNone;
  return Append(stream, piece, whole);
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
  if (!tagged) return rest.starts_with('{') ? Outcome::kNotWrapped : Outcome::kBroken;
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
