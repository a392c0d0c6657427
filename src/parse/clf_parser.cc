// The line is taken apart from both ends, because only the ends are Traefik's own words:
//
//   CLIENT - USER [TIME] "METHOD PATH PROTO" STATUS SIZE "REFERER" "AGENT" COUNT "ROUTER" "SERVER"
//   Nms
//   '------ head -------'  '--------------- middle: the client's -------' '------- tail ----------'
//
// Tail: SERVER is a URL and holds no quote; ROUTER may hold quotes, so its left end is the last
// place that reads `" COUNT "`. Head: a user name holds no colon (basic auth ends it there), so the
// first thing that looks like a time is the time, unless a forwarded list holds a whole forged
// line: then the head has two readings and the line is dropped. Tests: clf_parser_test.cc, the
// recordings `hostile`, and the fuzz target clf, which compares with a slow reading.
#include "stickyd/parse/clf_parser.h"

#include <algorithm>

#include "clf_plain.h"
#include "stickyd/base/timestamp.h"

namespace stickyd {
namespace {

constexpr size_t npos = std::string_view::npos;
constexpr int64_t kLongestMs = int64_t{10} * 366 * 86400 * 1000;

// The end of the run of digits that ends before `end`, going left; `end` itself if there is none.
size_t SkipDigitsLeft(std::string_view text, size_t end) {
  while (end > 0 && IsDigit(text[end - 1])) --end;
  return end;
}

struct Tail {
  std::string_view count;
  Text router;
  Text server;
  int64_t duration_ms = 0;
  size_t middle_end = 0;  // just after the quote that closes the user agent
};

// A field that prints `-` or `"-"` when it is absent.
Text Present(std::string_view field) {
  return field == "-" || field.empty() ? Text() : Text(field);
}

// `end` is just after the field. Moves it before the field and its leading space. The field is
// bare `-` or quoted; a quoted one is returned without its quotes.
std::optional<std::string_view> TakeServer(std::string_view line, size_t& end) {
  if (end < 3) return std::nullopt;
  if (line[end - 1] == '-' && line[end - 2] == ' ') {
    end -= 2;
    return std::string_view("-");
  }
  if (line[end - 1] != '"') return std::nullopt;
  const size_t open = line.rfind('"', end - 2);
  if (open == npos || open == 0 || line[open - 1] != ' ') return std::nullopt;
  const std::string_view field = line.substr(open + 1, end - open - 2);
  end = open - 1;
  return field;
}

// Reads `" COUNT` leftwards, `end` being just after COUNT.
bool TakeCount(std::string_view line, size_t end, Tail& tail) {
  size_t begin = SkipDigitsLeft(line, end);
  if (begin == end && end > 0 && line[end - 1] == '-') begin = end - 1;
  if (begin == end || begin < 2 || line[begin - 1] != ' ' || line[begin - 2] != '"') return false;
  tail.count = line.substr(begin, end - begin);
  tail.middle_end = begin - 1;
  return true;
}

// Reads `" COUNT "ROUTER"` leftwards, `end` being just after it.
bool TakeRouter(std::string_view line, size_t end, Tail& tail) {
  if (end < 4) return false;
  if (line[end - 1] == '-' && line[end - 2] == ' ') return TakeCount(line, end - 2, tail);
  if (line[end - 1] != '"') return false;
  for (size_t open = line.rfind('"', end - 2); open != npos && open >= 4;
       open = line.rfind('"', open - 1)) {
    if (line[open - 1] == ' ' && TakeCount(line, open - 1, tail)) {
      tail.router = Present(line.substr(open + 1, end - open - 2));
      return true;
    }
  }
  return false;
}

std::optional<Tail> ParseTail(std::string_view line) {
  if (line.size() < 8 || line[line.size() - 1] != 's' || line[line.size() - 2] != 'm') {
    return std::nullopt;
  }
  Tail tail;
  size_t end = line.size() - 2;
  const size_t digits = SkipDigitsLeft(line, end);
  if (digits == 0) return std::nullopt;
  const auto duration = ParseNumber<int64_t>(line.substr(digits, end - digits));
  if (!duration || *duration > kLongestMs || line[digits - 1] != ' ') return std::nullopt;
  tail.duration_ms = *duration;
  end = digits - 1;
  const auto server = TakeServer(line, end);
  if (!server || !TakeRouter(line, end, tail)) return std::nullopt;
  tail.server = Present(*server);
  return tail;
}

// v1.7 logs its own handlers with the request's URL as the backend: `COUNT "name" "/path"`. There a
// client could write a whole tail into that URL. Does the text left of the tail hold such a start?
bool HoldsHandlerTail(std::string_view middle, std::string_view after) {
  const char* const end = after.data() + after.size();  // NOLINT: both are parts of one line
  const std::string_view all(middle.data(), static_cast<size_t>(end - middle.data()));
  for (size_t at = all.find("\" \"/"); at != npos; at = all.find("\" \"/", at + 1)) {
    size_t open = all.rfind('"', at == 0 ? 0 : at - 1);
    if (open == npos || open < 4 || all[open - 1] != ' ') continue;
    const std::string_view name = all.substr(open + 1, at - open - 1);
    Tail tail;
    if (name.find('@') == npos && TakeCount(all, open - 1, tail) && tail.count != "-") return true;
  }
  return false;
}

struct Head {
  Text client;
  Text user;
  std::string_view time;
  size_t middle_begin = 0;  // just after the quote that opens the request line
};

// The position of `[time] "` at or after `from`; npos if there is none.
size_t FindTime(std::string_view line, size_t from) {
  for (size_t at = line.find('[', from); at != npos; at = line.find('[', at + 1)) {
    const std::string_view rest = line.substr(at + 1);
    if (rest.size() < TimestampParser::kClfLength + 3) return npos;
    if (LooksLikeClfTime(rest.substr(0, TimestampParser::kClfLength)) &&
        rest.substr(TimestampParser::kClfLength, 3) == "] \"") {
      return at;
    }
  }
  return npos;
}

// The last entry of a list of addresses.
std::string_view LastEntry(std::string_view list) {
  const size_t comma = list.rfind(',');
  return Trim(comma == npos ? list : list.substr(comma + 1));
}

// `CLIENT - USER ` up to the time. A reading is a ` - ` whose left side ends with an address.
std::optional<UnparsedReason> ReadClient(std::string_view text, Head& head) {
  int readings = 0;
  for (size_t at = text.find(" - "); at != npos; at = text.find(" - ", at + 1)) {
    if (at + 3 >= text.size() || !IsIpAddress(LastEntry(text.substr(0, at)))) continue;
    if (++readings > 1) return UnparsedReason::kAmbiguousLine;
    head.client = text.substr(0, at);
    head.user = Present(text.substr(at + 3, text.size() - at - 4));
  }
  if (readings == 0) {
    // No address at all: dropped (`-`), or a text that Traefik was told to trust.
    const size_t at = text.find(" - ");
    if (at == npos || text.back() != ' ') return UnparsedReason::kNotAccessLog;
    head.client = Present(text.substr(0, at));
  }
  return std::nullopt;
}

// A second time in the line, right of the first, that follows `, ADDRESS - user `: the forwarded
// list may hold a forged line, and the whole of it be the client.
bool SecondHeadFits(std::string_view line, size_t from) {
  for (size_t time = FindTime(line, from); time != npos; time = FindTime(line, time + 1)) {
    const std::string_view before = line.substr(0, time);
    for (size_t at = before.find(" - ", from); at != npos; at = before.find(" - ", at + 1)) {
      const std::string_view list = before.substr(0, at);
      if (list.rfind(',') != npos && list.rfind(',') >= from && IsIpAddress(LastEntry(list))) {
        return true;
      }
    }
  }
  return false;
}

std::optional<UnparsedReason> ParseHead(std::string_view line, Head& head) {
  const size_t time = FindTime(line, 0);
  if (time == npos) {
    return line.find("[-] \"") == npos ? UnparsedReason::kNotAccessLog
                                       : UnparsedReason::kFieldsDropped;
  }
  head.time = line.substr(time + 1, TimestampParser::kClfLength);
  head.middle_begin = time + TimestampParser::kClfLength + 4;
  if (auto reason = ReadClient(line.substr(0, time), head)) return reason;
  if (SecondHeadFits(line, head.middle_begin)) return UnparsedReason::kAmbiguousLine;
  return std::nullopt;
}

struct StatusPlace {
  size_t quote = npos;    // the quote that closes the request line
  size_t referer = npos;  // just after `STATUS SIZE `
  std::string_view status;
};

// A number or `-` at text[at], then a space; npos if there is none, else the position after it.
size_t SkipNumber(std::string_view text, size_t at) {
  const size_t begin = at;
  if (at < text.size() && text[at] == '-') {
    ++at;
  } else {
    while (at < text.size() && IsDigit(text[at])) ++at;
  }
  return at == begin || at >= text.size() || text[at] != ' ' ? npos : at + 1;
}

// All places where `" STATUS SIZE "` fits; the fields of the middle are known if there is one.
int FindStatus(std::string_view middle, StatusPlace& place) {
  int readings = 0;
  for (size_t quote = middle.find("\" "); quote != npos; quote = middle.find("\" ", quote + 1)) {
    const size_t size = SkipNumber(middle, quote + 2);
    if (size == npos) continue;
    const size_t referer = SkipNumber(middle, size);
    if (referer == npos || referer >= middle.size() || middle[referer] != '"') continue;
    ++readings;
    place = {quote, referer, middle.substr(quote + 2, size - quote - 3)};
  }
  return readings;
}

// `first`: its first blank.
void ReadRequestLine(std::string_view text, size_t first, AccessRecord& record) {
  const size_t last = text.rfind(' ');
  if (first == npos || last == first) return;
  const std::string_view path = text.substr(first + 1, last - first - 1);
  if (path != "-") record.path = path;
}

// `"REFERER" "AGENT"`: known if they can be told apart.
void ReadHeaders(std::string_view text, AccessRecord& record) {
  const size_t middle = text.find("\" \"");
  if (text.size() < 5 || middle == npos) return;
  if (text.find("\" \"", middle + 1) != npos) {
    record.middle_ambiguous = true;
    return;
  }
  record.referer = Present(text.substr(1, middle - 1));
  record.user_agent = Present(text.substr(middle + 3, text.size() - middle - 4));
}

void ReadMiddle(std::string_view middle, AccessRecord& record) {
  const size_t space = middle.find(' ');
  if (space != npos) record.method = middle.substr(0, space);
  StatusPlace place;
  if (FindStatus(middle, place) != 1) {
    record.middle_ambiguous = true;
    return;
  }
  record.status = ParseNumber<uint16_t>(place.status);
  const std::string_view request = middle.substr(0, place.quote);
  ReadRequestLine(request, request.find(' '), record);
  ReadHeaders(middle.substr(place.referer), record);
}

// genericCLF ends with the quoted user agent, or in v3.5+ with nothing of Traefik's own.
bool LooksGeneric(std::string_view line) {
  StatusPlace place;
  const size_t time = FindTime(line, 0);
  return time != npos && line.back() == '"' &&
         FindStatus(line.substr(time + TimestampParser::kClfLength + 4), place) >= 1;
}

// An absolute URL: v1.7's own handlers log the request's URL as their backend.
bool IsAbsoluteUrl(std::string_view url) {
  for (size_t at = 0; at + 3 < url.size(); ++at) {
    const char c = url[at];
    if (c == ':' && url[at + 1] == '/' && url[at + 2] == '/') return at > 0;
    if (c == '/' || c == '?' || c == '#') return false;
  }
  return false;
}

}  // namespace

ClfParser::ClfParser() : times_(std::make_unique<TimestampParser>()) {}
ClfParser::~ClfParser() = default;

std::optional<UnparsedReason> ClfParser::Parse(std::string_view line, AccessRecord& record) {
  if (ParsePlain(line, record)) return std::nullopt;
  record = AccessRecord{};
  return ParseCarefully(line, record);
}

// Nine lines in ten are plain: an IPv4 address, nobody logged in, five quoted fields and not one
// quote more, a request line without anything that could be a second head. Such a line has one
// reading, and it is found by its quotes; everything else is read carefully. clf_parser_test.cc and
// the fuzz target hold the two against each other.
bool ClfParser::ParsePlain(std::string_view line, AccessRecord& record) {
  Quotes quote;
  if (line.size() < 2 || line[line.size() - 1] != 's' || !quote.Find(line)) return false;
  const auto between = [&](size_t open) {
    return line.substr(quote[open] + 1, quote[open + 1] - quote[open] - 1);
  };
  const auto head = ReadPlainHead(line.substr(0, quote[0]));
  if (!head) return false;
  const std::string_view request = between(0);
  const size_t method_end = request.find(' ');
  if (method_end == npos) return false;
  const std::string_view agent = between(4);
  if (quote[4] != quote[3] + 2 || line[quote[3] + 1] != ' ' || quote[8] != quote[7] + 2 ||
      line[quote[7] + 1] != ' ' || agent.starts_with('/') || line.find('[', quote[0]) != npos) {
    return false;
  }
  // Between its quotes a lone space looks like the gap between two fields.
  if (between(2) == " " || agent == " ") return false;
  const auto count = SpacedNumber(line, quote[5] + 1, quote[6]);
  const std::string_view duration = line.substr(quote[9] + 1);
  if (!count || duration.size() < 4 || duration[0] != ' ' || duration[duration.size() - 2] != 'm') {
    return false;
  }
  const auto ms = ParseDigits(duration.substr(1, duration.size() - 3));
  const auto seconds = times_->ParseClf(head->time);
  const std::string_view router = between(6);
  const std::string_view server = between(8);
  if (!ms || *ms > kLongestMs || !seconds || !IsAbsoluteUrl(server) || !Present(router))
    return false;
  const size_t status_end = line.find(' ', quote[1] + 2);
  if (status_end >= quote[2] || line[quote[1] + 1] != ' ') return false;
  const auto status = ParseDigits(line.substr(quote[1] + 2, status_end - quote[1] - 2));
  if (!status || *status > 999 || !SpacedNumber(line, status_end, quote[2])) return false;

  record.format = LogFormat::kClf;
  record.start.low = EventTime(std::chrono::seconds(*seconds));
  record.start.high = record.start.low + std::chrono::seconds(1);
  record.duration = std::chrono::milliseconds(*ms);
  record.request_count = count;
  record.status = static_cast<uint16_t>(*status);
  record.router = router;
  record.server_url = server;
  record.client_host = head->client;
  record.method = request.substr(0, method_end);
  ReadRequestLine(request, method_end, record);
  record.referer = Present(between(2));
  record.user_agent = Present(agent);
  return true;
}

std::optional<UnparsedReason> ClfParser::ParseCarefully(std::string_view line,
                                                        AccessRecord& record) {
  const auto tail = ParseTail(line);
  if (!tail) {
    return LooksGeneric(line) ? UnparsedReason::kGenericClf : UnparsedReason::kNotAccessLog;
  }
  Head head;
  if (auto reason = ParseHead(line, head)) {
    if (*reason == UnparsedReason::kFieldsDropped) record.dropped = kDroppedStart;
    return reason;
  }
  if (tail->middle_end < head.middle_begin) return UnparsedReason::kNotAccessLog;
  const auto seconds = times_->ParseClf(head.time);
  if (!seconds) return UnparsedReason::kInvalidTime;
  const std::string_view middle =
      line.substr(head.middle_begin, tail->middle_end - head.middle_begin);
  const bool named = tail->router || !tail->server;
  if (!head.client || !named) {
    record.dropped =
        static_cast<uint8_t>((head.client ? 0 : kDroppedClient) | (named ? 0 : kDroppedNames));
    return UnparsedReason::kFieldsDropped;
  }
  const bool absolute = tail->server && IsAbsoluteUrl(*tail->server);
  if (absolute && HoldsHandlerTail(middle, *tail->server)) return UnparsedReason::kAmbiguousLine;

  record.format = LogFormat::kClf;
  record.start.low = EventTime(std::chrono::seconds(*seconds));
  record.start.high = record.start.low + std::chrono::seconds(1);
  record.duration = std::chrono::milliseconds(tail->duration_ms);
  record.request_count = ParseNumber<uint64_t>(tail->count);
  record.router = tail->router;
  if (absolute) record.server_url = tail->server;
  record.client_host = head.client;
  record.user = head.user;
  ReadMiddle(middle, record);
  return std::nullopt;
}

}  // namespace stickyd
