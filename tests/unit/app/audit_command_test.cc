// SPDX-License-Identifier: Apache-2.0
// audit_command_test: the command audit over saved answers: what it reads, and how it ends.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "running.h"
#include "support/fake_api.h"

namespace stickyd {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

class AuditCommandTest : public Running {
 protected:
  // A recording of tests/data/audit, as a folder of saved answers.
  std::string Saved(const std::string& name) const {
    const std::filesystem::path folder = Path(name);
    std::ifstream file(std::string(STICKYD_TEST_DATA) + "/audit/" + name + ".json");
    int number = 0;
    for (const Json& step : Json::parse(file)) {
      const auto to = folder / std::to_string(number++);
      std::filesystem::create_directories(to);
      for (const auto& [key, value] : step.items()) {
        std::ofstream(to / (key + ".json")) << value.dump();
      }
    }
    return folder.string();
  }
  int Audit(const std::string& recording, Arguments more = {}) {
    more.insert(more.begin(), {"--traefik.snapshot", Saved(recording)});
    return Run("audit", more);
  }
};

TEST_F(AuditCommandTest, HealthyConfigurationsAreFineUpToWarnings) {
  for (const char* name :
       {"healthy", "nested_healthy", "cross_site_done_right", "nat", "behind_proxies"}) {
    EXPECT_EQ(Audit(name, {"--fail-on", "warning"}), kExitFine) << name << out_;
    EXPECT_EQ(err_, "");
    EXPECT_EQ(Audit(name, {"--fail-on", "info"}), kExitFound) << "there is always something to say";
  }
}

TEST_F(AuditCommandTest, LevelThatFailsIsTheOperators) {
  EXPECT_EQ(Audit("rc1_not_sticky"), kExitFine) << "a warning";
  EXPECT_EQ(Audit("rc1_not_sticky", {"--fail-on", "warning"}), kExitFound);
  EXPECT_EQ(Audit("rc2_orphan"), kExitFound) << "an error";
  EXPECT_THAT(out_, HasSubstr("error A2 unused_twin: "));
  EXPECT_EQ(Audit("rc2_orphan", {"--fail-on", "none"}), kExitFine);
}

TEST_F(AuditCommandTest, AnApiOfSeveralThatCannotBeUsedIsNotFine) {
  FakeApi fine;
  fine.PutConfig({"http://10.0.0.1:80"});
  FakeApi other;
  const Arguments all = {"--traefik.url", fine.url(), "--fail-on", "none"};
  EXPECT_EQ(Run("audit", all), kExitFine) << err_;
  Arguments both = all;
  both.insert(both.end(), {"--traefik.url", other.url()});
  EXPECT_EQ(Run("audit", both), kExitFound);
  EXPECT_THAT(err_, HasSubstr(other.url() + "/api/rawdata answers 404"));
}

TEST_F(AuditCommandTest, StepsBetweenReadingsAreFound) {
  EXPECT_EQ(Audit("blue_green_router_switch", {"--fail-on", "warning"}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("went from shop-blue@file to shop-green@file"));
}

TEST_F(AuditCommandTest, BaselineAcceptsWhatWasThere) {
  const std::string baseline = Path("baseline.json");
  EXPECT_EQ(Audit("rc2_orphan", {"--write-baseline", baseline}), kExitFine);
  EXPECT_EQ(Audit("rc2_orphan", {"--baseline", baseline, "--fail-on", "info"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("accepted error A2"));
  EXPECT_EQ(Audit("hrw", {"--baseline", baseline}), kExitFound) << "another finding";
  EXPECT_THAT(out_, HasSubstr("of the baseline fit nothing"));
  Put("baseline.json", "{}");
  EXPECT_EQ(Audit("hrw", {"--baseline", baseline}), kExitConfig);
  EXPECT_EQ(Audit("hrw", {"--baseline", Path("none")}), kExitConfig);
  EXPECT_EQ(Audit("hrw", {"--write-baseline", Path("no/folder")}), kExitFound);
}

TEST_F(AuditCommandTest, EachOutputIsOfItsKind) {
  EXPECT_EQ(Audit("rc2_orphan", {"--output", "json"}), kExitFound);
  EXPECT_EQ(Json::parse(out_)["findings"][0]["rule"], "A2");
  EXPECT_EQ(Audit("rc2_orphan", {"--output", "sarif"}), kExitFound);
  EXPECT_EQ(Json::parse(out_)["runs"][0]["results"][0]["ruleId"], "A2");
  EXPECT_EQ(Audit("rc2_orphan", {"--output", "junit"}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("<testsuite name=\"stickyd audit\""));
  EXPECT_EQ(Audit("rc2_orphan", {"--color", "always"}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("\033[1;31merror"));
  EXPECT_EQ(Run("analyze", {Put("a.log", BrokenLog()), "--output", "sarif"}), kExitUsage);
}

TEST_F(AuditCommandTest, ReplicasAndEmbeddingSitesAreTold) {
  EXPECT_EQ(Audit("replicas_other_networks", {"--replica", Saved("replicas_other_networks")}),
            kExitFine);
  const std::string other = Saved("replicas_other_networks") + "/0/rawdata.json";
  std::string text = ContentOf(other);
  for (size_t at = 0; (at = text.find("127.143.1.", at)) != std::string::npos;) text[at + 8] = '9';
  std::filesystem::create_directories(Path("other"));
  Put("other/rawdata.json", text);
  EXPECT_EQ(Audit("replicas_other_networks", {"--replica", Path("other")}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("error S11 replicas_differ"));
  EXPECT_EQ(Audit("rc4_cross_site_fetch", {"--embedded", "example.org"}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("error X2 cross_site"));
}

TEST_F(AuditCommandTest, RuleIsExplainedWithoutAConfiguration) {
  EXPECT_EQ(Run("audit", {"--explain", "s3"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("# A5 single_server"));
  EXPECT_EQ(Run("audit", {"--explain", "not_stiky"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("did you mean not_sticky?"));
}

TEST_F(AuditCommandTest, WhatCannotBeReadIsNoFinding) {
  EXPECT_EQ(Run("audit", {}), kExitUsage);
  EXPECT_EQ(Run("audit", {"--traefik.snapshot", Path("none")}), kExitConfig);
  EXPECT_EQ(Run("audit", {"--fail-on", "all", "--traefik.snapshot", "x"}), kExitUsage);
  const std::string folder = Saved("healthy");
  std::filesystem::create_directories(folder + "/9");
  std::ofstream(folder + "/9/rawdata.json") << "{";
  EXPECT_EQ(Run("audit", {"--traefik.snapshot", folder}), kExitFound) << "one reading is missing";
  EXPECT_THAT(err_, HasSubstr("/9: "));
}

}  // namespace
}  // namespace stickyd
