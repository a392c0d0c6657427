// SPDX-License-Identifier: Apache-2.0
// json_tokens.h: where the tokens of a JSON object begin, and a walk over its fields; not what the
// fields mean.
// Role:    JsonParser walks each line with it.
// Shape:   simdjson finds the tokens and refuses what is not well-formed; JsonFields follows them.
//          Views point into the text; unescaped strings live in a TextArena.
// Errors:  false: not one well-formed object.
// Threads: one object per thread.
// Cost:    simdjson's two stages, then some thirty instructions per field; no allocation once the
//          buffers have grown to the longest line.
#pragma once

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <string_view>

#include "stickyd/base/text.h"
#include "stickyd/model/line.h"
#include "text_arena.h"

namespace stickyd {

// A string, a number or a word.
struct JsonScalar {
  std::string_view text;  // of a string what is between the quotes, escapes as they stand
  bool is_string = false;
  bool escaped = false;  // a backslash is in it
  bool digits = false;   // a number of up to 19 digits and nothing else, in a padded line
};

// A value: the token it begins with, and those behind it.
struct JsonValue {
  const char* text;
  const uint32_t* at;

  const char* begin() const { return text + *at; }
  char kind() const { return *begin(); }  // " { [ or the first byte of a number or word
  bool is_object() const { return kind() == '{'; }
  bool is_string() const { return kind() == '"'; }
  // The bytes of a scalar, quotes included, without the blanks behind it.
  std::string_view token() const {
    const char* end = text + at[1];
    while (end > begin() && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r')) --end;
    return {begin(), static_cast<size_t>(end - begin())};
  }
  // Between the quotes, escapes as they stand. REQUIRES: is_string().
  std::string_view inside() const {
    // What lies between the closing quote and the next token is blank.
    const char* close = text + at[1] - 1;
    while (*close != '"') --close;
    return {begin() + 1, static_cast<size_t>(close - begin() - 1)};
  }
};

// The fields of an object, one after the other: while (fields.Next()) look at the key, then at the
// value.
class JsonFields {
 public:
  // REQUIRES: object.is_object(), in a text that JsonTokens::Read took.
  explicit JsonFields(JsonValue object) : text_(object.text), at_(object.at) {
    if (Byte(1) == '}') ++at_;  // it is empty
  }

  // Is there another field? It begins behind this brace or comma.
  bool Next() const { return Byte(0) != '}'; }
  const char* position() const { return text_ + *at_ + 1; }
  // The key as it stands in the text, escapes included.
  std::string_view Key() const { return JsonValue{text_, at_ + 1}.inside(); }
  // The value; goes on behind it.
  JsonValue Value();

 private:
  char Byte(size_t token) const { return text_[at_[token]]; }

  const char* text_;
  const uint32_t* at_;
};

class JsonTokens {
 public:
  // False: it is no JSON object. REQUIRES: kLinePadding readable bytes behind `text`.
  bool Read(std::string_view text);

  // The fields of the whole. REQUIRES: Read was true.
  JsonFields fields() const {
    return JsonFields(JsonValue{text_.data(), index_->structural_indexes.get()});
  }

  // Of an object or an array it is the bracket.
  JsonScalar ScalarOf(JsonValue value) const {
    if (!value.is_string()) return {value.token()};
    const std::string_view inside = value.inside();
    return {inside, true, escapes_ && std::memchr(inside.data(), '\\', inside.size()) != nullptr};
  }

 private:
  std::string_view text_;
  bool escapes_ = false;
  size_t capacity_ = 0;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> index_;
  simdjson::dom::document document_;  // made to see whether all of it is well-formed
};

// The texts of a line that hold escapes, unescaped.
class JsonUnescaper {
 public:
  // The texts are kept in the arena.
  explicit JsonUnescaper(TextArena& arena) : arena_(arena) {}

  // REQUIRES: kLinePadding readable bytes behind.
  void Begin(std::string_view line) { line_ = line; }
  // REQUIRES: `inside` is between two quotes of the line. False: a bad escape.
  bool Unescape(std::string_view inside, Text& out);

 private:
  std::string_view line_;
  simdjson::ondemand::parser parser_;
  TextArena& arena_;
};

}  // namespace stickyd
