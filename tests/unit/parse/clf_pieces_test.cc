// SPDX-License-Identifier: Apache-2.0
// clf_pieces_test: the pieces of a line of CLF: its right end, quotes, numbers, addresses and time.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "clf_plain.h"
#include "clf_tail.h"
#include "clf_time.h"

namespace stickyd {
namespace {

// count, router, server, duration; what is left of it.
std::string TailOf(const std::string& line) {
  const auto tail = ParseTail(line);
  if (!tail) return "none";
  return std::string(tail->count) + "|" + std::string(tail->router.value_or("?")) + "|" +
         std::string(tail->server.value_or("?")) + "|" + std::to_string(tail->duration_ms) + "|" +
         line.substr(0, tail->middle_end);
}

TEST(ClfTailTest, TailIsReadFromTheRight) {
  const std::pair<const char*, const char*> rows[] = {
      {R"(x" 7 "r" "http://a" 3ms)", R"(7|r|http://a|3|x")"},
      {R"(" 7 "r" "http://a" 3ms)", R"(7|r|http://a|3|")"},
      {R"(x" - "r" "http://a" 0ms)", R"(-|r|http://a|0|x")"},
      {R"(x" 123 - - 3ms)", R"(123|?|?|3|x")"},
      {R"(x" 7 "-" "-" 3ms)", R"(7|?|?|3|x")"},
      {R"(x" 7 "" "" 3ms)", R"(7|?|?|3|x")"},
      {R"(x" 7 "a" b" "http://a" 3ms)", R"(7|a" b|http://a|3|x")"},
      {R"(x" 7 "a "b" "http://a" 3ms)", R"(7|a "b|http://a|3|x")"},
      {R"(x" 7 - "http://a" 3ms)", R"(7|?|http://a|3|x")"},
      {R"(x" 7 "r" - 3ms)", R"(7|r|?|3|x")"},
      {R"(" 7 - - 3ms)", R"(7|?|?|3|")"},
      {R"(x" 7 "r" "http://a" 316224000000ms)", R"(7|r|http://a|316224000000|x")"},
  };
  for (const auto& [line, said] : rows) EXPECT_EQ(TailOf(line), said) << line;
}

TEST(ClfTailTest, WhatDoesNotEndSoHasNone) {
  for (const char* line : {"",
                           "ms",
                           "3ms",
                           " 3ms",
                           "- - 3ms",
                           "7 - - 3ms",
                           " 7 - - 3ms",
                           R"(x" 7 "r" "http://a" ms)",
                           R"(x" 7 "r" "http://a" 3m)",
                           R"(x" 7 "r" "http://a" 3s)",
                           R"(x" 7 "r" "http://a"3ms)",
                           R"(x" 7 "r" "http://a" -3ms)",
                           R"(x" 7 "r" http://a 3ms)",
                           R"(x" 7 "r""http://a" 3ms)",
                           R"(x" 7 r "http://a" 3ms)",
                           R"(x" 7"r" "http://a" 3ms)",
                           R"(x 7 "r" "http://a" 3ms)",
                           R"(x"7 "r" "http://a" 3ms)",
                           R"(x" "r" "http://a" 3ms)",
                           R"(x" 7a "r" "http://a" 3ms)",
                           R"(x" 7 "r" "http://a" 316224000001ms)",
                           R"(x" 7 "r" "http://a" 99999999999999999999ms)",
                           R"("http://a" 3ms)",
                           R"( "http://a" 3ms)",
                           R"("r" "http://a" 3ms)",
                           R"(x" 7 x- "http://a" 3ms)",
                           R"(x" 7 "r" x- 3ms)",
                           R"(x" 7 "r" "http://a" 3 ms)",
                           R"(x" -- "r" "http://a" 3ms)",
                           "12345678"}) {
    EXPECT_EQ(TailOf(line), "none") << line;
  }
}

TEST(ClfTailTest, DashAndNothingAreAbsent) {
  EXPECT_FALSE(Present("-").has_value());
  EXPECT_FALSE(Present("").has_value());
  EXPECT_EQ(Present("--").value_or("?"), "--");
  EXPECT_EQ(Present("a").value_or("?"), "a");
}

