// SPDX-License-Identifier: Apache-2.0
// watcher_numbers_test: what the daemon says of itself and of its sources, how far apart its rounds
// are, and what a reload takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <string>
#include <vector>

#include "stickyd/app/version.h"
#include "support/log_counter.h"
#include "watching.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Each;
using WatcherNumbersTest = Watching;

TEST_F(WatcherNumbersTest, WhatBefallsAFileIsCountedForItsSource) {
  files_.Append(kLog, ClfLine(0, 1, 1));
  Start({"--log", kLog, "--from", "beginning"});
  const SourceStatus before = status().sources.at(0);
  EXPECT_EQ(before.name, kLog);
  EXPECT_TRUE(before.up && before.readable);
  EXPECT_EQ(before.read_bytes, ClfLine(0, 1, 1).size());
  EXPECT_EQ(before.lag_bytes + before.renames + before.truncations + before.read_errors +
                before.files_dropped + before.files_refused,
            0U);
  files_.Truncate(kLog);
  Round();
  files_.Rename(kLog, "/log/old");
  files_.Append("/log/old", "never read");
  files_.FailRead("/log/old", ErrorCode::kIo);
  files_.Append(kLog, ClfLine(1, 2, 1));
  for (int i = 0; i < 10; ++i) Round();
  const SourceStatus after = status().sources.at(0);
  EXPECT_EQ(after.truncations, 1U);
  EXPECT_EQ(after.renames, 1U);
  EXPECT_EQ(after.read_errors, 1U);
  EXPECT_EQ(after.files_dropped, 1U);
  EXPECT_TRUE(after.problems.empty());
}

