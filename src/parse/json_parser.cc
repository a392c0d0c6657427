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

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "byte_masks.h"
#include "json_plain.h"
#include "json_tokens.h"
#include "stickyd/base/timestamp.h"

namespace stickyd {
namespace {

enum class Kind : uint8_t {
  kUnwanted,
  kText,      // goes to a member of the record as it is
  kSeenText,  // to one of Seen
  kDuration,
  kStatus,
  kOriginStatus,
  kRequestCount,
  kServerUrl,
  kAnyHeader,
  kLevel
};

// Longer than any wanted key with its quotes and colon, and within a line's padding.
constexpr size_t kCompared = 32;

// What of the line the record does not hold.
struct Seen {
  bool duration = false, status = false, count = false, level = false;
  Text start_utc, start_local, message, msg;
};

struct Field {
  std::string_view key;
  Kind kind = Kind::kUnwanted;
  Text AccessRecord::*text = nullptr;  // for kText
  Text Seen::*seen = nullptr;          // for kSeenText
};

using R = AccessRecord;
constexpr std::array kFields = std::to_array<Field>({
    {"BackendName", Kind::kText, &R::service},
    {"BackendURL", Kind::kServerUrl},
    {"ClientAddr", Kind::kText, &R::client_addr},
    {"ClientHost", Kind::kText, &R::client_host},
    {"ClientUsername", Kind::kText, &R::user},
    {"DownstreamStatus", Kind::kStatus},
    {"Duration", Kind::kDuration},
    {"FrontendName", Kind::kText, &R::router},
    {"OriginStatus", Kind::kOriginStatus},
    {"RequestCount", Kind::kRequestCount},
    {"RequestHost", Kind::kText, &R::host},
    {"RequestMethod", Kind::kText, &R::method},
    {"RequestPath", Kind::kText, &R::path},
    {"RequestScheme", Kind::kText, &R::scheme},
    {"RouterName", Kind::kText, &R::router},
    {"ServiceName", Kind::kText, &R::service},
    {"ServiceURL", Kind::kServerUrl},
    {"StartLocal", Kind::kSeenText, nullptr, &Seen::start_local},
    {"StartUTC", Kind::kSeenText, nullptr, &Seen::start_utc},
    {"TLSClientSubject", Kind::kText, &R::tls_subject},
    {"TraceId", Kind::kText, &R::trace_id},
    {"downstream_Content-Length", Kind::kAnyHeader},
    {"downstream_Content-Type", Kind::kAnyHeader},
    {"downstream_Date", Kind::kText, &R::date},
    {"downstream_Set-Cookie", Kind::kText, &R::set_cookie},
    {"entryPointName", Kind::kText, &R::entry_point},
    {"level", Kind::kLevel},
    {"message", Kind::kSeenText, nullptr, &Seen::message},
    {"msg", Kind::kSeenText, nullptr, &Seen::msg},
    {"origin_Content-Type", Kind::kAnyHeader},
    {"origin_Date", Kind::kText, &R::date},
    {"origin_Set-Cookie", Kind::kText, &R::origin_set_cookie},
    {"request_Cookie", Kind::kText, &R::cookie},
    {"request_Origin", Kind::kText, &R::origin},
    {"request_Referer", Kind::kText, &R::referer},
    {"request_Sec-Fetch-Dest", Kind::kText, &R::sec_fetch_dest},
    {"request_Sec-Fetch-Mode", Kind::kText, &R::sec_fetch_mode},
    {"request_Sec-Fetch-Site", Kind::kText, &R::sec_fetch_site},
    {"request_User-Agent", Kind::kText, &R::user_agent},
    {"request_Via", Kind::kText, &R::via},
    {"request_X-Forwarded-Proto", Kind::kText, &R::forwarded_proto},
    {"trace_id", Kind::kText, &R::trace_id},
});

Field FindField(std::string_view key) {
  const auto* const at = std::find_if(kFields.begin(), kFields.end(),
                                      [&](const Field& field) { return field.key == key; });
  return at != kFields.end() ? *at : Field{};
}

constexpr uint64_t kLongestNs = uint64_t{10} * 366 * 86400 * 1'000'000'000;

// The keys of the log, and which one follows which.
class KeyBook {
 public:
  struct Entry {
    std::array<char, kCompared> text{};  // of `"key":`
    uint64_t needed = ~uint64_t{0};      // a bit for each byte of it; all: nothing is like it
    uint32_t size = 0;                   // of it
    Kind kind = Kind::kUnwanted;
    Text AccessRecord::*member = nullptr;
    Text Seen::*seen = nullptr;
    Entry* next = nullptr;       // the one that came after it last
    Entry* sometimes = nullptr;  // and the one before that

