// SPDX-License-Identifier: Apache-2.0
#include "line_start.h"

#include <gtest/gtest.h>

#include <string>

#include "padded.h"
#include "stickyd/parse/line_parser.h"

namespace stickyd {
namespace {

const std::string kRest =
    "[05/Jan/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 \"shop@file\" "
    "\"http://10.0.0.1:80\" 3ms";

TEST(LineStartTest, LineOfClfBeginsAtItsAddressOrList) {
  const struct {
    const char* prefix;
    const char* line;
  } rows[] = {
      {"", "1.2.3.4 - "},
      {"", "1.2.3.4, 5.6.7.8 - "},
      {"host app[1]: ", "1.2.3.4 - "},
      {"host app[1]: ", "2001:db8::1, 5.6.7.8 - "},
      {"host app[1]: ", "1.2.3.4:5678,[2001:db8::1]:443 - "},
      {"host app[1]: ", "fe80::1%eth0 - "},
      {"log:12:", "1.2.3.4 - "},
      {"log:12:", "1.2.3.4:5678 - "},
      {"log:12:", "2001:db8::1 - "},
      {"12:", "fd00::1 - "},
      {"", "2001:db8::1 - "},
      {"", "64:ff9b::1.2.3.4 - "},
      {"log:", "[2001:db8::1]:443 - "},
      {"\x1b[1;36mx | \x1b[0m", "1.2.3.4 - "},
      {"<30>1 - - - - - - ", "1.2.3.4 - "},
      {"<30>1 t 10.0.0.1 - 8 - [a b=\"] 1.1.1.1 - \"] ", "1.2.3.4 - "},
      {"    MESSAGE=", "1.2.3.4 - "},
  };
  for (const auto& row : rows) {
    const std::string head = std::string(row.prefix) + row.line + "user ";
    EXPECT_EQ(head.substr(FindClfStart(head)), std::string(row.line) + "user ") << head;
    EXPECT_TRUE(HoldsClfStart(head)) << head;
  }
}

TEST(LineStartTest, JsonBeginsWithinTwoThousandBytes) {
  const auto start = [](size_t bytes) {
    return FindJsonStart(std::string(bytes - 1, 'x') + " {\"a\":1}");
  };
  EXPECT_EQ(start(1), 1U);
  EXPECT_EQ(start(2046), 2046U);
  EXPECT_EQ(start(2047), 0U);
}

TEST(LineStartTest, WhatASyslogHeaderHoldsIsNoClient) {
  const std::string rest = "x " + kRest;  // of a line that a user name split
  LineParser parser(1000, {});
  AccessRecord record;
  const Padded line("<30>1 2026-01-05T09:00:00Z edge1 traefik 812 - - " + rest);
  EXPECT_EQ(parser.Parse(line.line(), record), LineFate::Unparsed(UnparsedReason::kFragment));
  EXPECT_EQ(record.request_count, 7U);
}

// Some tools show a container's stream without CRI's tag.
TEST(LineStartTest, StreamWithoutATagIsAPrefix) {
  LineParser parser(1000, {});
  AccessRecord record;
  const Padded json(
      "2026-01-05T09:00:00.123Z stdout {\"ClientHost\":\"1.2.3.4\",\"RequestCount\":7,"
      "\"DownstreamStatus\":200,\"Duration\":1,\"RequestMethod\":\"GET\",\"RequestPath\":\"/\","
      "\"StartUTC\":\"2026-01-05T09:00:00Z\",\"RouterName\":\"shop@file\","
      "\"ServiceURL\":\"http://10.0.0.1:80\"}");
  EXPECT_TRUE(parser.Parse(json.line(), record).parsed());
  EXPECT_EQ(record.request_count, 7U);
  const Padded clf("2026-01-05T09:00:00.123Z stdout 1.2.3.4 - - " + kRest);
  EXPECT_TRUE(LineParser(1000, {}).Parse(clf.line(), record).parsed());
  EXPECT_EQ(record.request_count, 7U);
}

TEST(LineStartTest, WhatAClientWritesIsNoPrefix) {
  for (const char* const head : {
           "10.0.0.9 - x 1.2.3.4 - y ",  // a user name
           "10.0.0.9 - <30>1 a b c d - - 1.2.3.4 - ",
           "unknown - x 1.2.3.4 - y ",    // whose client is no address
           "- - 1.2.3.4 - y ",            // or was dropped
           "x 1.1.1.1 junk, 1.2.3.4 - ",  // a forwarded list: its end counts
           "a - b, 1.2.3.4 - ",
           "<30>1 a b, 1.2.3.4 - ",
           "no address - ",
           "x1.2.3.4 - ",
           "1.2.3.4",
           "",
       }) {
    EXPECT_EQ(FindClfStart(head), 0U) << head;
  }
}

TEST(LineStartTest, ObjectBeginsBehindAPlausiblePrefix) {
  const struct {
    const char* line;
    size_t start;
  } rows[] = {
      {"x | {\"a\":1}", 4},
      {"{app=\"x\"} {\"a\":1}", 10},
      {"access.log:{\"a\":1}", 11},
      {"<30>1 t h a 8 - - {\"a\":1}", 18},
      {"{\"a\":1}", 0},
      {"x {\"a\":1} y", 0},
      {"10.0.0.9 - {\"a\":1}", 0},
      {"<30>1 t h a 8 - - x - {\"a\":1}", 0},
      {"word{\"a\":1}", 0},
      {"x | {}", 0},
  };
  for (const auto& row : rows) EXPECT_EQ(FindJsonStart(row.line), row.start) << row.line;
}

TEST(LineStartTest, InALogOfClfNoObjectIsReadBehindOtherWords) {
  const Padded clf("10.0.0.9 - - " + kRest);
  const Padded object(
      "x {\"ClientHost\":\"1.1.1.1\",\"Duration\":1,\"RequestCount\":8,\"RouterName\":\"r\","
      "\"ServiceName\":\"s\",\"StartUTC\":\"2026-01-05T09:00:00Z\"}");
  LineParser parser(1000, {});
  AccessRecord record;
  EXPECT_TRUE(parser.Parse(object.line(), record).parsed());
  EXPECT_EQ(parser.prefix(), "x ");
  record = {};
  EXPECT_TRUE(parser.Parse(clf.line(), record).parsed());
  record = {};
  EXPECT_FALSE(parser.Parse(object.line(), record).parsed());
}

TEST(LineStartTest, FragmentBehindAPrefixIsOne) {
  LineParser parser(1000, {});
  AccessRecord record;
  for (const char* const prefix : {"", "Jan 05 09:00:00 edge1 traefik[8]: ", "log:12:"}) {
    const Padded fragment(std::string(prefix) + "192.0.2.9 - x");
    EXPECT_EQ(parser.Parse(fragment.line(), record), LineFate::Unparsed(UnparsedReason::kFragment))
        << prefix;
  }
  const Padded own("Jan 05 09:00:00 edge1 traefik[8]: time=\"2026\" level=error msg=\"x\"");
  EXPECT_EQ(parser.Parse(own.line(), record), LineFate::Skipped(SkipReason::kTraefikLog));
}

TEST(LineStartTest, PrefixIsThatOfTheRecordThatWasReadLast) {
  LineParser parser(1000, {});
  AccessRecord record;
  for (const char* const prefix : {"web-1 | ", "", "Jan 05 09:00:00 edge1 traefik[8]: "}) {
    const Padded line(prefix + ("192.0.2.9 - - " + kRest));
    record = {};
    EXPECT_TRUE(parser.Parse(line.line(), record).parsed());
    EXPECT_EQ(parser.prefix(), prefix);
  }
}

}  // namespace
}  // namespace stickyd
