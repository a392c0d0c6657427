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

}  // namespace
}  // namespace stickyd
