// SPDX-License-Identifier: Apache-2.0
// clf_readings_test: what is read out of lines of CLF that are not plain, and why others are not.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "padded.h"
#include "stickyd/parse/clf_parser.h"

namespace stickyd {
namespace {

using Reason = UnparsedReason;

constexpr const char* kAt = "[05/Jan/2026:09:00:00 +0000] ";
constexpr const char* kGet = R"("GET /a HTTP/1.1" 200 5 "-" "-")";
constexpr const char* kTail = R"( 7 "r@file" "http://10.0.0.1:80" 3ms)";

class ClfReadingsTest : public testing::Test {
 protected:
  std::optional<Reason> Parse(const std::string& line) {
    text_ = std::make_unique<Padded>(line);
    record_ = AccessRecord{};
    return parser_.Parse(text_->view(), record_);
  }
  // Of whole lines with this head, this middle or this tail.
  std::optional<Reason> Head(const std::string& head) { return Parse(head + kAt + kGet + kTail); }
  std::optional<Reason> Middle(const std::string& middle) {
    return Parse("1.2.3.4 - - " + std::string(kAt) + middle + kTail);
  }
  std::optional<Reason> Tail(const std::string& tail) {
    return Parse("1.2.3.4 - - " + std::string(kAt) + kGet + tail);
  }

