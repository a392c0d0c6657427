// SPDX-License-Identifier: Apache-2.0
// line_parser_test: whole captures of Traefik's standard output, its own log among the records;
// bare and as container runtimes wrap them.
#include "stickyd/parse/line_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "padded.h"
#include "stickyd/base/name_table.h"

namespace stickyd {
namespace {

struct Counts {
  uint64_t read = 0, parsed = 0, skipped = 0, unparsed = 0, partial = 0;
};

std::vector<std::string> LinesOf(const std::string& name) {
  std::ifstream in(std::string(STICKYD_TEST_DATA) + "/raw/" + name + ".log");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Counts CountsOf(const std::vector<std::string>& lines) {
  LineParser parser(1U << 20U, {});
  Counts counts;
  for (const std::string& text : lines) {
    const Padded padded(text);
    AccessRecord record;
    const LineFate fate = parser.Parse(padded.line(++counts.read), record);
    counts.parsed += fate.parsed() ? 1U : 0U;
    counts.skipped += fate.kind() == LineFate::Kind::kSkipped ? 1U : 0U;
    counts.unparsed += fate.kind() == LineFate::Kind::kUnparsed ? 1U : 0U;
    counts.partial +=
        fate.kind() == LineFate::Kind::kSkipped && fate.skipped() == SkipReason::kPartial ? 1U : 0U;
  }
  EXPECT_EQ(counts.read, counts.parsed + counts.skipped + counts.unparsed);
  return counts;
}

// Docker splits a line after 16 KiB; after 100 bytes here, so that all are split.
std::vector<std::string> AsDocker(const std::vector<std::string>& lines) {
  std::vector<std::string> wrapped;
  for (const std::string& line : lines) {
    const std::string whole = line + "\n";
    for (size_t at = 0; at < whole.size(); at += 100) {
      std::string escaped;
      for (const char c : whole.substr(at, 100)) {
        if (c == '"' || c == '\\') escaped += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
          char buffer[8];
          std::snprintf(buffer, sizeof(buffer), "\\u%04x", static_cast<unsigned>(c));
          escaped += buffer;
        } else {
          escaped += c;
        }
      }
      wrapped.push_back("{\"log\":\"" + escaped +
                        "\",\"stream\":\"stdout\",\"time\":\"2026-11-23T00:34:42.5Z\"}");
    }
  }
  return wrapped;
}

std::vector<std::string> AsKubernetes(const std::vector<std::string>& lines) {
  std::vector<std::string> wrapped;
  for (const std::string& line : lines) {
    size_t at = 0;
    do {
      const bool last = at + 100 >= line.size();
      wrapped.push_back("2026-11-23T00:34:42.5Z stdout " + std::string(last ? "F " : "P ") +
                        line.substr(at, 100));
      at += 100;
    } while (at < line.size());
  }
  return wrapped;
}

struct Row {
  const char* name;
  uint64_t access_lines;
  uint64_t other_lines;
};
// What the capture's own makers counted.
constexpr Row kRows[] = {{"stdout-v2.11.53-clf-log-common", 72, 67},
                         {"stdout-v2.11.53-json-log-json", 72, 67},
                         {"stdout-v3.7.9-clf-log-common", 57, 110},
                         {"stdout-v3.7.9-json-log-json", 57, 76}};

TEST(LineParserTest, RecordsAndTraefiksOwnLogAreToldApart) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Counts counts = CountsOf(LinesOf(row.name));
    EXPECT_EQ(counts.parsed, row.access_lines);
    EXPECT_EQ(counts.skipped, row.other_lines);
    EXPECT_EQ(counts.unparsed, 0U);
  }
}

TEST(LineParserTest, WrappedAndSplitTheyAreTheSame) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const auto lines = LinesOf(row.name);
    for (const auto& wrapped : {AsDocker(lines), AsKubernetes(lines)}) {
      ASSERT_GT(wrapped.size(), lines.size());
      const Counts counts = CountsOf(wrapped);
      EXPECT_EQ(counts.parsed, row.access_lines);
      EXPECT_EQ(counts.skipped - counts.partial, row.other_lines);
      EXPECT_EQ(counts.unparsed, 0U);
    }
  }
}

