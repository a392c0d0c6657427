// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stickyd {
namespace {

TEST(TextTest, AbsentIsNotEmpty) {
  EXPECT_FALSE(Text().has_value());
  EXPECT_TRUE(Text(std::string_view()).has_value());
  EXPECT_FALSE(Text() == Text(""));
  EXPECT_EQ(Text().value_or("x"), "x");
}

TEST(ParseNumberTest, TakesAllOfTheTextOrNothing) {
  EXPECT_EQ(ParseNumber<int>("42"), 42);
  for (const char* text : {"", "4 2", "42x", " 42", "99999999999", "0x2a"}) {
    EXPECT_EQ(ParseNumber<int>(text), std::nullopt) << text;
  }
}

TEST(ForEachPartTest, EmptyPartsArePartsToo) {
  std::vector<std::string> parts;
  ForEachPart("a, ,b,", ',', [&](std::string_view part) { parts.emplace_back(part); });
  EXPECT_EQ(parts, (std::vector<std::string>{"a", "", "b", ""}));
}

TEST(PrintableTest, ControlCharactersNeverGetThroughAndLengthIsBounded) {
  const std::string shown =
      Printable(std::string("a\x1b[31m\0\n\xff", 9) + std::string(1000, 'x'), 100);
  EXPECT_LE(shown.size(), 4 * 100U + 10);  // an escape takes four characters
  for (const char c : shown) EXPECT_TRUE(c >= ' ' && c < 127) << static_cast<int>(c);
}

TEST(InMarkupTest, WhatCouldEndATextOrAnAttributeIsAnEntity) {
  EXPECT_EQ(InMarkup("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c'");
  EXPECT_EQ(InMarkup("&amp;"), "&amp;amp;");
  EXPECT_EQ(InMarkup(""), "");
}

TEST(PrintableTest, WhatIsNotUtf8IsEscapedAndUtf8Stays) {
  for (const char* text : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                           "\xf4\x90\x80\x80", "\xff", "\xc3", "\xc2\x9b"}) {
    EXPECT_TRUE(Printable(text).starts_with("\\x")) << Printable(text);
  }
  for (const char* text : {"Grüße", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf", "€😀"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(PrintableTest, TextStaysInTheOrderInWhichItWasWritten) {
  for (const char* text : {"\u202e", "\u200f", "\u2066", "\u2069", "\u061c", "\u2028"}) {
    EXPECT_TRUE(Printable(text).starts_with("\\x")) << Printable(text);
  }
  for (const char* text : {"\u2010", "\u202f", "\u2065", "\u206a", "\u061b", "\u200d"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

// By the definition: the last letters are equal, or one is left out, added or replaced.
size_t PlainDistance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  const std::string_view c = a.substr(1);
  const std::string_view d = b.substr(1);
  const size_t rest = PlainDistance(c, d);
  if (a.front() == b.front()) return rest;
  return 1 + std::min({rest, PlainDistance(c, b), PlainDistance(a, d)});
}

TEST(EditDistanceTest, IsTheShortestWayUpToItsLimit) {
  std::vector<std::string> words = {""};
  for (size_t i = 0; words[i].size() < 4; ++i) {
    for (const char c : {'a', 'b', 'c'}) words.push_back(words[i] + c);
  }
  words.resize(120);
  for (const std::string& a : words) {
    for (const std::string& b : words) {
      const size_t real = PlainDistance(a, b);
      for (size_t most = 0; most < 6; ++most) {
        ASSERT_EQ(EditDistance(a, b, most), std::min(real, most + 1)) << a << " " << b << most;
      }
    }
  }
}

TEST(IsIpAddressTest, AddressesOnly) {
  for (const char* text : {"1.2.3.4", "::1", "fe80::1"}) EXPECT_TRUE(IsIpAddress(text)) << text;
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.4:80", "shop", "::g"}) {
    EXPECT_FALSE(IsIpAddress(text)) << text;
  }
}

TEST(TextBoundsTest, ParseDigitsTakesEighteenDigitsAndNothingElse) {
  EXPECT_EQ(ParseDigits("0"), 0U);
  EXPECT_EQ(ParseDigits("1234567890"), 1234567890U);
  EXPECT_EQ(ParseDigits("999999999999999999"), 999'999'999'999'999'999U);
  for (const char* text : {"", "1000000000000000000", "1/", "1:", "-1", "1 ", "a"}) {
    EXPECT_FALSE(ParseDigits(text).has_value()) << text;
  }
}

TEST(TextBoundsTest, NumbersOutsideTheTypeAreNone) {
  EXPECT_EQ(ParseNumber<uint16_t>("65535"), 65535);
  EXPECT_FALSE(ParseNumber<uint16_t>("65536").has_value());
  EXPECT_FALSE(ParseNumber<uint16_t>("-1").has_value());
  EXPECT_EQ(ParseNumber<int>("-7"), -7);
}

TEST(TextBoundsTest, LettersAloneAreLowered) {
  EXPECT_EQ(ToLower("@AMZ[`amz{\xC4 09"), "@amz[`amz{\xC4 09");
  EXPECT_TRUE(EqualsIgnoreCase("AbcZ", "aBCz"));
  EXPECT_FALSE(EqualsIgnoreCase("abc", "abd"));
  EXPECT_FALSE(EqualsIgnoreCase("abc", "abcd"));
  EXPECT_FALSE(EqualsIgnoreCase("[", "{"));
  EXPECT_TRUE(EqualsIgnoreCase("", ""));
}

TEST(TextBoundsTest, TrimTakesSpacesAndTabsFromBothEndsOnly) {
  EXPECT_EQ(Trim(" \t a b\t "), "a b");
  EXPECT_EQ(Trim("a"), "a");
  EXPECT_EQ(Trim(" \t"), "");
  EXPECT_EQ(Trim("\na\r"), "\na\r");
}

TEST(TextBoundsTest, PrintableSaysWhereItCutAndOnlyThere) {
  EXPECT_EQ(Printable("abcdef", 6), "abcdef");
  EXPECT_EQ(Printable("abcdef", 5), "abcde...");
  EXPECT_EQ(Printable("abcdef", 0), "...");
  EXPECT_EQ(Printable("", 0), "");
  EXPECT_EQ(Printable(std::string(256, 'x')), std::string(256, 'x'));
  EXPECT_EQ(Printable(std::string(257, 'x')), std::string(256, 'x') + "...");
  EXPECT_EQ(Printable("abc\xC3\xBC", 4), "abc\\xc3...");  // half a letter
}

TEST(TextBoundsTest, FirstAndLastOfEachLengthOfUtf8Stay) {
  for (const std::string_view text :
       {" ", "~", "\xC2\xA0", "\xDF\xBF", "\xE0\xA0\x80", "\xE1\x80\x80", "\xEC\x80\x80",
        "\xED\x80\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBD", "\xF0\x90\x80\x80",
        "\xF1\x80\x80\x80", "\xF3\x80\x80\x80", "\xF4\x80\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(TextBoundsTest, WhatIsJustOutsideIsEscapedByteByByte) {
  const std::pair<std::string_view, const char*> rows[] = {
      {"\x1F", "\\x1f"},
      {"\x7F", "\\x7f"},
      {std::string_view("\0", 1), "\\x00"},
      {"\x80", "\\x80"},
      {"\xC1\xBF", "\\xc1\\xbf"},
      {"\xC2\x80", "\\xc2\\x80"},  // the first control character of C1
      {"\xC2\x9F", "\\xc2\\x9f"},  // and the last
      {"\xE0\x9F\xBF", "\\xe0\\x9f\\xbf"},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},
      {"\xF0\x8F\xBF\xBF", "\\xf0\\x8f\\xbf\\xbf"},
      {"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"\xF5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
      {"\xE2\x82", "\\xe2\\x82"},
      {"\xE2\x82x", "\\xe2\\x82x"},
      {"\xF0\x9F\x98", "\\xf0\\x9f\\x98"},
      {"\xF0\x9F\x98\xC0", "\\xf0\\x9f\\x98\\xc0"},
      {"\u200E", "\\xe2\\x80\\x8e"},
      {"\u202A", "\\xe2\\x80\\xaa"},
  };
  for (const auto& [text, shown] : rows) EXPECT_EQ(Printable(text), shown);
}

TEST(TextBoundsTest, PortsAndBracketsComeOffAddressesOnly) {
  const std::pair<const char*, const char*> rows[] = {
      {"10.0.0.1:80", "10.0.0.1"},
      {"10.0.0.1:65535", "10.0.0.1"},
      {"10.0.0.1:655350", "10.0.0.1:655350"},  // no port has six digits
      {"10.0.0.1:", "10.0.0.1:"},
      {"10.0.0.1", "10.0.0.1"},
      {"[::1]:80", "::1"},
      {"[::1]", "::1"},
      {"[]", "[]"},
      {"[]:80", "[]:80"},
      {"[1]:9", "1"},
      {"::1", "::1"},
      {"fe80::1:80", "fe80::1:80"},
      {"host:80", "host:80"},
      {":80", ":80"},
      {"80", "80"},
      {"1:8", "1"},
      {"", ""},
  };
  for (const auto& [text, address] : rows) EXPECT_EQ(AddressWithoutPort(text), address) << text;
}

TEST(TextBoundsTest, OnlyAnIpv6AddressHasAZone) {
  EXPECT_TRUE(IsIpAddress("fe80::1%eth0"));
  EXPECT_FALSE(IsIpAddress("10.0.0.1%eth0"));
  EXPECT_FALSE(IsIpAddress("%eth0"));
  EXPECT_TRUE(IsIpAddress("2001:0db8:1111:2222:3333:4444:255.255.255.255"));  // 45 bytes
  EXPECT_FALSE(IsIpAddress(std::string(46, ':')));
  EXPECT_FALSE(IsIpAddress(std::string(100, '1')));
}

}  // namespace
}  // namespace stickyd
