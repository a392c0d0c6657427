// SPDX-License-Identifier: Apache-2.0
// One pass over the object's fields. Go's marshaller sorts keys and writes no blanks, so a line's
// keys follow each other as they did in the lines before: each known key remembers which ones came
// after it, and to know a key is to compare it with the expected ones. ParsePlain walks lines that
// are written so from value to value (json_plain.h); whatever else is JSON goes through simdjson
// (json_tokens.h). Nothing depends on which: an unexpected key is looked up, and what the one does
// not take the other reads from the beginning. Only wanted values are touched; a string without
// escapes is a view into the line.
// Differential tests: json_parser_test.cc and the fuzz target json, one way against the other and
// against another library.
#include "stickyd/parse/json_parser.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "json_keys.h"
#include "json_plain.h"
#include "json_tokens.h"
#include "stickyd/base/digits.h"
#include "stickyd/base/timestamp.h"
#include "text_arena.h"

namespace stickyd {
namespace {

constexpr uint64_t kLongestNs = uint64_t{10} * 366 * 86400 * 1'000'000'000;
constexpr double kMostExact = 9007199254740992.0;  // 2^53: a double holds every integer below

// Shippers make floats of integers: 200.0, 1.5e3.
std::optional<uint64_t> ReadOtherInteger(std::string_view text) {
  if (const auto digits = ParseDigits(text)) return digits;
  if (const auto whole = ParseNumber<uint64_t>(text)) return whole;
  const auto number = ParseNumber<double>(text);
  if (!number || !(*number >= 0 && *number < kMostExact)) return std::nullopt;
  const auto whole = static_cast<uint64_t>(*number);
  return static_cast<double>(whole) < *number ? std::nullopt : std::optional(whole);
}

[[gnu::always_inline]] inline std::optional<uint64_t> ReadInteger(const JsonScalar& value) {
  if (value.digits) return KnownDigits(value.text.data(), value.text.size());
  return ReadOtherInteger(value.text);
}

}  // namespace

class JsonParser::Impl {
 public:
  explicit Impl(std::vector<std::string> extra_fields) : extra_(std::move(extra_fields)) {}

  LineFate Parse(std::string_view line, AccessRecord& record) {
    Reset();
    if (ParsePlain(line, record)) return LineFate::Parsed();
    std::construct_at(&record);
    return ParseCarefully(line, record);
  }

  LineFate ParseCarefully(std::string_view line, AccessRecord& record) {
    Reset();
    Begin(line, record);
    if (!tokens_.Read(line)) return LineFate::Unparsed(UnparsedReason::kInvalidJson);
    JsonFields fields = tokens_.fields();
    KeyBook::Entry* key = &keys_.Begin();
    while (fields.Next()) {
      std::string_view name;
      KeyBook::Entry* const expected = KeyBook::Expected(*key, fields.position());
      if (expected == nullptr || !extra_.empty()) name = fields.Key();
      key = expected != nullptr ? expected : keys_.Add(*key, name);
      const JsonValue value = fields.Value();
      if (key->kind == JsonKind::kUnwanted && extra_.empty()) continue;
      Reason reason = kFine;
      if (key->kind == JsonKind::kServerUrl && value.is_object()) {
        reason = ReadServerObject(value, record);
      } else {
        const JsonScalar scalar = tokens_.ScalarOf(value);
        ReadExtra(name, scalar, record);
        reason = Read(*key, scalar, record);
      }
      if (reason != kFine) return LineFate::Unparsed(reason);
    }
    return Conclude(record);
  }

  bool ParsePlain(std::string_view line, AccessRecord& record) {
    Begin(line, record);
    PlainJson json(line);
    const char* at = json.begin();
    if (line.empty() || *at != '{') return false;
    KeyBook::Entry* key = &keys_.Begin();
    do {
      std::string_view name;
      if (KeyBook::Entry* const expected = KeyBook::Expected(*key, ++at)) {
        key = expected;
        at += key->size;
        name = key->name();
      } else {
        at = json.GetKey(at, name);
        if (at == nullptr) return false;
        key = keys_.Add(*key, name);
      }
      if (*at == '{') {
        at = key->kind == JsonKind::kServerUrl ? ReadPlainServerObject(json, at, record) : nullptr;
        if (at == nullptr) return false;
        continue;
      }
      JsonScalar value;
      at = json.GetScalar(at, value);
      if (at == nullptr) return false;
      if (!extra_.empty()) ReadExtra(name, value, record);
      if (key->kind == JsonKind::kUnwanted) continue;
      if (key->kind == JsonKind::kText && value.is_string && !value.escaped) {  // Read, for most
        record.*key->member = value.text;
      } else if (Read(*key, value, record) != kFine) {
        return false;
      }
    } while (*at == ',');
    return *at == '}' && at + 1 == json.end() && json.valid_text() && Conclude(record).parsed();
  }

