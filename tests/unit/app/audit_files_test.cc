// SPDX-License-Identifier: Apache-2.0
// audit_files_test: the command audit over files that are not deployed yet.
#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "running.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

class AuditFilesTest : public Running {
 protected:
  static std::string Data(const std::string& name) {
    return std::string(STICKYD_TEST_DATA) + "/draft/" + name;
  }
};

TEST_F(AuditFilesTest, FindingsHaveTheirPlaceInEachOutput) {
  const std::string path = Data("stickyness.yml");
  EXPECT_EQ(Run("audit", {path}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("error D2 unread_key: Traefik knows no key stickyness"));
  EXPECT_THAT(out_, HasSubstr("    at: " + path + ":7:9\n"));
  EXPECT_EQ(Run("audit", {path, "--output", "json"}), kExitFound);
  const auto json = nlohmann::json::parse(out_);
  EXPECT_EQ(json["findings"][0]["places"][0]["line"], 7);
  EXPECT_EQ(json["source"], path);
  EXPECT_EQ(Run("audit", {path, "--output", "sarif"}), kExitFound);
  const auto result = nlohmann::json::parse(out_)["runs"][0]["results"][0];
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startLine"], 7);
}

TEST_F(AuditFilesTest, HealthyFilesPassAndLevelsCount) {
  EXPECT_EQ(Run("audit", {Data("healthy.yml"), "--fail-on", "warning"}), kExitFine) << out_;
  EXPECT_EQ(Run("audit", {Data("healthy.toml"), "--fail-on", "warning"}), kExitFine) << out_;
  EXPECT_EQ(Run("audit", {Data("not_sticky.yml")}), kExitFine) << "a warning";
  EXPECT_EQ(Run("audit", {Data("not_sticky.yml"), "--fail-on", "warning"}), kExitFound);
}

TEST_F(AuditFilesTest, ThePatchMendsWhatItSays) {
  const std::string path = Put("a.yml", ContentOf(Data("not_sticky.yml")));
  EXPECT_EQ(Run("audit", {"--fix-dry-run", path}), kExitFine);
  EXPECT_THAT(err_, HasSubstr("mends 1 of the findings; 0 at warning or above are left"));
  EXPECT_EQ(ContentOf(path), ContentOf(Data("not_sticky.yml"))) << "it changes nothing itself";
  const std::string patch = Put("p", out_);
  ASSERT_EQ(std::system(("patch -s -d / -p1 < " + patch).c_str()), 0);
  EXPECT_EQ(Run("audit", {path, "--fail-on", "warning"}), kExitFine) << out_;
  EXPECT_THAT(ContentOf(path), HasSubstr("servers: # the two of rack 4"));
  EXPECT_EQ(Run("audit", {"--fix-dry-run", path}), kExitFine);
  EXPECT_EQ(out_, "");
}

TEST_F(AuditFilesTest, WhatAPersonMustDecideIsNotInThePatch) {
  // Secure would be right for SameSite=None, and wrong for an entry point without TLS.
  const std::string statics = Put("traefik.yml", "entryPoints: {web: {address: ':80'}}\napi: {}\n");
  EXPECT_EQ(Run("audit", {"--fix-dry-run", Data("cookies.yml"), statics}), kExitFound);
  EXPECT_THAT(out_, Not(HasSubstr("+            secure: true")));
  EXPECT_THAT(out_, HasSubstr("-            name: JSESSIONID"));
}

TEST_F(AuditFilesTest, CommentsAcceptAndIdleOnesAreToldOf) {
  std::string text = ContentOf(Data("not_sticky.yml"));
  const std::string path =
      Put("a.yml", text.replace(text.find("    shop:\n"), 0,
                                "    # stickyd: ignore A1 its servers keep nothing\n"));
  EXPECT_EQ(Run("audit", {path, "--fail-on", "warning"}), kExitFine) << out_;
  EXPECT_THAT(out_, HasSubstr("accepted warning A1"));
  EXPECT_EQ(err_, "");
  const std::string idle = Put("b.yml", "# stickyd: ignore A1 nothing is here\n" + text);
  Run("audit", {idle});
  EXPECT_THAT(err_, HasSubstr(idle + ":1: this comment accepts nothing"));
}

TEST_F(AuditFilesTest, WhatCannotBeReadIsSaid) {
  EXPECT_EQ(Run("audit", {"/not/there.yml"}), kExitConfig);
  EXPECT_THAT(err_, HasSubstr("/not/there.yml"));
  std::filesystem::create_directory(Path("empty"));
  EXPECT_EQ(Run("audit", {Path("empty")}), kExitConfig);
  EXPECT_THAT(err_, HasSubstr("no .yml, .yaml, .toml or .json is there"));
  EXPECT_EQ(Run("audit", {"--fix-dry-run"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("none was named"));
}

}  // namespace
}  // namespace stickyd