    // REQUIRES: kCompared readable bytes.
    bool IsAt(const char* position) const {
      uint64_t same = SameBytes(position, text.data());
      if (needed >> kMaskBytes != 0) {
        same |= uint64_t{SameBytes(position + kMaskBytes, text.data() + kMaskBytes)} << kMaskBytes;
      }
      return (same & needed) == needed;
    }
  };
  static_assert(kCompared == 2 * kMaskBytes);

  KeyBook() : entries_(kMostEntries) {
    for (Entry& entry : entries_) entry.next = entry.sometimes = entries_.data();
  }

  // What comes before the first key of a line.
  Entry& Begin() { return entries_[0]; }
  // The key that stands there, if it is one that is expected behind `last`, else null.
  // REQUIRES: kCompared readable bytes.
  static Entry* Expected(Entry& last, const char* position) {
    if (!last.next->IsAt(position)) {
      if (!last.sometimes->IsAt(position)) return nullptr;
      std::swap(last.next, last.sometimes);
    }
    return last.next;
  }
  // Another one has come.
  Entry* Add(Entry& last, std::string_view key) {
    last.sometimes = last.next;
    return last.next = Look(key);
  }

 private:
  static constexpr size_t kMostEntries = 256;
  // Entry 0 is the beginning of a line, and stands for keys that are not kept: too long, too many,
  // or beyond ASCII, so that the UTF-8 of what is recognised need not be looked at.
  Entry* Look(std::string_view key) {
    std::array<char, kCompared> text{};
    const size_t size = key.size() + 3;
    const bool fits = size <= kCompared && std::all_of(key.begin(), key.end(), [](char c) {
                        return static_cast<unsigned char>(c) < 0x80;
                      });
    if (fits) {
      text[0] = text[size - 2] = '"';
      text[size - 1] = ':';
      std::copy(key.begin(), key.end(), text.begin() + 1);
      for (size_t i = 1; i < used_; ++i) {
        if (entries_[i].text == text) return &entries_[i];
      }
    }
    const bool keep = fits && used_ < kMostEntries;
    Entry& entry = entries_[keep ? used_++ : 0];
    const Field field = FindField(key);
    entry.kind = field.kind;
    entry.member = field.text;
    entry.seen = field.seen;
    if (!keep) return &entry;
    entry.text = text;
    entry.size = static_cast<uint32_t>(size);
    entry.needed = (uint64_t{1} << size) - 1;
    return &entry;
  }

  std::vector<Entry> entries_;  // never grows: they point to each other
  size_t used_ = 1;
};

}  // namespace

class JsonParser::Impl {
 public:
  explicit Impl(std::vector<std::string> extra_fields) : extra_(std::move(extra_fields)) {}

  LineFate Parse(std::string_view line, AccessRecord& record) {
    const bool done =
        extra_.empty() ? ParsePlain<false>(line, record) : ParsePlain<true>(line, record);
    if (done) return LineFate::Parsed();
    std::construct_at(&record);
    return ParseCarefully(line, record);
  }