  void Reset() { arena_.Reset(); }

 private:
  using Reason = UnparsedReason;
  static constexpr Reason kFine = Reason::kCount;

  void Begin(std::string_view line, AccessRecord& record) {
    seen_ = {};
    unescaper_.Begin(line);
    record.format = LogFormat::kJson;
  }

  [[gnu::always_inline]] Reason Read(const KeyBook::Entry& key, const JsonScalar& value,
                                     AccessRecord& record) {
    switch (key.kind) {
      case JsonKind::kUnwanted:
        return kFine;
      case JsonKind::kText:
        return ReadText(value, record.*key.member);
      case JsonKind::kSeenText:
        return ReadText(value, seen_.*key.seen);
      case JsonKind::kDuration:
        return ReadDuration(value);
      case JsonKind::kStatus:
        return ReadStatus(value, record);
      case JsonKind::kOriginStatus:
        return ReadOriginStatus(value, record);
      case JsonKind::kRequestCount:
        return ReadCount(value, record);
      case JsonKind::kServerUrl:
        return ReadServer(value, record);
      case JsonKind::kLevel:
        seen_.level = true;
        return kFine;
      default:
        record.all_headers = true;  // kAnyHeader
        return kFine;
    }
  }

  // Null and numbers are absent.
  Reason ReadText(const JsonScalar& value, Text& out) {
    if (!value.is_string) return kFine;
    if (!value.escaped) {
      out = value.text;
    } else if (!unescaper_.Unescape(value.text, out)) {
      return UnparsedReason::kInvalidJson;
    }
    return kFine;
  }

  // The raw text is enough: what the operator names is a capture's input or an identity.
  void ReadExtra(std::string_view key, const JsonScalar& value, AccessRecord& record) const {
    for (size_t i = 0; i < extra_.size(); ++i) {
      if (extra_[i] == key && value.is_string) record.extra[i] = value.text;
    }
  }

  Reason ReadDuration(const JsonScalar& value) {
    const auto ns = ReadInteger(value);
    if (!ns || *ns > kLongestNs) return UnparsedReason::kInvalidValue;
    duration_ns_ = static_cast<int64_t>(*ns);
    seen_.duration = true;
    return kFine;
  }

  Reason ReadStatus(const JsonScalar& value, AccessRecord& record) {
    const auto status = ReadInteger(value);
    if (!status || *status > 999) return UnparsedReason::kInvalidValue;
    record.status = static_cast<uint16_t>(*status);
    seen_.status = true;
    return kFine;
  }

  static Reason ReadOriginStatus(const JsonScalar& value, AccessRecord& record) {
    record.origin_answered = ReadInteger(value).value_or(0) != 0;
    return kFine;
  }

  Reason ReadCount(const JsonScalar& value, AccessRecord& record) {
    record.request_count = ReadInteger(value);
    if (!record.request_count) return UnparsedReason::kInvalidValue;
    seen_.count = true;
    return kFine;
  }

  // A string in v3, Go's url.URL as an object in v1.7 and v2.
  Reason ReadServer(const JsonScalar& value, AccessRecord& record) {
    Text text;
    seen_.server_url = true;
    if (const Reason reason = ReadText(value, text); reason != kFine) return reason;
    const std::string_view url = text.value_or("");
    const size_t scheme = url.find("://");
    if (scheme != std::string_view::npos && scheme > 0 && url.size() > scheme + 3) {
      record.server_url = url;
    }
    return kFine;
  }

  struct UrlParts {
    Text scheme, host, path;
    Text unwanted;

    Text& Of(std::string_view key) {
      return key == "Scheme" ? scheme : key == "Host" ? host : key == "Path" ? path : unwanted;
    }
  };

