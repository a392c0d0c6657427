// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/cookie_header.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stickyd {
namespace {

std::vector<std::string> Cookies(std::string_view header) {
  std::vector<std::string> found;
  ForEachCookie(header, [&](std::string_view name, std::string_view value) {
    found.push_back(std::string(name) + "=" + std::string(value));
    return true;
  });
  return found;
}

TEST(CookieHeaderTest, PairsInOrderWithoutQuotesAndBlanks) {
  EXPECT_EQ(Cookies("a=1; b=\"2\";  c = 3 ;;=x; d"),
            (std::vector<std::string>{"a=1", "b=2", "c=3"}));
  EXPECT_TRUE(Cookies("REDACTED").empty());
  EXPECT_TRUE(Cookies("").empty());
}

TEST(CookieHeaderTest, TenThousandPairsAreVisitedOnceEach) {
  std::string header;
  for (int i = 0; i < 10000; ++i) header += "a=" + std::to_string(i) + "; ";
  EXPECT_EQ(Cookies(header).size(), 10000U);
}

TEST(SetCookieTest, CommasInsideExpiresDoNotSplit) {
  std::vector<std::string> found;
  ForEachSetCookie("a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/,b=2; HttpOnly, c=\"3\"",
                   [&](std::string_view name, std::string_view value, std::string_view) {
                     found.push_back(std::string(name) + "=" + std::string(value));
                     return true;
                   });
  EXPECT_EQ(found, (std::vector<std::string>{"a=1", "b=2", "c=3"}));
}

TEST(CookieHeaderTest, VisitingEndsWhenTheVisitorHasEnough) {
  int visits = 0;
  ForEachCookie("a=1; b=2; c=3", [&](std::string_view, std::string_view) { return ++visits < 2; });
  EXPECT_EQ(visits, 2);
  visits = 0;
  ForEachSetCookie("a=1, b=2, c=3", [&](std::string_view, std::string_view, std::string_view) {
    return ++visits < 2;
  });
  EXPECT_EQ(visits, 2);
}

TEST(CookieHeaderTest, QuotesComeOffInPairsOnly) {
  EXPECT_EQ(Cookies("a=\"; b=\"\"; c=\"x; d=x\"; e=\"x\""),
            (std::vector<std::string>{"a=\"", "b=", "c=\"x", "d=x\"", "e=x"}));
}

// name, value and attributes of each.
std::vector<std::string> CookiesSet(std::string_view header) {
  std::vector<std::string> found;
  ForEachSetCookie(header, [&](std::string_view name, std::string_view value,
                               std::string_view attributes) {
    found.push_back(std::string(name) + "|" + std::string(value) + "|" + std::string(attributes));
    return true;
  });
  return found;
}

TEST(SetCookieTest, AttributesAreWhatFollowsTheFirstSemicolon) {
  EXPECT_EQ(CookiesSet("a=1; Path=/; Secure, b=\"2\""),
            (std::vector<std::string>{"a|1| Path=/; Secure", "b|2|"}));
  EXPECT_EQ(CookiesSet("a=\"; Path=/"), (std::vector<std::string>{"a|\"| Path=/"}));
  EXPECT_EQ(CookiesSet("a=\"\";"), (std::vector<std::string>{"a||"}));
  EXPECT_EQ(CookiesSet("no cookie"), std::vector<std::string>{});
  EXPECT_EQ(CookiesSet(""), std::vector<std::string>{});
}

TEST(SetCookieTest, OnlyACommaBeforeANameAndAnEqualsSignEndsACookie) {
  const std::string_view first = "a=1";
  for (const char* next :
       {",b=2", ", b=2", ",   b=2", ",Az09!#$%&'*+-.^_`|~=2", ",z=", ",0=", ",Z="}) {
    EXPECT_EQ(FindSetCookieEnd(std::string(first) + next), first.size()) << next;
  }
  for (const char* next : {"", ",", ", ", ",b", ",=2", ", =2", ",b c=2", ",b;=2", ",b@=2", ",b/=2",
                           ",b{=2", ",b[=2", ",b:=2", ",\tb=2"}) {
    EXPECT_EQ(FindSetCookieEnd(std::string(first) + next), std::string_view::npos) << next;
  }
}

}  // namespace
}  // namespace stickyd