  ClfParser parser_;
  AccessRecord record_;
  std::unique_ptr<Padded> text_;
};

TEST_F(ClfReadingsTest, ClientsAndUsersAreTheTextAroundTheFirstDash) {
  const struct {
    const char* head;
    const char* client;
    const char* user;
  } rows[] = {
      {"1.2.3.4 - - ", "1.2.3.4", "?"},
      {"1.2.3.4 - eve ", "1.2.3.4", "eve"},
      {"1.2.3.4 - e v e ", "1.2.3.4", "e v e"},
      {"2001:db8::1 - eve ", "2001:db8::1", "eve"},
      {"9.9.9.9, 1.2.3.4 - eve ", "9.9.9.9, 1.2.3.4", "eve"},
      {"junk,1.2.3.4 - eve ", "junk,1.2.3.4", "eve"},
      {"1.2.3.4:5678 - eve ", "1.2.3.4:5678", "eve"},
      {"unknown - eve ", "unknown", "?"},  // a text that Traefik was told to trust
      {"1.2.3.4 - a - b ", "1.2.3.4", "a - b"},
      {"1.2.3.4 - 5.6.7.8 - b ", "1.2.3.4", "5.6.7.8 - b"},  // no list: one reading
  };
  for (const auto& row : rows) {
    ASSERT_EQ(Head(row.head), std::nullopt) << row.head;
    EXPECT_EQ(record_.client_host.value_or("?"), row.client) << row.head;
    EXPECT_EQ(record_.user.value_or("?"), row.user) << row.head;
  }
}

TEST_F(ClfReadingsTest, HeadWithTwoReadingsOrNoneIsNamed) {
  EXPECT_EQ(Head("1.2.3.4 - x, 5.6.7.8 - eve "), Reason::kAmbiguousLine);
  EXPECT_EQ(Head("1.2.3.4 - x,5.6.7.8 - eve "), Reason::kAmbiguousLine);
  EXPECT_EQ(Head("- - - "), Reason::kFieldsDropped);
  EXPECT_EQ(record_.dropped, kDroppedClient);
  EXPECT_EQ(Head("nobody "), Reason::kFragment);
  EXPECT_EQ(Head("nobody - x"), Reason::kFragment);
  EXPECT_EQ(Head(""), Reason::kFragment);
}

TEST_F(ClfReadingsTest, SecondHeadBehindAnAddressOfAListIsAmbiguous) {
  const std::string second = "5.6.7.8 - x " + std::string(kAt);
  EXPECT_EQ(Middle("\"GET /, " + second + R"("GET / HTTP/1.1" 200 5 "-" "-")"),
            Reason::kAmbiguousLine);
  EXPECT_EQ(Middle("\"GET /," + second + R"("GET / HTTP/1.1" 200 5 "-" "-")"),
            Reason::kAmbiguousLine);
  EXPECT_EQ(Middle("\"GET / " + second + R"("GET / HTTP/1.1" 200 5 "-" "-")"), std::nullopt);
  EXPECT_EQ(Middle("\"GET /, x - y " + std::string(kAt) + R"("GET / HTTP/1.1" 200 5 "-" "-")"),
            std::nullopt);
  EXPECT_EQ(Middle(R"("GET /, 5.6.7.8 - x HTTP/1.1" 200 5 "-" "-")"), std::nullopt);
}

TEST_F(ClfReadingsTest, MiddleIsReadWhereItHasOneReading) {
  const struct {
    const char* middle;
    const char* said;  // method, path, status, referer, agent
  } rows[] = {
      {R"("GET /a?b HTTP/1.1" 200 5 "http://x/" "curl")", "GET|/a?b|200|http://x/|curl"},
      {R"("GET /a b HTTP/1.1" 404 - "-" "-")", "GET|/a b|404|?|?"},
      {R"("GET - HTTP/1.1" 200 5 "-" "-")", "GET|?|200|?|?"},
      {R"("GET HTTP/1.1" 200 5 "-" "-")", "GET|?|200|?|?"},
      {R"("GET" 200 5 "-" "-")", "GET\"|?|200|?|?"},
      {R"("- - -" 0 0 "-" "-")", "-|?|0|?|?"},
      {R"("GET / HTTP/1.1" - 5 "-" "-")", "GET|/|9999|?|?"},
      {R"("GET / HTTP/1.1" 70000 5 "-" "-")", "GET|/|9999|?|?"},
      {R"("GET / HTTP/1.1" 1000 5 "-" "-")", "GET|/|1000|?|?"},
      {R"("GET / HTTP/1.1" 999 5 "-" "-")", "GET|/|999|?|?"},
      {R"("GET / HTTP/1.1" 200 5 "a" b" "c")", "GET|/|200|a\" b|c"},
      {R"("GET / HTTP/1.1" 200 5 "" "")", "GET|/|200|?|?"},
  };
  for (const auto& row : rows) {
    ASSERT_EQ(Middle(row.middle), std::nullopt) << row.middle;
    EXPECT_FALSE(record_.middle_ambiguous) << row.middle;
    const std::string said = std::string(record_.method.value_or("?")) + "|" +
                             std::string(record_.path.value_or("?")) + "|" +
                             std::to_string(record_.status.value_or(9999)) + "|" +
                             std::string(record_.referer.value_or("?")) + "|" +
                             std::string(record_.user_agent.value_or("?"));
    EXPECT_EQ(said, row.said) << row.middle;
  }
}

TEST_F(ClfReadingsTest, MiddleWithoutOneReadingGivesNoStatus) {
  for (const char* middle :
       {R"("GET /" 200 5 "x" 200 5 "-" "-")", R"("GET / HTTP/1.1" "-" "-")",
        R"("GET / HTTP/1.1" 200 "-" "-")", R"("GET / HTTP/1.1" 200 5x "-" "-")",
        R"("GET / HTTP/1.1" x 5 "-" "-")", R"("GET / HTTP/1.1" 200 5 - "-")"}) {
    ASSERT_EQ(Middle(middle), std::nullopt) << middle;
    EXPECT_TRUE(record_.middle_ambiguous) << middle;
    EXPECT_FALSE(record_.status.has_value()) << middle;
    EXPECT_FALSE(record_.path.has_value()) << middle;
  }
  ASSERT_EQ(Middle(R"("GET / HTTP/1.1" 200 5 "a" "b" "c")"), std::nullopt);
  EXPECT_TRUE(record_.middle_ambiguous);
  EXPECT_EQ(record_.status, 200);
  EXPECT_FALSE(record_.referer.has_value() || record_.user_agent.has_value());
}

TEST_F(ClfReadingsTest, TimeIsTheSecondAndTheDurationIsInMilliseconds) {
  ASSERT_EQ(Head("2001:db8::1 - - "), std::nullopt);
  const EventTime start = EventTimeFromUnixNanoseconds(1'767'603'600'000'000'000);
  EXPECT_EQ(record_.start.low, start);
  EXPECT_EQ(record_.start.high, start + std::chrono::seconds(1));
  EXPECT_EQ(record_.duration, std::chrono::milliseconds(3));
  EXPECT_FALSE(record_.start_doubtful);
  EXPECT_EQ(record_.format, LogFormat::kClf);
}

TEST_F(ClfReadingsTest, ServersAreAbsoluteUrls) {
  for (const char* url : {"http://10.0.0.1:80", "h://a", "h2c://[::1]:80"}) {
    ASSERT_EQ(Tail(R"( 7 "r" ")" + std::string(url) + "\" 3ms"), std::nullopt) << url;
    EXPECT_EQ(record_.server_url.value_or("?"), url);
  }
  for (const char* url :
       {"/a", "/://a", "?://a", "#://a", "://a", "a://", "a:/b/c", "a:b//c", "abc", "a"}) {
    ASSERT_EQ(Tail(R"( 7 "r" ")" + std::string(url) + "\" 3ms"), std::nullopt) << url;
    EXPECT_FALSE(record_.server_url.has_value()) << url;
    EXPECT_EQ(record_.router.value_or("?"), "r");
  }
}

