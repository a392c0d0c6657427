// SPDX-License-Identifier: Apache-2.0
// waker_test: the waker of this machine.
#include "stickyd/base/waker.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/temp_dir.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

// Each wait is so long that the test would time out if nothing woke it.
constexpr milliseconds kForEver = minutes(30);

TEST(WakerTest, WakeEndsPauseAndTheWaitAfterIt) {
  const auto waker = MakeWaker();
  waker->Wake();
  waker->Pause(kForEver);
  EXPECT_TRUE(waker->Wait(kForEver));
  EXPECT_FALSE(waker->Wait(milliseconds(0)));  // once
}

TEST(WakerTest, FilesDoNotEndAPause) {
  const TempDir temp;
  const auto waker = MakeWaker();
  ASSERT_TRUE(waker->WatchDirectories({temp.path().string()}));
  std::ofstream(temp.path() / "a") << "x";
  const auto before = std::chrono::steady_clock::now();
  waker->Pause(milliseconds(20));
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds(20));
  EXPECT_TRUE(waker->Wait(kForEver));
}

TEST(WakerTest, FolderMadeAnewWakesOnceItIsWatchedAgain) {
  const TempDir temp;
  const std::filesystem::path folder = temp.path() / "log";
  const auto waker = MakeWaker();
  std::filesystem::create_directory(folder);
  ASSERT_TRUE(waker->WatchDirectories({folder.string()}));
  std::filesystem::remove(folder);
  EXPECT_FALSE(waker->WatchDirectories({folder.string()}).has_value());
  std::filesystem::create_directory(folder);
  ASSERT_TRUE(waker->WatchDirectories({folder.string()}));
  while (waker->Wait(milliseconds(0))) {
  }
  std::ofstream(folder / "a") << "x";
  EXPECT_TRUE(waker->Wait(kForEver));
}

// How many watches this process has, on any directory.
int CountWatches() {
  int watches = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);)
      watches += line.starts_with("inotify wd:") ? 1 : 0;
  }
  return watches;
}

TEST(WakerTest, FoldersThatAreRenamedEveryDayAreNotWatchedForEver) {
  const TempDir temp;
  const std::filesystem::path folder = temp.path() / "log";
  const auto waker = MakeWaker();
  for (int day = 0; day < 10; ++day) {
    std::filesystem::create_directory(folder);
    ASSERT_TRUE(waker->WatchDirectories({folder.string()}));
    std::filesystem::rename(folder, temp.path() / ("log." + std::to_string(day)));
  }
  EXPECT_EQ(CountWatches(), 1);
}

TEST(WakerTest, FolderThatTwoPathsLeadToIsWatchedAsLongAsOneDoes) {
  const TempDir temp;
  const std::filesystem::path folder = temp.path() / "log";
  const std::filesystem::path link = temp.path() / "link";
  std::filesystem::create_directory(folder);
  std::filesystem::create_directory_symlink(folder, link);
  const auto waker = MakeWaker();
  ASSERT_TRUE(waker->WatchDirectories({folder.string(), link.string()}));
  ASSERT_TRUE(waker->WatchDirectories({link.string()}));
  std::ofstream(folder / "a") << "x";
  EXPECT_TRUE(waker->Wait(kForEver));
}

TEST(WakerTest, OneFolderThatCannotBeWatchedKeepsNoOtherFromIt) {
  const TempDir temp;
  const auto waker = MakeWaker();
  EXPECT_FALSE(waker->WatchDirectories({"/no/such/folder", temp.path().string()}));
  std::ofstream(temp.path() / "a") << "x";
  EXPECT_TRUE(waker->Wait(kForEver));
}

TEST(WakerTest, PipeThatHasTheNumberOfAnEarlierOneWakes) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto waker = MakeWaker();
  waker->WatchDescriptors({ends[0]});
  std::array<int, 2> others{};
  ASSERT_EQ(::pipe(others.data()), 0);
  ASSERT_EQ(::dup2(others[0], ends[0]), ends[0]);
  waker->WatchDescriptors({ends[0]});
  ASSERT_EQ(::write(others[1], "x", 1), 1);
  EXPECT_TRUE(waker->Wait(milliseconds(0)));
  for (const int fd : {ends[0], ends[1], others[0], others[1]}) ::close(fd);
}

TEST(WakerTest, BytesInAPipeWakeOnce) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto waker = MakeWaker();
  waker->WatchDescriptors({ends[0]});
  EXPECT_FALSE(waker->Wait(milliseconds(0)));
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  EXPECT_TRUE(waker->Wait(kForEver));
  EXPECT_FALSE(waker->Wait(milliseconds(0)));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(WakerTest, PipeThatIsNoLongerNamedDoesNotWake) {
  std::array<int, 2> gone{};
  std::array<int, 2> kept{};
  ASSERT_EQ(::pipe(gone.data()), 0);
  ASSERT_EQ(::pipe(kept.data()), 0);
  const auto waker = MakeWaker();
  waker->WatchDescriptors({gone[0], kept[0]});
  waker->WatchDescriptors({kept[0]});
  ASSERT_EQ(::write(gone[1], "x", 1), 1);
  EXPECT_FALSE(waker->Wait(milliseconds(0)));
  ASSERT_EQ(::write(kept[1], "x", 1), 1);
  EXPECT_TRUE(waker->Wait(milliseconds(0)));
  for (const int fd : {gone[0], gone[1], kept[0], kept[1]}) ::close(fd);
}

TEST(WakerTest, FolderThatIsNoLongerNamedDoesNotWake) {
  const TempDir gone;
  const TempDir kept;
  const auto waker = MakeWaker();
  ASSERT_TRUE(waker->WatchDirectories({gone.path().string(), kept.path().string()}));
  ASSERT_TRUE(waker->WatchDirectories({kept.path().string()}));
  while (waker->Wait(milliseconds(0))) {  // that a watch has ended is said as well
  }
  std::ofstream(gone.path() / "a") << "x";
  EXPECT_FALSE(waker->Wait(milliseconds(0)));
  std::ofstream(kept.path() / "a") << "x";
  EXPECT_TRUE(waker->Wait(kForEver));
}

}  // namespace
}  // namespace stickyd