TEST(LineParserTest, OddLinesEndInANamedReason) {
  const std::pair<std::string, const char*> rows[] = {{"", "skipped"},
                                                      {"\r", "skipped"},
                                                      {std::string(3, '\0'), "skipped"},
                                                      {"\xff\xfe\xfd", "unparsed"},
                                                      {"{", "any"},
                                                      {"{}", "any"},
                                                      {"[]", "unparsed"}};
  for (const auto& [text, want] : rows) {
    const Padded padded(text);
    LineParser parser(1U << 20U, {});
    AccessRecord record;
    const LineFate fate = parser.Parse(padded.line(), record);
    EXPECT_FALSE(fate.parsed()) << text;
    const std::string_view kind = fate.kind() == LineFate::Kind::kSkipped ? "skipped" : "unparsed";
    EXPECT_TRUE(std::string_view(want) == "any" || kind == want) << text;
  }
}

TEST(LineParserTest, LineCutByRotationCostsItselfOnly) {
  const std::string whole =
      "1.1.1.1 - - [05/Jan/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 "
      "\"shop@file\" \"http://10.0.0.1:80\" 3ms";
  for (size_t length = 0; length <= whole.size(); ++length) {
    SCOPED_TRACE(length);
    LineParser parser(1000, {});
    AccessRecord record;
    const Padded cut(whole.substr(0, length));
    Line line = cut.line();
    line.terminated = false;
    const LineFate fate = parser.Parse(line, record);
    if (fate.kind() == LineFate::Kind::kUnparsed) {
      EXPECT_NE(fate.unparsed(), UnparsedReason::kFragment);
    }
    const Padded next(whole);
    EXPECT_TRUE(parser.Parse(next.line(), record).parsed());
  }
}

TEST(LineParserTest, ALineFeedInAUserNameLeavesTwoFragmentsAndTheCount) {
  LineParser parser(1000, {});
  AccessRecord record;
  const Padded beginning("1.1.1.1 - eve");
  EXPECT_EQ(parser.Parse(beginning.line(), record).unparsed(), UnparsedReason::kFragment);
  EXPECT_FALSE(record.request_count);
  for (const char* user : {"y ", "y", "", "1.2.3.4 x ", "- "}) {
    record = {};
    const Padded rest(std::string(user) +
                      "[05/Jan/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 "
                      "\"shop@file\" \"http://10.0.0.1:80\" 3ms");
    EXPECT_EQ(parser.Parse(rest.line(), record), LineFate::Unparsed(UnparsedReason::kFragment))
        << user;
    EXPECT_EQ(record.request_count, 7U);
    EXPECT_EQ(record.router.value_or(""), "shop@file");
    EXPECT_EQ(record.server_url.value_or(""), "http://10.0.0.1:80");
  }
}

TEST(LineParserTest, AnotherServersLineIsNoFragment) {
  LineParser parser(1000, {});
  AccessRecord record;
  for (const char* size : {"2326", "-", "0"}) {
    const Padded line(
        std::string("192.0.2.77 - frank [05/Jan/2026:09:00:01 +0000] \"GET /x HTTP/1.0\" 200 ") +
        size);
    EXPECT_EQ(parser.Parse(line.line(), record), LineFate::Unparsed(UnparsedReason::kForeignClf));
  }
}

TEST(LineParserTest, ATooLongLineCostsItselfOnly) {
  LineParser parser(1000, {});
  AccessRecord record;
  const Padded padded(std::string(1000, 'x'));
  Line line = padded.line();
  line.too_long = true;
  const LineFate fate = parser.Parse(line, record);
  EXPECT_EQ(fate.kind(), LineFate::Kind::kUnparsed);
  EXPECT_EQ(fate.unparsed(), UnparsedReason::kTooLong);
  EXPECT_FALSE(record.request_count);
  line.end = "xxx\" 7 \"shop@file\" \"http://10.0.0.1:80\" 3ms";
  EXPECT_EQ(parser.Parse(line, record), LineFate::Unparsed(UnparsedReason::kTooLong));
  EXPECT_EQ(record.request_count, 7U) << "whose line it was";
  EXPECT_EQ(record.router.value_or(""), "shop@file");
}

