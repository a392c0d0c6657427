// SPDX-License-Identifier: Apache-2.0
#include "stickyd/parse/json_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "padded.h"

namespace stickyd {
namespace {

class JsonParserTest : public testing::Test {
 protected:
  // Twice: keys are known the second time. And with what comes behind a line in a buffer.
  LineFate Parse(const std::string& line) {
    text_ = std::make_unique<Padded>(line);
    AccessRecord careful;
    const LineFate careful_fate = careful_parser_.ParseCarefully(text_->view(), careful);
    for (int i = 0; i < 2; ++i) {
      record_ = AccessRecord{};
      EXPECT_EQ(parser_.Parse(text_->view(), record_).kind(), careful_fate.kind()) << line;
      ExpectSame(careful, line);
    }
    record_ = AccessRecord{};
    return parser_.Parse(text_->view(), record_);
  }
  void ExpectSame(const AccessRecord& careful, const std::string& line) const {
    EXPECT_EQ(record_.start, careful.start) << line;
    EXPECT_EQ(record_.duration, careful.duration) << line;
    EXPECT_EQ(record_.status, careful.status) << line;
    EXPECT_EQ(record_.request_count, careful.request_count) << line;
    EXPECT_EQ(record_.all_headers, careful.all_headers) << line;
    EXPECT_EQ(record_.server_url, careful.server_url) << line;
    EXPECT_EQ(record_.router, careful.router) << line;
    EXPECT_EQ(record_.cookie, careful.cookie) << line;
    EXPECT_EQ(record_.user_agent, careful.user_agent) << line;
    EXPECT_EQ(record_.extra, careful.extra) << line;
  }
  static std::string With(const std::string& more) {
    return R"({"ClientAddr":"192.0.2.7:4711","ClientHost":"192.0.2.7","Duration":11000000,)"
           R"("RequestCount":3,"RouterName":"shop@file","ServiceName":"shop@file","DownstreamStatus":200,)"
           R"("OriginStatus":200,"StartUTC":"2026-11-23T00:34:42.5Z")" +
           more + "}";
  }
  JsonParser parser_{{"request_User-Agent"}};
  JsonParser careful_parser_{{"request_User-Agent"}};
  AccessRecord record_;
  std::unique_ptr<Padded> text_;
};

TEST_F(JsonParserTest, ServerAsStringAndAsObject) {
  ASSERT_TRUE(Parse(With(R"(,"ServiceURL":"http://10.0.0.1:8080")")).parsed());
  EXPECT_EQ(record_.server_url.value_or("?"), "http://10.0.0.1:8080");
  EXPECT_EQ(record_.request_count, 3U);
  EXPECT_EQ(record_.duration, std::chrono::milliseconds(11));
  EXPECT_EQ(record_.start.low, record_.start.high);
  ASSERT_TRUE(
      Parse(With(R"(,"ServiceURL":{"Scheme":"http","Host":"10.0.0.1:8080","Path":""})")).parsed());
  EXPECT_TRUE(record_.server_url.has_value());
}

TEST_F(JsonParserTest, OnlyAnAddressWithASchemeAndAHostIsAServer) {
  for (const char* url : {"http://a", "h://a"}) {
    ASSERT_TRUE(Parse(With(std::string(R"(,"ServiceURL":")") + url + "\"")).parsed()) << url;
    EXPECT_EQ(record_.server_url.value_or("?"), url);
  }
  for (const char* url : {"", "a", "http://", "h://", "://a", "http:/a"}) {
    ASSERT_TRUE(Parse(With(std::string(R"(,"ServiceURL":")") + url + "\"")).parsed()) << url;
    EXPECT_FALSE(record_.server_url.has_value()) << url;
  }
}

TEST_F(JsonParserTest, NothingOfTheLineBeforeIsLeft) {
  ASSERT_TRUE(
      Parse(With(R"(,"ServiceURL":"http://10.0.0.1:8080","request_Cookie":"a=1")")).parsed());
  ASSERT_TRUE(Parse(With("")).parsed());
  EXPECT_FALSE(record_.server_url.has_value());
  EXPECT_FALSE(record_.cookie.has_value());
}

TEST_F(JsonParserTest, HeadersAreReadUnescaped) {
  ASSERT_TRUE(Parse(With(R"(,"request_Cookie":"a=\"1\"; b=2","request_User-Agent":"x\\y\u00e4")"))
                  .parsed());
  EXPECT_EQ(record_.cookie.value_or("?"), "a=\"1\"; b=2");
  EXPECT_EQ(record_.user_agent.value_or("?"), "x\\y\xc3\xa4");
}

TEST_F(JsonParserTest, TextOfAllKindsIsReadTheSameWithTheShortcut) {
  for (const char* value : {R"("")",
                            R"("a")",
                            R"("0123456789abcde")",
                            R"("0123456789abcdef")",
                            R"("0123456789abcdef0")",
                            R"("gr\u00fc\u00dfe \"x\" \\")",
                            "\"gr\xc3\xbc\xc3\x9f"
                            "e\"",
                            "\"\xc3\"",
                            "\"\xed\xa0\x80\"",
                            "\"a\tb\"",
                            "\"a\x7f\"",
                            R"("\x")",
                            "\"\\\xd4\"",
                            "\"\\\n\"",
                            R"("\")",
                            R"("\\")",
                            "1",
                            "12345678901234567890123",
                            "-1",
                            "1.5",
                            "1e3",
                            "null",
                            "true",
                            "false",
                            "nul",
                            "[]",
                            "{}",
                            R"({"a":1})",
                            R"(["a"])"}) {
    for (const char* key : {"request_User-Agent", "unknown", "RequestCount", "ServiceURL", "level",
                            "DownstreamStatus",
                            "gr\xc3\xbc\xc3\x9f"
                            "e",
                            "bad\xc3", "a\\\"b"}) {
      Parse(With(std::string(",\"") + key + "\":" + value));
      Parse(With(std::string(",\"") + key + "\":" + value + ",\"x\":1"));
      Parse(With(std::string(",\"") + key + "\": " + value));
    }
  }
}

TEST_F(JsonParserTest, ServersOfAllKindsAreReadTheSameWithTheShortcut) {
  for (const char* server :
       {R"({"Scheme":"http","Opaque":"","User":null,"Host":"a:1","Path":"/x","ForceQuery":false})",
        R"({"Scheme":"http","Host":"a:1","Path":"\u002f"})", R"({"Scheme":"http","Host":1})",
        R"({"Scheme":"http","Host":"a:1","User":{"a":1}})", R"({"Scheme":null,"Host":"a:1"})",
        R"({"Scheme":"http","Host":"a:1")", R"({"Scheme":"http","Host":"a:1",})", R"({,})",
        R"({"Scheme":"http","Scheme":"https","Host":"a:1"})", R"("/")", R"("://")",
        R"("http://a")"}) {
    Parse(With(std::string(",\"ServiceURL\":") + server));
    Parse(With(std::string(",\"ServiceURL\":") + server + ",\"x\":1"));
    Parse(With(std::string(",\"x\":") + server));
  }
}

// What is behind the line in its buffer is not read as if it were part of it.
TEST_F(JsonParserTest, TheLineEndsWhereItEnds) {
  const std::string line = With(R"(,"ServiceURL":"http://10.0.0.1:8080","a":1,"b":null,"c":"")");
  for (size_t size = 1; size < line.size(); ++size) {
    std::string buffer = line + line;
    buffer.append(kLinePadding, '\0');
    const std::string_view cut(buffer.data(), size);
    AccessRecord record;
    ASSERT_FALSE(parser_.Parse(cut, record).parsed()) << cut;
  }
}

TEST_F(JsonParserTest, EveryPrefixIsRefused) {
  const std::string line = With(R"(,"ServiceURL":"http://10.0.0.1:8080")");
  for (size_t size = 1; size < line.size(); ++size) {
    EXPECT_FALSE(Parse(line.substr(0, size)).parsed()) << line.substr(0, size);
  }
}

// Keys are expected in the order of the line before; another order changes nothing.
TEST_F(JsonParserTest, AnyOrderOfKeysGivesTheSame) {
  const std::vector<std::string> fields = {
      R"("ClientHost":"192.0.2.7")",
      R"("Duration":11000000)",
      R"("RequestCount":3)",
      R"("RouterName":"r@file")",
      R"("ServiceName":"s@file")",
      R"("ServiceURL":"http://a:1")",
      R"("DownstreamStatus":200)",
      R"("StartUTC":"2026-11-23T00:34:42Z")",
      R"("request_Cookit":"no")",
      R"("request_Cookie":"yes")",
      R"("x":{"request_Cookie":[1,"}"]})",
      R"("a-key-that-is-longer-than-all-that-are-kept":"request_Cookie")"};
  for (size_t first = 0; first < fields.size(); ++first) {
    for (size_t left_out = 0; left_out < fields.size(); ++left_out) {
      std::string line = "{";
      for (size_t i = 0; i < fields.size(); ++i) {
        const size_t field = (first + i * 5) % fields.size();
        if (field == left_out && field > 7) continue;
        line.append(line.size() > 1 ? "," : "").append(fields[field]);
      }
      ASSERT_TRUE(Parse(line + "}").parsed()) << line;
      EXPECT_EQ(record_.server_url.value_or("?"), "http://a:1");
      EXPECT_EQ(record_.router.value_or("?"), "r@file");
      EXPECT_EQ(record_.cookie.value_or("?"), left_out == 9 ? "?" : "yes") << line;
      EXPECT_EQ(record_.status, 200);
    }
  }
}

TEST_F(JsonParserTest, MoreKeysThanAreKeptAreStillRead) {
  std::string many;
  for (int i = 0; i < 2000; ++i) many += ",\"request_X-" + std::to_string(i) + "\":\"v\"";
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Parse(With(many + R"(,"request_Cookie":"a=1")")).parsed());
    EXPECT_EQ(record_.cookie.value_or("?"), "a=1");
    ASSERT_TRUE(Parse(With(R"(,"request_Cookie":"a=2")")).parsed());
    EXPECT_EQ(record_.cookie.value_or("?"), "a=2");
  }
}

TEST_F(JsonParserTest, WhatIsNoObjectIsRefused) {
  for (const char* line :
       {"{}", "{", "}", "{{}", "{\"a\"}", "{\"a\":}", "{\"a\":,}", "{\"a\":1,}", "{,\"a\":1}",
        "{\"a\" 1}", "{\"a\":1{\"b\":2}", "{\"a\":1 \"b\":2}", "{\"a\":{\"b\":1}", "{\"a\":[1}",
        "{1:2}", "{\"a\":1}}", "[{\"a\":1}]", "{\"RequestCount\":1,\"ServiceURL\":{\"Host\":1}"}) {
    EXPECT_FALSE(Parse(line).parsed()) << line;
  }
}

// A key that is not kept looks like nothing, not like NULs.
TEST_F(JsonParserTest, WhatIsNotWellFormedIsRefused) {
  for (const char* const value : {"NaN", "tru", "nul", "-", "1.2.3", "012", "00", "[1,}", "[1 2]",
                                  "{\"a\"}", R"("\q")", R"("\u12g4")", "+1", "01.5", ".5", "1."}) {
    for (const char* const blank : {"", " "}) {  // with the shortcut and without
      EXPECT_EQ(Parse(With(std::string(R"(,"DownstreamContentSize":)") + blank + value)),
                LineFate::Unparsed(UnparsedReason::kInvalidJson))
          << value;
    }
  }
}

TEST_F(JsonParserTest, NulsAreNoKey) {
  const std::string long_key(100, 'k');
  ASSERT_TRUE(Parse(With(",\"" + long_key + "\":1")).parsed());
  EXPECT_FALSE(Parse(With("," + std::string(64, '\0'))).parsed());
  EXPECT_FALSE(Parse("{" + std::string(64, '\0') + With("").substr(1)).parsed());
}

TEST_F(JsonParserTest, RubbishAfterTheObjectIsRefused) {
  EXPECT_FALSE(Parse(With("") + "x").parsed());
  EXPECT_FALSE(Parse(With("") + With("")).parsed());
}

}  // namespace
}  // namespace stickyd
