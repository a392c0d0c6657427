// SPDX-License-Identifier: Apache-2.0
// terminal_test: colours and widths of terminals and of what is none.
#include "../../../src/app/terminal.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

namespace stickyd {
namespace {

TEST(TerminalTest, ColoursAreForTerminalsUnlessSomebodySaysOtherwise) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), &std::fclose);
  EXPECT_TRUE(WantsColor(Color::kAlways, file.get()));
  EXPECT_FALSE(WantsColor(Color::kNever, file.get()));
  EXPECT_FALSE(WantsColor(Color::kAuto, file.get()));
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> terminal(std::fopen("/dev/ptmx", "r+"),
                                                                    &std::fclose);
  if (terminal == nullptr) GTEST_SKIP() << "no terminals here";
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "xterm", 1);
  EXPECT_TRUE(WantsColor(Color::kAuto, terminal.get()));
  EXPECT_FALSE(WantsColor(Color::kNever, terminal.get()));
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(WantsColor(Color::kAuto, terminal.get()));
  ::setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(WantsColor(Color::kAuto, terminal.get()));
  ::setenv("TERM", "dumb", 1);
  EXPECT_FALSE(WantsColor(Color::kAuto, terminal.get()));
  ::unsetenv("TERM");
  ::unsetenv("NO_COLOR");
}

TEST(TerminalTest, WidthIsColumnsOrEightyAndFortyAtLeast) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), &std::fclose);
  const auto width = [&](const char* columns) {
    ::setenv("COLUMNS", columns, 1);
    const size_t value = TerminalWidth(file.get());
    ::unsetenv("COLUMNS");
    return value;
  };
  EXPECT_EQ(width("132"), 132U);
  EXPECT_EQ(width("40"), 40U);
  EXPECT_EQ(width("39"), 40U);
  EXPECT_EQ(width("1"), 40U);
  EXPECT_EQ(width("0"), 80U);
  EXPECT_EQ(width("wide"), 80U);
  EXPECT_EQ(TerminalWidth(file.get()), 80U);
}

}  // namespace
}  // namespace stickyd
