// SPDX-License-Identifier: Apache-2.0
// followed_logs_test: what a round of watch takes of the files that it follows, and in which order.
#include "stickyd/feed/followed_logs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/json_line.h"
#include "support/log_text.h"
#include "support/memory_file_system.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kNine = 1'767'603'600'000 * kMillisecond;  // 2026-01-05T09:00:00Z

class FollowedLogsTest : public testing::Test, private OutcomeSink {
 protected:
  void Follow(const std::vector<std::string>& patterns, size_t max_line_bytes = 1000) {
    logs_.reset();  // it outlives neither of the others
    pipeline_ = *Pipeline::Create({}, KeyedHash({}), this);
    follower_ =
        std::make_unique<LogFollower>(files_, patterns, max_line_bytes, StartAt::kBeginning);
    logs_ = std::make_unique<FollowedLogs>(*follower_, *pipeline_);
    Look();
  }
  void Look() {
    now_ += std::chrono::seconds(1);
    follower_->Check(now_);
  }
  void FeedAll(int64_t now = 0) {
    while (logs_->Feed(now).more) {
    }
  }
  // A log of one record comes, is read and goes.
  void ComeAndGo(const std::string& path, uint64_t count) {
    files_.Append(path, ClfLine(++second_, count, 1));
    Look();
    FeedAll();
    files_.Remove(path);
    for (int i = 0; i < 70; ++i) {
      Look();
      FeedAll();
    }
  }
  std::vector<int64_t> Written() {
    std::vector<int64_t> written;
    logs_->TakeWritten([&](int64_t at) { written.push_back(at); });
    return written;
  }
  SourceStats source(size_t i = 0) {
    return pipeline_->Stats(Pipeline::Windows::kSum).sources.at(i);
  }

  MemoryFileSystem files_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<LogFollower> follower_;
  std::unique_ptr<FollowedLogs> logs_;
  FollowedFile::Clock::time_point now_{std::chrono::hours(1)};
  int64_t second_ = 0;            // of the last record that came and went
  std::vector<uint64_t> counts_;  // RequestCounts in the order of judging

 private:
  void OnRecord(const Outcome& outcome, bool /*open*/) override {
    counts_.push_back(outcome.request_count);
  }
  void OnClosed(const Outcome& /*outcome*/) override {}
};

TEST_F(FollowedLogsTest, LinesOfAllFilesComeInOrderOfTime) {
  files_.Append("/a.log", ClfLine(0, 1, 1) + ClfLine(20, 3, 1) + ClfLine(40, 5, 1));
  files_.Append("/b.log", ClfLine(10, 2, 1) + ClfLine(30, 4, 1));
  Follow({"/b.log", "/a.log"});
  const FollowedLogs::Round round = logs_->Feed(0);
  EXPECT_EQ(round.lines, 5U);
  EXPECT_FALSE(round.more);
  EXPECT_THAT(counts_, ElementsAre(1, 2, 3, 4, 5));
  files_.Append("/b.log", ClfLine(50, 6, 1));
  EXPECT_EQ(logs_->Feed(0).lines, 1U);
  EXPECT_EQ(logs_->Feed(0).lines, 0U);
  EXPECT_EQ(source(0).name, "/b.log");
  EXPECT_EQ(source(0).parsed, 3U);
  EXPECT_EQ(source(1).parsed, 3U);
}

