// json_tokens.h: where the tokens of a JSON object begin, and a walk over its fields; not what the
// fields mean.
// Role:    JsonParser walks each line with it.
// Shape:   simdjson finds the tokens (and refuses bad UTF-8, unclosed strings and control bytes);
//          ForEachField follows them. Views point into the text; unescaped strings live in this
//          object until the next Read.
// Errors:  false: not one well-formed object. Values that nobody asks for are not looked into.
// Threads: one object per thread.
// Cost:    simdjson's first stage, then a few instructions per field; no allocation once the
//          buffers have grown to the longest line.
// Source:  simdjson's On-Demand walks the same tokens, but checks and copies what a flat object of
//          which a third is needed can do without: it takes twice as long (docs/BENCHMARKS.md).
#pragma once

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "stickyd/base/text.h"
#include "stickyd/model/line.h"

namespace stickyd {

// A value: the token it begins with, and those behind it.
struct JsonValue {
  const char* text;
  const uint32_t* at;

  char kind() const { return text[*at]; }  // " { [ or the first byte of a number or word
  bool is_object() const { return kind() == '{'; }
  // The bytes of a scalar, quotes included, without the blanks behind it.
  std::string_view token() const {
    uint32_t end = at[1];
    while (end > *at && IsBlank(text[end - 1])) --end;
    return {text + *at, end - *at};
  }
  static bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
};

class JsonTokens {
 public:
  // REQUIRES: kLinePadding readable bytes behind `text`.
  bool Read(std::string_view text);

  // The object as a value. REQUIRES: Read was true.
  JsonValue root() const { return {text_.data(), index_->structural_indexes.get()}; }

  // Calls visit(key, value) for every field of an object, until it says false. The key is as it
  // stands in the text, escapes included. REQUIRES: object.is_object().
  template <class Visit>
  bool ForEachField(JsonValue object, Visit visit) const {
    const char* const text = object.text;
    const uint32_t* at = object.at + 1;
    const uint32_t* const last = Last();
    if (text[*at] == '}') return object.at != index_->structural_indexes.get() || at == last;
    for (;;) {
      // The last token is a closing brace, so a key, a colon and a value are before it.
      if (text[at[0]] != '"' || text[at[1]] != ':') return false;
      const std::string_view key = Inside(JsonValue{text, at});
      const JsonValue value{text, at + 2};
      at = value.kind() == '"' ? value.at + 1 : Behind(value);
      if (at == nullptr || !visit(key, value)) return false;
      if (text[*at] == '}') return object.at != index_->structural_indexes.get() || at == last;
      if (text[*at] != ',') return false;
      ++at;
    }
  }

  // The text of a string value, unescaped; absent for other values. False: a bad escape.
  bool GetText(JsonValue value, Text& out) {
    if (value.kind() != '"') return true;
    const std::string_view inside = Inside(value);
    if (escapes_ && std::memchr(inside.data(), '\\', inside.size()) != nullptr) {
      return Unescape(value, out);
    }
    out = inside;
    return true;
  }

  // Between the quotes of a string, escapes as they stand. REQUIRES: value.kind() == '"'.
  static std::string_view Inside(JsonValue value) {
    // What lies between the closing quote and the next token is blank.
    uint32_t close = value.at[1] - 1;
    while (value.text[close] != '"') --close;
    return {value.text + *value.at + 1, close - *value.at - 1};
  }

 private:
  const uint32_t* Last() const {
    return index_->structural_indexes.get() + index_->n_structural_indexes - 1;
  }
  // The token behind a value; null if there is no value, or it has no end.
  const uint32_t* Behind(JsonValue value) const;
  bool Unescape(JsonValue value, Text& out);

  std::string_view text_;
  bool escapes_ = false;
  size_t capacity_ = 0;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> index_;
  simdjson::ondemand::parser unescaper_;
  std::string unescaped_;
};

}  // namespace stickyd
