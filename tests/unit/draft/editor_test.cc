// SPDX-License-Identifier: Apache-2.0
// editor_test: what mends a finding, in each way of writing it; and what is not touched.
#include "drafting.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

// The text with the first finding of this rule mended; empty where no program can.
std::string Mended(const std::string& name, const std::string& text, std::string_view rule) {
  const std::vector<DraftFile> files = {{name, text}};
  const Audited before = AuditDraft(files);
  for (const Finding& finding : before.findings) {
    if (finding.rule->id != rule) continue;
    const auto after = Apply(before.draft, files, finding);
    if (after == nullptr) return {};
    const Audited again = AuditDraft(*after);
    for (const Finding& left : again.findings) {
      EXPECT_FALSE(left.rule->id == rule && left.service == finding.service) << left.text;
      EXPECT_NE(left.rule->id, "D1") << left.text;
    }
    return after->front().text;
  }
  ADD_FAILURE() << "no finding of " << rule;
  return {};
}

constexpr const char* kHead =
    "http:\n  routers: {a: {rule: \"Host(`a.example.com`)\", service: a}}\n"
    "  services:\n    a:\n      loadBalancer:\n";
constexpr const char* kServers =
    "        servers: # both\n          - url: http://10.0.0.1\n          - url: http://10.0.0.2\n";

TEST(EditorTest, KeysAreInsertedInFrontOfThoseThatAreThere) {
  EXPECT_EQ(Mended("a.yml", std::string(kHead) + kServers, "A1"),
            std::string(kHead) +
                "        sticky:\n          cookie:\n            name: a_lb\n            httpOnly: "
                "true\n" +
                kServers);
}

TEST(EditorTest, BelowWhatIsThereAlready) {
  EXPECT_EQ(Mended("a.yml",
                   std::string(kHead) + kServers +
                       "        sticky:\n          cookie: # ours\n            secure: true\n",
                   "A17"),
            std::string(kHead) + kServers +
                "        sticky:\n          cookie: # ours\n            name: _171db\n"
                "            secure: true\n")
      << "the name that it has now";
}

TEST(EditorTest, FlowStyleIsExtended) {
  const std::string flow = std::string(kHead) + kServers + "        sticky: {cookie: {}}\n";
  EXPECT_THAT(Mended("a.yml", flow, "A17"), HasSubstr("sticky: {cookie: {name: _171db}}\n"));
  const std::string two =
      std::string(kHead) + kServers + "        sticky: {cookie: {secure: false}}\n";
  EXPECT_THAT(Mended("a.yml", two, "A17"), HasSubstr("{cookie: {name: _171db, secure: false}}"));
}

TEST(EditorTest, ValuesAreReplacedInTheirQuotesAndSettingsRemoved) {
  const std::string cookie = std::string(kHead) + kServers +
                             "        sticky:\n          cookie:\n            name: 'a'  # keep\n"
                             "            sameSite: \"Nope\"  # why\n            maxAge: -1\n";
  EXPECT_THAT(Mended("a.yml", cookie, "A8"), HasSubstr("            sameSite: \"lax\"  # why\n"));
  const std::string removed = Mended("a.yml", cookie, "A12");
  EXPECT_THAT(removed, Not(HasSubstr("maxAge")));
  EXPECT_THAT(removed, HasSubstr("            name: 'a'  # keep\n"));
}

TEST(EditorTest, AMisspeltKeyIsRenamed) {
  EXPECT_THAT(Mended("a.yml",
                     std::string(kHead) + "        stickyness: {cookie: {name: a}} # stickyness\n" +
                         kServers,
                     "D2"),
              HasSubstr("        sticky: {cookie: {name: a}} # stickyness\n"));
}

