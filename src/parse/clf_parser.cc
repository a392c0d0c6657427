// SPDX-License-Identifier: Apache-2.0
// The line is taken apart from both ends, because only the ends are Traefik's own words:
//
//   CLIENT - USER [TIME] "METHOD PATH PROTO" STATUS SIZE "REFERER" "AGENT" COUNT "ROUTER" "SERVER"
//   Nms
//   '------ head -------'  '--------------- middle: the client's -------' '------- tail ----------'
//
// Tail: SERVER is a URL and holds no quote; ROUTER may hold quotes, so its left end is the last
// place that reads `" COUNT "`. Head: what looks like a time first is the time, unless a second one
// could be it: the user of an absolute URL may hold a whole forged beginning. Then the start lies
// between those that are near it, and the lines around this one have to tell whether that can be.
// Where a forwarded list holds a second beginning, the client is not known either, and the line is
// dropped. Every step is linear in the line: a client can make one a megabyte long. Tests:
// clf_parser_test.cc, the recordings `hostile`, and the fuzz target clf, which compares with a slow
// reading.
#include "stickyd/parse/clf_parser.h"

#include <algorithm>

#include "clf_plain.h"
#include "clf_tail.h"
#include "clf_time.h"
#include "line_start.h"
#include "stickyd/base/text.h"
#include "stickyd/base/timestamp.h"