  LineFate ParseCarefully(std::string_view line, AccessRecord& record) {
    Begin(line, record);
    if (!tokens_.Read(line)) return LineFate::Unparsed(UnparsedReason::kInvalidJson);
    JsonFields fields = tokens_.fields();
    KeyBook::Entry* key = &keys_.Begin();
    while (fields.Next()) {
      std::string_view name;
      KeyBook::Entry* const expected = KeyBook::Expected(*key, fields.position());
      if ((expected == nullptr || !extra_.empty()) && !fields.GetKey(name)) break;
      key = expected != nullptr ? expected : keys_.Add(*key, name);
      JsonValue value{};
      if (!fields.GetValue(value)) break;
      if (key->kind == Kind::kUnwanted && extra_.empty()) continue;
      Reason reason = kFine;
      if (key->kind == Kind::kServerUrl && value.is_object()) {
        reason = ReadServerObject(value, record);
      } else {
        const JsonScalar scalar = tokens_.ScalarOf(value);
        ReadExtra(name, scalar, record);
        reason = Read(*key, scalar, record);
      }
      if (reason != kFine) return LineFate::Unparsed(reason);
    }
    if (!fields.AtEndOfText()) return LineFate::Unparsed(UnparsedReason::kInvalidJson);
    return Conclude(record);
  }

 private:
  using Reason = UnparsedReason;
  static constexpr Reason kFine = Reason::kCount;

  template <bool has_extra>
  bool ParsePlain(std::string_view line, AccessRecord& record) {
    Begin(line, record);
    PlainJson json(line);
    const char* at = json.begin();
    if (line.empty() || *at != '{') return false;
    KeyBook::Entry* key = &keys_.Begin();
    do {
      const char* const begin = ++at;
      std::string_view name;
      if (KeyBook::Entry* const expected = KeyBook::Expected(*key, begin)) {
        key = expected;
        at += key->size;
        if (has_extra) name = {begin + 1, key->size - size_t{3}};
      } else {
        at = json.GetKey(at, name);
        if (at == nullptr) return false;
        key = keys_.Add(*key, name);
      }
      const char* const value = at;
      if (*at == '"') {
        bool escaped = false;
        const char* const close = json.EndOfString(at, escaped);
        if (close == nullptr) return false;
        at = close + 1;
        if (key->kind == Kind::kUnwanted && !has_extra) continue;
        const std::string_view text{value + 1, static_cast<size_t>(close - value - 1)};
        if (!escaped && !has_extra) {  // Read, for most of them
          if (key->kind == Kind::kText) {
            record.*key->member = text;
            continue;
          }
          if (key->kind == Kind::kSeenText) {
            seen_.*key->seen = text;
            continue;
          }
        }
        const JsonScalar scalar{text, true, escaped};
        ReadExtra(name, scalar, record);
        if (Read(*key, scalar, record) != kFine) return false;
      } else if (*at >= '0' && *at <= '9') {
        at = json.EndOfDigits(at);
        if (at == nullptr) return false;
        if (key->kind == Kind::kUnwanted) continue;
        if (Read(*key, {{value, static_cast<size_t>(at - value)}}, record) != kFine) return false;
      } else if (*at == '{') {
        if (key->kind != Kind::kServerUrl) return false;
        at = ReadPlainServerObject(json, at, record);
        if (at == nullptr) return false;
      } else {
        at = json.EndOfWord(at);
        if (at == nullptr) return false;
        if (Read(*key, {{value, static_cast<size_t>(at - value)}}, record) != kFine) return false;
      }
    } while (*at == ',');
    return *at == '}' && at + 1 == json.end() && json.valid_text() && Conclude(record).parsed();
  }

  void Begin(std::string_view line, AccessRecord& record) {
    seen_ = {};
    url_.clear();
    unescaper_.Begin(line);
    record.format = LogFormat::kJson;
  }

