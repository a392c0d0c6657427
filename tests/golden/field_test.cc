// SPDX-License-Identifier: Apache-2.0
// field_test: situations that people reported, rebuilt on real Traefik, against what the clients
// themselves saw, which is not always what the log can tell.
// Each folder of tests/data/field is one of them (convert-recording --field). Its file `bars` has a
// row for each run: with the API's answers or with the log alone, the share of true breaks to find,
// false ones that may rest on more than the address, the share of causes that must be right, and
// which are.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "analysis.h"
#include "recording.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

struct Bars {
  std::string evidence;  // api or log
  double found = 0;
  uint64_t false_breaks = 0;
  double right = 0;
  std::vector<std::string> causes;
};

std::istream& operator>>(std::istream& in, Bars& bars) {
  std::string causes;
  in >> bars.evidence >> bars.found >> bars.false_breaks >> bars.right >> causes;
  bars.causes.clear();
  ForEachPart(causes, ',', [&](std::string_view part) { bars.causes.emplace_back(part); });
  return in;
}

struct Found {
  uint64_t true_breaks = 0, found = 0, false_breaks = 0;
  uint64_t right = 0, wrong = 0, unknown = 0;
};

Found Compare(const Recording& recording, const Analysis& analysis, const Bars& bars) {
  Found sum;
  for (const auto& [line, row] : recording.rows) {
    const Judged& judged = analysis.by_line.at(line);
    const bool is_break = judged.verdict == "break";
    sum.true_breaks += row.verdict == "break" && !row.overlap ? 1U : 0U;
    if (is_break && row.verdict != "break") {
      sum.false_breaks += !row.overlap && judged.evidence != "client" ? 1U : 0U;
    }
    if (!is_break || row.verdict != "break") continue;
    sum.found += row.overlap ? 0U : 1U;
    const auto& causes = bars.causes;
    const bool right = std::find(causes.begin(), causes.end(), judged.cause) != causes.end();
    ++(right ? sum.right : judged.cause == "unknown" ? sum.unknown : sum.wrong);
  }
  return sum;
}

class FieldTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(FieldTest, BreaksAreThoseThatTheClientsSaw) {
  std::ifstream in(GetParam() / "bars");
  size_t runs = 0;
  for (Bars bars; in >> bars; ++runs) {
    SCOPED_TRACE(bars.evidence);
    Recording recording = LoadRecording(GetParam());
    auto& options = recording.options;
    const auto api = std::find(options.begin(), options.end(), "--traefik.snapshot");
    if (bars.evidence == "log" && api != options.end()) options.erase(api, api + 2);
    const Analysis analysis = AnalyzeLog(options, (recording.path / "access.log.xz").string());
    const Found sum = Compare(recording, analysis, bars);
    const auto share = [](uint64_t part, uint64_t all) {
      return all == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(all);
    };
    EXPECT_GE(share(sum.found, sum.true_breaks), bars.found);
    EXPECT_LE(sum.false_breaks, bars.false_breaks);
    if (bars.causes.front() == "-") continue;
    EXPECT_GE(share(sum.right, sum.right + sum.wrong + sum.unknown), bars.right);
    EXPECT_LE(sum.wrong * 50, sum.right + sum.wrong + sum.unknown);
  }
  EXPECT_GT(runs, 0U);
}

INSTANTIATE_TEST_SUITE_P(Field, FieldTest, testing::ValuesIn(RecordingPaths("field")),
                         RecordingName);

}  // namespace
}  // namespace stickyd