TEST(LineParserTest, WhatALineOfClfBeginsLikeIsTheClientsOwnWords) {
  const std::string rest =
      "10.66.0.1 - - [05/Jan/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 "
      "\"shop@file\" \"http://10.0.0.1:80\" 3ms";
  const std::pair<const char*, LineFate> rows[] = {
      {"2026-01-05T09:00:00.5Z stdout P x, ", LineFate::Parsed()},
      {"2026-01-05T09:00:00.5Z stdout F x, ", LineFate::Parsed()},
      {"2026-01-05T09:00:00.5Z stdout X x, ", LineFate::Parsed()},
      {"{\"log\":\"x\", ", LineFate::Parsed()},
      {"{\"ClientHost\":\"x\", ", LineFate::Parsed()},
      {"{\"MESSAGE\":\"", LineFate::Parsed()},
  };
  for (const auto& [begin, fate] : rows) {
    LineParser parser(100'000, {});
    AccessRecord record;
    const Padded padded(begin + rest);
    EXPECT_EQ(parser.Parse(padded.line(), record), fate) << begin;
    EXPECT_EQ(record.request_count, 7U) << begin;
    EXPECT_TRUE(record.client_host.value_or("").ends_with("10.66.0.1")) << begin;
  }
}

// One line of Traefik's own does not make the rest of the stream its own.
TEST(LineParserTest, MessageOfTraefikHasAnEnd) {
  std::vector<std::string> lines = {"2026-04-17T14:22:01Z INF Traefik version 3.7.9 built"};
  for (int i = 0; i < 1000; ++i) lines.emplace_back("some|other|format|200");
  EXPECT_EQ(CountsOf(lines).skipped, 101U);
  EXPECT_EQ(CountsOf(lines).unparsed, 900U);
}

TEST(LineParserTest, RubbishIsNotTraefiksOwnWord) {
  using namespace std::string_literals;
  EXPECT_EQ(CountsOf({"\x1b[\x01\x02\x03"s, "\x1b[31", "\x1b[m \x1b[0m"}).unparsed, 3U);
  const std::string own = "\x1b[90m2026-04-17T14:22:01Z\x1b[0m \x1b[32mINF\x1b[0m up";
  EXPECT_EQ(CountsOf({own, "goroutine 1 [running]:", "\tmain.go:7"}).skipped, 3U);
  EXPECT_EQ(CountsOf({own, "\x00\x01\xff"s, "\x7f"}).unparsed, 2U);
}

TEST(LineParserTest, LongNamesAreShortenedAndStayApart) {
  const std::string name(5000, 'n');
  std::set<std::string> services;
  for (const char* end : {"a", "b"}) {
    LineParser parser(size_t{1} << 20U, {});
    AccessRecord record;
    const Padded line(
        fmt::format(R"({{"RouterName":"{0}","ServiceName":"{0}{1}","ServiceURL":"http://{0}:1{1}",)"
                    R"("StartUTC":"2026-01-05T09:00:00Z","Duration":1,"ClientHost":"1.2.3.4"}})",
                    name, end));
    ASSERT_TRUE(parser.Parse(line.line(1), record).parsed());
    for (const Text& text : {record.router, record.service, record.server_url}) {
      ASSERT_TRUE(text);
      EXPECT_EQ(text->size(), kLongestName);
    }
    services.emplace(*record.service);
    services.emplace(*record.server_url);
  }
  EXPECT_EQ(services.size(), 4U);
}

TEST(LineParserTest, FieldsThatAreDroppedAreNamed) {
  const auto dropped = [](std::string_view text) {
    LineParser parser(1U << 20U, {});
    const Padded padded{std::string(text)};
    AccessRecord record;
    EXPECT_EQ(parser.Parse(padded.line(1), record),
              LineFate::Unparsed(UnparsedReason::kFieldsDropped))
        << text;
    return DroppedFieldNames(record.dropped);
  };
  const std::string start = R"("StartUTC":"2026-01-05T09:00:00Z")";
  const std::string rest = R"("ClientHost":"1.1.1.1","RequestCount":1,"RouterName":"r@file")";
  EXPECT_EQ(dropped("{" + rest + "," + start + "}"), "Duration");
  EXPECT_EQ(dropped(R"({"Duration":1,)" + rest + "}"), "StartUTC");
  EXPECT_EQ(dropped(R"({"Duration":1,"DownstreamStatus":200,"RouterName":"r@file",)" + start + "}"),
            "ClientHost");
  EXPECT_EQ(dropped(R"({"ClientHost":"1.1.1.1","Duration":1,"ServiceURL":"http://10.0.0.1:80",)" +
                    start + "}"),
            "RouterName and ServiceName");
  EXPECT_EQ(dropped(R"({"level":"info","msg":"","time":"2026-01-05T09:00:00Z"})"),
            "StartUTC, Duration, ClientHost, RouterName and ServiceName");
  EXPECT_EQ(
      dropped(R"(- - - [05/Jan/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-" 1 "r@file" )"
              R"("http://10.0.0.1:80" 1ms)"),
      "ClientHost");
}

}  // namespace
}  // namespace stickyd
