// SPDX-License-Identifier: Apache-2.0
#include "stickyd/parse/clf_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

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
  // What the careful reading says of the line parsed last.
  std::string Careful() {
    AccessRecord record;
    return Say(parser_.ParseCarefully(text_->view(), record), record);
  }
  static std::string Say(const std::optional<UnparsedReason>& reason, const AccessRecord& r) {
    if (reason) return UnparsedReasonName(*reason);
    std::string said;
    for (const Text& text : {r.client_host, r.user, r.router, r.server_url, r.method, r.path,
                             r.referer, r.user_agent}) {
      said.append(text.value_or("(absent)")).append("|");
    }
    return said + std::to_string(r.status.value_or(9999)) + "|" +
           std::to_string(r.request_count.value_or(0)) + "|" +
           std::to_string(r.start.low.time_since_epoch().count()) + "|" +
           std::to_string(r.duration.count()) + (r.middle_ambiguous ? "|ambiguous" : "");
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

// Of several times all but one are a client's: the start is between those near the first.
TEST_F(ClfParserTest, OfSeveralTimesNoneIsTakenForTheStart) {
  const auto times = [](const char* first, const char* second) {
    return std::string("192.0.2.9 - x [05/Jan/2026:") + first +
           " +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" 9 \"r\" \"http://s\" 1ms [05/Jan/2026:" +
           second +
           R"( +0000] "GET / HTTP/1.1" 200 5 "-" "-" 3 "shop@file" "http://10.0.0.1:80" 9ms)";
  };
  const auto start_of = [&](const char* first, const char* second) {
    EXPECT_FALSE(Parse(times(first, second)));
    EXPECT_TRUE(record_.start_doubtful);
    EXPECT_EQ(record_.request_count, 3U);
    return record_.start.high - record_.start.low;
  };
  EXPECT_EQ(start_of("09:00:00", "09:00:30"), std::chrono::seconds(31));
  EXPECT_EQ(start_of("09:00:30", "09:00:00"), std::chrono::seconds(31));
  EXPECT_EQ(start_of("09:00:00", "11:00:00"), std::chrono::seconds(1)) << "both cannot be now";
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

// Plain lines are read by a shortcut. Whatever one byte more, one less or another one makes of such
// a line, the careful reading says the same.
TEST_F(ClfParserTest, TheShortcutSaysWhatTheCarefulReadingSays) {
  const std::string plain =
      std::string(kStart) + R"("GET /cart?n=2 HTTP/1.1" 200 2908 "http://a/" "curl/8")" + kEnd;
  ASSERT_EQ(Parse(plain), std::nullopt);
  for (const char c : std::string_view("\"[ -/7.\\x\x80")) {
    for (size_t at = 0; at <= plain.size(); ++at) {
      for (const size_t replaced : {0U, 1U}) {
        const std::string line =
            plain.substr(0, at) + c + plain.substr(std::min(at + replaced, plain.size()));
        const auto reason = Parse(line);
        ASSERT_EQ(Say(reason, record_), Careful()) << line;
      }
    }
  }
  for (size_t at = 0; at < plain.size(); ++at) {
    const std::string line = plain.substr(0, at) + plain.substr(at + 1);
    const auto reason = Parse(line);
    ASSERT_EQ(Say(reason, record_), Careful()) << line;
  }
}

TEST_F(ClfParserTest, RefererOrAgentOfOneSpaceIsAmbiguousWithTheShortcutToo) {
  for (const char* headers : {R"(" " "-")", R"("-" " ")", R"(" " " ")"}) {
    const std::string line = std::string(kStart) + R"("GET / HTTP/1.1" 200 5 )" + headers + kEnd;
    const auto reason = Parse(line);
    EXPECT_TRUE(record_.middle_ambiguous) << line;
    ASSERT_EQ(Say(reason, record_), Careful()) << line;
  }
}

TEST_F(ClfParserTest, WhatAClientWritesGetsNoShortcut) {
  const char* const requests[] = {
      R"(GET /?[23/Nov/2026:00:34:42 +0000] "GET / HTTP/2.0)",
      R"(GET /x" 5 "r" "http://6.6.6.6:1 HTTP/2.0)",
      "-",
      "GET",
      R"(GET /?x HTTP/1.1" 200 5 "-" "-" 77 "cart@file" "http://10.66.6.6:80" 3ms)",
  };
  const char* const agents[] = {"-", "/x", "[", R"(a" "b)", R"(x\)", ""};
  const char* const ends[] = {kEnd,
                              R"( 7 - - 0ms)",
                              R"( 7 "-" "-" 0ms)",
                              R"( 7 "Traefik" "/foo" 0ms)",
                              R"( 7 "a b" "ftp://x" 99999999999999999999ms)",
                              R"( - "r" "http://a" 1ms)"};
  for (const char* request : requests) {
    for (const char* agent : agents) {
      for (const char* end : ends) {
        const std::string line =
            std::string(kStart) + '"' + request + R"(" 200 5 "-" ")" + agent + '"' + end;
        const auto reason = Parse(line);
        ASSERT_EQ(Say(reason, record_), Careful()) << line;
      }
    }
  }
}

}  // namespace
}  // namespace stickyd
