// SPDX-License-Identifier: Apache-2.0
// watcher_test: the daemon's rounds: what is read when, said once, and survived.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/log_counter.h"
#include "watching.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using WatcherTest = Watching;

TEST_F(WatcherTest, LinesOfSeveralSourcesAreMergedByTime) {
  for (int i = 0; i < 20; ++i) {
    const bool even = i % 2 == 0;
    files_.Append(even ? "/a.log" : "/b.log",
                  ClfLine(i * 10, static_cast<uint64_t>(i) + 1, even ? 1 : 2));
  }
  Start({"--log", "/a.log", "--log", "/b.log", "--from", "beginning"});
  EXPECT_EQ(Lines(), 20U);
  EXPECT_EQ(Breaks(), 18U);  // the other file may still have an earlier line
  Round();
  EXPECT_EQ(Breaks(), 19U);
  EXPECT_EQ(status().pipeline.clock_steps, 0U);
}

TEST_F(WatcherTest, SourceThatIsAheadWaitsForTheBacklogOfAnotherAcrossRounds) {
  constexpr int kBacklog = 100'000;
  std::string backlog;
  for (int i = 0; i < kBacklog; ++i) {
    backlog += ClfLine(i / 1000, static_cast<uint64_t>(i) + 1, 1, "1.1.1." + std::to_string(i % 9));
  }
  files_.Append("/a.log", backlog);
  for (int i = 0; i < 50; ++i) {
    files_.Append("/b.log", ClfLine(10 * 3600 + i, static_cast<uint64_t>(i) + 1, 1));
  }
  Start({"--log", "/a.log", "--log", "/b.log", "--from", "beginning"});
  EXPECT_GT(RoundsUntil(kBacklog + 50), 1);
  EXPECT_EQ(Lines(), kBacklog + 50U);
  EXPECT_EQ(status().pipeline.clock_steps, 0U);
  EXPECT_EQ(Breaks(), 0U);
}