TEST(EditorTest, TomlGetsItsTable) {
  const std::string plain = R"yaml([http.routers.a]
rule = "Host(`a.example.com`)"
service = "a"
[[http.services.a.loadBalancer.servers]]
url = "http://10.0.0.1"
[[http.services.a.loadBalancer.servers]]
url = "http://10.0.0.2")yaml";
  const std::string mended = Mended("a.toml", plain, "A1");
  EXPECT_THAT(mended, HasSubstr("url = \"http://10.0.0.2\"\n\n[http.services.a.loadBalancer.sticky."
                                "cookie]\n"));
  EXPECT_THAT(mended, HasSubstr("  name = \"a_lb\"\n"));
  const std::string table =
      plain + "\n[http.services.a.loadBalancer.sticky.cookie]\nsecure = true\n";
  EXPECT_THAT(Mended("a.toml", table, "A17"),
              HasSubstr("sticky.cookie]\n  name = \"_171db\"\nsecure = true\n"));
  // It may begin the file.
  const std::string first =
      "[http.services.a.loadBalancer.sticky.cookie]\nsecure = true\n" + plain + "\n";
  EXPECT_THAT(Mended("a.toml", first, "A17"),
              HasSubstr("sticky.cookie]\n  name = \"_171db\"\nsecure = true\n"));
}

TEST(EditorTest, LabelsAreAddedAndChangedAsTheyAreWritten) {
  const std::string list = R"yaml(services:
  a:
    image: a
    scale: 2
    labels:
      - traefik.enable=true
      - "traefik.http.routers.a.rule=Host(`a`)"
      - traefik.http.services.a.loadbalancer.server.port=80
)yaml";
  EXPECT_THAT(Mended("compose.yml", list, "A1"),
              HasSubstr("    labels:\n      - \"traefik.http.services.a.loadbalancer.sticky.cookie."
                        "name=a_lb\"\n      - \"traefik.http.services.a.loadbalancer.sticky.cookie."
                        "httponly=true\"\n      - traefik.enable=true\n"));
  const std::string odd =
      list + "      - \"traefik.http.services.a.loadbalancer.sticky.cookie.samesite=nope\" # x\n";
  EXPECT_THAT(Mended("compose.yml", odd, "A8"), HasSubstr("cookie.samesite=lax\" # x\n"));
  const std::string map = R"yaml(services:
  a:
    image: a
    scale: 2
    labels:
      traefik.http.routers.a.rule: Host(`a`)
      traefik.http.services.a.loadbalancer.server.port: 80
)yaml";
  EXPECT_THAT(
      Mended("compose.yml", map, "A1"),
      HasSubstr("      traefik.http.services.a.loadbalancer.sticky.cookie.name: \"a_lb\"\n"));
}

TEST(EditorTest, WhatComesFromAnAnchorIsLeftAlone) {
  const std::string text =
      "x-lb: &lb\n  servers: [{url: \"http://10.0.0.1\"}, {url: "
      "\"http://10.0.0.2\"}]\nhttp:\n  routers: {a: {rule: "
      "\"Host(`a.example.com`)\", service: a}}\n  services:\n    a:\n      "
      "loadBalancer: *lb\n";
  EXPECT_EQ(Mended("a.yml", text, "A1"), "");
}

TEST(UnifiedDiffTest, IsWhatPatchReads) {
  std::string before;
  for (int i = 1; i <= 20; ++i) before += fmt::format("{}\n", i);
  std::string after = before;
  after.replace(after.find("3\n"), 2, "three\n");
  after.replace(after.find("18\n"), 3, "");
  EXPECT_EQ(UnifiedDiff("f", before, after),
            "--- a/f\n+++ b/f\n@@ -1,6 +1,6 @@\n 1\n 2\n-3\n+three\n 4\n 5\n 6\n"
            "@@ -15,6 +15,5 @@\n 15\n 16\n 17\n-18\n 19\n 20\n");
  EXPECT_EQ(UnifiedDiff("f", before, before), "");
  EXPECT_EQ(UnifiedDiff("f", "", "a\n"), "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(UnifiedDiff("f", "a", "a\n"),
            "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

}  // namespace
}  // namespace stickyd
