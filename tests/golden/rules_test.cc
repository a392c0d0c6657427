// SPDX-License-Identifier: Apache-2.0
// rules_test: logs of a few lines, one for each rule that recordings hardly touch.
#include <gtest/gtest.h>

#include <fstream>

#include "analysis.h"
#include "small_logs.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

class RulesTest : public testing::TestWithParam<SmallLog> {};

TEST_P(RulesTest, LinesAreJudgedAsTheyAre) {
  const TempDir folder;
  const std::string path = (folder.path() / "access.log").string();
  std::ofstream(path) << GetParam().text;
  const Analysis analysis = AnalyzeLog(GetParam().options, path);
  for (const auto& [line, fact] : GetParam().facts) {
    ASSERT_TRUE(analysis.by_line.contains(line)) << line;
    const Judged& judged = analysis.by_line.at(line);
    if (fact.expect != "no_server") {
      EXPECT_EQ(judged.server, fact.server) << line;
    }
    // What the client knew, no log of this format can tell; it must not say otherwise.
    const bool unclear = GetParam().name == "replicas" || GetParam().name == "long_response";
    if (judged.verdict == "ambiguous" && unclear) continue;
    EXPECT_EQ(judged.verdict, fact.expect) << "line " << line;
    if (!fact.cause.empty()) {
      EXPECT_EQ(judged.cause, fact.cause) << "line " << line;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Logs, RulesTest, testing::ValuesIn(SmallLogs()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace stickyd
