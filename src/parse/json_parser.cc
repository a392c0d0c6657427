// One pass over the object's fields. Go's marshaller sorts keys, so a line's keys follow each other
// as they did in the lines before: each known key remembers which ones came after it, and to know a
// key is to compare it with the expected ones. Nothing depends on it: an unexpected key is looked
// up. Only wanted values are touched; a string without escapes is a view into the line.
// Differential test: json_parser_test.cc and the fuzz target json against another library.
#include "stickyd/parse/json_parser.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "byte_masks.h"
#include "json_tokens.h"
#include "stickyd/base/timestamp.h"

namespace stickyd {
namespace {

enum class Kind : uint8_t {
  kUnwanted,
  kText,  // goes to a member of the record as it is
  kStartUtc,
  kStartLocal,
  kDuration,
  kStatus,
  kOriginStatus,
  kRequestCount,
  kServerUrl,
  kAnyHeader,
  kMessage,
  kLevel
};

// Longer than any wanted key with its quotes and colon, and within a line's padding.
constexpr size_t kCompared = 32;

struct Field {
  std::string_view key;
  Kind kind = Kind::kUnwanted;
  Text AccessRecord::*text = nullptr;  // for kText
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
    {"StartLocal", Kind::kStartLocal},
    {"StartUTC", Kind::kStartUtc},
    {"TLSClientSubject", Kind::kText, &R::tls_subject},
    {"TraceId", Kind::kText, &R::trace_id},
    {"downstream_Content-Length", Kind::kAnyHeader},
    {"downstream_Content-Type", Kind::kAnyHeader},
    {"downstream_Date", Kind::kText, &R::date},
    {"downstream_Set-Cookie", Kind::kText, &R::set_cookie},
    {"entryPointName", Kind::kText, &R::entry_point},
    {"level", Kind::kLevel},
    {"message", Kind::kMessage},
    {"msg", Kind::kMessage},
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
    Kind kind = Kind::kUnwanted;
    Text AccessRecord::*member = nullptr;
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

  void BeginLine() { last_ = entries_.data(); }
  // The key that stands there, if it is an expected one, else null.
  // REQUIRES: kCompared readable bytes.
  const Entry* TakeExpected(const char* position) {
    if (!last_->next->IsAt(position)) {
      if (!last_->sometimes->IsAt(position)) return nullptr;
      std::swap(last_->next, last_->sometimes);
    }
    return last_ = last_->next;
  }
  // Another one has come.
  const Entry& Take(std::string_view key) {
    last_->sometimes = last_->next;
    last_->next = Look(key);
    return *(last_ = last_->next);
  }

 private:
  static constexpr size_t kMostEntries = 256;
  // Entry 0 is the beginning of a line, and stands for keys that are not kept: too long or too
  // many.
  Entry* Look(std::string_view key) {
    std::array<char, kCompared> text{};
    const size_t size = key.size() + 3;
    const bool fits = size <= kCompared;
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
    if (!keep) return &entry;
    entry.text = text;
    entry.needed = (uint64_t{1} << size) - 1;
    return &entry;
  }

  std::vector<Entry> entries_;  // never grows: they point to each other
  size_t used_ = 1;
  Entry* last_ = nullptr;
};

}  // namespace

class JsonParser::Impl {
 public:
  explicit Impl(std::vector<std::string> extra_fields) : extra_(std::move(extra_fields)) {}

  LineFate Parse(std::string_view line, AccessRecord& record) {
    seen_ = {};
    url_.clear();
    keys_.BeginLine();
    if (!tokens_.Read(line)) return LineFate::Unparsed(UnparsedReason::kInvalidJson);
    record.format = LogFormat::kJson;
    JsonFields fields = tokens_.fields();
    const bool has_extra = !extra_.empty();
    while (fields.Next()) {
      const KeyBook::Entry* expected = keys_.TakeExpected(fields.position());
      std::string_view name;
      if ((expected == nullptr || has_extra) && !fields.GetKey(name)) break;
      const KeyBook::Entry& key = expected != nullptr ? *expected : keys_.Take(name);
      JsonValue value{};
      if (!fields.GetValue(value)) break;
      if (has_extra) ReadExtra(name, value, record);
      if (key.kind == Kind::kUnwanted) continue;
      const Reason reason = key.kind == Kind::kText ? ReadText(value, record.*key.member)
                                                    : Read(key.kind, value, record);
      if (reason) return LineFate::Unparsed(*reason);
    }
    if (!fields.AtEndOfText()) return LineFate::Unparsed(UnparsedReason::kInvalidJson);
    return Conclude(record);
  }

