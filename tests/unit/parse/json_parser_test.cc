#include "stickyd/parse/json_parser.h"

#include <gtest/gtest.h>

#include "padded.h"

namespace stickyd {
namespace {

class JsonParserTest : public testing::Test {
 protected:
  LineFate Parse(const std::string& line) {
    text_ = std::make_unique<Padded>(line);
    record_ = AccessRecord{};
    return parser_.Parse(text_->view(), record_);
  }
  static std::string With(const std::string& more) {
    return R"({"ClientAddr":"192.0.2.7:4711","ClientHost":"192.0.2.7","Duration":11000000,)"
           R"("RequestCount":3,"RouterName":"shop@file","ServiceName":"shop@file","DownstreamStatus":200,)"
           R"("OriginStatus":200,"StartUTC":"2026-11-23T00:34:42.5Z")" +
           more + "}";
  }
  JsonParser parser_{{}};
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

TEST_F(JsonParserTest, EveryPrefixIsRefused) {
  const std::string line = With(R"(,"ServiceURL":"http://10.0.0.1:8080")");
  for (size_t size = 1; size < line.size(); ++size) {
    EXPECT_FALSE(Parse(line.substr(0, size)).parsed()) << line.substr(0, size);
  }
}

TEST_F(JsonParserTest, RubbishAfterTheObjectIsRefused) {
  EXPECT_FALSE(Parse(With("") + "x").parsed());
  EXPECT_FALSE(Parse(With("") + With("")).parsed());
}

}  // namespace
}  // namespace stickyd
