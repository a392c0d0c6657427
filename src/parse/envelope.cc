// SPDX-License-Identifier: Apache-2.0
#include "envelope.h"

#include <algorithm>

#include "clf_tail.h"
#include "stickyd/base/text.h"
#include "stickyd/model/line.h"

namespace stickyd {
namespace {

namespace od = simdjson::ondemand;

constexpr std::string_view kTextKeys[] = {
    "MESSAGE",  "log",     "message",      "line",           "short_message", "textPayload",
    "msg",      "_msg",    "full_message", "event.original", "_raw",          "raw",
    "original", "content", "body",         "event",          "@message",      "data",
    "Line",     "Message", "stringValue"};
constexpr std::string_view kObjectKeys[] = {"_source", "json",   "jsonPayload", "traefik", "event",
                                            "log",     "result", "message",     "fields",  "access",
                                            "data",    "body",   "attributes"};
// A record has one of them, whatever was dropped.
constexpr std::string_view kRecordKeys[] = {"ClientHost",   "ClientAddr",   "DownstreamStatus",
                                            "RequestCount", "StartUTC",     "ServiceURL",
                                            "BackendURL",   "RequestMethod"};

template <class Keys>
bool IsOneOf(std::string_view key, const Keys& keys) {
  return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

}  // namespace

bool LooksLikeLine(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
  if (text.starts_with("{\"") && text.ends_with('}')) return true;
  return ParseTail(text).has_value();
}

EnvelopeReader::Inside EnvelopeReader::Read(std::string_view object) {
  Inside inside;
  if (!ReadObject(object, 0, inside)) inside.kind = Kind::kBroken;
  if (inside.kind >= Kind::kText) inside.text = Keep(inside.text);
  return inside;
}

EnvelopeReader::Inside EnvelopeReader::ReadString(std::string_view quoted) {
  const simdjson::padded_string_view view(quoted.data(), quoted.size(),
                                          quoted.size() + kLinePadding);
  od::document document;
  std::string_view text;
  if (parsers_[0].iterate(view).get(document) || document.get_string().get(text) ||
      !LooksLikeLine(text)) {
    return {};
  }
  Inside inside;
  inside.kind = Kind::kLine;
  inside.text = Keep(text);
  return inside;
}

std::string_view EnvelopeReader::Keep(std::string_view text) {
  kept_.assign(text);
  kept_.append(kLinePadding, '\0');
  return std::string_view(kept_).substr(0, text.size());
}

bool EnvelopeReader::ReadObject(std::string_view text, size_t depth, Inside& inside) {
  const simdjson::padded_string_view view(text.data(), text.size(), text.size() + kLinePadding);
  od::document document;
  od::object object;
  if (parsers_[depth].iterate(view).get(document) || document.get_object().get(object)) {
    return false;
  }
  bool is_record = false;
  for (auto field : object) {
    std::string_view key;
    if (field.error() || field.unescaped_key().get(key)) return false;
    is_record = is_record || (depth > 0 && IsOneOf(key, kRecordKeys));
    if (!ReadValue(key, field.value(), depth, inside)) return false;
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return false;
  if (is_record && inside.kind < Kind::kRecord) {
    inside.kind = Kind::kRecord;
    inside.text = text;
    inside.is_log = false;
  }
  return true;
}

bool EnvelopeReader::ReadValue(std::string_view key, Value value, size_t depth, Inside& inside) {
  od::json_type type{};
  if (value.type().get(type)) return false;
  if (type == od::json_type::object) {
    if (depth + 1 >= kDepth || !IsOneOf(key, kObjectKeys)) return true;
    od::object object;
    std::string_view raw;
    if (value.get_object().get(object) || object.raw_json().get(raw)) return false;
    return ReadObject(raw, depth + 1, inside);
  }
  if (type == od::json_type::null) {
    if (key == "MESSAGE" && inside.kind == Kind::kNone) inside.kind = Kind::kNull;
    return true;
  }
  if (type == od::json_type::array && key == "MESSAGE") {
    bytes_.clear();
    for (auto byte : value.get_array()) {
      uint64_t number = 0;
      if (byte.get_uint64().get(number) || number > 255) return false;
      bytes_ += static_cast<char>(number);
    }
    inside.kind = Kind::kText;
    inside.text = bytes_;
    return true;
  }
  if (type != od::json_type::string) return true;
  std::string_view text;
  if (key == "stream" || key == "logtag" || key == "_p" || key.starts_with("partial_")) {
    if (value.get_string().get(text)) return false;
    inside.is_stderr = inside.is_stderr || text == "stderr";
    if (key == "logtag" || key == "_p") inside.piece = text == "P" ? Piece::kPart : Piece::kWhole;
    if (key == "partial_message" && text == "true" && inside.piece == Piece::kUnknown) {
      inside.piece = Piece::kPart;
    }
    if (key == "partial_last" && text == "true") inside.piece = Piece::kWhole;
    return true;
  }
  if (!IsOneOf(key, kTextKeys)) return true;
  if (value.get_string().get(text)) return false;
  const Kind kind = LooksLikeLine(text) ? Kind::kLine : Kind::kText;
  if (kind <= inside.kind) return true;
  inside.kind = kind;
  inside.text = text;
  inside.is_log = depth == 0 && key == "log";
  return true;
}

}  // namespace stickyd
