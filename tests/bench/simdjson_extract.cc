// SPDX-License-Identifier: Apache-2.0
// simdjson_extract FILE: simdjson alone, taking the fields that stickyd uses out of Traefik's JSON
// access log. The yardstick of docs/BENCHMARKS.md: no session, no verdict, no report.
// Idea: On-Demand as its manual teaches it. One parser for the whole run, one loop over the fields
// of a line, a switch over the length of the key before it is compared, get_string() and
// get_uint64() for what is wanted, nothing for the rest. Blocks that fit the cache are read and
// lines parsed where they lie. Values are summed up, so that no compiler may leave them out.
// Not done here, though stickyd does it: times become numbers, bad lines are told apart, escapes in
// keys (Traefik writes none).
#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

namespace od = simdjson::ondemand;

constexpr size_t kBlockBytes = size_t{256} << 10;
constexpr size_t kMostLineBytes = size_t{1} << 20;

enum class Kind : uint8_t { kSkip, kText, kNumber, kServer, kPresent };

bool OneOf(std::string_view key, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (key == name) return true;
  }
  return false;
}

// What json_parser.cc reads, and nothing else.
Kind KindOf(std::string_view key) {
  switch (key.size()) {
    case 3:
    case 5:
      return key == "msg" ? Kind::kText : key == "level" ? Kind::kPresent : Kind::kSkip;
    case 7:
      return OneOf(key, {"message", "TraceId"}) ? Kind::kText : Kind::kSkip;
    case 8:
      if (key == "Duration") return Kind::kNumber;
      return OneOf(key, {"StartUTC", "trace_id"}) ? Kind::kText : Kind::kSkip;
    case 10:
      if (OneOf(key, {"ServiceURL", "BackendURL"})) return Kind::kServer;
      return OneOf(key, {"StartLocal", "RouterName", "ClientHost", "ClientAddr"}) ? Kind::kText
                                                                                  : Kind::kSkip;
    case 11:
      return OneOf(key, {"RequestPath", "RequestHost", "ServiceName", "BackendName", "origin_Date",
                         "request_Via"})
                 ? Kind::kText
                 : Kind::kSkip;
    case 12:
      if (OneOf(key, {"RequestCount", "OriginStatus"})) return Kind::kNumber;
      return key == "FrontendName" ? Kind::kText : Kind::kSkip;
    case 13:
      return key == "RequestMethod" || key == "RequestScheme" ? Kind::kText : Kind::kSkip;
    case 14:
      return OneOf(key, {"ClientUsername", "entryPointName", "request_Cookie", "request_Origin"})
                 ? Kind::kText
                 : Kind::kSkip;
    case 15:
      return OneOf(key, {"downstream_Date", "request_Referer"}) ? Kind::kText : Kind::kSkip;
    case 16:
      if (key == "DownstreamStatus") return Kind::kNumber;
      return key == "TLSClientSubject" ? Kind::kText : Kind::kSkip;
    case 17:
      return key == "origin_Set-Cookie" ? Kind::kText : Kind::kSkip;
    case 18:
      return key == "request_User-Agent" ? Kind::kText : Kind::kSkip;
    case 19:
      return key == "origin_Content-Type" ? Kind::kPresent : Kind::kSkip;
    case 21:
      return key == "downstream_Set-Cookie" ? Kind::kText : Kind::kSkip;
    case 22:
      return OneOf(key,
                   {"request_Sec-Fetch-Site", "request_Sec-Fetch-Mode", "request_Sec-Fetch-Dest"})
                 ? Kind::kText
                 : Kind::kSkip;
    case 23:
      return key == "downstream_Content-Type" ? Kind::kPresent : Kind::kSkip;
    case 25:
      if (key == "downstream_Content-Length") return Kind::kPresent;
      return key == "request_X-Forwarded-Proto" ? Kind::kText : Kind::kSkip;
    default:
      return Kind::kSkip;
  }
}

