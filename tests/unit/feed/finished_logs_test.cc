// SPDX-License-Identifier: Apache-2.0
// finished_logs_test: what analyze is given, in the order in which it has to be read.
#include "stickyd/feed/finished_logs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "finished_logs_fixture.h"
#include "support/compress.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(FinishedLogsTest, PartsInAnyOrderAreReadInOrderOfTime) {
  files_.Append("access.log.10.zst", ZstdOf(ClfLine(0, 1, 1)));
  files_.Append("access.log.2.gz", GzipOf(ClfLine(10, 2, 1)));
  files_.Append("access.log.1", ClfLine(20, 3, 1) + ClfLine(30, 4, 1));
  files_.Append("access.log", ClfLine(40, 5, 1));
  Paths paths = {"access.log", "access.log.1", "access.log.10.zst", "access.log.2.gz"};
  do {
    Analyze(paths);
    EXPECT_THAT(counts_, ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT(stats_.sources, SizeIs(1));
    EXPECT_THAT(problems_, IsEmpty());
  } while (std::next_permutation(paths.begin(), paths.end()));
}

TEST_F(FinishedLogsTest, PlacesAreOfTheFilesAsTheyWereGiven) {
  files_.Append("access.log", "\n" + ClfLine(10, 2, 1));
  files_.Append("access.log.1", ClfLine(0, 1, 1));
  Analyze({"access.log", "access.log.1"});
  EXPECT_THAT(places_, ElementsAre(std::pair(1U, 1U), std::pair(0U, 2U)));
}