 private:
  using Reason = std::optional<UnparsedReason>;

  struct Seen {
    bool duration = false, status = false, count = false, message = false, level = false;
    Text start_utc, start_local;
  };

  Reason Read(Kind kind, JsonValue value, AccessRecord& record) {
    switch (kind) {
      case Kind::kStartUtc:
        return ReadText(value, seen_.start_utc);
      case Kind::kStartLocal:
        return ReadText(value, seen_.start_local);
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
      case Kind::kMessage: {
        Text text;
        auto reason = ReadText(value, text);
        seen_.message |= !text.value_or("").empty();
        return reason;
      }
      case Kind::kLevel:
        seen_.level = true;
        return std::nullopt;
      default:
        record.all_headers = true;  // kAnyHeader
        return std::nullopt;
    }
  }

  // Null and numbers are absent.
  Reason ReadText(JsonValue value, Text& out) {
    if (!tokens_.GetText(value, out)) return UnparsedReason::kInvalidJson;
    return std::nullopt;
  }

  // The raw text is enough: what the operator names is a capture's input or an identity.
  void ReadExtra(std::string_view key, JsonValue value, AccessRecord& record) {
    for (size_t i = 0; i < extra_.size(); ++i) {
      if (extra_[i] == key && value.is_string()) record.extra[i] = value.inside();
    }
  }

  Reason ReadDuration(JsonValue value) {
    const auto ns = ParseDigits(value.token());
    if (!ns || *ns > kLongestNs) return UnparsedReason::kInvalidValue;
    duration_ns_ = static_cast<int64_t>(*ns);
    seen_.duration = true;
    return std::nullopt;
  }

  Reason ReadStatus(JsonValue value, AccessRecord& record) {
    const auto status = ParseDigits(value.token());
    if (!status || *status > 999) return UnparsedReason::kInvalidValue;
    record.status = static_cast<uint16_t>(*status);
    seen_.status = true;
    return std::nullopt;
  }

  static Reason ReadOriginStatus(JsonValue value, AccessRecord& record) {
    record.origin_answered = ParseDigits(value.token()).value_or(0) != 0;
    return std::nullopt;
  }

  Reason ReadCount(JsonValue value, AccessRecord& record) {
    record.request_count = ParseDigits(value.token());
    if (!record.request_count) record.request_count = ParseNumber<uint64_t>(value.token());
    if (!record.request_count) return UnparsedReason::kInvalidValue;
    seen_.count = true;
    return std::nullopt;
  }

  // A string in v3, Go's url.URL as an object in v1.7 and v2.
  Reason ReadServer(JsonValue value, AccessRecord& record) {
    if (value.is_object()) return ReadServerObject(value, record);
    Text text;
    if (auto reason = ReadText(value, text)) return reason;
    const std::string_view url = text.value_or("");
    const size_t scheme = url.find("://");
    if (scheme != std::string_view::npos && scheme > 0 && url.size() > scheme + 3) {
      record.server_url = url;
    }
    return std::nullopt;
  }

  Reason ReadServerObject(JsonValue value, AccessRecord& record) {
    std::string_view scheme;
    std::string_view host;
    std::string_view path;
    JsonFields fields = tokens_.FieldsOf(value);
    while (fields.Next()) {
      std::string_view key;
      JsonValue part{};
      if (!fields.GetKey(key) || !fields.GetValue(part)) break;
      std::string_view* out = key == "Scheme" ? &scheme
                              : key == "Host" ? &host
                              : key == "Path" ? &path
                                              : nullptr;
      Text text;
      if (out == nullptr) continue;
      if (auto reason = ReadText(part, text)) return reason;
      *out = text.value_or("");
    }
    if (!fields.AtEnd()) return UnparsedReason::kInvalidJson;
    if (scheme.empty() || host.empty()) return std::nullopt;
    url_.append(scheme).append("://").append(host).append(path);
    record.server_url = std::string_view(url_);
    return std::nullopt;
  }

  LineFate Conclude(AccessRecord& record) {
    // Traefik's own log has a message; an access line has an empty one, unless OTLP fills it.
    const bool access = seen_.status || seen_.count || record.client_host || record.client_addr ||
                        record.server_url;
    const bool has_start = seen_.start_utc || seen_.start_local;
    if (!access) {
      if (seen_.message && seen_.level) return LineFate::Skipped(SkipReason::kTraefikLog);
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

}  // namespace stickyd