TEST(ClfPlainTest, TenQuotesAreFoundWhereverTheyAre) {
  for (const size_t gap : {0U, 1U, 3U, 15U, 16U, 17U}) {
    for (const size_t behind : {0U, 1U, 15U, 16U}) {
      std::string line;
      for (int i = 0; i < 10; ++i) line += std::string(gap, 'x') + "\"";
      line.append(behind, 'x');
      Quotes quotes;
      ASSERT_TRUE(quotes.Find(line)) << gap;
      for (size_t i = 0; i < 10; ++i) EXPECT_EQ(quotes[i], (i + 1) * (gap + 1) - 1) << gap;
      EXPECT_FALSE(Quotes().Find(line + "\"")) << gap;
      EXPECT_FALSE(Quotes().Find("\"" + line)) << gap;
      EXPECT_FALSE(Quotes().Find(line + std::string(20, '"'))) << gap;
      line[gap] = 'x';
      EXPECT_FALSE(Quotes().Find(line)) << gap;
    }
  }
}

TEST(ClfPlainTest, NumberStandsBetweenItsSpaces) {
  const std::string line = "\" 42 \"";
  EXPECT_EQ(SpacedNumber(line, 1, 5), 42U);
  EXPECT_EQ(SpacedNumber("\" 7 \"", 1, 4), 7U);
  EXPECT_FALSE(SpacedNumber("\"  \"", 1, 3).has_value());
  EXPECT_FALSE(SpacedNumber("\"42 \"", 1, 4).has_value());
  EXPECT_FALSE(SpacedNumber("\" 42\"", 1, 4).has_value());
  EXPECT_FALSE(SpacedNumber("\" 4 2 \"", 1, 6).has_value());
  EXPECT_FALSE(SpacedNumber("\" - \"", 1, 4).has_value());
}

TEST(ClfPlainTest, AddressesAreAsGoPrintsThem) {
  for (const char* text : {"0.0.0.0", "255.255.255.255", "1.20.109.9", "10.0.0.1"}) {
    EXPECT_TRUE(IsIpv4Address(text)) << text;
  }
  for (const char* text : {"", ".", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.5", "256.1.1.1",
                           "1.1.1.256", "01.1.1.1", "00.1.1.1", "1.1.1.00", "1,1.1.1", "1.1.1.1 ",
                           "a.1.1.1", "1.1.1.1/", "1.1.1.:"}) {
    EXPECT_FALSE(IsIpv4Address(text)) << text;
  }
}

TEST(ClfPlainTest, HeadIsAnAddressAndATime) {
  const std::string time = "23/Nov/2026:00:34:42 +0000";
  for (const char* client : {"1.2.3.4", "192.168.100.200", "10.0.0.1"}) {
    const std::string line = std::string(client) + " - - [" + time + "] ";
    const auto head = ReadPlainHead(line);
    ASSERT_TRUE(head) << client;
    EXPECT_EQ(head->client, client);
    EXPECT_EQ(head->time, time);
  }
  for (const std::string& line :
       {" - - [" + time + "] ", "1.2.3 - - [" + time + "] ", "1.2.3.4 - u [" + time + "] ",
        "1.2.3.4 - - [" + time + "]", "1.2.3.4 - - [" + time + "]  ", "::1 - - [" + time + "] ",
        "1.2.3.4, 5.6.7.8 - - [" + time + "] ", std::string(), std::string("1.2.3.4 - - ")}) {
    EXPECT_FALSE(ReadPlainHead(line)) << line;
  }
}

TEST(ClfTimeTest, TimeIsFoundInItsBracketsBeforeAQuote) {
  const std::string time = "[23/Nov/2026:00:34:42 +0000] \"";
  EXPECT_EQ(kClfTimeBytes, time.size());
  EXPECT_EQ(FindClfTime(time, 0), 0U);
  EXPECT_EQ(FindClfTime("[" + time, 0), 1U);
  EXPECT_EQ(FindClfTime("[x] " + time + "GET", 0), 4U);
  EXPECT_EQ(FindClfTime(time + time, 1), time.size());
  EXPECT_EQ(FindClfTime(time + time, time.size()), time.size());
  EXPECT_EQ(FindClfTime(time, 1), npos);
  EXPECT_EQ(FindClfTime(time.substr(0, time.size() - 1), 0), npos);
  EXPECT_EQ(FindClfTime("[23/Nov/2026:00:34:42 +0000]  ", 0), npos);
  EXPECT_EQ(FindClfTime("[23/Nov/2026 00:34:42 +0000] \"", 0), npos);
  EXPECT_EQ(FindClfTime("", 0), npos);
}

}  // namespace
}  // namespace stickyd