TEST_F(FinishedLogsTest, PartsWithDatesInTheirNamesAreReadInOrderOfTime) {
  files_.Append("access.log-20260105.gz", GzipOf(ClfLine(0, 1, 1)));
  files_.Append("access.log-20260106", ClfLine(90'000, 2, 1));
  files_.Append("access.log", ClfLine(180'000, 3, 1));
  Analyze({"access.log", "access.log-20260106", "access.log-20260105.gz"});
  EXPECT_THAT(counts_, ElementsAre(1, 2, 3));
}

TEST_F(FinishedLogsTest, NamesDecideWhereTimesAreEqual) {
  files_.Append("access.log", ClfLine(0, 3, 1));
  files_.Append("access.log.1", ClfLine(0, 2, 1));
  files_.Append("access.log.2", ClfLine(0, 1, 1));
  Analyze({"access.log", "access.log.1", "access.log.2"});
  EXPECT_THAT(counts_, ElementsAre(1, 2, 3));
}

TEST_F(FinishedLogsTest, TimesDecideAgainstNames) {
  files_.Append("access.log.1", ClfLine(0, 1, 1));
  files_.Append("access.log.2", ClfLine(10, 2, 1));  // savelog counts the other way round
  files_.Append("access.log.3", ClfLine(20, 3, 1));
  Analyze({"access.log.1", "access.log.2", "access.log.3"});
  EXPECT_THAT(counts_, ElementsAre(1, 2, 3));
}

TEST_F(FinishedLogsTest, PartThatTellsNoTimeKeepsThePlaceOfItsName) {
  files_.Append("access.log", ClfLine(20, 3, 1));
  files_.Append("access.log.1", "rubbish\n");
  files_.Append("access.log.2", ClfLine(0, 1, 1));
  files_.Append("access.log.3", "");
  Analyze({"access.log", "access.log.1", "access.log.2", "access.log.3"});
  EXPECT_THAT(counts_, ElementsAre(1, 3));
  EXPECT_EQ(Read(), 3U);
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(FinishedLogsTest, PartThatBeginsWithTraefiksOwnLogIsPutInOrder) {
  std::string own;
  for (int i = 0; i < 5000; ++i) own += "2026-01-05T08:59:59Z DBG Configuration received\n";
  files_.Append("access.log.1", own + ClfLine(0, 1, 1));
  files_.Append("access.log.2", ClfLine(10, 2, 1));
  Analyze({"access.log.2", "access.log.1"});
  EXPECT_THAT(counts_, ElementsAre(1, 2));
  EXPECT_EQ(Read(), 5002U);
}

TEST_F(FinishedLogsTest, ReplicasAreMergedByTimeAndCountOnTheirOwn) {
  for (int i = 0; i < 60; ++i) {
    files_.Append(i % 2 == 0 ? "/a/access.log" : "/b/access.log",
                  ClfLine(i * 10, 1000 + static_cast<uint64_t>(i / 2), i % 2));
  }
  Analyze({"/b/access.log", "/a/access.log"});
  std::vector<uint64_t> want;
  for (uint64_t i = 0; i < 60; ++i) want.push_back(1000 + i / 2);
  EXPECT_EQ(counts_, want);
  EXPECT_EQ(Breaks(), 59U);
  ASSERT_THAT(stats_.sources, SizeIs(2));
  for (const SourceStats& source : stats_.sources) {
    EXPECT_EQ(source.sequences.missing, 0U);
    EXPECT_EQ(source.sequences.restarts, 0U);
    EXPECT_FALSE(source.sequences.several);
  }
  EXPECT_EQ(stats_.clock_steps, 0U);
}

TEST_F(FinishedLogsTest, FilesOfAYearAreNotAllOpenAtATime) {
  Paths paths;
  for (int i = 0; i < 1500; ++i) {
    paths.push_back("/log/day" + std::to_string(i) + ".log");
    files_.Append(paths.back(), ClfLine(i * 10, static_cast<uint64_t>(i), 1) +
                                    ClfLine(i * 10 + 5, static_cast<uint64_t>(i) + 5000, 1));
  }
  std::reverse(paths.begin(), paths.end());
  Analyze(paths);
  EXPECT_EQ(Parsed(), 3000U);
  EXPECT_LE(files_.most_open_files(), 2U);
  EXPECT_EQ(stats_.clock_steps, 0U);
  for (size_t i = 0; i < counts_.size(); ++i) ASSERT_EQ(counts_[i], i / 2 + (i % 2) * 5000);
}

TEST_F(FinishedLogsTest, ManyReplicasAtATimeAreAllRead) {
  Paths paths;
  for (int i = 0; i < 1200; ++i) {
    paths.push_back("/log/pod" + std::to_string(i) + "/access.log");
    for (int j = 0; j < 3; ++j) {
      files_.Append(paths.back(), ClfLine(j * 100 + i / 100, static_cast<uint64_t>(j) + 1, 1));
    }
  }
  Analyze(paths);
  EXPECT_EQ(Parsed(), 3600U);
  EXPECT_EQ(stats_.clock_steps, 0U);
}

TEST_F(FinishedLogsTest, FileGivenTwiceIsReadOnce) {
  files_.Append("/log/access.log", ClfLine(0, 1, 1));
  files_.Symlink("/log/current.log", "/log/access.log");
  Analyze({"/log/access.log", "/log/access.log", "/log/current.log"});
  EXPECT_EQ(Read(), 1U);
  EXPECT_THAT(notes_, SizeIs(2));
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(FinishedLogsTest, PartThatIsBeingCompressedIsReadOnce) {
  files_.Append("access.log.1", ClfLine(0, 1, 1) + ClfLine(1, 2, 1));
  files_.Append("access.log.1.gz", GzipOf(ClfLine(0, 1, 1)));
  files_.Append("access.log", ClfLine(2, 3, 1));
  Analyze({"access.log", "access.log.1", "access.log.1.gz"});
  EXPECT_THAT(counts_, ElementsAre(1, 2, 3));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("access.log.1.gz")));
}

TEST_F(FinishedLogsTest, CompressedPartBesideAnotherOfThatNameIsReadToo) {
  files_.Append("access.log.gz", GzipOf(ClfLine(0, 1, 1)));
  files_.Append("access.log", ClfLine(2, 2, 1));
  Analyze({"access.log", "access.log.gz"});
  EXPECT_THAT(counts_, ElementsAre(1, 2));
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(FinishedLogsTest, WhatCannotBeReadIsNamedAndTheRestIsRead) {
  files_.Append("/log/denied", "x");
  files_.FailOpen("/log/denied", ErrorCode::kPermission);
  files_.Append("/log/access.log.1", ClfLine(0, 1, 1));
  files_.Append("/log/access.log", ClfLine(10, 2, 1));
  Analyze({"/log/missing", "/log/access.log", "/log", "/log/denied", "/log/access.log.1",
           "/log/access.log.2"});
  EXPECT_THAT(counts_, ElementsAre(1, 2));
  EXPECT_THAT(problems_, SizeIs(4));
}

TEST_F(FinishedLogsTest, DamagedPartGivesWhatCameBeforeTheDamage) {
  std::string text;
  for (uint64_t i = 1; i <= 300; ++i) text += ClfLine(static_cast<int64_t>(i), i, 1);
  const std::string packed = GzipOf(text);
  files_.Append("access.log.1.gz", packed.substr(0, packed.size() / 2));
  // The line after half a line may be taken for a client's forgery.
  files_.Append("access.log", ClfLine(1000, 301, 1) + ClfLine(1001, 302, 1));
  Analyze({"access.log", "access.log.1.gz"});
  EXPECT_GT(Parsed(), 100U);
  EXPECT_EQ(counts_.back(), 302U);
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("access.log.1.gz")));
}

TEST_F(FinishedLogsTest, RecordsOutsideTheRangeAreSkippedAndCounted) {
  for (int i = 0; i < 10; ++i) files_.Append("a", ClfLine(i * 60, static_cast<uint64_t>(i), 1));
  Analyze({"a"}, {"--since", "2026-01-05T09:02:00Z", "--until", "2026-01-05T09:05:00Z"});
  EXPECT_THAT(counts_, ElementsAre(2, 3, 4));
  EXPECT_EQ(stats_.sources[0].skipped[static_cast<size_t>(SkipReason::kOutOfRange)], 7U);
}

TEST_F(FinishedLogsTest, ClockThatGoesBackAnHourIsCountedAndMakesNoBreak) {
  uint64_t count = 0;
  const auto write = [&](int64_t from) {
    for (int i = 0; i < 400; ++i) {
      const int client = i % 40;
      files_.Append("a", ClfLine(from + i, ++count, client % 3, fmt::format("1.1.1.{}", client)));
    }
  };
  write(4000);
  write(400);
  Analyze({"a"});
  EXPECT_EQ(Parsed(), 800U);
  EXPECT_EQ(Breaks(), 0U);
  EXPECT_EQ(stats_.clock_steps, 1U);
  EXPECT_EQ(stats_.sessions.evicted_clock, 40U);
}

TEST_F(FinishedLogsTest, TheWholeOfAPipeIsNotKnown) {
  auto read = ReadSettings({"--config.file", "/dev/null"}, kCommonOptions, {}, RealFileSystem());
  auto setup = SetUpPipeline(read.settings, nullptr);
  ASSERT_TRUE(setup.has_value());
  const FinishedLogs logs(RealFileSystem(), {"/dev/null"}, {1000}, *setup->pipeline);
  EXPECT_FALSE(logs.bytes_total().has_value());
  files_.Append("a", ClfLine(0, 1, 1));
  Analyze({"a"});
  EXPECT_EQ(total_, ClfLine(0, 1, 1).size());
}

// CLF shows seconds: what the other file has may have been answered before.
TEST_F(FinishedLogsTest, LinesOfTwoLogsMayHaveComeInEitherOrder) {
  files_.Append("a.log", ClfLine(0, 5, 1) + ClfLine(10, 6, 2) + ClfLine(20, 7, 2));
  files_.Append("b.log", ClfLine(10, 9, 2) + ClfLine(30, 10, 3));
  Analyze({"a.log", "b.log"});
  using V = Verdict;
  EXPECT_THAT(verdicts_, ElementsAre(std::pair(5, V::kFirst), std::pair(6, V::kAmbiguous),
                                     std::pair(7, V::kHeld), std::pair(9, V::kAmbiguous),
                                     std::pair(10, V::kBreak)));
  EXPECT_EQ(Breaks(), 1U);
  // One file tells: its lines are in order of their ends.
  files_.Append("c.log", ClfLine(0, 5, 1) + ClfLine(10, 6, 2) + ClfLine(20, 7, 2));
  verdicts_.clear();
  Analyze({"c.log"});
  EXPECT_THAT(verdicts_, ElementsAre(std::pair(5, V::kFirst), std::pair(6, V::kBreak),
                                     std::pair(7, V::kHeld)));
}

TEST_F(FinishedLogsTest, OddLinesAreAccountedFor) {
  using namespace std::string_view_literals;
  files_.Append("a", "\0\0\0"sv);
  files_.Append("a", ClfLine(0, 1, 1));
  files_.Append("a", "\n\r\n\0\n\xff\xfe\n"sv);
  std::string windows = ClfLine(1, 2, 1);
  windows.insert(windows.size() - 1, "\r");
  files_.Append("a", windows + std::string(2'000'000, 'x') + "\n" + ClfLine(2, 3, 1));
  std::string last = ClfLine(3, 4, 1);
  last.pop_back();
  files_.Append("a", last);
  Analyze({"a"});
  EXPECT_THAT(counts_, ElementsAre(1, 2, 3, 4));
  const SourceStats& source = stats_.sources[0];
  EXPECT_EQ(source.lines, 9U);
  EXPECT_EQ(source.skipped[static_cast<size_t>(SkipReason::kEmpty)], 3U);
  EXPECT_EQ(source.unparsed[static_cast<size_t>(UnparsedReason::kNotAccessLog)], 1U);
  EXPECT_EQ(source.unparsed[static_cast<size_t>(UnparsedReason::kTooLong)], 1U);
}

}  // namespace
}  // namespace stickyd
