// SPDX-License-Identifier: Apache-2.0
#include "text_arena.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stickyd {
namespace {

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
  for (int i = 0; i < 20'000; ++i) {
    const std::string_view again = arena.Join({"b", "", std::to_string(i)});
    ASSERT_EQ(again.data(), texts[static_cast<size_t>(i)].data()) << "all blocks are used again";
  }
}

}  // namespace
}  // namespace stickyd