  Reason ReadServerObject(JsonValue object, AccessRecord& record) {
    UrlParts parts;
    for (JsonFields fields(object); fields.Next();) {
      Text& part = parts.Of(fields.Key());
      const JsonValue value = fields.Value();
      if (&part == &parts.unwanted) continue;
      if (const Reason reason = ReadText(tokens_.ScalarOf(value), part); reason != kFine)
        return reason;
    }
    Join(parts, record);
    return kFine;
  }

  // From its brace on; the position behind it.
  const char* ReadPlainServerObject(PlainJson& json, const char* at, AccessRecord& record) {
    UrlParts parts;
    do {
      std::string_view key;
      JsonScalar value;
      at = json.GetKey(at + 1, key);
      if (at != nullptr) at = json.GetScalar(at, value);
      if (at == nullptr) return nullptr;
      Text& part = parts.Of(key);
      if (&part != &parts.unwanted && ReadText(value, part) != kFine) return nullptr;
    } while (*at == ',');
    Join(parts, record);
    return *at == '}' && at + 1 < json.end() ? at + 1 : nullptr;
  }

  void Join(const UrlParts& parts, AccessRecord& record) {
    seen_.server_url = true;
    const std::string_view scheme = parts.scheme.value_or("");
    const std::string_view host = parts.host.value_or("");
    if (scheme.empty() || host.empty()) return;
    record.server_url = arena_.Join({scheme, "://", host, parts.path.value_or("")});
  }

  // Where ServiceURL was dropped and ServiceAddr kept, that is the server.
  void UseServiceAddr(AccessRecord& record) {
    const std::string_view address = seen_.service_addr.value_or("");
    if (seen_.server_url || address.empty() || address == "-") return;
    record.server_url = arena_.Join({"http://", address});
  }

  LineFate Conclude(AccessRecord& record) {
    if (!record.server_url) UseServiceAddr(record);
    // Traefik's own log has a message; an access line has an empty one, unless OTLP fills it.
    const bool access = seen_.status || seen_.count || record.client_host || record.client_addr ||
                        record.server_url;
    const bool has_start = seen_.start_utc || seen_.start_local;
    if (!access) {
      const bool message = !seen_.message.value_or("").empty() || !seen_.msg.value_or("").empty();
      if (message && seen_.level) return LineFate::Skipped(SkipReason::kTraefikLog);
      // With all fields dropped, the logger's own are left.
      const bool empty = seen_.level && (seen_.msg || seen_.message) && !message;
      if (!has_start && !seen_.duration && !empty) {
        return LineFate::Unparsed(UnparsedReason::kNotAccessLog);
      }
    }
    const bool named = record.router || record.service || !record.server_url;
    const bool client = record.client_host || record.client_addr;
    if (!has_start || !seen_.duration || !named || !client) {
      record.dropped = static_cast<uint8_t>(
          (has_start ? 0 : kDroppedStart) | (seen_.duration ? 0 : kDroppedDuration) |
          (client ? 0 : kDroppedClient) | (named && access ? 0 : kDroppedNames));
      return LineFate::Unparsed(UnparsedReason::kFieldsDropped);
    }
    const auto start_ns =
        times_.ParseRfc3339(seen_.start_utc ? *seen_.start_utc : *seen_.start_local);
    if (!start_ns) return LineFate::Unparsed(UnparsedReason::kInvalidTime);
    record.start.low = record.start.high = EventTimeFromUnixNanoseconds(*start_ns);
    record.duration = EventTimeFromUnixNanoseconds(*start_ns + duration_ns_) - record.start.low;
    return LineFate::Parsed();
  }

  const std::vector<std::string> extra_;
  JsonTokens tokens_;
  TextArena arena_;
  JsonUnescaper unescaper_{arena_};
  KeyBook keys_;
  TimestampParser times_;
  JsonSeen seen_;
  int64_t duration_ns_ = 0;
};

JsonParser::JsonParser(std::vector<std::string> extra_fields)
    : impl_(std::make_unique<Impl>(std::move(extra_fields))) {}
JsonParser::~JsonParser() = default;

LineFate JsonParser::Parse(std::string_view line, AccessRecord& record) {
  return impl_->Parse(line, record);
}
bool JsonParser::ParsePlain(std::string_view line, AccessRecord& record) {
  return impl_->ParsePlain(line, record);
}
void JsonParser::Reset() { impl_->Reset(); }
LineFate JsonParser::ParseCarefully(std::string_view line, AccessRecord& record) {
  return impl_->ParseCarefully(line, record);
}

}  // namespace stickyd
