// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/timestamp.h"

#include <gtest/gtest.h>

#include <string>

namespace stickyd {
namespace {

TEST(TimestampTest, Rfc3339WithAnyFractionAndOffset) {
  constexpr int64_t kSecond = 1'000'000'000;
  constexpr int64_t kBase = 1'790'000'000;  // 2026-09-21T14:13:20Z
  TimestampParser parser;
  const std::string head = "2026-09-21T14:13:20";
  EXPECT_EQ(parser.ParseRfc3339(head + "Z"), kBase * kSecond);
  std::string digits;
  int64_t fraction = 0;
  for (int i = 1; i <= 9; ++i) {
    digits += static_cast<char>('0' + i);
    fraction = std::stoll(digits);
    for (int j = i; j < 9; ++j) fraction *= 10;
    EXPECT_EQ(parser.ParseRfc3339(head + "." + digits + "Z"), kBase * kSecond + fraction) << digits;
  }
  EXPECT_EQ(parser.ParseRfc3339("2026-09-21T16:13:20.5+02:00"), kBase * kSecond + kSecond / 2);
  EXPECT_EQ(parser.ParseRfc3339("2026-09-21T08:43:20-05:30"), kBase * kSecond);
}

TEST(TimestampTest, ImpossibleTimesAreRefused) {
  TimestampParser parser;
  for (const char* text :
       {"", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z",
        "2026-01-01 00:00:00", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z"}) {
    EXPECT_EQ(parser.ParseRfc3339(text), std::nullopt) << text;
  }
  EXPECT_EQ(parser.ParseClf("23/Foo/2026:00:34:42 +0000"), std::nullopt);
  EXPECT_EQ(parser.ParseClf("31/Feb/2026:00:34:42 +0000"), std::nullopt);
}

TEST(TimestampTest, NulsAreNoTimeNeitherForAFreshParser) {
  EXPECT_EQ(TimestampParser().ParseClf(std::string(TimestampParser::kClfLength, '\0')),
            std::nullopt);
  EXPECT_EQ(
      TimestampParser().ParseRfc3339(std::string(TimestampParser::kRfcDateLength, '\0') + "Z"),
      std::nullopt);
  EXPECT_EQ(TimestampParser().ParseClf("01/Jan/1970:00:00:00 +0000"), 0);
}

TEST(TimestampTest, ClfWithOffsetAlsoWhenTheSameTextComesAgain) {
  TimestampParser parser;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(parser.ParseClf("21/Sep/2026:14:13:20 +0000"), 1'790'000'000);
    EXPECT_EQ(parser.ParseClf("21/Sep/2026:16:13:20 +0200"), 1'790'000'000);
    EXPECT_EQ(parser.ParseClf("21/Sep/2026:14:13:21 +0000"), 1'790'000'001);
  }
}

}  // namespace
}  // namespace stickyd