TEST_F(WatcherTest, RotationWhileBehindLosesNothing) {
  std::string backlog;
  for (int i = 0; i < 40'000; ++i) backlog += ClfLine(i / 100, static_cast<uint64_t>(i) + 1, 1);
  files_.Create(kLog);
  Start({"--log", kLog});
  files_.Append(kLog, backlog);
  Round();
  ASSERT_LT(Lines(), 40'000U);
  files_.Rename(kLog, "/log/access.log.1");
  files_.Append(kLog, ClfLine(500, 40'001, 1));
  for (int i = 0; i < 5; ++i) Round(seconds(10));
  EXPECT_EQ(Lines(), 40'001U);
}

// What does not go on as the log did waits for what follows it in the same write, and no longer.
TEST_F(WatcherTest, ARestartOfTraefikCountsOnceItsLinesWereTheLast) {
  files_.Create(kLog);
  Start({"--log", kLog});
  for (uint64_t count = 1; count <= 100; ++count) {
    files_.Append(kLog, ClfLine(static_cast<int64_t>(count), count, 1));
  }
  Round();
  ASSERT_EQ(Lines(), 100U);
  files_.Append(kLog, ClfLine(110, 1, 2));
  Round(milliseconds(20));
  EXPECT_EQ(Lines(), 100U);
  Round(milliseconds(20));
  EXPECT_EQ(Lines(), 101U);
  EXPECT_EQ(Breaks(), 1U);
  EXPECT_EQ(status().pipeline.sources[0].sequences.restarts, 1U);
}

TEST_F(WatcherTest, LinesForgedIntoOneWriteAreCountedAsForged) {
  files_.Create(kLog);
  Start({"--log", kLog});
  for (uint64_t count = 1; count <= 100; ++count) {
    files_.Append(kLog, ClfLine(static_cast<int64_t>(count), count, 1));
  }
  Round();
  files_.Append(kLog, ClfLine(101, 9'000'001, 2) + ClfLine(101, 9'000'002, 2) +
                          ClfLine(101, 101, 1, "2.2.2.2"));
  files_.Append(kLog, ClfLine(102, 102, 1));
  Round();
  EXPECT_EQ(Lines(), 104U);
  EXPECT_EQ(Breaks(), 0U);
  const SourceStats& source = status().pipeline.sources[0];
  EXPECT_EQ(source.unparsed[static_cast<size_t>(UnparsedReason::kForged)], 3U);
  EXPECT_EQ(source.sequences.restarts_told, 0U);
  EXPECT_EQ(source.sequences.missing, 0U);
}

TEST_F(WatcherTest, WhatWaitsIsCountedWhenItsFileIsFollowedNoLonger) {
  for (uint64_t count = 1; count <= 100; ++count) {
    files_.Append(kLog, ClfLine(static_cast<int64_t>(count), count, 1));
  }
  Start({"--log", kLog, "--from", "beginning"});
  files_.Append(kLog, ClfLine(110, 1, 2));
  Round(milliseconds(20));
  ASSERT_EQ(Lines(), 100U);
  reread_ = {"--log", "/log/other.log", "--from", "beginning"};
  watcher_->RequestReload();
  Round();
  EXPECT_EQ(Lines(), 101U);
}

TEST_F(WatcherTest, LongLinesDoNotKeepTheRoundFromEnding) {
  files_.Create(kLog);
  Start({"--log", kLog});
  std::string text;
  for (int i = 0; i < 60; ++i) text += std::string(900'000, 'x') + "\n";
  files_.Append(kLog, text);
  clock_.Advance(seconds(2));
  const int before = progress_;
  const int rounds = RoundsUntil(60);
  EXPECT_GE(rounds, 3);
  EXPECT_EQ(progress_ - before, rounds);
  EXPECT_EQ(Lines(), 60U);
}

TEST_F(WatcherTest, LineWithoutEndDoesNotKeepTheRoundFromEnding) {
  files_.Create(kLog);
  Start({"--log", kLog});
  files_.Append(kLog, std::string(100'000'000, '\0') + "\n" + ClfLine(1, 1, 1));
  clock_.Advance(seconds(2));
  EXPECT_GE(RoundsUntil(2), 5);
  EXPECT_EQ(Lines(), 2U);
}

TEST_F(WatcherTest, PathsThatComeAndGoWithoutEndAreAllCounted) {
  Start({"--log", "/pods/*.log"});
  uint64_t count = 0;
  for (int batch = 0; batch < 7; ++batch) {
    const auto path = [&](int i) { return fmt::format("/pods/{}-{}.log", batch, i); };
    for (int i = 0; i < 900; ++i) files_.Append(path(i), ClfLine(batch, ++count, 1));
    Round();
    for (int i = 0; i < 900; ++i) files_.Remove(path(i));
    for (int i = 0; i < 3; ++i) Round(seconds(61));
  }
  EXPECT_EQ(Lines(), count);
  EXPECT_LE(status().pipeline.sources.size(), 4096U);
  EXPECT_EQ(status().sources.size(), 1U);
}

TEST_F(WatcherTest, LooksThatTakeLongGetAShareOfTheTimeAndLinesAreReadMeanwhile) {
  files_.Create("/pods/a.log");
  Start({"--log", "/pods/*.log"});
  int looks = 0;
  files_.set_on_glob([&] {
    ++looks;
    clock_.Advance(milliseconds(100));
  });
  int woken = 0;
  waker_.on_wait = [&] {
    waker_.woken = true;  // every line wakes
    clock_.Advance(milliseconds(20));
    files_.Append("/pods/a.log", ClfLine(woken, static_cast<uint64_t>(woken) + 1, 1));
    if (++woken == 1000) watcher_->Stop();
  };
  const auto before = clock_.Now();
  watcher_->Run();
  const auto passed = clock_.Now() - before;
  EXPECT_GE(looks, 5);
  EXPECT_LE(looks * milliseconds(100) * 20, passed + seconds(4));
  EXPECT_GE(Lines(), 998U);
}

TEST_F(WatcherTest, LookThatWasPutOffIsMadeUpFor) {
  files_.Create("/pods/a.log");
  Start({"--log", "/pods/*.log"});
  files_.set_on_glob([&] { clock_.Advance(milliseconds(10)); });
  int waits = 0;
  waker_.on_wait = [&] {
    ++waits;
    waker_.woken = waits <= 2;
    if (waits == 2) files_.Append("/pods/b.log", ClfLine(1, 1, 1));  // just after a look
    if (waits == 4) watcher_->Stop();
  };
  watcher_->Run();
  EXPECT_EQ(Lines(), 1U);
}

TEST_F(WatcherTest, FilesArePolledWhereTheSystemRefusesToNotify) {
  files_.Create(kLog);
  waker_.refuse = true;
  Start({"--log", kLog});
  waker_.on_wait = [&] {
    if (waker_.waits.size() == 3) waker_.refuse = false;
    if (waker_.waits.size() == 8) watcher_->Stop();
  };
  watcher_->Run();
  EXPECT_EQ(waker_.waits[2], milliseconds(250));
  EXPECT_EQ(waker_.waits[7], milliseconds(1000));  // notified again
}

TEST_F(WatcherTest, FilesArePolledOnFileSystemsThatDoNotNotify) {
  files_.Create(kLog);
  files_.set_can_notify(false);
  Start({"--log", kLog});
  waker_.on_wait = [&] {
    if (waker_.waits.size() == 1) files_.Append(kLog, ClfLine(1, 1, 1));
    if (waker_.waits.size() == 3) watcher_->Stop();
  };
  watcher_->Run();
  EXPECT_EQ(waker_.waits[0], milliseconds(250));
  EXPECT_EQ(waker_.times_watched, 0U);
  EXPECT_EQ(Lines(), 1U);
}

TEST_F(WatcherTest, PollingWhenAskedTo) {
  files_.Create(kLog);
  Start({"--log", kLog, "--poll"});
  waker_.on_wait = [&] { watcher_->Stop(); };
  watcher_->Run();
  EXPECT_EQ(waker_.waits[0], milliseconds(250));
  EXPECT_EQ(waker_.times_watched, 0U);
}

TEST_F(WatcherTest, FolderMadeAnewIsWatchedAgain) {
  files_.Create(kLog);
  Start({"--log", kLog});
  const size_t before = waker_.times_watched;
  for (int i = 0; i < 5; ++i) Round(seconds(2));
  EXPECT_GE(waker_.times_watched, before + 4);
  EXPECT_THAT(waker_.watched, testing::ElementsAre("/log"));
}

TEST_F(WatcherTest, SilenceIsTimeToo) {
  files_.Create(kLog);
  Start({"--log", kLog});
  files_.Append(kLog, ClfLine(0, 1, 1) + ClfLine(10, 2, 2));
  Round();
  EXPECT_EQ(Breaks(), 1U);
  const auto causes = [&] { return status().pipeline.services[0].second.causes.sum(); };
  EXPECT_EQ(causes(), 0U);
  for (int i = 0; i < 40; ++i) Round(seconds(1));
  EXPECT_EQ(causes(), 1U);
}

TEST_F(WatcherTest, RemarkIsLoggedOnceAndNotTooManyAtATime) {
  files_.Create(kLog);
  Start({"--log", kLog});
  const LogCounter log;
  files_.Append(kLog, "nothing of Traefik's\n");
  Round();
  EXPECT_EQ(log.count(spdlog::level::warn), 1);
  files_.Append(kLog, "nothing of Traefik's\n1.1.1.1 - a fragment\n");
  Round();
  EXPECT_EQ(log.count(spdlog::level::warn), 1);
  for (int i = 0; i < 30; ++i) Round();
  EXPECT_EQ(log.count(spdlog::level::warn), 2);
}

TEST_F(WatcherTest, StandardInputThatEndsEndsTheRun) {
  files_.SetInput(ClfLine(0, 1, 1) + ClfLine(10, 2, 2) + "rubbish", false);
  Start({"--log", "-"});
  waker_.on_wait = [&] { files_.SetInput("", true); };
  watcher_->Run();
  EXPECT_EQ(Lines(), 3U);
  EXPECT_EQ(Breaks(), 1U);
  EXPECT_EQ(status().pipeline.open_cases, 0U);  // all is decided
}

TEST_F(WatcherTest, SourceThatCannotBeReadIsAStateNotAnEnd) {
  files_.Append(kLog, ClfLine(0, 1, 1));
  files_.FailOpen(kLog, ErrorCode::kPermission);
  Start({"--log", kLog});
  EXPECT_FALSE(status().sources[0].up);
  EXPECT_THAT(status().sources[0].problems, testing::SizeIs(1));
  EXPECT_TRUE(watcher_->alive());
  files_.FailOpen(kLog, std::nullopt);
  Round();
  files_.Append(kLog, ClfLine(1, 2, 1));
  Round();
  EXPECT_TRUE(status().sources[0].up);
  EXPECT_EQ(Lines(), 1U);
}

TEST_F(WatcherTest, ReadyIsWhoReadsALogThatGivesRecordsOrNeedsNone) {
  Start({"--log", kLog});
  EXPECT_FALSE(status().ready);
  files_.Append(kLog, "nothing of Traefik's\n");
  Round();
  EXPECT_TRUE(status().ready);
  for (int i = 0; i < 20; ++i) files_.Append(kLog, "nothing of Traefik's\n");
  Round();
  EXPECT_FALSE(status().ready);
  EXPECT_TRUE(status().sources.at(0).up);
  EXPECT_FALSE(status().sources.at(0).readable);
  files_.Append(kLog, ClfLine(0, 1, 1, "1.1.1.1"));
  Round();
  EXPECT_TRUE(status().ready);
  Start({"--log", "/log/other.log", "--log.optional"});
  EXPECT_TRUE(status().ready);
}

TEST_F(WatcherTest, SourceThatFlapsDoesNotFloodTheLog) {
  files_.Append(kLog, ClfLine(0, 1, 1));
  Start({"--log", kLog, "--poll"});
  const LogCounter log;
  for (int i = 0; i < 400; ++i) {
    files_.Remove(kLog);
    Round(milliseconds(250));
    files_.Append(kLog, ClfLine(i, 1, 1));
    Round(milliseconds(250));
  }
  EXPECT_LE(log.count(spdlog::level::warn) + log.count(spdlog::level::info), 21);  // in 200 s
  EXPECT_GE(log.count(spdlog::level::warn), 1);
  for (int i = 0; i < 6; ++i) Round();
  EXPECT_TRUE(status().sources[0].up);
}

TEST_F(WatcherTest, NotificationThatFlapsDoesNotFloodTheLog) {
  files_.Create(kLog);
  Start({"--log", kLog});
  const LogCounter log;
  for (int i = 0; i < 100; ++i) {
    waker_.refuse = !waker_.refuse;
    Round();
  }
  EXPECT_LE(log.count(spdlog::level::info), 21);  // in 200 s
  EXPECT_GE(log.count(spdlog::level::info), 10);
}

TEST_F(WatcherTest, SourceThatIsADeviceIsDownUntilItIsALog) {
  files_.MakeSpecial(kLog, FileKind::kCharacterDevice);
  Start({"--log", kLog});
  EXPECT_FALSE(status().sources[0].up);
  EXPECT_THAT(status().sources[0].problems,
              testing::ElementsAre(testing::HasSubstr("is a character device")));
  files_.Remove(kLog);
  files_.Append(kLog, ClfLine(0, 1, 1));
  Round();
  EXPECT_TRUE(status().sources[0].up);
  EXPECT_EQ(Lines(), 1U);
}

TEST_F(WatcherTest, LinkInACircleIsFollowedOnceItIsMended) {
  files_.Symlink(kLog, "/log/b");
  files_.Symlink("/log/b", kLog);
  Start({"--log", kLog});
  EXPECT_FALSE(status().sources[0].up);
  files_.Remove("/log/b");
  files_.Append("/log/b", ClfLine(0, 1, 1));
  Round();
  EXPECT_TRUE(status().sources[0].up);
  EXPECT_EQ(Lines(), 1U);
}

TEST_F(WatcherTest, LoopThatStandsStillIsNotAlive) {
  files_.Create(kLog);
  Start({"--log", kLog});
  EXPECT_TRUE(watcher_->alive());
  clock_.Advance(seconds(11));
  EXPECT_FALSE(watcher_->alive());
}

TEST_F(WatcherTest, StopEndsThePauseBetweenRounds) {
  files_.Create(kLog);
  Start({"--log", kLog});
  const auto before = clock_.Now();
  watcher_->Stop();
  watcher_->Run();
  EXPECT_EQ(clock_.Now(), before);
}

}  // namespace
}  // namespace stickyd
