// SPDX-License-Identifier: Apache-2.0
// progress_test: the line on the terminal says how far, how fast, how long.
#include "../../../src/app/commands/progress.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace stickyd {
namespace {

using std::chrono::milliseconds;

class ProgressTest : public testing::Test {
 protected:
  std::string Written() {
    std::string text(4096, '\0');
    std::rewind(file_.get());
    text.resize(std::fread(text.data(), 1, text.size(), file_.get()));
    return text;
  }

  const Progress::Time start_{std::chrono::hours(5)};
  std::unique_ptr<std::FILE, decltype(&std::fclose)> file_{std::tmpfile(), &std::fclose};
};

TEST_F(ProgressTest, SaysHowFarHowFastAndHowLong) {
  Progress progress(true, start_, file_.get());
  progress.Show(start_ + milliseconds(2000), 50'000'000, 200'000'000);
  EXPECT_EQ(Written(), "\r50 MB of 200 MB, 25 %, 25 MB/s, 6 s left\033[K");
}

TEST_F(ProgressTest, SaysNoMoreThanIsKnown) {
  Progress progress(true, start_, file_.get());
  progress.Show(start_ + milliseconds(2000), 50'000'000, std::nullopt);
  EXPECT_EQ(Written(), "\r50 MB, 25 MB/s\033[K");
}

TEST_F(ProgressTest, IsShownFourTimesASecondAndTakenAwayAtTheEnd) {
  {
    Progress progress(true, start_, file_.get());
    for (int i = 0; i < 1000; ++i) progress.Show(start_ + milliseconds(i), 1'000'000, 9'000'000);
  }
  const std::string text = Written();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 4) << text;  // 250, 500, 750 and the end
  EXPECT_TRUE(text.ends_with("\r\033[K")) << text;
}

TEST_F(ProgressTest, WritesNothingWhereItIsNotWanted) {
  {
    Progress progress(false, start_, file_.get());
    progress.Show(start_ + milliseconds(2000), 1, 2);
  }
  {
    Progress progress(true, start_, file_.get());
    progress.Show(start_ + milliseconds(100), 1, 2);
  }
  EXPECT_EQ(Written(), "");
}

TEST(ProgressBoundsTest, TimeIsLeftOnlyWhereSomethingIsLeftAndSomethingIsDone) {
  using std::chrono::milliseconds;
  const Progress::Time start{std::chrono::hours(5)};
  const auto shown = [&](uint64_t done, std::optional<uint64_t> total) {
    const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), &std::fclose);
    Progress progress(true, start, file.get());
    progress.Show(start + milliseconds(250), done, total);
    std::string text(200, '\0');
    std::rewind(file.get());
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    return text;
  };
  EXPECT_EQ(shown(0, 100'000'000), "\r0 MB of 100 MB, 0 %, 0 MB/s\033[K");
  EXPECT_EQ(shown(100'000'000, 100'000'000), "\r100 MB of 100 MB, 100 %, 400 MB/s\033[K");
  EXPECT_EQ(shown(10'000'000, 0), "\r10 MB, 40 MB/s\033[K");
}

}  // namespace
}  // namespace stickyd
