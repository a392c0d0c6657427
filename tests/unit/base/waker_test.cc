// waker_test: the waker of this machine.
#include "stickyd/base/waker.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

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

}  // namespace
}  // namespace stickyd
