// SPDX-License-Identifier: Apache-2.0
// line_shapes_test: the shapes in which lines come: wrapped, pretty, exported, cut, coloured; and
// what becomes of each.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "padded.h"
#include "stickyd/parse/line_parser.h"

namespace stickyd {
namespace {

using Reason = UnparsedReason;

constexpr const char* kClf =
    "1.1.1.1 - - [05/Jan/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 "
    "\"shop@file\" \"http://10.0.0.1:80\" 3ms";
constexpr const char* kJson =
    R"({"ClientHost":"1.1.1.1","Duration":1,"RequestCount":8,"StartUTC":"2026-01-05T09:00:00Z"})";

LineFate Skip(SkipReason reason) { return LineFate::Skipped(reason); }
LineFate No(Reason reason) { return LineFate::Unparsed(reason); }

class LineShapesTest : public testing::Test {
 protected:
  LineFate Parse(const std::string& text, bool terminated = true, bool after_gap = false) {
    text_ = std::make_unique<Padded>(text);
    record_ = AccessRecord{};
    Line line = text_->line();
    line.terminated = terminated;
    line.after_gap = after_gap;
    return parser_.Parse(line, record_);
  }
  // As a value of JSON.
  static std::string Quoted(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + "\"";
  }
  LineParser parser_{10'000, {}};
  AccessRecord record_;
  std::unique_ptr<Padded> text_;
};

TEST_F(LineShapesTest, WhatPastingLeavesAtTheEndIsCutOff) {
  for (const char* end : {"", " ", "\t \r", "\x1b[0m", "\x1b[K", "\x1b[0;1m \x1b[m\r"}) {
    EXPECT_TRUE(Parse(kClf + std::string(end)).parsed()) << end;
    EXPECT_TRUE(Parse(kJson + std::string(end)).parsed()) << end;
    EXPECT_EQ(parser_.text(), kJson) << end;
  }
  for (const char* end : {"m", "[0m", "\x1b[0x",
                          "\x1b"
                          "0m",
                          "x\x1b[xm"}) {
    EXPECT_FALSE(Parse(kClf + std::string(end)).parsed()) << end;
  }
  EXPECT_TRUE(Parse(std::string(5, '\0') + kClf).parsed()) << "of a truncated file";
}

TEST_F(LineShapesTest, EnvelopesAreTakenOffTwice) {
  const std::string once = "{\"message\":" + Quoted(kClf) + "}";
  const std::string twice = "{\"message\":" + Quoted(once) + "}";
  EXPECT_TRUE(Parse(once).parsed());
  EXPECT_EQ(record_.request_count, 7U);
  EXPECT_TRUE(Parse(twice).parsed());
  EXPECT_TRUE(Parse("{\"msg\":" + Quoted(kJson) + "}").parsed());
  EXPECT_EQ(record_.request_count, 8U);
  EXPECT_TRUE(Parse(Quoted(kClf)).parsed());
}

TEST_F(LineShapesTest, OwnLogThatQuotesALineOfAccessIsThatLine) {
  EXPECT_EQ(Parse(R"({"level":"info","message":"{\"a\":1}"})"), Skip(SkipReason::kTraefikLog));
  EXPECT_TRUE(Parse("{\"level\":\"info\",\"message\":" + Quoted(kClf) + "}").parsed());
  EXPECT_EQ(Parse(R"({"level":"info","message":"words"})"), Skip(SkipReason::kTraefikLog));
}

TEST_F(LineShapesTest, MessageThatWasLeftOutIsNamed) {
  EXPECT_EQ(Parse(R"({"MESSAGE":null})"), No(Reason::kMessageNull));
  EXPECT_EQ(Parse("Jan 05 09:00:00 edge1 traefik[8]: [5.1K blob data]"), No(Reason::kMessageNull));
  EXPECT_EQ(Parse(R"({"log":"x)"), No(Reason::kBrokenWrapper));
}

TEST_F(LineShapesTest, ArraysAndTablesAreNamed) {
  EXPECT_EQ(Parse("[" + std::string(kJson) + "]"), No(Reason::kJsonArray));
  EXPECT_EQ(Parse("{\"hits\":[" + std::string(kJson) + "]}"), No(Reason::kJsonArray));
  EXPECT_EQ(Parse(R"({"values":[["1","x 3ms"]]})"), No(Reason::kJsonArray));
  EXPECT_EQ(Parse(R"({"values":[["1","words"]]})"), No(Reason::kNotAccessLog));
  EXPECT_EQ(Parse(R"({"values":"ClientHost"})"), No(Reason::kNotAccessLog));
  EXPECT_EQ(Parse(R"(1,"{""ClientHost"":1}")"), No(Reason::kCsv));
  EXPECT_EQ(Parse(R"(1,"x [t] ""GET / HTTP/1.1"" 200")"), No(Reason::kCsv));
  EXPECT_NE(Parse(R"(1,"x [t] ""GET / HTTP/1.1")"), No(Reason::kCsv));
  EXPECT_NE(Parse(R"(1,"words")"), No(Reason::kCsv));
}

TEST_F(LineShapesTest, LineThatIsTooLongAndBeginsLikeAnArrayIsOne) {
  const Padded text("[{\"a\":");
  Line line = text.line();
  line.too_long = true;
  line.end = "1}]";
  EXPECT_EQ(parser_.Parse(line, record_), No(Reason::kJsonArray));
  line.end = "x\" 7 \"shop@file\" \"http://10.0.0.1:80\" 3ms";
  EXPECT_EQ(parser_.Parse(line, record_), No(Reason::kTooLong));
  EXPECT_EQ(record_.request_count, 7U);
}

TEST_F(LineShapesTest, PrettyDocumentsAreReadRecordByRecord) {
  EXPECT_EQ(Parse("["), Skip(SkipReason::kPartial));
  EXPECT_EQ(Parse("{"), Skip(SkipReason::kPartial));
  EXPECT_EQ(Parse(R"("ClientHost":"1.1.1.1","Duration":1,"RequestCount":8,)"),
            Skip(SkipReason::kPartial));
  EXPECT_EQ(Parse(""), Skip(SkipReason::kEmpty));
  EXPECT_EQ(Parse(R"("StartUTC":"2026-01-05T09:00:00Z")"), Skip(SkipReason::kPartial));
  EXPECT_TRUE(Parse("},").parsed());
  EXPECT_EQ(record_.request_count, 8U);
  EXPECT_TRUE(Parse(kJson).parsed());
  EXPECT_EQ(Parse("]"), Skip(SkipReason::kPartial));
  EXPECT_TRUE(Parse(kClf).parsed());  // and then lines
  EXPECT_NE(Parse("{"), Skip(SkipReason::kPartial));
}

TEST_F(LineShapesTest, BehindAGapTheShapeMayBeAnother) {
  EXPECT_TRUE(Parse(kClf).parsed());
  EXPECT_EQ(Parse("{", true, true), Skip(SkipReason::kPartial));
  EXPECT_TRUE(Parse(kJson, true, true).parsed());
  EXPECT_EQ(Parse("__CURSOR=x", true, true), Skip(SkipReason::kEnvelope));
  EXPECT_EQ(Parse("MESSAGE"), Skip(SkipReason::kEnvelope));
  EXPECT_TRUE(Parse("x " + std::string(kJson), true, true).parsed());
}

TEST_F(LineShapesTest, ExportOfAJournalHasItsMessages) {
  EXPECT_EQ(Parse("__CURSOR=x"), Skip(SkipReason::kEnvelope));
  EXPECT_EQ(Parse("PRIORITY=6"), Skip(SkipReason::kEnvelope));
  EXPECT_TRUE(Parse("MESSAGE=" + std::string(kClf)).parsed());
  EXPECT_EQ(record_.request_count, 7U);
  EXPECT_EQ(Parse(""), Skip(SkipReason::kEmpty));
  EXPECT_TRUE(Parse("MESSAGE=" + std::string(kJson)).parsed());
  EXPECT_EQ(Parse("MESSAGE=words"), No(Reason::kNotAccessLog));
  EXPECT_TRUE(Parse(kClf).parsed());
}

TEST_F(LineShapesTest, CutLineIsNoFragment) {
  EXPECT_EQ(Parse("1.1.1.1 - eve", true), No(Reason::kFragment));
  EXPECT_EQ(Parse("1.1.1.1 - eve", false), No(Reason::kCutLine));
  const std::string cut(kClf, std::string_view(kClf).find(" 5 ") + 2);
  EXPECT_EQ(Parse(cut, true), No(Reason::kForeignClf));
  EXPECT_EQ(Parse(cut, false), No(Reason::kCutLine));
}

TEST_F(LineShapesTest, MessageOfTraefikEndsWithTheNextRecord) {
  const std::string own = "2026-04-17T14:22:01Z ERR panic";
  for (const char* record : {kClf, kJson}) {
    EXPECT_EQ(Parse(own), Skip(SkipReason::kTraefikLog));
    EXPECT_EQ(Parse("goroutine 1"), Skip(SkipReason::kTraefikLog));
    EXPECT_TRUE(Parse(record).parsed());
    EXPECT_EQ(Parse("goroutine 1"), No(Reason::kNotAccessLog));
  }
  EXPECT_EQ(Parse("INFO: plugin: x"), Skip(SkipReason::kPlugin));
  EXPECT_EQ(Parse("edge1 INFO: plugin: x"), Skip(SkipReason::kPlugin));
  EXPECT_EQ(Parse("edge1 " + own), Skip(SkipReason::kTraefikLog));
  EXPECT_EQ(Parse("goroutine 1"), No(Reason::kNotAccessLog));
}

TEST_F(LineShapesTest, OwnWordsBehindWhichAnAddressStandsAreNoFragment) {
  EXPECT_EQ(Parse("2026/04/17 14:22:01 x: 1.1.1.1 - y"), Skip(SkipReason::kTraefikLog));
  EXPECT_EQ(Parse("INFO: x 1.1.1.1 - y"), Skip(SkipReason::kPlugin));
}

TEST_F(LineShapesTest, PiecesOfOneStreamDoNotMixWithTheOther) {
  const std::string line = kClf;
  const auto piece = [](const std::string& stream, const std::string& tag,
                        const std::string& text) {
    return "2026-01-05T09:00:00.5Z " + stream + " " + tag + " " + text;
  };
  EXPECT_EQ(Parse(piece("stdout", "P", line.substr(0, 50))), Skip(SkipReason::kPartial));
  EXPECT_EQ(Parse(piece("stderr", "F", "2026/04/17 14:22:01 words")),
            Skip(SkipReason::kTraefikLog));
  EXPECT_TRUE(Parse(piece("stdout", "F", line.substr(50))).parsed());
  EXPECT_EQ(record_.request_count, 7U);
}

TEST_F(LineShapesTest, LogWithoutALineFeedIsAPieceWhereOthersHaveOne) {
  const std::string line = kClf;
  const auto docker = [](const std::string& text, const char* end) {
    std::string quoted = Quoted(text);
    quoted.insert(quoted.size() - 1, end);
    return "{\"log\":" + quoted + ",\"stream\":\"stdout\"}";
  };
  EXPECT_TRUE(Parse(docker(line, "\\n")).parsed());
  EXPECT_EQ(Parse(docker(line, "")), Skip(SkipReason::kPartial));
  EXPECT_FALSE(Parse(docker("x", "\\n")).parsed());
  LineParser other(10'000, {});
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(other.Parse(Padded(docker(line, "")).line(), record_).parsed()) << "none has one";
  }
}

TEST_F(LineShapesTest, JoinedLineOverTheBoundTellsWhoseItWas) {
  const std::string head = "2026-01-05T09:00:00.5Z stdout ";
  EXPECT_EQ(Parse(head + "P " + std::string(9'000, 'x')), Skip(SkipReason::kPartial));
  EXPECT_EQ(Parse(head + "F " + std::string(2'000, 'x') +
                  "x\" 7 \"shop@file\" \"http://10.0.0.1:80\" 3ms"),
            No(Reason::kTooLong));
  EXPECT_EQ(record_.request_count, 7U);
  EXPECT_EQ(record_.router.value_or("?"), "shop@file");
}

}  // namespace
}  // namespace stickyd
