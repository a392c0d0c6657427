// SPDX-License-Identifier: Apache-2.0
// plain_parser_test: lines that were parsed ahead and taken over, against the same lines parsed one
// after the other: the same fate, and the same in each field of the record.
#include "stickyd/parse/plain_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "padded.h"
#include "stickyd/base/name_table.h"
#include "stickyd/parse/line_parser.h"

namespace stickyd {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20U;
const std::string kClfLine =
    R"(192.0.2.7 - - [05/Jan/2026:09:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "agent" 3 )"
    R"("shop@file" "http://10.0.0.1:80" 11ms)";
const std::string kJsonLine =
    R"({"ClientAddr":"192.0.2.7:4711","ClientHost":"192.0.2.7","DownstreamStatus":200,)"
    R"("Duration":11000000,"OriginStatus":200,"RequestCount":4,"RequestPath":"/a?b=1&c=2",)"
    R"("RouterName":"shop@file","ServiceName":"shop@file","ServiceURL":"http://10.0.0.1:80",)"
    R"("StartUTC":"2026-01-05T09:00:00.5Z"})";
const std::string kObjectUrl =
    R"({"ClientHost":"192.0.2.7","DownstreamStatus":200,"Duration":11000000,"RequestCount":5,)"
    R"("RouterName":"shop@file","ServiceURL":{"Scheme":"http","Host":"10.0.0.1:80","Path":""},)"
    R"("StartUTC":"2026-01-05T09:00:00Z"})";

// All that a record says, as text.
std::string Said(const AccessRecord& record) {
  std::string said;
  const auto add = [&](std::string_view text) { said.append(text).push_back('|'); };
  const auto number = [&](auto value) { add(std::to_string(value)); };
  number(static_cast<int>(record.format));
  number(record.start.low.time_since_epoch().count());
  number(record.start.high.time_since_epoch().count());
  number(record.duration.count());
  number(record.status.value_or(0xFFFF));
  number(record.request_count.value_or(UINT64_MAX));
  number(record.all_headers);
  number(record.origin_answered);
  number(record.middle_ambiguous);
  number(record.start_doubtful);
  for (const Text& text : {record.router,
                           record.service,
                           record.server_url,
                           record.entry_point,
                           record.client_host,
                           record.client_addr,
                           record.user,
                           record.tls_subject,
                           record.method,
                           record.scheme,
                           record.host,
                           record.path,
                           record.trace_id,
                           record.user_agent,
                           record.referer,
                           record.origin,
                           record.via,
                           record.forwarded_proto,
                           record.upgrade,
                           record.sec_fetch_site,
                           record.sec_fetch_mode,
                           record.sec_fetch_dest,
                           record.cookie,
                           record.set_cookie,
                           record.origin_set_cookie,
                           record.date}) {
    add(text.value_or("(absent)"));
  }
  for (const Text& text : record.extra) add(text.value_or("(absent)"));
  return said;
}

struct Taken {
  size_t lines = 0, accepted = 0;
};

// `texts`: a log's lines. They are parsed ahead in batches of several sizes.
Taken Compare(const std::vector<std::string>& texts, size_t batch,
              const std::vector<std::string>& extra = {}) {
  LineParser one(kMostBytes, extra);
  LineParser other(kMostBytes, extra);
  PlainParser ahead(extra);
  std::vector<Padded> padded(texts.begin(), texts.end());
  Taken taken;
  for (size_t begin = 0; begin < padded.size(); begin += batch) {
    const size_t end = std::min(begin + batch, padded.size());
    std::vector<ParsedLine> lines(end - begin);
    ahead.Reset();
    for (size_t i = begin; i < end; ++i) {
      ParsedLine& parsed = lines[i - begin];
      parsed.line = padded[i].line(i + 1);
      parsed.line.after_gap = i == 0;
      ahead.Parse(parsed);
    }
    for (const ParsedLine& parsed : lines) {
      ++taken.lines;
      AccessRecord want;
      const LineFate fate = one.Parse(parsed.line, want);
      if (other.Accept(parsed)) {
        ++taken.accepted;
        EXPECT_TRUE(fate.parsed()) << parsed.line.text;
        EXPECT_EQ(Said(parsed.record), Said(want)) << parsed.line.text;
      } else {
        AccessRecord record;
        EXPECT_EQ(other.Parse(parsed.line, record), fate) << parsed.line.text;
        if (fate.parsed()) {
          EXPECT_EQ(Said(record), Said(want)) << parsed.line.text;
        }
      }
      EXPECT_EQ(one.text(), other.text());
      EXPECT_EQ(one.prefix(), other.prefix());
    }
  }
  return taken;
}

std::vector<std::string> ReadLines(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(PlainParserTest, WhatTraefikWritesIsTakenOver) {
  for (const std::string& text : {kJsonLine, kObjectUrl}) {
    const Taken taken = Compare({text, text, text}, 3);
    EXPECT_EQ(taken.accepted, 2U) << "all but the first, which shows what the log is: " << text;
  }
  EXPECT_EQ(Compare({kClfLine, kClfLine, kClfLine}, 3).accepted, 2U);
  EXPECT_EQ(Compare({kClfLine, kClfLine + "\r", kJsonLine, kClfLine + " "}, 4).accepted, 3U);
}

TEST(PlainParserTest, EveryLogOfTheTestsIsReadTheSame) {
  size_t logs = 0;
  Taken all;
  for (const char* folder : {"raw", "formats", "corpus", "field", "hostile"}) {
    const auto root = std::filesystem::path(STICKYD_TEST_DATA) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".log") continue;
      ++logs;
      const auto lines = ReadLines(entry.path());
      for (const size_t batch : {size_t{1}, size_t{32}}) {
        const Taken taken = Compare(lines, batch, {"request_User-Agent", "RequestProtocol"});
        all.lines += taken.lines;
        all.accepted += taken.accepted;
      }
    }
  }
  EXPECT_GT(logs, 30U);
  EXPECT_GT(all.accepted, all.lines / 4);
}