struct Sums {
  uint64_t lines = 0, bad = 0, bytes = 0, texts = 0, numbers = 0, ends = 0;
};

class Extractor {
 public:
  // REQUIRES: simdjson's padding is readable behind the line.
  void Line(std::string_view line) {
    ++sums_.lines;
    sums_.bytes += line.size() + 1;
    if (!Fields(line)) ++sums_.bad;
  }
  const Sums& sums() const { return sums_; }

 private:
  bool Fields(std::string_view line) {
    const simdjson::padded_string_view padded(line.data(), line.size(),
                                              line.size() + simdjson::SIMDJSON_PADDING);
    od::document document;
    od::object object;
    if (parser_.iterate(padded).get(document) || document.get_object().get(object)) return false;
    for (auto field : object) {
      std::string_view key;
      if (field.error() || field.unescaped_key().get(key)) return false;
      const Kind kind = KindOf(key);
      if (kind != Kind::kSkip && !Value(kind, field.value())) return false;
    }
    return true;
  }

  bool Value(Kind kind, simdjson::simdjson_result<od::value> value) {
    switch (kind) {
      case Kind::kText:
        return Text(value);
      case Kind::kNumber: {
        uint64_t number = 0;
        if (value.get_uint64().get(number)) return false;
        sums_.numbers += number;
        return true;
      }
      case Kind::kServer: {
        od::json_type type{};
        if (value.type().get(type)) return false;
        return type == od::json_type::object ? Url(value) : Text(value);
      }
      default:
        ++sums_.texts;
        return true;
    }
  }

  bool Text(simdjson::simdjson_result<od::value> value) {
    std::string_view text;
    if (value.get_string().get(text)) return false;
    ++sums_.texts;
    if (!text.empty()) sums_.ends += static_cast<unsigned char>(text.back()) + text.size();
    return true;
  }

  // v1.7 and v2 write Go's url.URL as an object.
  bool Url(simdjson::simdjson_result<od::value> value) {
    od::object object;
    if (value.get_object().get(object)) return false;
    for (auto field : object) {
      std::string_view key;
      if (field.error() || field.unescaped_key().get(key)) return false;
      if (OneOf(key, {"Scheme", "Host", "Path"}) && !Text(field.value())) return false;
    }
    return true;
  }

  od::parser parser_;
  Sums sums_;
};

// Calls extractor.Line for every line; the last one may lack its line feed.
bool ReadLines(int fd, Extractor& extractor) {
  std::vector<char> buffer(kMostLineBytes + kBlockBytes + simdjson::SIMDJSON_PADDING);
  size_t held = 0;
  for (;;) {
    const ssize_t got = read(fd, buffer.data() + held, kBlockBytes);
    if (got < 0) return false;
    if (got == 0) break;
    const char* begin = buffer.data();
    const char* const end = begin + held + static_cast<size_t>(got);
    while (const void* feed = std::memchr(begin, '\n', static_cast<size_t>(end - begin))) {
      const char* const stop = static_cast<const char*>(feed);
      extractor.Line({begin, static_cast<size_t>(stop - begin)});
      begin = stop + 1;
    }
    held = static_cast<size_t>(end - begin);
    if (held > kMostLineBytes) return false;
    std::memmove(buffer.data(), begin, held);
  }
  if (held > 0) extractor.Line({buffer.data(), held});
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
  Extractor extractor;
  if (fd < 0 || !ReadLines(fd, extractor)) {
    std::fprintf(stderr, "usage: simdjson_extract FILE (lines of at most 1 MiB)\n");
    return 2;
  }
  const Sums& sums = extractor.sums();
  const auto number = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf("lines %llu bad %llu bytes %llu texts %llu checksum %llx\n", number(sums.lines),
              number(sums.bad), number(sums.bytes), number(sums.texts),
              number(sums.numbers * 31 + sums.ends));
  return 0;
}
