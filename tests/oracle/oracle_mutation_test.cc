// SPDX-License-Identifier: Apache-2.0
// oracle_mutation_test: where stickyd leaves out any one rule of sections 2 to 4 of
// docs/DETECTION.md, the oracle notices. It has all rules itself.
#include <gtest/gtest.h>

#include <set>

#include "comparison.h"
#include "golden/recording.h"
#include "golden/small_logs.h"
#include "random_log.h"
#include "support/temp_dir.h"

namespace stickyd::oracle {
namespace {

constexpr uint64_t kRandomLogs = 1500;

// They tell who shares an address: a cause, not a verdict.
const std::set<Rule> kOfCauses = {Rule::kSharedHits, Rule::kSharedAgents, Rule::kManyConnections};

// Which log shows that the rule is missing; "": none.
std::string NoticedIn(const std::filesystem::path& folder) {
  for (const SmallLog& log : SmallLogs()) {
    if (!Compare(SettingsOf(log.options), log.text).differences.empty()) return log.name;
  }
  for (uint64_t seed = 1; seed <= kRandomLogs; ++seed) {
    const RandomLog log = MakeRandomLog(seed);
    const Settings settings = SettingsOf(OptionsOf(log, folder));
    if (!Compare(settings, Joined(log.lines)).differences.empty()) {
      return fmt::format("random log {}", seed);
    }
  }
  for (const auto& path : RecordingPaths()) {
    const Settings settings = SettingsOf(LoadRecording(path).options);
    if (!Compare(settings, Unpack(path / "access.log.xz")).differences.empty()) {
      return path.filename();
    }
  }
  return "";
}

TEST(OracleMutationTest, EveryRuleThatDecidesIsNoticed) {
  const TempDir folder;
  EXPECT_EQ(NoticedIn(folder.path()), "") << "with all rules";
  for (size_t i = 0; i <= static_cast<size_t>(Rule::kNewestName); ++i) {
    if (kOfCauses.contains(static_cast<Rule>(i))) continue;
    disabled_rule = static_cast<Rule>(i);
    const std::string noticed = NoticedIn(folder.path());
    disabled_rule = Rule::kCount;
    EXPECT_NE(noticed, "") << "rule " << i;
    RecordProperty(fmt::format("rule_{}", i), noticed);
  }
}

}  // namespace
}  // namespace stickyd::oracle
