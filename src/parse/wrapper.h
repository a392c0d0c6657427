// SPDX-License-Identifier: Apache-2.0
// wrapper.h: what container runtimes put around a line, and how pieces come together again.
// Role:    LineParser asks it about every line that may be wrapped.
// Shape:   Docker json-file {"log":"...\n","stream":"stdout","time":"..."} (long lines split over
//          several objects, the last one's log ends with \n), Kubernetes CRI
//          TIME STREAM F|P TEXT, journald's JSON {"MESSAGE":"..."}, and the objects of envelope.h.
//          A `log` without a line feed is a piece, unless it is a line of Traefik's before one with
//          a line feed was seen: then no line has one.
//          The text is owned here, kLinePadding bytes longer than it says, until the next Unwrap.
//          A line that ends as Traefik ends its own is CLF whatever it begins with: a client can
//          begin one like a wrapper, by a forwarded list or a user name. Only CRI can hold such a
//          line. What it tags as whole is unwrapped (nothing but the client's own words is lost if
//          it was none); a piece is not, unless it is as long as runtimes make pieces and the
//          source has shown no bare line.
// Errors:  kBroken for a wrapper that does not hold together, kTooLong for joined pieces over the
//          bound: they cost themselves only.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "envelope.h"

namespace stickyd {

class WrapperParser {
 public:
  enum class Outcome {
    kNotWrapped,
    kOwnWords,  // it looks wrapped, but is a line of CLF's own
    kComplete,
    kPartial,
    kBroken,
    kTooLong,
    kNull,  // the text was left out
  };
  // Must the text be a line of Traefik's to be taken out?
  enum class Sure { kNo, kYes };

  explicit WrapperParser(size_t max_bytes);
  ~WrapperParser();
  WrapperParser(const WrapperParser&) = delete;
  WrapperParser& operator=(const WrapperParser&) = delete;

  // REQUIRES: kLinePadding readable bytes after `line`.
  Outcome Unwrap(std::string_view line);
  // Is it surely an object that Unwrap leaves as it is?
  bool IsBareObject(std::string_view line) const {
    return !enveloped_ && line.size() > 2 && line[1] == '"' && !MayBeWrapper(line[2]);
  }
  // A line came that Unwrap would have left as it is.
  void NoteBare() { bare_lines_ = std::min(bare_lines_ + 1, kShowBare); }
  // A JSON object that is no access record. REQUIRES: as above.
  Outcome UnwrapEnvelope(std::string_view line, Sure sure);
  // Another file begins, or another part of it: what wrote it may be another.
  void NoteGap() {
    bare_lines_ = 0;
    enveloped_ = false;
    line_ends_ = LineEnds::kUnknown;
  }
  // After kComplete: the line inside, without its line feed. After kTooLong: its end.
  std::string_view text() const { return text_; }

 private:
  static constexpr uint32_t kShowBare = 2;
  // By the first letter of its first key: log, MESSAGE, __CURSOR.
  static bool MayBeWrapper(char letter) { return letter == 'l' || letter == 'M' || letter == '_'; }
  enum Stream : size_t { kStdout, kStderr, kStreams };
  struct Pieces {
    std::string bytes;
    bool overflow = false;
  };
  // How `log` tells that a line is whole.
  enum class LineEnds : uint8_t { kUnknown, kLineFeed, kNone };

  Outcome UnwrapJson(std::string_view line);
  Outcome Take(const EnvelopeReader::Inside& inside);
  Outcome UnwrapCri(std::string_view line);
  bool IsOwnWords(std::string_view line, char tag, Stream stream) const;
  Outcome Append(Stream stream, std::string_view piece, bool complete);

  const size_t max_bytes_;
  std::unique_ptr<EnvelopeReader> envelope_;
  std::array<Pieces, kStreams> pieces_;
  std::string joined_;
  uint32_t bare_lines_ = 0;  // seen, up to kShowBare: the first may be the rest of a wrapped one
  bool enveloped_ = false;   // lines come in objects that do not begin with a known key
  LineEnds line_ends_ = LineEnds::kUnknown;
  std::string_view text_;
};

}  // namespace stickyd
