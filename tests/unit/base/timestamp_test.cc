// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/timestamp.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
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

constexpr int64_t kSecondNs = 1'000'000'000;

std::optional<int64_t> Rfc(const std::string& text) { return TimestampParser().ParseRfc3339(text); }
std::optional<int64_t> Clf(const std::string& text) { return TimestampParser().ParseClf(text); }

TEST(TimestampBoundsTest, LastOfEachPartIsATimeAndTheNextIsNot) {
  // Seconds since 1970, as date(1) computes them.
  EXPECT_EQ(Rfc("2026-12-31T23:59:59Z"), 1'798'761'599 * kSecondNs);
  EXPECT_EQ(Rfc("2016-12-31T23:59:60Z"), 1'483'228'800 * kSecondNs);  // a leap second
  EXPECT_EQ(Rfc("2028-02-29T00:00:00Z"), 1'835'395'200 * kSecondNs);
  EXPECT_EQ(Rfc("1900-01-01T00:00:00Z"), -2'208'988'800 * kSecondNs);
  EXPECT_EQ(Rfc("2199-12-31T23:59:59Z"), 7'258'118'399 * kSecondNs);
  EXPECT_EQ(Rfc("1969-12-31T23:59:59.25Z"), -kSecondNs + kSecondNs / 4);
  for (const char* text :
       {"1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "2026-12-31T24:00:00Z",
        "2026-12-31T23:60:00Z", "2026-12-31T23:59:61Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2027-02-29T00:00:00Z"}) {
    EXPECT_EQ(Rfc(text), std::nullopt) << text;
  }
}

TEST(TimestampBoundsTest, OffsetsAreTakenInHoursAndMinutes) {
  const auto base = Rfc("2026-09-21T14:13:20Z");
  EXPECT_EQ(Rfc("2026-09-21T14:13:20+00:00"), base);
  EXPECT_EQ(Rfc("2026-09-21T19:58:20+05:45"), base);
  EXPECT_EQ(Rfc("2026-09-21T01:28:20-12:45"), base);
  EXPECT_EQ(Rfc("2026-09-21T14:13:20.000000001+00:00"), *base + 1);
  for (const char* zone : {"", "z", "+0000", "+00:0", "+00:000", "*00:00", "+0a:00", "+00:a0",
                           "+00-00", "ZZ", " Z", "Z "}) {
    EXPECT_EQ(Rfc(std::string("2026-09-21T14:13:20") + zone), std::nullopt) << zone;
  }
}

TEST(TimestampBoundsTest, FractionHasOneToNineDigits) {
  const int64_t base = *Rfc("2026-09-21T14:13:20Z");
  EXPECT_EQ(Rfc("2026-09-21T14:13:20.1Z"), base + 100'000'000);
  EXPECT_EQ(Rfc("2026-09-21T14:13:20.999999999Z"), base + 999'999'999);
  for (const char* rest :
       {".1234567890Z", ".1234567891", ".Z", ".+02:00", ".1", ".1:Z", ".1/Z", ",1Z", ".1.1Z"}) {
    EXPECT_EQ(Rfc(std::string("2026-09-21T14:13:20") + rest), std::nullopt) << rest;
  }
}

TEST(TimestampBoundsTest, EachPlaceOfAnRfcTimeHoldsWhatBelongsThere) {
  const std::string good = "2026-11-21T14:13:20Z";
  ASSERT_TRUE(Rfc(good).has_value());
  for (size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'/', 'x', '\0'}) {
      std::string text = good;
      text[i] = c;
      EXPECT_EQ(Rfc(text), std::nullopt) << text;
    }
  }
  EXPECT_EQ(Rfc(good.substr(0, 19)), std::nullopt);
}

TEST(TimestampBoundsTest, EachPlaceOfAClfTimeHoldsWhatBelongsThere) {
  const std::string good = "21/Nov/2026:14:13:20 +0000";
  ASSERT_TRUE(Clf(good).has_value());
  EXPECT_TRUE(LooksLikeClfTime(good));
  for (size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'.', '@', '[', '`', '{', '\0'}) {
      std::string text = good;
      text[i] = c;
      EXPECT_FALSE(LooksLikeClfTime(text)) << text;
      EXPECT_EQ(Clf(text), std::nullopt) << text;
    }
  }
  EXPECT_FALSE(LooksLikeClfTime(good.substr(1)));
  EXPECT_FALSE(LooksLikeClfTime(good + "0"));
  EXPECT_EQ(Clf(good.substr(0, 25)), std::nullopt);
  EXPECT_EQ(Clf(good + " "), std::nullopt);
  EXPECT_TRUE(LooksLikeClfTime("99/AzZ/9999:99:99:99 -9999"));  // says nothing about the date
}

TEST(TimestampBoundsTest, EveryMonthHasItsNameAndNoOther) {
  constexpr std::array<const char*, 12> kNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (size_t i = 0; i < kNames.size(); ++i) {
    const std::string number = (i < 9 ? "0" : "") + std::to_string(i + 1);
    const auto seconds = Clf("03/" + std::string(kNames[i]) + "/2026:04:05:06 +0000");
    const auto nanoseconds = Rfc("2026-" + number + "-03T04:05:06Z");
    ASSERT_TRUE(seconds.has_value() && nanoseconds.has_value()) << kNames[i];
    EXPECT_EQ(*seconds * kSecondNs, *nanoseconds) << kNames[i];
  }
  for (const char* name : {"anF", "nFe", "jan", "JAN", "Abc"}) {
    EXPECT_EQ(Clf("03/" + std::string(name) + "/2026:04:05:06 +0000"), std::nullopt) << name;
  }
}

TEST(TimestampBoundsTest, ClfOffsetsAreTakenInHoursAndMinutes) {
  EXPECT_EQ(Clf("21/Sep/2026:19:58:20 +0545"), 1'790'000'000);
  EXPECT_EQ(Clf("21/Sep/2026:01:28:20 -1245"), 1'790'000'000);
}

TEST(TimestampBoundsTest, BadTimeLeavesWhatIsRememberedAlone) {
  TimestampParser parser;
  const auto clf = parser.ParseClf("21/Sep/2026:14:13:20 +0000");
  const auto rfc = parser.ParseRfc3339("2026-09-21T14:13:20Z");
  EXPECT_EQ(parser.ParseClf("31/Feb/2026:14:13:20 +0000"), std::nullopt);
  EXPECT_EQ(parser.ParseClf("31/Feb/2026:14:13:20 +0000"), std::nullopt);
  EXPECT_EQ(parser.ParseRfc3339("2026-02-31T14:13:20Z"), std::nullopt);
  EXPECT_EQ(parser.ParseRfc3339("2026-02-31T14:13:20Z"), std::nullopt);
  EXPECT_EQ(parser.ParseClf("21/Sep/2026:14:13:20 +0000"), clf);
  EXPECT_EQ(parser.ParseRfc3339("2026-09-21T14:13:20Z"), rfc);
}

}  // namespace
}  // namespace stickyd
