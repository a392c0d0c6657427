// SPDX-License-Identifier: Apache-2.0
// envelope_test: which value of a shipper's object is the line.
#include "envelope.h"

#include <gtest/gtest.h>

#include <string>

#include "padded.h"

namespace stickyd {
namespace {

using Kind = EnvelopeReader::Kind;
using Piece = EnvelopeReader::Piece;

// A line as it stands inside a JSON string, and as it is.
constexpr const char* kInString = R"({\"a\":1})";
constexpr const char* kLine = R"({"a":1})";

class EnvelopeTest : public testing::Test {
 protected:
  EnvelopeReader::Inside Read(const std::string& object) {
    return reader_.Read(Padded(object).view());
  }
  void Expect(const std::string& object, Kind kind, const std::string& text = "") {
    const EnvelopeReader::Inside inside = Read(object);
    EXPECT_EQ(inside.kind, kind) << object;
    if (kind >= Kind::kText) {
      EXPECT_EQ(inside.text, text) << object;
    }
  }
  EnvelopeReader reader_;
};

TEST_F(EnvelopeTest, LineIsTheTextOfAKnownKey) {
  for (const char* key :
       {"MESSAGE",     "log",      "message",      "line",           "short_message",
        "textPayload", "msg",      "_msg",         "_raw",           "raw",
        "original",    "content",  "full_message", "event.original", "body",
        "event",       "@message", "data",         "Line",           "Message",
        "stringValue"}) {
    Expect(std::string("{\"") + key + "\":\"" + kInString + "\"}", Kind::kLine, kLine);
    Expect(std::string("{\"") + key + "\":\"words\"}", Kind::kText, "words");
  }
  Expect(R"({"other":"{\"a\":1}"})", Kind::kNone);
  Expect("{}", Kind::kNone);
}

TEST_F(EnvelopeTest, LineOutweighsTextAndTheFirstOfTwoCounts) {
  Expect(R"({"message":"words","log":"{\"a\":1}"})", Kind::kLine, kLine);
  Expect(R"({"log":"{\"a\":1}","message":"words"})", Kind::kLine, kLine);
  Expect(R"({"message":"one","log":"two"})", Kind::kText, "one");
  Expect(R"({"message":"{\"b\":2}","log":"{\"a\":1}"})", Kind::kLine, R"({"b":2})");
}

TEST_F(EnvelopeTest, OnlyTheOutermostLogMayBeAPiece) {
  EXPECT_TRUE(Read(R"({"log":"x"})").is_log);
  EXPECT_FALSE(Read(R"({"message":"x"})").is_log);
  EXPECT_FALSE(Read(R"({"_source":{"log":"x"}})").is_log);
}

TEST_F(EnvelopeTest, RecordAsAnObjectHasOneOfTraefiksKeys) {
  for (const char* key : {"ClientHost", "ClientAddr", "DownstreamStatus", "RequestCount",
                          "StartUTC", "ServiceURL", "BackendURL", "RequestMethod"}) {
    const std::string record = std::string("{\"") + key + "\":1}";
    for (const char* around :
         {"_source", "json", "jsonPayload", "traefik", "event", "log", "result", "message",
          "fields", "access", "data", "body", "attributes"}) {
      Expect(std::string("{\"") + around + "\":" + record + "}", Kind::kRecord, record);
    }
    Expect(record, Kind::kNone);  // itself, without anything around
    Expect(R"({"other":)" + record + "}", Kind::kNone);
  }
  Expect(R"({"json":{"a":1}})", Kind::kNone);
}

TEST_F(EnvelopeTest, RecordOutweighsALineAndLiesTwoDeepAtMost) {
  Expect(R"({"message":"{\"a\":1}","json":{"ClientHost":"x"}})", Kind::kRecord,
         R"({"ClientHost":"x"})");
  Expect(R"({"log":"x","json":{"ClientHost":"x"}})", Kind::kRecord, R"({"ClientHost":"x"})");
  EXPECT_FALSE(Read(R"({"log":"x","json":{"ClientHost":"x"}})").is_log);
  Expect(R"({"result":{"json":{"ClientHost":"x"}}})", Kind::kRecord, R"({"ClientHost":"x"})");
  Expect(R"({"result":{"data":{"json":{"ClientHost":"x"}}}})", Kind::kNone);
  Expect(R"({"json":{"ClientHost":"a"},"event":{"ClientHost":"b"}})", Kind::kRecord,
         R"({"ClientHost":"a"})");
}

TEST_F(EnvelopeTest, JournalsMessageMayBeBytesOrNull) {
  Expect(R"({"MESSAGE":[104,105,255,0]})", Kind::kText, std::string("hi\xff\0", 4));
  Expect(R"({"MESSAGE":[256]})", Kind::kBroken);
  Expect(R"({"MESSAGE":["a"]})", Kind::kBroken);
  Expect(R"({"message":[104]})", Kind::kNone);
  Expect(R"({"MESSAGE":null})", Kind::kNull);
  Expect(R"({"message":null})", Kind::kNone);
  Expect(R"({"log":"x","MESSAGE":null})", Kind::kText, "x");
  Expect(R"({"MESSAGE":null,"log":"x"})", Kind::kText, "x");
  Expect(R"({"MESSAGE":[104],"a":1})", Kind::kText, "h");
}

TEST_F(EnvelopeTest, RuntimesTellWhetherItIsWhole) {
  EXPECT_EQ(Read(R"({"log":"x"})").piece, Piece::kUnknown);
  for (const char* key : {"logtag", "_p"}) {
    EXPECT_EQ(Read(std::string(R"({"log":"x",")") + key + R"(":"P"})").piece, Piece::kPart);
    EXPECT_EQ(Read(std::string(R"({"log":"x",")") + key + R"(":"F"})").piece, Piece::kWhole);
  }
  EXPECT_EQ(Read(R"({"log":"x","partial_message":"true"})").piece, Piece::kPart);
  EXPECT_EQ(Read(R"({"log":"x","partial_message":"false"})").piece, Piece::kUnknown);
  EXPECT_EQ(Read(R"({"log":"x","partial_message":"true","partial_last":"true"})").piece,
            Piece::kWhole);
  EXPECT_EQ(Read(R"({"log":"x","partial_last":"true","partial_message":"true"})").piece,
            Piece::kWhole);
  EXPECT_EQ(Read(R"({"log":"x","partial_message":"true","partial_last":"false"})").piece,
            Piece::kPart);
}

TEST_F(EnvelopeTest, StreamIsKnownWhereverItStands) {
  EXPECT_FALSE(Read(R"({"log":"x","stream":"stdout"})").is_stderr);
  EXPECT_TRUE(Read(R"({"log":"x","stream":"stderr"})").is_stderr);
  EXPECT_TRUE(Read(R"({"stream":"stderr","log":"x","logtag":"F"})").is_stderr);
}

TEST_F(EnvelopeTest, WhatIsNoObjectIsBroken) {
  for (const char* text : {"", "[]", "1", "{", "{\"a\":1", "{\"log\":\"x\"", "{\"log\":\"x\"} y",
                           "{\"log\":\"x\"}{}", "{\"log\":\"\\q\"}", "{\"stream\":\"\\q\"}"}) {
    Expect(text, Kind::kBroken);
  }
}

TEST_F(EnvelopeTest, StringAloneIsALineOrNothing) {
  const auto read = [&](const std::string& quoted) {
    return reader_.ReadString(Padded(quoted).view());
  };
  EXPECT_EQ(read(std::string("\"") + kInString + "\"").kind, Kind::kLine);
  EXPECT_EQ(read(std::string("\"") + kInString + "\"").text, kLine);
  EXPECT_EQ(read("\"words\"").kind, Kind::kNone);
  EXPECT_EQ(read("\"{\"").kind, Kind::kNone);
}

TEST_F(EnvelopeTest, LinesBeginAndEndAsTraefiksDo) {
  const std::string clf = "x\" 7 \"r\" \"http://a\" 3ms";
  for (const std::string& text : {std::string("{\"a\":1}"), std::string("{\"a\":1}\n"),
                                  std::string("{\"a\":1} \r\n"), clf, clf + "\r\n"}) {
    EXPECT_TRUE(LooksLikeLine(text)) << text;
  }
  for (const std::string text : {"", "{}", "{ \"a\":1}", "{\"a\":1", "x {\"a\":1}", "3ms", "\n"}) {
    EXPECT_FALSE(LooksLikeLine(text)) << text;
  }
}

}  // namespace
}  // namespace stickyd
