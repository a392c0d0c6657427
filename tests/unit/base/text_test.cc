// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
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

}  // namespace
}  // namespace stickyd