TEST_F(FollowedLogsTest, RoundTakesABoundedNumberOfLinesAndSaysThatThereAreMore) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "x\n";
  files_.Append("/a.log", text);
  Follow({"/a.log"});
  FollowedLogs::Round round = logs_->Feed(0);
  EXPECT_EQ(round.lines, 32'768U);
  EXPECT_TRUE(round.more);
  EXPECT_EQ(source().lines, 32'769U) << "the next one is parsed and waits";
  round = logs_->Feed(0);
  EXPECT_EQ(round.lines, 40'000U - 32'768U);
  EXPECT_FALSE(round.more);
  EXPECT_EQ(source().lines, 40'000U);
}

TEST_F(FollowedLogsTest, RoundTakesABoundedNumberOfBytes) {
  constexpr size_t kLine = size_t{1} << 20U;
  constexpr uint64_t kRound = FollowedFile::kMostBytesPerCall / kLine;
  for (uint64_t i = 0; i < 3 * kRound; ++i) {
    files_.Append("/a.log", std::string(kLine, 'x') + "\n");
  }
  Follow({"/a.log"}, 2 * kLine);
  const FollowedLogs::Round round = logs_->Feed(0);
  EXPECT_EQ(round.lines, kRound);
  EXPECT_TRUE(round.more);
  FeedAll();
  EXPECT_EQ(source().lines, 3 * kRound);
}

// A line that never ends is read in pieces, and there is more to read.
TEST_F(FollowedLogsTest, BytesThatMakeNoLineAreMoreThanARoundTakesToo) {
  files_.Append("/a.log", std::string(FollowedFile::kMostBytesPerCall + 1'000'000, 'x'));
  Follow({"/a.log"});
  FollowedLogs::Round round = logs_->Feed(0);
  EXPECT_EQ(round.lines, 0U);
  EXPECT_TRUE(round.more);
  round = logs_->Feed(0);
  EXPECT_FALSE(round.more);
}

TEST_F(FollowedLogsTest, LinesAreWrittenWhenTheirRequestEndedOrElseWhenTheyWereRead) {
  files_.Append("/a.log", JsonLine({.start_ms = 1000}, 1) + "no record\n");
  Follow({"/a.log"});
  FeedAll(kNine + 2000 * kMillisecond);
  EXPECT_THAT(Written(), ElementsAre(kNine + 1005 * kMillisecond));
  EXPECT_THAT(Written(), IsEmpty()) << "each is told once";
  // Its clock is ahead of ours.
  files_.Append("/a.log", JsonLine({.start_ms = 3000}, 2));
  FeedAll(kNine + 3000 * kMillisecond);
  EXPECT_THAT(Written(), ElementsAre(kNine + 3000 * kMillisecond));
  // CLF knows seconds only.
  files_.Append("/b.log", ClfLine(4, 1, 1));
  Follow({"/b.log"});
  FeedAll(kNine + 9000 * kMillisecond);
  EXPECT_THAT(Written(), ElementsAre(kNine + 9000 * kMillisecond));
}

TEST_F(FollowedLogsTest, FileThatIsGoneLeavesNoLineBehind) {
  std::string text;
  for (int i = 0; i < 32'768; ++i) text += "x\n";
  files_.Append("/log/a.log", text + ClfLine(10, 1, 1));
  Follow({"/log/*.log"});
  EXPECT_TRUE(logs_->Feed(0).more);
  EXPECT_THAT(counts_, IsEmpty());
  follower_->SetPatterns({"/other/*.log"});
  Look();
  FeedAll();
  EXPECT_THAT(counts_, ElementsAre(1));
}

// The counts of a log that comes back under its name go on; those of a new name are news.
TEST_F(FollowedLogsTest, PathsThatComeBackGoOnWhereTheyWereAsLongAsFewOthersCameMeanwhile) {
  files_.Append("/log/stays.log", "x\n");
  Follow({"/log/*.log"});
  ComeAndGo("/log/a.log", 1);
  EXPECT_EQ(source().sequences.sequences, 1U);
  ComeAndGo("/log/a.log", 2);
  EXPECT_EQ(source().sequences.sequences, 1U);
  for (size_t i = 0; i + 1 < FollowedLogs::kMostResting; ++i) {
    ComeAndGo("/log/b" + std::to_string(i) + ".log", 1000 + i);
  }
  EXPECT_EQ(source().sequences.sequences, FollowedLogs::kMostResting);
  ComeAndGo("/log/a.log", 3);
  EXPECT_EQ(source().sequences.sequences, FollowedLogs::kMostResting) << "it was still resting";
  // Now it is the one that came last, and the first of the others goes.
  ComeAndGo("/log/new.log", 2000);
  ComeAndGo("/log/a.log", 4);
  EXPECT_EQ(source().sequences.sequences, FollowedLogs::kMostResting + 1);
  ComeAndGo("/log/b0.log", 3000);
  EXPECT_EQ(source().sequences.sequences, FollowedLogs::kMostResting + 2) << "it was forgotten";
  EXPECT_EQ(source().parsed, FollowedLogs::kMostResting + 5) << "what it had counted is not";
}

}  // namespace
}  // namespace stickyd
