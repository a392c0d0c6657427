#include "stickyd/parse/clf_parser.h"

#include <gtest/gtest.h>

#include "padded.h"

namespace stickyd {
namespace {

constexpr char kEnd[] = R"( 3 "shop@file" "http://10.0.0.1:8080" 11ms)";
constexpr char kStart[] = R"(192.0.2.7 - - [23/Nov/2026:00:34:42 +0000] )";

class ClfParserTest : public testing::Test {
 protected:
  std::optional<UnparsedReason> Parse(const std::string& line) {
    text_ = std::make_unique<Padded>(line);
    record_ = AccessRecord{};
    return parser_.Parse(text_->view(), record_);
  }
  ClfParser parser_;
  AccessRecord record_;
  std::unique_ptr<Padded> text_;
};

TEST_F(ClfParserTest, ReadsBothEndsAndTheMiddle) {
  ASSERT_EQ(Parse(std::string(kStart) + R"("GET /cart?n=2 HTTP/1.1" 200 2908 "-" "curl/8")" + kEnd),
            std::nullopt);
  EXPECT_EQ(*record_.client_host, "192.0.2.7");
  EXPECT_EQ(*record_.server_url, "http://10.0.0.1:8080");
  EXPECT_EQ(*record_.router, "shop@file");
  EXPECT_EQ(record_.request_count, 3U);
  EXPECT_EQ(record_.status, 200);
  EXPECT_EQ(record_.user_agent.value_or("?"), "curl/8");
  EXPECT_EQ(record_.duration, std::chrono::milliseconds(11));
}

TEST_F(ClfParserTest, NoServerIsAbsentNotEmpty) {
  for (const char* none : {R"("-")", "-"}) {
    const std::string line =
        std::string(kStart) + R"("GET / HTTP/1.1" 404 19 "-" "-" 7 "-" )" + none + " 0ms";
    ASSERT_EQ(Parse(line), std::nullopt) << line;
    EXPECT_FALSE(record_.server_url.has_value()) << line;
  }
}

// Whatever a client writes into the middle: the server, the router and the count are Traefik's.
TEST_F(ClfParserTest, AClientCannotNameTheServer) {
  const char* agents[] = {R"(x" 9 "evil" "http://6.6.6.6:1" 1ms)",
                          R"(" 9 "evil" "http://6.6.6.6:1)",
                          R"(\" 1 \"a\" \"http://6.6.6.6\" 1ms)",
                          "",
                          "\"\"\"\"",
                          R"(a" "b)"};
  for (const char* agent : agents) {
    const std::string line =
        std::string(kStart) + R"("GET / HTTP/1.1" 200 5 "-" ")" + agent + "\"" + kEnd;
    const auto reason = Parse(line);
    if (reason) {
      EXPECT_EQ(*reason, UnparsedReason::kAmbiguousLine) << line;
      continue;
    }
    EXPECT_EQ(*record_.server_url, "http://10.0.0.1:8080") << line;
    EXPECT_EQ(*record_.router, "shop@file") << line;
    EXPECT_EQ(record_.request_count, 3U) << line;
  }
}

TEST_F(ClfParserTest, EveryPrefixOfALineIsRefusedOrLacksNothing) {
  const std::string line =
      std::string(kStart) + R"("GET /cart HTTP/1.1" 200 2908 "-" "curl/8")" + kEnd;
  for (size_t size = 0; size < line.size(); ++size) {
    EXPECT_NE(Parse(line.substr(0, size)), std::nullopt) << line.substr(0, size);
  }
}

TEST_F(ClfParserTest, ImpossibleTimeIsNamed) {
  EXPECT_EQ(
      Parse(std::string(
                R"(192.0.2.7 - - [31/Feb/2026:00:34:42 +0000] "GET / HTTP/1.1" 200 1 "-" "-")") +
            kEnd),
      UnparsedReason::kInvalidTime);
}

}  // namespace
}  // namespace stickyd