namespace stickyd {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr EventDuration kClockTick = std::chrono::seconds(1);
// Where the first of several times is now, so are all that can be the true one:
// LaneIntake::IsNow.
constexpr EventDuration kNearFirst = std::chrono::seconds(65);

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

// Does the text up to `end` end with an address, alone or as the last of a list?
bool EndsWithAddress(std::string_view text, size_t end) {
  constexpr size_t kLongestAddress = 72;  // IPv6 with a zone and a port
  size_t begin = end;
  while (begin > 0 && end - begin < kLongestAddress && text[begin - 1] != ',' &&
         text[begin - 1] != ' ') {
    --begin;
  }
  if (!IsIpAddress(AddressWithoutPort(text.substr(begin, end - begin)))) return false;
  while (begin > 0 && text[begin - 1] == ' ') --begin;
  return begin == 0 || text[begin - 1] == ',';
}

// `CLIENT - USER ` up to the time. A reading is a ` - ` whose left side ends with an address.
std::optional<UnparsedReason> ReadClient(std::string_view text, Head& head) {
  int readings = 0;
  for (size_t at = text.find(" - "); at != npos; at = text.find(" - ", at + 1)) {
    if (at + 3 >= text.size() || !EndsWithAddress(text, at)) continue;
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

// A second time in the line, right of `from`, that follows `, ADDRESS - user `: the forwarded list
// may hold a forged line, and the whole of it be the client.
bool HasSecondHead(std::string_view line, size_t from) {
  size_t time = FindClfTime(line, from);
  size_t comma = npos;
  for (size_t at = from; time != npos && at < line.size(); ++at) {
    if (line[at] == ',') comma = at;
    if (line[at] != ' ' || comma == npos || line.substr(at, 3) != " - ") continue;
    if (!EndsWithAddress(line.substr(comma), at - comma)) continue;
    time = FindClfTime(line, at);
    return time != npos;
  }
  return false;
}

// `time`: where FindClfTime finds the first.
std::optional<UnparsedReason> ParseHead(std::string_view line, size_t time, Head& head) {
  if (time == npos) {
    return line.find("[-] \"") == npos ? UnparsedReason::kNotAccessLog
                                       : UnparsedReason::kFieldsDropped;
  }
  head.time = line.substr(time + 1, TimestampParser::kClfLength);
  head.middle_begin = time + kClfTimeBytes;
  if (auto reason = ReadClient(line.substr(0, time), head)) return reason;
  if (HasSecondHead(line, head.middle_begin)) return UnparsedReason::kAmbiguousLine;
  return std::nullopt;
}

// Where `" STATUS SIZE "` fits into the middle; the fields there are known if it fits once.
struct StatusPlaces {
  int readings = 0;
  // Of the last one:
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

StatusPlaces FindStatus(std::string_view middle) {
  StatusPlaces places;
  for (size_t quote = middle.find("\" "); quote != npos; quote = middle.find("\" ", quote + 1)) {
    const size_t size = SkipNumber(middle, quote + 2);
    if (size == npos) continue;
    const size_t referer = SkipNumber(middle, size);
    if (referer == npos || referer >= middle.size() || middle[referer] != '"') continue;
    places = {places.readings + 1, quote, referer, middle.substr(quote + 2, size - quote - 3)};
  }
  return places;
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

void ReadEnd(const Tail& tail, AccessRecord& record) {
  record.format = LogFormat::kClf;
  record.request_count = ParseNumber<uint64_t>(tail.count);
  record.router = tail.router;
  if (tail.server && IsAbsoluteUrl(*tail.server)) record.server_url = tail.server;
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

void ReadMiddle(std::string_view middle, const StatusPlaces& places, AccessRecord& record) {
  const size_t space = middle.find(' ');
  if (space != npos) record.method = middle.substr(0, space);
  if (places.readings != 1) {
    record.middle_ambiguous = true;
    return;
  }
  record.status = ParseNumber<uint16_t>(places.status);
  const std::string_view request = middle.substr(0, places.quote);
  ReadRequestLine(request, request.find(' '), record);
  ReadHeaders(middle.substr(places.referer), record);
}

// genericCLF ends with the quoted user agent, or in v3.5+ with nothing of Traefik's own.
bool LooksGeneric(std::string_view line, size_t time) {
  return time != npos && line.back() == '"' &&
         FindStatus(line.substr(time + kClfTimeBytes)).readings >= 1;
}

// Another web server's, in the common log format or one that goes on behind it: it has `" STATUS
// SIZE`, and not Traefik's end.
bool LooksForeign(std::string_view line, size_t time) {
  Head head;
  if (ParseHead(line, time, head).has_value()) return false;
  for (size_t quote = line.find("\" ", head.middle_begin); quote != npos;
       quote = line.find("\" ", quote + 1)) {
    const size_t size = SkipNumber(line, quote + 2);
    if (size == npos || size >= line.size()) continue;
    const size_t end =
        line[size] == '-' ? size + 1 : std::min(line.find_first_not_of(kDigits, size), line.size());
    if (end > size && (end == line.size() || line[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

ClfParser::ClfParser() : times_(std::make_unique<TimestampParser>()) {}
ClfParser::~ClfParser() = default;

std::optional<UnparsedReason> ClfParser::Parse(std::string_view line, AccessRecord& record) {
  prefix_ = {};
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
  record.start.high = record.start.low + kClockTick;
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
  size_t time = FindClfTime(line, 0);
  const size_t start = time == npos ? 0 : FindClfStart(line.substr(0, time));
  prefix_ = line.substr(0, start);
  line.remove_prefix(start);
  time -= start;
  const auto tail = ParseTail(line);
  if (!tail) {
    if (LooksGeneric(line, time)) return UnparsedReason::kGenericClf;
    return LooksForeign(line, time) ? UnparsedReason::kForeignClf : UnparsedReason::kNotAccessLog;
  }
  ReadEnd(*tail, record);
  Head head;
  if (auto reason = ParseHead(line, time, head)) {
    if (*reason == UnparsedReason::kFieldsDropped) record.dropped = kDroppedStart;
    return *reason == UnparsedReason::kNotAccessLog ? UnparsedReason::kFragment : reason;
  }
  if (tail->middle_end < head.middle_begin) return UnparsedReason::kFragment;
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
  const StatusPlaces places = FindStatus(middle);
  if (record.server_url && HoldsHandlerTail(middle, *tail->server)) {
    return UnparsedReason::kAmbiguousLine;
  }
  record.start.low = EventTime(std::chrono::seconds(*seconds));
  record.start.high = record.start.low + kClockTick;
  record.duration = std::chrono::milliseconds(tail->duration_ms);
  if (places.readings > 0) AddOtherTimes(middle.substr(0, places.quote), record);
  record.client_host = head.client;
  record.user = head.user;
  ReadMiddle(middle, places, record);
  return std::nullopt;
}

// Further times, with a request line and a status behind them. All before the true one are the
// words of a user that the request's URL named, all behind it are the query's: the start is one of
// those near the first, or the first is not now.
void ClfParser::AddOtherTimes(std::string_view request, AccessRecord& record) {
  const EventTime first = record.start.low;
  for (size_t at = FindClfTime(request, 0); at != npos; at = FindClfTime(request, at + 1)) {
    const auto seconds = times_->ParseClf(request.substr(at + 1, TimestampParser::kClfLength));
    if (!seconds) continue;
    const EventTime time = EventTime(std::chrono::seconds(*seconds));
    record.start_doubtful = true;
    if (time < first - kNearFirst || time > first + kNearFirst) continue;
    record.start.low = std::min(record.start.low, time);
    record.start.high = std::max(record.start.high, time + kClockTick);
  }
}

void ClfParser::ParseEnd(std::string_view end, AccessRecord& record) {
  if (const auto tail = ParseTail(end)) ReadEnd(*tail, record);
}

}  // namespace stickyd