TEST_F(ClfReadingsTest, ServerWithoutARouterHadItsNamesDropped) {
  EXPECT_EQ(Tail(R"( 7 "-" "http://10.0.0.1:80" 3ms)"), Reason::kFieldsDropped);
  EXPECT_EQ(record_.dropped, kDroppedNames);
  EXPECT_EQ(Parse("- - - " + std::string(kAt) + kGet + R"( 7 - "http://10.0.0.1:80" 3ms)"),
            Reason::kFieldsDropped);
  EXPECT_EQ(record_.dropped, kDroppedNames | kDroppedClient);
  EXPECT_EQ(Parse("1.2.3.4 - - [-] " + std::string(kGet) + kTail), Reason::kFieldsDropped);
  EXPECT_EQ(record_.dropped, kDroppedStart);
  EXPECT_EQ(Parse("1.2.3.4 - - [x] " + std::string(kGet) + kTail), Reason::kFragment);
  EXPECT_EQ(record_.request_count, 7U);
}

TEST_F(ClfReadingsTest, CountMayBeAbsent) {
  ASSERT_EQ(Tail(R"( - "r" "http://a" 3ms)"), std::nullopt);
  EXPECT_FALSE(record_.request_count.has_value());
}

// v1.7's own handlers log the request's URL behind their name.
TEST_F(ClfReadingsTest, HandlersTailInTheMiddleIsAmbiguous) {
  EXPECT_EQ(Middle(R"("GET / HTTP/1.1" 200 5 "-" "-" 5 "Traefik" "/x" 9 "z")"),
            Reason::kAmbiguousLine);
  for (const char* middle : {R"("GET / HTTP/1.1" 200 5 "-" "-" 5 "a@file" "/x" 9 "z")",
                             R"("GET / HTTP/1.1" 200 5 "-" "-" - "Traefik" "/x" 9 "z")",
                             R"("GET / HTTP/1.1" 200 5 "-" "-" 5 "Traefik" "x" 9 "z")",
                             R"("GET / HTTP/1.1" 200 5 "-" "-" x "Traefik" "/x" 9 "z")",
                             R"("GET / HTTP/1.1" 200 5 "-" "/agent")"}) {
    EXPECT_EQ(Middle(middle), std::nullopt) << middle;
  }
}

TEST_F(ClfReadingsTest, OtherFormatsAreNamed) {
  const std::string begin = "1.2.3.4 - - " + std::string(kAt);
  EXPECT_EQ(Parse(begin + kGet), Reason::kGenericClf);
  EXPECT_EQ(Parse(begin + R"("GET / HTTP/1.1" 200 5)"), Reason::kForeignClf);
  EXPECT_EQ(Parse(begin + R"("GET / HTTP/1.1" 200 -)"), Reason::kForeignClf);
  EXPECT_EQ(Parse(begin + R"("GET / HTTP/1.1" - 5)"), Reason::kForeignClf);
  EXPECT_EQ(Parse(begin + R"("GET / HTTP/1.1" 200 5 more)"), Reason::kForeignClf);
  EXPECT_EQ(Parse(begin + R"("GET / HTTP/1.1" 200 5 "-" "-" 3ms)"), Reason::kForeignClf);
  for (const char* rest : {R"("GET / HTTP/1.1" 200)", R"("GET / HTTP/1.1" 200 )",
                           R"("GET / HTTP/1.1" 200 5x)", R"("GET / HTTP/1.1" 200 x)",
                           R"("GET / HTTP/1.1" x 5)", R"("GET / HTTP/1.1")", R"(" 200)"}) {
    EXPECT_EQ(Parse(begin + rest), Reason::kNotAccessLog) << rest;
  }
  EXPECT_EQ(Parse("some words"), Reason::kNotAccessLog);
  EXPECT_EQ(Parse(""), Reason::kNotAccessLog);
  EXPECT_EQ(Parse("x \"GET / HTTP/1.1\" 200 5 \"-\" \"-\""), Reason::kNotAccessLog);
}

TEST_F(ClfReadingsTest, OtherTimesCountWhereTheyAreNear) {
  const auto spread = [&](const char* other) {
    EXPECT_EQ(Parse(R"(1.2.3.4 - - [05/Jan/2026:09:10:00 +0000] "GET /[05/Jan/2026:)" +
                    std::string(other) + R"( +0000] "x HTTP/1.1" 200 5 "-" "-")" + kTail),
              std::nullopt);
    return (record_.start.high - record_.start.low) / std::chrono::seconds(1);
  };
  EXPECT_EQ(spread("09:11:05"), 66);
  EXPECT_EQ(spread("09:11:06"), 1);
  EXPECT_EQ(spread("09:08:55"), 66);
  EXPECT_EQ(spread("09:08:54"), 1);
  EXPECT_EQ(spread("09:10:00"), 1);
  EXPECT_TRUE(record_.start_doubtful);
  EXPECT_EQ(spread("09:10:61"), 1);
  EXPECT_FALSE(record_.start_doubtful) << "no time at all";
}

TEST_F(ClfReadingsTest, WhatStoodBeforeTheLineIsTold) {
  ASSERT_EQ(Head("Jan 05 09:00:00 edge1 traefik[8]: 1.2.3.4 - eve "), std::nullopt);
  EXPECT_EQ(parser_.prefix(), "Jan 05 09:00:00 edge1 traefik[8]: ");
  EXPECT_EQ(record_.client_host.value_or("?"), "1.2.3.4");
  ASSERT_EQ(Head("1.2.3.4 - - "), std::nullopt);
  EXPECT_EQ(parser_.prefix(), "");
}

TEST_F(ClfReadingsTest, LongestDurationIsTenYearsInBothWays) {
  for (const char* head : {"1.2.3.4 - - ", "1.2.3.4 - eve "}) {
    const std::string begin = head + std::string(kAt) + kGet + R"( 7 "r" "http://a" )";
    EXPECT_EQ(Parse(begin + "316224000000ms"), std::nullopt);
    EXPECT_EQ(record_.duration, std::chrono::milliseconds(316224000000));
    EXPECT_NE(Parse(begin + "316224000001ms"), std::nullopt);
  }
}

}  // namespace
}  // namespace stickyd