  Reason Read(const KeyBook::Entry& key, const JsonScalar& value, AccessRecord& record) {
    switch (key.kind) {
      case Kind::kUnwanted:
        return kFine;
      case Kind::kText:
        return ReadText(value, record.*key.member);
      case Kind::kSeenText:
        return ReadText(value, seen_.*key.seen);
      case Kind::kDuration:
        return ReadDuration(value);
      case Kind::kStatus:
        return ReadStatus(value, record);
      case Kind::kOriginStatus:
        return ReadOriginStatus(value, record);
      case Kind::kRequestCount:
        return ReadCount(value, record);
      case Kind::kServerUrl:
        return ReadServer(value, record);
      case Kind::kLevel:
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
    const auto ns = ParseDigits(value.text);
    if (!ns || *ns > kLongestNs) return UnparsedReason::kInvalidValue;
    duration_ns_ = static_cast<int64_t>(*ns);
    seen_.duration = true;
    return kFine;
  }

  Reason ReadStatus(const JsonScalar& value, AccessRecord& record) {
    const auto status = ParseDigits(value.text);
    if (!status || *status > 999) return UnparsedReason::kInvalidValue;
    record.status = static_cast<uint16_t>(*status);
    seen_.status = true;
    return kFine;
  }

  static Reason ReadOriginStatus(const JsonScalar& value, AccessRecord& record) {
    record.origin_answered = ParseDigits(value.text).value_or(0) != 0;
    return kFine;
  }

  Reason ReadCount(const JsonScalar& value, AccessRecord& record) {
    record.request_count = ParseDigits(value.text);
    if (!record.request_count) record.request_count = ParseNumber<uint64_t>(value.text);
    if (!record.request_count) return UnparsedReason::kInvalidValue;
    seen_.count = true;
    return kFine;
  }

  // A string in v3, Go's url.URL as an object in v1.7 and v2.
  Reason ReadServer(const JsonScalar& value, AccessRecord& record) {
    Text text;
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
    JsonFields fields = tokens_.FieldsOf(object);
    while (fields.Next()) {
      std::string_view key;
      JsonValue value{};
      if (!fields.GetKey(key) || !fields.GetValue(value)) break;
      Text& part = parts.Of(key);
      if (&part == &parts.unwanted) continue;
      if (const Reason reason = ReadText(tokens_.ScalarOf(value), part); reason != kFine)
        return reason;
    }
    if (!fields.AtEnd()) return UnparsedReason::kInvalidJson;
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
    const std::string_view scheme = parts.scheme.value_or("");
    const std::string_view host = parts.host.value_or("");
    if (scheme.empty() || host.empty()) return;
    url_.append(scheme).append("://").append(host).append(parts.path.value_or(""));
    record.server_url = std::string_view(url_);
  }

  LineFate Conclude(AccessRecord& record) {
    // Traefik's own log has a message; an access line has an empty one, unless OTLP fills it.
    const bool access = seen_.status || seen_.count || record.client_host || record.client_addr ||
                        record.server_url;
    const bool has_start = seen_.start_utc || seen_.start_local;
    if (!access) {
      const bool message = !seen_.message.value_or("").empty() || !seen_.msg.value_or("").empty();
      if (message && seen_.level) return LineFate::Skipped(SkipReason::kTraefikLog);
      const auto reason = has_start || seen_.duration ? UnparsedReason::kFieldsDropped
                                                      : UnparsedReason::kNotAccessLog;
      return LineFate::Unparsed(reason);
    }
    const bool named = record.router || record.service || !record.server_url;
    if (!has_start || !seen_.duration || !named || (!record.client_host && !record.client_addr)) {
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
  JsonUnescaper unescaper_;
  KeyBook keys_;
  TimestampParser times_;
  std::string url_;
  Seen seen_;
  int64_t duration_ns_ = 0;
};

JsonParser::JsonParser(std::vector<std::string> extra_fields)
    : impl_(std::make_unique<Impl>(std::move(extra_fields))) {}
JsonParser::~JsonParser() = default;

LineFate JsonParser::Parse(std::string_view line, AccessRecord& record) {
  return impl_->Parse(line, record);
}
LineFate JsonParser::ParseCarefully(std::string_view line, AccessRecord& record) {
  return impl_->ParseCarefully(line, record);
}

}  // namespace stickyd
