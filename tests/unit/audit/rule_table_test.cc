// SPDX-License-Identifier: Apache-2.0
// rule_table_test: the table of rules, its document and its pages say the same.
#include <fstream>
#include <set>
#include <sstream>

#include "auditing.h"

namespace stickyd {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(std::string(STICKYD_TEST_DATA) + "/../../" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(RuleTableTest, DocumentHasTheRowsOfTheTable) {
  std::string rows;
  for (const AuditRuleInfo* rule : AuditRules()) {
    const std::string id = rule->sharpens.empty()
                               ? std::string(rule->id)
                               : fmt::format("{} (with {})", rule->id, rule->sharpens);
    rows +=
        fmt::format("| {} | `{}` | {} | {} |\n", id, rule->name, Name(rule->level), rule->title);
  }
  EXPECT_NE(ReadText("docs/AUDIT.md").find(rows), std::string::npos) << "it should have\n" << rows;
}

TEST(RuleTableTest, EachRuleHasAPageWithItsParts) {
  for (const AuditRuleInfo* rule : AuditRules()) {
    SCOPED_TRACE(rule->id);
    const std::string page = ReadText(fmt::format("docs/rules/{}.md", rule->id));
    EXPECT_TRUE(page.starts_with(fmt::format("# {} {}: {}\n", rule->id, rule->name, rule->title)))
        << page.substr(0, 100);
    EXPECT_NE(page.find(fmt::format("Level: at most {}.", Name(rule->level))), std::string::npos);
    for (const char* part : {"## What it is\n", "## Why it breaks\n", "## How to fix it\n",
                             "## Example\nFound:\n", "Not found:\n"}) {
      EXPECT_NE(page.find(part), std::string::npos) << part;
    }
    EXPECT_FALSE(rule->why.empty());
  }
}

TEST(RuleTableTest, IdsAndNamesAreFoundInAnyCaseAndMeanOneRule) {
  std::set<std::string_view> all;
  for (const AuditRuleInfo* rule : AuditRules()) {
    for (const std::string_view key : {rule->id, rule->sharpens, rule->name}) {
      EXPECT_TRUE(key.empty() || all.insert(key).second) << key;
    }
  }
  EXPECT_EQ(FindAuditRule("s3")->id, "A5");
  EXPECT_EQ(FindAuditRule("single_server")->id, "A5");
  EXPECT_EQ(FindAuditRule("a5")->id, "A5");
  EXPECT_EQ(FindAuditRule("Z9"), nullptr);
  EXPECT_EQ(FindAuditRule(""), nullptr);
  // All rules of the two lists that were asked for.
  for (int i = 1; i <= 20; ++i) EXPECT_NE(FindAuditRule(fmt::format("A{}", i)), nullptr) << i;
  for (int i = 1; i <= 15; ++i) EXPECT_NE(FindAuditRule(fmt::format("S{}", i)), nullptr) << i;
}

TEST(AuditTest, WorstFirstThenByService) {
  Answers answers;
  answers.routers = Route("a@file", "a", "Host(`a`)") + "," + Route("b@file", "b", "Host(`b`)");
  answers.services =
      Lb("a@file", "-") + "," + Lb("b@file", R"("name": "lb", "sameSite": "none")", kOthers);
  const auto found = Audit(AuditInput{{Configure(answers)}, {}, {}});
  ASSERT_GE(found.size(), 3U);
  EXPECT_EQ(found[0].service, "b@file");
  EXPECT_EQ(found[0].level, FindingLevel::kError);
  EXPECT_EQ(found[1].service, "a@file");
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end(),
                             [](const Finding& x, const Finding& y) { return x.level > y.level; }));
}

TEST(AuditTest, FindingsOfOneRuleAreBoundedAndTheRestIsCounted) {
  Answers answers;
  for (int i = 0; i < 1100; ++i) {
    const std::string name = fmt::format("s{}@file", i);
    answers.routers += (i == 0 ? "" : ",") + Route(name, name, fmt::format("Host(`h{}`)", i));
    answers.services += (i == 0 ? "" : ",") + Lb(name, "-");
  }
  const auto found = Ask("A1", answers);
  ASSERT_EQ(found.size(), kMostFindings);
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const Finding& finding) {
    return finding.text == "101 more findings of this rule are not shown.";
  }));
}

TEST(AuditTest, EmptyConfigurationHasNothingToFind) {
  EXPECT_THAT(Audit(AuditInput{{Configure({})}, {}, {}}), testing::IsEmpty());
}

TEST(AuditTest, FixesAreYamlWhateverTheNamesAre) {
  Answers answers;
  answers.routers = Route("r@docker", R"(a -> \"b\": {x})", "Host(`a`)");
  answers.services = Lb(R"(a -> \"b\": {x}@docker)", "-");
  const auto found = Ask("A1", answers);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].fix.yaml.find(R"(    "a -> \"b\": {x}":)"), std::string::npos)
      << found[0].fix.yaml;
  answers.routers = Route("r@docker", R"(a\nb: c)", "Host(`a`)");
  answers.services = Lb(R"(a\nb: c@docker)", "-");
  const auto lines = Ask("A1", answers);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].fix.yaml.find("\nb:"), std::string::npos) << lines[0].fix.yaml;
  EXPECT_EQ(lines[0].fix.labels.find("\nb:"), std::string::npos) << lines[0].fix.labels;
  EXPECT_EQ(lines[0].fix.kubernetes.find("\nb:"), std::string::npos);
}

}  // namespace
}  // namespace stickyd
