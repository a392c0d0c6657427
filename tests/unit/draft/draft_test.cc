// SPDX-License-Identifier: Apache-2.0
// draft_test: which files are read, as what, and what a comment accepts.
#include <fstream>

#include "drafting.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(DraftTest, BrokenFilesAreFindingsWithTheirLine) {
  EXPECT_THAT(Said(AuditText("a.yml", "http:\n  routers: {a: {rule: x\n"), "D1"),
              ElementsAre(HasSubstr("D1 a.yml:3: It cannot be read: line 3")));
  EXPECT_THAT(Said(AuditText("a.yml", "http:\n  services:\n    a: {}\n    a: {}\n"), "D1"),
              ElementsAre(HasSubstr("line 4: the key a is there twice")));
  EXPECT_THAT(Said(AuditText("a.toml", "[http]\nx = \n"), "D1"),
              ElementsAre(HasSubstr("D1 a.toml:2")));
}

TEST(DraftTest, WhatIsNoneOfTraefiksIsSaid) {
  EXPECT_THAT(Said(AuditText("other.yml", "colour: red\n"), "D5"),
              ElementsAre(HasSubstr("other.yml is no configuration that Traefik reads")));
  EXPECT_THAT(AuditText("empty.yml", "# nothing\n").findings, IsEmpty());
}

TEST(DraftTest, BombsAreRefused) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb +=
        fmt::format("{0}: &{0} [*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1}]\n", c, char(c - 1));
  }
  EXPECT_THAT(Said(AuditText("a.yml", bomb), "D1"),
              ElementsAre(HasSubstr("its aliases make too much")));
  EXPECT_THAT(Said(AuditText("a.yml", std::string(100'000, '[')), "D1"), SizeIs(1));
  EXPECT_THAT(Said(AuditText("a.toml", "a = " + std::string(100'000, '[')), "D1"), SizeIs(1));
  EXPECT_THAT(Said(AuditText("a.yml", "a: &a [*a]\n"), "D1"), SizeIs(1)) << "it holds itself";
}

TEST(DraftTest, WhatWouldTakeTooMuchIsBounded) {
  // Lists of a thousand in lists of a thousand; ways that double with each level; a long command.
  std::string labels = "services:\n  a:\n    image: a\n    scale: 100000\n    labels:\n";
  for (int i = 0; i < 3000; ++i) {
    labels += fmt::format(
        "      - traefik.http.services.s{}.weighted.services[999].a[999].b[999].c[999]=1\n", i);
  }
  AuditText("compose.yml", labels);
  std::string ways = "http:\n  routers: {r: {rule: 'Host(`a`)', service: s0}}\n  services:\n";
  for (int i = 0; i < 60; ++i) {
    ways += fmt::format(
        "    s{0}: {{weighted: {{services: [{{name: s{1}}}, {{name: t{1}}}]}}}}\n"
        "    t{0}: {{weighted: {{services: [{{name: s{1}}}, {{name: t{1}}}]}}}}\n",
        i, i + 1);
  }
  EXPECT_THAT(Said(AuditText("a.yml", ways), "X1"), SizeIs(1)) << "s60 is not there";
  std::string words = "services:\n  a:\n    image: traefik:v3.7.9\n    command: ";
  for (int i = 0; i < 200'000; ++i) words += "--a ";
  AuditText("compose.yml", words + "\n");
  std::string services = "http:\n  services:\n";
  for (int i = 0; i < 20'000; ++i) services += fmt::format("    s{}: {{loadBalancer: {{}}}}\n", i);
  EXPECT_THAT(AuditText("a.yml", services).findings, SizeIs(testing::Ge(1000)));
}

constexpr const char* kPlain = R"yaml(http:
  routers: {a: {rule: "Host(`a.example.com`)",
                     service : a
}
}
  services:
    a:
      loadBalancer:
        servers: [{url: "http://10.0.0.1"}, {url: "http://10.0.0.2"}]
)yaml";

std::string Commented(const std::string& comment) {
  std::string text = kPlain;
  return text.replace(text.find("    a:\n"), 0, "    " + comment + "\n");
}

TEST(DraftTest, ACommentWithARuleAndAReasonAccepts) {
  const auto accepted = [](const std::string& comment) {
    const Audited audited = AuditText("a.yml", Commented(comment));
    bool all = true;
    for (const Finding& finding : audited.findings) {
      if (finding.rule->id == "A1") all = all && finding.accepted;
    }
    EXPECT_EQ(audited.idle.size(), all ? 0U : 1U) << comment;
    return all;
  };
  EXPECT_TRUE(accepted("# stickyd: ignore A1 it keeps no sessions"));
  EXPECT_TRUE(accepted("# stickyd: ignore not_sticky it keeps no sessions"));
  EXPECT_TRUE(accepted("# stickyd: ignore A17,a1 it keeps no sessions"));
  EXPECT_FALSE(accepted("# stickyd: ignore A1"));
  EXPECT_FALSE(accepted("# stickyd: ignore A2 another rule"));
}

TEST(DraftTest, ACommentElsewhereAcceptsNothing) {
  const Audited audited =
      AuditText("a.yml", "# stickyd: ignore A1 too far away\n" + std::string(kPlain));
  EXPECT_THAT(Rules(audited), ElementsAre("A1"));
  EXPECT_FALSE(audited.findings.front().accepted);
  EXPECT_THAT(audited.idle, ElementsAre(FileSpot{"a.yml", 1, 1}));
}

TEST(DraftTest, FoldersStandForTheFilesBelowThem) {
  const TempDir folder;
  std::filesystem::create_directories(folder.path() / "b" / "c");
  for (const char* name : {"z.yml", "b/c/a.toml", "b/x.txt", ".hidden.yml", "b/a.yaml"}) {
    std::ofstream(folder.path() / name) << "#\n";
  }
  const auto files = ReadDraftFiles(RealFileSystem(), {folder.path().string()});
  ASSERT_TRUE(files.has_value());
  std::vector<std::string> names;
  for (const DraftFile& file : *files)
    names.push_back(file.name.substr(folder.path().string().size()));
  EXPECT_THAT(names, ElementsAre("/b/a.yaml", "/b/c/a.toml", "/z.yml"));
  const auto named = ReadDraftFiles(RealFileSystem(), {(folder.path() / "b/x.txt").string()});
  EXPECT_TRUE(named.has_value() && named->size() == 1) << "what is named is read";
  EXPECT_FALSE(ReadDraftFiles(RealFileSystem(), {"/not/there"}).has_value());
}

}  // namespace
}  // namespace stickyd