TEST_F(WatcherNumbersTest, FilesBeyondTheBoundAreCountedAsRefused) {
  for (size_t i = 0; i < LogFollower::kMostLanes + 3; ++i) {
    files_.Create("/log/" + std::to_string(10'000 + i));
  }
  Start({"--log", "/log/*"});
  EXPECT_EQ(status().sources.at(0).files_refused, 3U);
}

TEST_F(WatcherNumbersTest, LagIsWhatIsThereAndNotRead) {
  std::string backlog;
  for (int i = 0; i < 40'000; ++i) backlog += ClfLine(i / 100, static_cast<uint64_t>(i) + 1, 1);
  files_.Append(kLog, backlog);
  Start({"--log", kLog, "--from", "beginning"});
  const SourceStatus source = status().sources.at(0);
  EXPECT_GT(source.lag_bytes, 0U);
  EXPECT_EQ(source.lag_bytes + source.read_bytes, backlog.size());
}

TEST_F(WatcherNumbersTest, DaemonSaysWhichItIsAndSinceWhen) {
  files_.Create(kLog);
  Start({"--log", kLog, "--cause.pages", "https://a"});
  const double began = 1'776'400'000;
  EXPECT_EQ(status().version, GetBuildInfo().version);
  EXPECT_EQ(status().revision, GetBuildInfo().revision);
  EXPECT_EQ(status().compiler, GetBuildInfo().compiler);
  EXPECT_EQ(status().started_seconds, began);
  EXPECT_EQ(status().last_reload_seconds, began);
  EXPECT_EQ(status().made_seconds, began + 2);
  EXPECT_EQ(status().cause_pages, "https://a");
  watcher_->RequestReload();
  Round();
  EXPECT_EQ(status().started_seconds, began);
  EXPECT_EQ(status().last_reload_seconds, began + 4);
}

TEST_F(WatcherNumbersTest, EachLineIsTimedOnceUntilItShows) {
  files_.Create(kLog);
  Start({"--log", kLog});
  files_.Append(kLog, ClfLine(0, 1, 1) + ClfLine(1, 2, 1));
  Round();
  EXPECT_EQ(status().line_to_metric.total(), 2U);
  files_.Append(kLog, ClfLine(2, 3, 1));
  Round();
  EXPECT_EQ(status().line_to_metric.total(), 3U);
}

TEST_F(WatcherNumbersTest, NumbersAreMadeAnewForLinesAndEachSecond) {
  files_.Create(kLog);
  Start({"--log", kLog});
  const auto first = watcher_->status();
  Round(milliseconds(999));
  EXPECT_EQ(watcher_->status(), first) << "nothing has come";
  files_.Append(kLog, ClfLine(0, 1, 1));
  watcher_->RequestReload();  // it looks
  Round(milliseconds(0));
  EXPECT_NE(watcher_->status(), first);
  Start({"--log", kLog});
  const auto second = watcher_->status();
  Round(milliseconds(1000));
  EXPECT_NE(watcher_->status(), second);
}

TEST_F(WatcherNumbersTest, LoopIsAliveForTenSecondsAfterARound) {
  files_.Create(kLog);
  Start({"--log", kLog});
  clock_.Advance(milliseconds(9999));
  EXPECT_TRUE(watcher_->alive());
  clock_.Advance(milliseconds(1));
  EXPECT_FALSE(watcher_->alive());
  Round();
  EXPECT_TRUE(watcher_->alive());
}

// The time between rounds while `lines` come in each.
class PaceTest : public Watching {
 protected:
  std::vector<milliseconds> Paces(int lines, size_t rounds) {
    files_.Create(kLog);
    Start({"--log", kLog});
    std::vector<milliseconds> paces;
    auto last = clock_.Now();
    uint64_t count = 0;
    waker_.on_wait = [&] {
      paces.push_back(std::chrono::duration_cast<milliseconds>(clock_.Now() - last));
      last = clock_.Now();
      for (int i = 0; i < lines; ++i) {
        ++count;
        files_.Append(kLog, ClfLine(static_cast<int64_t>(count / 100), count, 1));
      }
      waker_.woken = true;
      if (paces.size() == rounds) watcher_->Stop();
    };
    watcher_->Run();
    return paces;
  }
  static std::vector<milliseconds> From(const std::vector<milliseconds>& paces, size_t begin,
                                        size_t end) {
    return {paces.begin() + static_cast<std::ptrdiff_t>(begin),
            paces.begin() + static_cast<std::ptrdiff_t>(end)};
  }
};

TEST_F(PaceTest, TrickleIsReadInBatchesOnceItIsSteady) {
  const auto paces = Paces(15, 60);
  EXPECT_THAT(From(paces, 1, 13), Each(milliseconds(20))) << "who writes now and then";
  EXPECT_THAT(From(paces, 20, 60), Each(milliseconds(150)));
}

TEST_F(PaceTest, ManyLinesAreReadFiftyTimesASecond) {
  EXPECT_THAT(From(Paces(16, 60), 1, 60), Each(milliseconds(20)));
}

TEST_F(WatcherNumbersTest, WhoAsksForSomethingWakesTheDaemon) {
  files_.Create(kLog);
  Start({"--log", kLog});
  for (void (Watcher::*ask)() :
       {&Watcher::RequestReload, &Watcher::RequestReopen, &Watcher::Stop}) {
    waker_.woken = false;
    (watcher_.get()->*ask)();
    EXPECT_TRUE(waker_.woken);
  }
}

TEST_F(WatcherNumbersTest, ReloadTakesWhatMayChangeWhileItRuns) {
  files_.Create(kLog);
  Start({"--log", kLog});
  EXPECT_GT(waker_.times_watched, 0U);
  files_.Remove(kLog);
  for (int i = 0; i < 10; ++i) Round();
  EXPECT_FALSE(status().ready);
  reread_ = {"--log",  kLog,          "--cause.pages", "https://b", "--log.optional",
             "--poll", "--log.level", "debug",         "--idle",    "2h"};
  const LogCounter log;
  watcher_->RequestReload();
  Round();
  EXPECT_TRUE(status().last_reload_successful);
  EXPECT_EQ(status().cause_pages, "https://b");
  EXPECT_TRUE(status().ready) << "a log is optional now";
  EXPECT_EQ(spdlog::get_level(), spdlog::level::debug);
  EXPECT_EQ(log.count(spdlog::level::warn), 1) << "--idle has to wait";
  const size_t watched = waker_.times_watched;
  for (int i = 0; i < 5; ++i) Round();
  EXPECT_EQ(waker_.times_watched, watched) << "it polls";
  spdlog::set_level(spdlog::level::info);
}

TEST_F(WatcherNumbersTest, SourceThatIsNotReadIsAWarningAndThatItIsAgainIsNone) {
  files_.Create(kLog);
  Start({"--log", kLog});
  const LogCounter log;
  files_.FailStat(kLog, ErrorCode::kPermission);
  for (int i = 0; i < 10; ++i) Round();
  EXPECT_EQ(log.count(spdlog::level::warn), 1);
  EXPECT_EQ(log.count(spdlog::level::info), 0);
  files_.FailStat(kLog, std::nullopt);
  for (int i = 0; i < 10; ++i) Round();
  EXPECT_EQ(log.count(spdlog::level::warn), 1);
  EXPECT_EQ(log.count(spdlog::level::info), 1);
}

TEST_F(WatcherNumbersTest, RemarksAreTenSecondsApart) {
  files_.Create(kLog);
  Start({"--log", kLog});
  const LogCounter log;
  files_.Append(kLog, "nothing of Traefik's\n1.1.1.1 - a fragment\n");
  Round();
  EXPECT_EQ(log.count(spdlog::level::warn), 1);
  Round(milliseconds(9999));
  EXPECT_EQ(log.count(spdlog::level::warn), 1);
  Round(milliseconds(1001));  // numbers are summed once a second
  EXPECT_EQ(log.count(spdlog::level::warn), 2);
}

}  // namespace
}  // namespace stickyd