// What the lines before were decides what a line is.
TEST(PlainParserTest, LinesOfAllKindsInAnyOrder) {
  const std::string message = R"({"message":"x","level":"info","time":"2026-01-05T09:00:00Z"})";
  const std::string docker = R"({"log":"{\"ClientHost\":\"192.0.2.7\"}\n","stream":"stdout"})";
  const std::string envelope =
      R"({"fields":{"line":"192.0.2.7 - - [05/Jan/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 5 )"
      R"(\"-\" \"-\" 9 \"shop@file\" \"http://10.0.0.1:80\" 1ms"}})";
  std::string long_name = kJsonLine;
  long_name.replace(long_name.find("shop@file"), 4, std::string(2 * kLongestName, 's'));
  const std::vector<std::string> kinds = {kClfLine,
                                          kJsonLine,
                                          kObjectUrl,
                                          message,
                                          docker,
                                          envelope,
                                          long_name,
                                          "",
                                          "{",
                                          "}",
                                          "2026-01-05T09:00:00.123456789Z stdout P " + kJsonLine,
                                          "prefix | " + kJsonLine,
                                          kJsonLine + "x",
                                          R"({"MESSAGE":"a"})",
                                          "{\n",
                                          "__CURSOR=s=1",
                                          "MESSAGE=" + kClfLine,
                                          kClfLine.substr(0, 40),
                                          R"(time="2026-01-05T09:00:00Z" level=error msg="boom")",
                                          "  goroutine 1 [running]:"};
  std::mt19937 random(7);
  size_t accepted = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<std::string> texts;
    for (int i = 0; i < 24; ++i) texts.push_back(kinds[random() % kinds.size()]);
    accepted += Compare(texts, 1 + random() % 32).accepted;
  }
  EXPECT_GT(accepted, 100U);
}

TEST(PlainParserTest, TextsStayUntilResetHoweverManyThereAre) {
  std::vector<Padded> texts;
  for (int i = 0; i < 3000; ++i) {
    std::string text = kJsonLine;
    text.replace(text.find("/a?b"), 2, "/" + std::to_string(i) + "\\u0026" + std::string(60, 'p'));
    texts.emplace_back(text);
  }
  PlainParser parser({});
  for (int round = 0; round < 2; ++round) {
    std::vector<ParsedLine> lines(texts.size());
    parser.Reset();
    for (size_t i = 0; i < texts.size(); ++i) {
      lines[i].line = texts[i].line();
      parser.Parse(lines[i]);
      ASSERT_TRUE(lines[i].plain);
    }
    for (size_t i = 0; i < texts.size(); ++i) {
      const std::string want = "/" + std::to_string(i) + "&" + std::string(60, 'p');
      EXPECT_TRUE(lines[i].record.path->starts_with(want)) << *lines[i].record.path;
    }
  }
}

TEST(PlainParserTest, ALineThatIsCutOrBehindAGapIsNotPlain) {
  const Padded text(kJsonLine);
  PlainParser parser({});
  ParsedLine parsed;
  parsed.line = text.line();
  parser.Parse(parsed);
  EXPECT_TRUE(parsed.plain);
  parsed.line.too_long = true;
  parser.Parse(parsed);
  EXPECT_FALSE(parsed.plain);
  parsed.line.too_long = false;
  parsed.line.after_gap = true;
  parser.Parse(parsed);
  EXPECT_FALSE(parsed.plain);
}

}  // namespace
}  // namespace stickyd
