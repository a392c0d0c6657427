// One pass over the object's fields with simdjson's On-Demand interface. Every key is looked up in
// a small perfect-by-construction table (length and a few bytes decide, then a full comparison),
// and only known values are touched. A string without escapes is a view into the line.
// Differential test: json_parser_test.cc and the fuzz target json against a slow reading.
#include "stickyd/parse/json_parser.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string>

#include "stickyd/base/timestamp.h"

namespace stickyd {
namespace {

namespace od = simdjson::ondemand;

enum class Key : uint8_t {
  kStartUtc,
  kStartLocal,
  kDuration,
  kStatus,
  kOriginStatus,
  kRequestCount,
  kRouter,
  kService,
  kServerUrl,
  kEntryPoint,
  kClientHost,
  kClientAddr,
  kUser,
  kTlsSubject,
  kMethod,
  kScheme,
  kHost,
  kPath,
  kTraceId,
  kUserAgent,
  kReferer,
  kOrigin,
  kVia,
  kForwardedProto,
  kFetchSite,
  kFetchMode,
  kFetchDest,
  kCookie,
  kSetCookie,
  kOriginSetCookie,
  kDate,
  kAnyHeader,
  kMessage,
  kLevel,
  kUnknown
};

struct KeyName {
  std::string_view name;
  Key key;
};

constexpr std::array kKeys = std::to_array<KeyName>({
    {"BackendName", Key::kService},
    {"BackendURL", Key::kServerUrl},
    {"ClientAddr", Key::kClientAddr},
    {"ClientHost", Key::kClientHost},
    {"ClientUsername", Key::kUser},
    {"DownstreamStatus", Key::kStatus},
    {"Duration", Key::kDuration},
    {"FrontendName", Key::kRouter},
    {"OriginStatus", Key::kOriginStatus},
    {"RequestCount", Key::kRequestCount},
    {"RequestHost", Key::kHost},
    {"RequestMethod", Key::kMethod},
    {"RequestPath", Key::kPath},
    {"RequestScheme", Key::kScheme},
    {"RouterName", Key::kRouter},
    {"ServiceName", Key::kService},
    {"ServiceURL", Key::kServerUrl},
    {"StartLocal", Key::kStartLocal},
    {"StartUTC", Key::kStartUtc},
    {"TLSClientSubject", Key::kTlsSubject},
    {"TraceId", Key::kTraceId},
    {"downstream_Content-Length", Key::kAnyHeader},
    {"downstream_Content-Type", Key::kAnyHeader},
    {"downstream_Date", Key::kDate},
    {"downstream_Set-Cookie", Key::kSetCookie},
    {"entryPointName", Key::kEntryPoint},
    {"level", Key::kLevel},
    {"message", Key::kMessage},
    {"msg", Key::kMessage},
    {"origin_Content-Type", Key::kAnyHeader},
    {"origin_Date", Key::kDate},
    {"origin_Set-Cookie", Key::kOriginSetCookie},
    {"request_Cookie", Key::kCookie},
    {"request_Origin", Key::kOrigin},
    {"request_Referer", Key::kReferer},
    {"request_Sec-Fetch-Dest", Key::kFetchDest},
    {"request_Sec-Fetch-Mode", Key::kFetchMode},
    {"request_Sec-Fetch-Site", Key::kFetchSite},
    {"request_User-Agent", Key::kUserAgent},
    {"request_Via", Key::kVia},
    {"request_X-Forwarded-Proto", Key::kForwardedProto},
    {"trace_id", Key::kTraceId},
});

// A hash that no two of our keys share; checked at compile time.
constexpr size_t kSlots = 256;
constexpr size_t Slot(std::string_view key) {
  const auto at = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(key[i])); };
  const size_t n = key.size();
  return (n * 55 + at(0) * 37 + at(n - 1) * 23 + at(n / 2) * 31 + at(n - 3) * 59) % kSlots;
}

constexpr std::array<int8_t, kSlots> MakeSlots() {
  std::array<int8_t, kSlots> slots{};
  slots.fill(-1);
  for (size_t i = 0; i < kKeys.size(); ++i) {
    auto& slot = slots[Slot(kKeys[i].name)];
    if (slot != -1) throw "two keys share a slot: change the factors of Slot()";
    slot = static_cast<int8_t>(i);
  }
  return slots;
}
constexpr std::array<int8_t, kSlots> kSlotOfKey = MakeSlots();

Key FindKey(std::string_view name) {
  if (name.size() < 3) return Key::kUnknown;
  const int index = kSlotOfKey[Slot(name)];
  if (index < 0) return Key::kUnknown;
  const auto& known = kKeys[static_cast<unsigned>(index)];
  return known.name == name ? known.key : Key::kUnknown;
}

// Nothing but blanks after the object? (at_end() is newer than Debian 12's simdjson.)
bool AtEnd(od::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

constexpr int64_t kLongestNs = int64_t{10} * 366 * 86400 * 1'000'000'000;

}  // namespace

