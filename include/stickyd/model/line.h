// SPDX-License-Identifier: Apache-2.0
// line.h: a line of input and what became of it.
// Role:    source makes lines, parse decides their fate, the pipeline counts: for every source
//          read = parsed + unparsed + skipped, always.
// Shape:   Line::text is valid until the next line is asked for, and at least kLinePadding more
//          bytes after it may be read (simdjson reads past the end).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "stickyd/model/event_time.h"

namespace stickyd {

inline constexpr size_t kLinePadding = 64;
inline constexpr size_t kLineEnd = 4096;  // of a line that is too long, so much of its end is kept

struct Line {
  std::string_view text;   // without the line feed; too_long: only the beginning
  uint64_t number = 0;     // 1-based, within its file
  bool too_long = false;   // what is between its beginning and its end was thrown away
  bool terminated = true;  // ended by a line feed; false for the last line of a finished file
  bool after_gap = false;  // lines may be missing before it: a file begins, or was truncated
  std::string_view end{};  // too_long: the last bytes, up to kLineEnd of them; else empty
};

// Why a line that may be an access-log line gave no record. Each is a value of the label `reason`
// of stickyd_lines_unparsed_total; keep UnparsedReasonName() in step.
enum class UnparsedReason : uint8_t {
  kNotAccessLog,  // no known shape
  kInvalidJson,
  kInvalidValue,  // a needed field holds something impossible
  kInvalidTime,
  kAmbiguousLine,  // CLF whose ends have more than one reading
  kFragment,       // a piece of a CLF line that a user name with a line feed split
  kForged,         // a client may have written it: engine/forgery_guard.h
  kCutLine,        // CLF whose end is not in the file
  kGenericClf,     // format genericCLF: no server in it
  kForeignClf,     // a whole line of another web server: it ends behind the size
  kFieldsDropped,  // accessLog.fields drops what is needed
  kTooLong,
  kBrokenWrapper,  // a container runtime's wrapper that does not hold together
  kMessageNull,    // journalctl left the text out: MESSAGE:null, or `[5K blob data]`
  kJsonArray,      // several records on one line
  kCsv,            // a row of a table
  kCount,
};

// Why a line was passed over on purpose: the label `reason` of stickyd_lines_skipped_total.
enum class SkipReason : uint8_t {
  kEmpty,
  kTraefikLog,  // Traefik's own log on the same stream
  kPartial,     // a piece of a wrapped line; the piece that completes it counts as the line
  kOutOfRange,  // outside --since and --until
  kPlugin,      // what a plugin of Traefik's printed
  kEnvelope,    // a journal's other fields, brackets around records
  kDuplicate,   // the same request again: a shipper delivered its line twice
  kCount,
};

// What a line with the reason fields_dropped lacks.
enum DroppedField : uint8_t {
  kDroppedStart = 1,
  kDroppedDuration = 2,
  kDroppedClient = 4,
  kDroppedNames = 8,
};
// `StartUTC, Duration`: as accessLog.fields.names calls them.
std::string DroppedFieldNames(unsigned dropped);

const char* UnparsedReasonName(UnparsedReason reason);
const char* SkipReasonName(SkipReason reason);
// What the operator can do about it, or "" where nothing needs doing.
const char* UnparsedReasonAdvice(UnparsedReason reason);

// One word, so that it travels in a register: there is one for each line.
class LineFate {
 public:
  enum class Kind : uint8_t { kParsed, kUnparsed, kSkipped };

  static constexpr LineFate Parsed() { return LineFate(Kind::kParsed, 0); }
  static constexpr LineFate Unparsed(UnparsedReason reason) {
    return LineFate(Kind::kUnparsed, static_cast<uint8_t>(reason));
  }
  static constexpr LineFate Skipped(SkipReason reason) {
    return LineFate(Kind::kSkipped, static_cast<uint8_t>(reason));
  }
  constexpr Kind kind() const { return static_cast<Kind>(word_ >> 8U); }
  constexpr bool parsed() const { return kind() == Kind::kParsed; }
  // REQUIRES: of its kind.
  constexpr UnparsedReason unparsed() const { return static_cast<UnparsedReason>(word_ & 0xFFU); }
  constexpr SkipReason skipped() const { return static_cast<SkipReason>(word_ & 0xFFU); }

  friend constexpr bool operator==(LineFate, LineFate) = default;

 private:
  constexpr LineFate(Kind kind, uint8_t reason)
      : word_(uint32_t{reason} | static_cast<unsigned>(kind) << 8U) {}
  uint32_t word_;
};

}  // namespace stickyd
