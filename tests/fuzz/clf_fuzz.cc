// SPDX-License-Identifier: Apache-2.0
// clf_fuzz: one line to the CLF parser. What it accepts, a slow and obvious reading accepts too,
// with the same ends; and the shortcut for plain lines says what the careful reading says.
#include <re2/re2.h>

#include <string>

#include "fuzz_input.h"
#include "stickyd/parse/clf_parser.h"

namespace stickyd {
namespace {

struct Ends {
  std::string count, router, server, duration;
};

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

// From the right: the shortest tail that reads as one.
bool ReadEnds(std::string_view line, Ends& ends) {
  static const re2::RE2 tail(R"re(" (\d+|-) (?:"(.*)"|-) (?:"([^"]*)"|-) (\d+)ms)re", [] {
    re2::RE2::Options options;
    options.set_encoding(re2::RE2::Options::EncodingLatin1);
    options.set_dot_nl(true);
    return options;
  }());
  for (size_t at = line.size(); at-- > 0;) {
    ends.router.clear();
    ends.server.clear();
    if (line[at] == '"' && re2::RE2::FullMatch(Piece(line.substr(at)), tail, &ends.count,
                                               &ends.router, &ends.server, &ends.duration)) {
      return true;
    }
  }
  return false;
}

void SameAsCarefully(ClfParser& parser, std::string_view line,
                     const std::optional<UnparsedReason>& reason, const AccessRecord& record) {
  AccessRecord careful;
  Must(parser.ParseCarefully(line, careful) == reason, "same reason");
  if (reason) return;
  Must(careful.client_host == record.client_host && careful.user == record.user, "same client");
  Must(careful.router == record.router && careful.server_url == record.server_url, "same server");
  Must(careful.start == record.start && careful.duration == record.duration, "same times");
  Must(careful.request_count == record.request_count, "same count");
  Must(careful.status == record.status && careful.middle_ambiguous == record.middle_ambiguous,
       "same status");
  Must(careful.method == record.method && careful.path == record.path, "same request");
  Must(careful.referer == record.referer && careful.user_agent == record.user_agent,
       "same headers");
}

std::string OrEmpty(const Text& text) {
  const std::string value(text.value_or(""));
  return value == "-" ? "" : value;
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  const std::string_view line = AsText(data, size);
  static ClfParser parser;
  AccessRecord record;
  std::optional<UnparsedReason> reason;
  Within({2000, 60}, size, [&] { reason = parser.Parse(line, record); });
  SameAsCarefully(parser, line, reason, record);
  if (reason) return 0;
  Ends ends;
  Must(ReadEnds(line, ends), "a parsed line has two ends");
  if (ends.router == "-") ends.router.clear();
  if (ends.server == "-") ends.server.clear();
  const std::string client(record.client_host.value_or("-"));
  const std::string_view behind = line.substr(parser.prefix().size());
  Must(behind.starts_with(client + " - "), "the client comes first, behind a prefix");
  Must(OrEmpty(record.router) == ends.router, "same router");
  Must(!record.server_url || *record.server_url == ends.server, "same server");
  Must(std::chrono::duration_cast<std::chrono::milliseconds>(record.duration).count() ==
           std::stoll(ends.duration),
       "same duration");
  Must(!record.request_count || std::to_string(*record.request_count) == ends.count ||
           ends.count.starts_with('0'),
       "same count");
  Must(record.start.low <= record.start.high, "a start is an interval");
  return 0;
}