class JsonParser::Impl {
 public:
  Impl(size_t max_bytes, std::vector<std::string> extra_fields) : extra_(std::move(extra_fields)) {
    // Grow once, so that no line allocates. simdjson needs room for the longest document.
    if (parser_.allocate(max_bytes + kLinePadding)) throw std::bad_alloc();
  }

  LineFate Parse(std::string_view line, AccessRecord& record) {
    seen_ = {};
    url_.clear();
    const simdjson::padded_string_view view(line.data(), line.size(), line.size() + kLinePadding);
    od::document document;
    od::object object;
    if (parser_.iterate(view).get(document) || document.get_object().get(object)) {
      return LineFate::Unparsed(UnparsedReason::kInvalidJson);
    }
    record.format = LogFormat::kJson;
    for (auto field : object) {
      od::raw_json_string raw;
      if (field.error() || field.key().get(raw)) {
        return LineFate::Unparsed(UnparsedReason::kInvalidJson);
      }
      const char* begin = raw.raw();
      const size_t left = static_cast<size_t>(line.data() + line.size() - begin);
      const void* end = std::memchr(begin, '"', left);
      if (end == nullptr) return LineFate::Unparsed(UnparsedReason::kInvalidJson);
      const std::string_view name(begin,
                                  static_cast<size_t>(static_cast<const char*>(end) - begin));
      if (!extra_.empty()) ReadExtra(name, field.value(), record);
      const Key key = FindKey(name);
      if (key == Key::kUnknown) continue;
      if (auto reason = Read(key, field.value(), record)) return LineFate::Unparsed(*reason);
    }
    if (!AtEnd(document)) return LineFate::Unparsed(UnparsedReason::kInvalidJson);
    return Conclude(record);
  }

 private:
  using Value = simdjson::simdjson_result<od::value>;
  using Reason = std::optional<UnparsedReason>;

  struct Seen {
    bool start = false, start_utc = false, duration = false, status = false, count = false;
    bool message = false, level = false, server = false;
  };

  Reason Read(Key key, Value value, AccessRecord& record) {
    switch (key) {
      case Key::kStartUtc:
        return ReadStart(value, record, true);
      case Key::kStartLocal:
        return ReadStart(value, record, false);
      case Key::kDuration:
        return ReadDuration(value, record);
      case Key::kStatus:
        return ReadStatus(value, record);
      case Key::kOriginStatus:
        return ReadOriginStatus(value, record);
      case Key::kRequestCount:
        return ReadCount(value, record);
      case Key::kServerUrl:
        return ReadServer(value, record);
      case Key::kMessage: {
        Text text;
        auto reason = ReadText(value, text);
        seen_.message |= !reason && !text.value_or("").empty();
        return reason;
      }
      case Key::kLevel:
        seen_.level = true;
        return std::nullopt;
      case Key::kAnyHeader:
        record.all_headers = true;
        return std::nullopt;
      default:
        return ReadText(value, *TextOf(key, record));
    }
  }

  static Text* TextOf(Key key, AccessRecord& r) {
    switch (key) {
      case Key::kRouter:
        return &r.router;
      case Key::kService:
        return &r.service;
      case Key::kEntryPoint:
        return &r.entry_point;
      case Key::kClientHost:
        return &r.client_host;
      case Key::kClientAddr:
        return &r.client_addr;
      case Key::kUser:
        return &r.user;
      case Key::kTlsSubject:
        return &r.tls_subject;
      case Key::kMethod:
        return &r.method;
      case Key::kScheme:
        return &r.scheme;
      case Key::kHost:
        return &r.host;
      case Key::kPath:
        return &r.path;
      case Key::kTraceId:
        return &r.trace_id;
      case Key::kUserAgent:
        return &r.user_agent;
      case Key::kReferer:
        return &r.referer;
      case Key::kOrigin:
        return &r.origin;
      case Key::kVia:
        return &r.via;
      case Key::kForwardedProto:
        return &r.forwarded_proto;
      case Key::kFetchSite:
        return &r.sec_fetch_site;
      case Key::kFetchMode:
        return &r.sec_fetch_mode;
      case Key::kFetchDest:
        return &r.sec_fetch_dest;
      case Key::kCookie:
        return &r.cookie;
      case Key::kSetCookie:
        return &r.set_cookie;
      case Key::kOriginSetCookie:
        return &r.origin_set_cookie;
      default:
        return &r.date;
    }
  }

  static Reason ReadText(Value value, Text& out) {
    std::string_view raw;
    if (value.raw_json_token().get(raw) || raw.empty()) return UnparsedReason::kInvalidJson;
    if (raw.front() == '"' && std::memchr(raw.data(), '\\', raw.size()) == nullptr) {
      const size_t close = raw.rfind('"');  // the token may be followed by blanks
      out = raw.substr(1, close - 1);
      return std::nullopt;
    }
    std::string_view text;
    const auto error = value.get_string().get(text);
    if (error == simdjson::INCORRECT_TYPE) return std::nullopt;  // null, number: absent
    if (error) return UnparsedReason::kInvalidJson;
    out = text;
    return std::nullopt;
  }

