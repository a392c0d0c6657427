// SPDX-License-Identifier: Apache-2.0
// golden_test: recordings of real Traefik, v1.7 to v3.7, against what their clients saw.
// Each folder of tests/data/corpus is one recording (made by convert-recording): the log, and per
// line the verdict, server and cause that are true. JSON must be right in every row that is not too
// close to call; CLF may leave as many rows ambiguous as a perfect reader of that log has to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "analysis.h"
#include "recording.h"
#include "stickyd/expose/report/remarks.h"

namespace stickyd {
namespace {

struct Score {
  uint64_t wrong_server = 0, false_breaks = 0, missed = 0, missing = 0, ambiguous = 0;
  uint64_t causes_right = 0, causes_unknown = 0, causes_wrong = 0;
};

void Compare(const Judged& judged, const Row& row, Score& score) {
  if (!judged.server.empty() && !row.server.empty()) {
    std::string_view server = judged.server;
    if (server.ends_with('/')) server.remove_suffix(1);
    score.wrong_server += server != row.server ? 1U : 0U;
  }
  const std::string_view verdict = judged.verdict;
  const bool forgiven = row.overlap || row.shared;
  if (verdict == "ambiguous") {
    ++score.ambiguous;
  } else if (verdict == "break" && row.verdict == "break") {
    const std::string_view cause = judged.cause;
    score.causes_right += cause == row.cause ? 1U : 0U;
    score.causes_unknown += cause == "unknown" ? 1U : 0U;
    score.causes_wrong += cause != row.cause && cause != "unknown" ? 1U : 0U;
  } else if (verdict == "break") {
    score.false_breaks += forgiven ? 0 : 1;
  } else if (row.verdict == "break") {
    score.missed += forgiven ? 0 : 1;
  }
}

Analysis Analyze(const Recording& recording) {
  return AnalyzeLog(recording.options, (recording.path / "access.log.xz").string());
}

Score Compare(const Recording& recording, const Analysis& analysis) {
  Score score;
  for (const auto& [line, row] : recording.rows) {
    const auto at = analysis.by_line.find(line);
    if (at == analysis.by_line.end()) {
      ++score.missing;
    } else {
      Compare(at->second, row, score);
    }
  }
  return score;
}

class GoldenTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(GoldenTest, VerdictsAndCausesAreWhatTheClientsSaw) {
  const Recording recording = LoadRecording(GetParam());
  ASSERT_GT(recording.rows.size(), 10U);
  const Score score = Compare(recording, Analyze(recording));
  EXPECT_EQ(score.wrong_server, 0U);
  EXPECT_EQ(score.false_breaks, 0U);
  EXPECT_EQ(score.missed, 0U);
  EXPECT_EQ(score.missing, 0U);
  EXPECT_LE(score.ambiguous, recording.ambiguous + recording.ambiguous / 10 + 3);
  const uint64_t causes = score.causes_right + score.causes_unknown + score.causes_wrong;
  EXPECT_LE(score.causes_wrong * 50, causes);
  if (GetParam().string().ends_with("json-full")) {
    EXPECT_GE(score.causes_right * 100, causes * 98);
  }
}

TEST_P(GoldenTest, EveryLineEndsInOneCount) {
  const PipelineStats stats = Analyze(LoadRecording(GetParam())).stats;
  ASSERT_EQ(stats.sources.size(), 1U);
  EXPECT_EQ(stats.sources[0].lines, Counted(stats.sources[0]));
  uint64_t breaks = 0;
  uint64_t causes = 0;
  for (const auto& [name, service] : stats.services) {
    breaks += service.breaks.sum();
    causes += service.causes.sum();
  }
  EXPECT_EQ(breaks, causes);
}

TEST_P(GoldenTest, NothingIsMissingAndOnlyRestartsAreCounted) {
  const PipelineStats stats = Analyze(LoadRecording(GetParam())).stats;
  EXPECT_EQ(stats.sources[0].sequences.missing, 0U);
  const bool restarted = GetParam().filename().string().starts_with("restarted.");
  EXPECT_EQ(stats.sources[0].sequences.restarts, restarted ? 2U : 0U);
  for (const Remark& remark : Remarks(stats)) {
    EXPECT_THAT(remark.text, testing::Not(testing::HasSubstr("appeared")));
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, GoldenTest, testing::ValuesIn(RecordingPaths()), RecordingName);

}  // namespace
}  // namespace stickyd
