// SPDX-License-Identifier: Apache-2.0
// golden_test: recordings of real Traefik, v1.7 to v3.7, against what their clients saw.
// Each folder of tests/data/corpus is one recording (made by convert-recording): the log, and per
// line the verdict, server and cause that are true. JSON must be right in every row that is not too
// close to call; CLF may leave as many rows ambiguous as a perfect reader of that log has to.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "analysis.h"
#include "recording.h"
#include "stickyd/expose/report/remarks.h"
#include "support/one_key.h"

namespace stickyd {
namespace {

struct Score {
  std::vector<std::string> wrong;
  uint64_t ambiguous = 0;
  uint64_t causes_right = 0, causes_unknown = 0, causes_wrong = 0;
};

void Compare(uint64_t line, const Judged& judged, const Row& row, Score& score) {
  std::string_view server = judged.server;
  if (server.ends_with('/')) server.remove_suffix(1);
  if (!server.empty() && !row.server.empty() && server != row.server) {
    score.wrong.push_back(fmt::format("line {}: {}, not {}", line, server, row.server));
  }
  if (judged.verdict == "ambiguous") {
    ++score.ambiguous;
  } else if (judged.verdict != row.verdict) {
    // Whether a preflight is one is no question of what its client knew.
    if (row.overlap || row.shared || judged.verdict == "excluded") return;
    score.wrong.push_back(fmt::format("line {}: {}, not {}", line, judged.verdict, row.verdict));
  } else if (judged.verdict == "break") {
    const bool right = judged.cause == row.cause;
    ++(right                       ? score.causes_right
       : judged.cause == "unknown" ? score.causes_unknown
                                   : score.causes_wrong);
  }
}

Analysis Analyze(const Recording& recording) {
  std::vector<std::string> options = recording.options;
  options.insert(options.end(), {"--state-dir", FolderOfOneKey()});
  return AnalyzeLog(options, (recording.path / "access.log.xz").string());
}

Score Compare(const Recording& recording, const Analysis& analysis) {
  Score score;
  for (const auto& [line, row] : recording.rows) {
    const auto at = analysis.by_line.find(line);
    if (at == analysis.by_line.end()) {
      score.wrong.push_back(fmt::format("line {}: not judged", line));
    } else {
      Compare(line, at->second, row, score);
    }
  }
  return score;
}

// How often each verdict, with its evidence and cause, is said of a recording's lines.
using Said = std::map<std::string, uint64_t>;

Said SaidOf(const Analysis& analysis) {
  Said said;
  for (const auto& [line, judged] : analysis.by_line) {
    const bool plain = judged.verdict == "no_server" || judged.verdict == "excluded";
    ++said[fmt::format("{}\t{}\t{}", judged.verdict, plain ? "-" : judged.evidence,
                       judged.verdict == "break" ? judged.cause : "-")];
  }
  return said;
}

Said ReadSaid(const std::string& recording) {
  std::ifstream rows(STICKYD_SAID_ROWS);
  Said said;
  for (std::string row; std::getline(rows, row);) {
    const size_t name = row.find('\t');
    const size_t count = row.rfind('\t');
    if (row.substr(0, name) != recording) continue;
    said[row.substr(name + 1, count - name - 1)] = std::stoull(row.substr(count + 1));
  }
  return said;
}

void WriteSaid(const char* path, const std::string& recording, const Said& said) {
  std::ofstream rows(path, std::ios::app);
  for (const auto& [what, count] : said) rows << recording << '\t' << what << '\t' << count << '\n';
}

class GoldenTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(GoldenTest, VerdictsAndCausesAreWhatTheClientsSaw) {
  const Recording recording = LoadRecording(GetParam());
  ASSERT_GT(recording.rows.size(), 10U);
  const Score score = Compare(recording, Analyze(recording));
  EXPECT_THAT(score.wrong, testing::IsEmpty());
  EXPECT_LE(score.ambiguous, recording.ambiguous + recording.ambiguous / 10 + 3);
  const uint64_t causes = score.causes_right + score.causes_unknown + score.causes_wrong;
  EXPECT_LE(score.causes_wrong * 50, causes);
  if (GetParam().string().ends_with("json-full")) {
    EXPECT_GE(score.causes_right * 100, causes * 98);
  }
}

TEST_P(GoldenTest, EachVerdictEvidenceAndCauseIsSaidAsOftenAsBefore) {
  const std::string name = GetParam().filename().string();
  const Said said = SaidOf(Analyze(LoadRecording(GetParam())));
  EXPECT_EQ(said, ReadSaid(name));
  if (const char* path = std::getenv("STICKYD_SAID")) WriteSaid(path, name, said);
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