  // The raw token is enough: what the operator names is a capture's input or an identity.
  void ReadExtra(std::string_view name, Value value, AccessRecord& record) {
    for (size_t i = 0; i < extra_.size(); ++i) {
      std::string_view raw;
      if (extra_[i] != name || value.raw_json_token().get(raw)) continue;
      const size_t close = raw.rfind('"');
      if (raw.size() >= 2 && raw.front() == '"' && close > 0)
        record.extra[i] = raw.substr(1, close - 1);
    }
  }

  Reason ReadStart(Value value, AccessRecord& record, bool utc) {
    Text text;
    if (auto reason = ReadText(value, text)) return reason;
    if (seen_.start_utc || !text) return std::nullopt;
    const auto ns = times_.ParseRfc3339(*text);
    if (!ns) return UnparsedReason::kInvalidTime;
    start_ns_ = *ns;
    record.start.low = record.start.high = EventTimeFromUnixNanoseconds(*ns);
    seen_.start = true;
    seen_.start_utc |= utc;
    return std::nullopt;
  }

  Reason ReadDuration(Value value, AccessRecord& /*record*/) {
    int64_t ns = 0;
    if (value.get_int64().get(ns) || ns < 0 || ns > kLongestNs)
      return UnparsedReason::kInvalidValue;
    duration_ns_ = ns;
    seen_.duration = true;
    return std::nullopt;
  }

  Reason ReadStatus(Value value, AccessRecord& record) {
    int64_t status = 0;
    if (value.get_int64().get(status) || status < 0 || status > 999) {
      return UnparsedReason::kInvalidValue;
    }
    record.status = static_cast<uint16_t>(status);
    seen_.status = true;
    return std::nullopt;
  }

  static Reason ReadOriginStatus(Value value, AccessRecord& record) {
    int64_t status = 0;
    record.origin_answered = !value.get_int64().get(status) && status != 0;
    return std::nullopt;
  }

  Reason ReadCount(Value value, AccessRecord& record) {
    uint64_t count = 0;
    if (value.get_uint64().get(count)) return UnparsedReason::kInvalidValue;
    record.request_count = count;
    seen_.count = true;
    return std::nullopt;
  }

  // A string in v3, Go's url.URL as an object in v1.7 and v2.
  Reason ReadServer(Value value, AccessRecord& record) {
    od::json_type type{};
    if (value.type().get(type)) return UnparsedReason::kInvalidJson;
    if (type == od::json_type::object) return ReadServerObject(value, record);
    Text text;
    if (auto reason = ReadText(value, text)) return reason;
    const std::string_view url = text.value_or("");
    const size_t scheme = url.find("://");
    if (scheme != std::string_view::npos && scheme > 0 && url.size() > scheme + 3) {
      record.server_url = url;
    }
    return std::nullopt;
  }

  Reason ReadServerObject(Value value, AccessRecord& record) {
    od::object object;
    if (value.get_object().get(object)) return UnparsedReason::kInvalidJson;
    std::string_view scheme;
    std::string_view host;
    std::string_view path;
    for (auto field : object) {
      od::raw_json_string key;
      if (field.error() || field.key().get(key)) return UnparsedReason::kInvalidJson;
      std::string_view* part = key == "Scheme" ? &scheme
                               : key == "Host" ? &host
                               : key == "Path" ? &path
                                               : nullptr;
      Text text;
      if (part == nullptr) continue;
      if (auto reason = ReadText(field.value(), text)) return reason;
      *part = text.value_or("");
    }
    if (scheme.empty() || host.empty()) return std::nullopt;
    url_.append(scheme).append("://").append(host).append(path);
    record.server_url = std::string_view(url_);
    return std::nullopt;
  }

  LineFate Conclude(AccessRecord& record) {
    // Traefik's own log has a message; an access line has an empty one, unless OTLP fills it.
    const bool access = seen_.status || seen_.count || record.client_host || record.client_addr ||
                        record.server_url;
    if (!access) {
      if (seen_.message && seen_.level) return LineFate::Skipped(SkipReason::kTraefikLog);
      const auto reason = seen_.start || seen_.duration ? UnparsedReason::kFieldsDropped
                                                        : UnparsedReason::kNotAccessLog;
      return LineFate::Unparsed(reason);
    }
    const bool named = record.router || record.service || !record.server_url;
    if (!seen_.start || !seen_.duration || !named || (!record.client_host && !record.client_addr)) {
      return LineFate::Unparsed(UnparsedReason::kFieldsDropped);
    }
    record.duration = EventTimeFromUnixNanoseconds(start_ns_ + duration_ns_) - record.start.low;
    return LineFate::Parsed();
  }

  const std::vector<std::string> extra_;
  od::parser parser_;
  TimestampParser times_;
  std::string url_;
  Seen seen_;
  int64_t start_ns_ = 0;
  int64_t duration_ns_ = 0;
};

JsonParser::JsonParser(size_t max_bytes, std::vector<std::string> extra_fields)
    : impl_(std::make_unique<Impl>(max_bytes, std::move(extra_fields))) {}
JsonParser::~JsonParser() = default;

LineFate JsonParser::Parse(std::string_view line, AccessRecord& record) {
  return impl_->Parse(line, record);
}

}  // namespace stickyd
