// SPDX-License-Identifier: Apache-2.0
#include "digits.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "padded.h"
#include "text_arena.h"

namespace stickyd {
namespace {

TEST(DigitsTest, NumbersOfEverySizeWhateverStandsBehind) {
  std::mt19937_64 random(3);
  for (size_t size = 1; size <= 19; ++size) {
    for (int i = 0; i < 200; ++i) {
      std::string digits;
      while (digits.size() < size) digits.push_back(static_cast<char>('0' + random() % 10));
      const Padded text(digits + "7,\"x\":99999999999");
      EXPECT_EQ(KnownDigits(text.view().data(), size), std::stoull(digits)) << digits;
    }
  }
}

TEST(TextArenaTest, TextsStayWhereTheyAreWhileItGrows) {
  TextArena arena;
  std::vector<std::string_view> texts;
  for (int i = 0; i < 20'000; ++i) texts.push_back(arena.Join({"a", "", std::to_string(i)}));
  const std::string large(200'000, 'x');
  EXPECT_EQ(arena.Join({large, "y"}), large + "y");
  EXPECT_EQ(arena.Join({}), "");
  for (int i = 0; i < 20'000; ++i)
    ASSERT_EQ(texts[static_cast<size_t>(i)], "a" + std::to_string(i));
  arena.Reset();
  EXPECT_EQ(arena.Join({"again"}).data(), texts.front().data()) << "the first block is used again";
}

}  // namespace
}  // namespace stickyd
