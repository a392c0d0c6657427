// SPDX-License-Identifier: Apache-2.0
// merge_test: the lines of several logs are put in one order, whether the logs are finished files
// (FinishedLogs) or are followed (FollowedLogs): every record has the same verdict, cause
// and place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "comparison.h"
#include "golden/recording.h"
#include "golden/small_logs.h"
#include "stickyd/feed/finished_logs.h"
#include "stickyd/feed/followed_logs.h"
#include "stickyd/source/log_follower.h"
#include "support/temp_dir.h"

namespace stickyd::oracle {
namespace {

constexpr size_t kLogs = 3;

// The last word on every record, in the order in which they were decided.
class InOrder : public OutcomeSink {
 public:
  void OnRecord(const Outcome& outcome, bool /*open*/) override { by_id[outcome.id] = outcome; }
  void OnClosed(const Outcome& outcome) override { by_id[outcome.id] = outcome; }
  std::map<uint64_t, Outcome> by_id;
};

class MergeTest : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  // Deals the lines out to kLogs logs.
  void Deal(const std::string& text) {
    std::array<std::ofstream, kLogs> logs;
    for (size_t i = 0; i < kLogs; ++i) {
      paths_.push_back((folder_.path() / (std::string(1, static_cast<char>('a' + i)) + ".log")));
      logs[i].open(paths_[i]);
    }
    std::istringstream lines(text);
    size_t number = 0;
    for (std::string line; std::getline(lines, line); ++number) {
      logs[number * number % 7 % kLogs] << line << '\n';
    }
  }

  template <class Read>
  static Words Verdicts(const Settings& settings, const Read& read) {
    InOrder sink;
    auto setup = SetUpPipeline(settings, &sink);
    if (!setup) return {};
    Pipeline& pipeline = *setup->pipeline;
    read(pipeline);
    pipeline.Finish();
    Words words;
    for (const auto& [id, outcome] : sink.by_id) {
      const Judgement& judged = outcome.judgement;
      words.push_back(fmt::format("{}: line {} {} {} {} {} {}", id, outcome.line,
                                  pipeline.servers().Name(outcome.server), Name(judged.verdict),
                                  Name(judged.evidence), Name(outcome.cause), judged.first_break));
    }
    return words;
  }

  Words Finished(const Settings& settings, size_t threads) {
    return Verdicts(settings, [&](Pipeline& pipeline) {
      FinishedLogs files(RealFileSystem(), paths_, {settings.pipeline.max_line_bytes, threads},
                         pipeline);
      while (files.Step(1000)) {
      }
      EXPECT_EQ(files.lanes(), kLogs);
    });
  }

  void ExpectOneOrder(const Settings& settings) {
    const Words finished = Finished(settings, 1);
    EXPECT_EQ(Finished(settings, kLogs + 1), finished) << "threads";
    const Words followed = Verdicts(settings, [&](Pipeline& pipeline) {
      LogFollower follower(RealFileSystem(), paths_, settings.pipeline.max_line_bytes,
                           StartAt::kBeginning);
      follower.Check(FollowedFile::Clock::time_point{});
      FollowedLogs logs(follower, pipeline);
      while (logs.Feed(0).more) {
      }
    });
    EXPECT_FALSE(finished.empty());
    EXPECT_EQ(followed, finished);
  }

  const TempDir folder_;
  std::vector<std::string> paths_;
};

class MergeCorpusTest : public MergeTest,
                        public testing::WithParamInterface<std::filesystem::path> {};

TEST_P(MergeCorpusTest, FollowedLogsAndFinishedOnesAreOneOrder) {
  Deal(Unpack(GetParam() / "access.log.xz"));
  ExpectOneOrder(SettingsOf(LoadRecording(GetParam()).options));
}

INSTANTIATE_TEST_SUITE_P(Recordings, MergeCorpusTest, testing::ValuesIn(RecordingPaths()),
                         RecordingName);

// Where the order of two lines of one second is left to chance, some of these differ.
TEST_F(MergeTest, LinesOfOneSecondAreInTheOrderOfTheLogs) {
  std::string text;
  for (int second = 0; second < 20; ++second) {
    for (int i = 0; i < 30; ++i) {
      text += fmt::format(
          "10.0.0.{} - - [05/Jan/2026:09:00:{:02} +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" {} "
          "\"shop@file\" \"http://10.1.0.{}:80\" {}ms\n",
          i % 7, second, second * 30 + i + 1, i % 3, i % 4);
    }
  }
  Deal(text);
  ExpectOneOrder(SettingsOf({}));
}

}  // namespace
}  // namespace stickyd::oracle
