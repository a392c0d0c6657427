// SPDX-License-Identifier: Apache-2.0
// envelope.h: the JSON objects that shippers put around a line: which value is the line?
// Role:    WrapperParser asks it about objects that are no access record.
// Shape:   {"log":"..."}, {"message":"..."}, {"MESSAGE":"..."}, {"line":"..."}, the record as an
//          object in json, jsonPayload or traefik, and those once more inside _source, event or
//          result. Keys in any order. Views live until the next Read, kLinePadding bytes longer
//          than they say.
// Errors:  kBroken for what is no JSON object.
// Threads: one object per thread.
// Cost:    one pass over the object; no allocation once the buffers have grown.
// Source:  docs/FORMATS.md "Wrappings".
#pragma once

#include <simdjson.h>

#include <array>
#include <string>
#include <string_view>

namespace stickyd {

class EnvelopeReader {
 public:
  enum class Kind {
    kBroken,
    kNone,  // no key that holds lines
    kNull,  // MESSAGE:null
    kText,
    kLine,    // a text that is surely a line of Traefik's
    kRecord,  // an object with Traefik's keys
  };
  enum class Piece { kUnknown, kWhole, kPart };
  struct Inside {
    Kind kind = Kind::kNone;
    std::string_view text;
    bool is_log = false;  // of the key `log`: a line feed may tell that it is whole
    Piece piece = Piece::kUnknown;
    bool is_stderr = false;
  };

  // REQUIRES: kLinePadding readable bytes after `object`.
  Inside Read(std::string_view object);
  // The same for a string alone: kLine or kNone.
  Inside ReadString(std::string_view quoted);

 private:
  static constexpr size_t kDepth = 3;
  using Value = simdjson::simdjson_result<simdjson::ondemand::value>;

  bool ReadObject(std::string_view object, size_t depth, Inside& inside);
  bool ReadValue(std::string_view key, Value value, size_t depth, Inside& inside);
  std::string_view Keep(std::string_view text);

  std::array<simdjson::ondemand::parser, kDepth> parsers_;
  std::string bytes_;  // of a journal's message that is a list of bytes
  std::string kept_;
};

// Does it begin and end as Traefik's lines do?
bool LooksLikeLine(std::string_view text);

}  // namespace stickyd
