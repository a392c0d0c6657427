// SPDX-License-Identifier: Apache-2.0
// audit_report_test: findings as text, JSON, SARIF 2.1.0 and JUnit.
#include "stickyd/expose/audit/audit_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stickyd {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr AuditRuleInfo kBad = {"A1",        "",        "not_sticky", FindingLevel::kError,
                                "no cookie", "it moves"};
constexpr AuditRuleInfo kNote = {"X5",      "",        "access_log", FindingLevel::kInfo,
                                 "the log", "it tells"};
constexpr AuditRuleInfo kCalm = {"A3",    "",       "empty_sticky", FindingLevel::kError,
                                 "empty", "nothing"};

Finding Found(const AuditRuleInfo& rule, std::string service, std::string text) {
  Finding finding;
  finding.rule = &rule;
  finding.level = rule.level;
  if (!service.empty()) finding.objects = {{"service", service}};
  finding.service = std::move(service);
  finding.text = std::move(text);
  finding.fix = {"Do this.", "http:\n  services: {}\n", "a.label=1\n", "kind: X\n"};
  finding.fingerprint = "0123456789abcdef";
  return finding;
}

AuditReport Report() {
  AuditReport report;
  report.findings = {Found(kBad, "shop@file", "it is <bad> & \"so\""), Found(kNote, "", "keep it")};
  report.rules = {&kBad, &kNote, &kCalm};
  report.source = "api dir";
  report.traefik_version = "3.7.9";
  report.program_version = "0.1.0";
  report.time = EventTime(std::chrono::seconds(1'767'225'600));
  report.fail_on = FindingLevel::kError;
  return report;
}

TEST(AuditReportTest, TextIsByServiceWithTheFixOfItsProvider) {
  const std::string text = AuditText(Report());
  EXPECT_THAT(text, HasSubstr("api dir, Traefik 3.7.9, read 2026-01-01T00:00:00.000000Z: 1 error, "
                              "0 warnings, 1 for information\n"));
  EXPECT_THAT(text, HasSubstr("\nshop@file\n  error A1 not_sticky: it is <bad>"));
  EXPECT_THAT(text, HasSubstr("    why: it moves\n    fix: Do this.\n      http:\n"));
  EXPECT_THAT(text, HasSubstr("\nTraefik\n  info X5 access_log: keep it\n"));
  EXPECT_THAT(text, Not(HasSubstr("a.label")));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  AuditReport docker = Report();
  docker.findings[0].service = "shop@docker";
  EXPECT_THAT(AuditText(docker), HasSubstr("      a.label=1\n"));
  docker.findings[0].service = "shop@kubernetescrd";
  EXPECT_THAT(AuditText(docker), HasSubstr("      kind: X\n"));
}

TEST(AuditReportTest, TextHasColoursWhereTheyAreWantedAndNoneOfTheConfigurations) {
  AuditReport report = Report();
  report.color = true;
  report.findings[0].text = "\033[2Jgone";
  report.findings[0].service = "a\nb";
  const std::string text = AuditText(report);
  EXPECT_THAT(text, HasSubstr("\033[1;31merror\033[0m"));
  EXPECT_THAT(text, Not(HasSubstr("\033[2J")));
  EXPECT_THAT(text, HasSubstr("a\\x0ab"));
}

TEST(AuditReportTest, AcceptedFindingsAreSaidAndFailNothing) {
  AuditReport report = Report();
  EXPECT_TRUE(Fails(report, report.findings[0]));
  EXPECT_FALSE(Fails(report, report.findings[1]));
  report.findings[0].accepted = true;
  report.unused_baseline = 2;
  EXPECT_FALSE(Fails(report, report.findings[0]));
  EXPECT_THAT(AuditText(report), HasSubstr("0 errors, 0 warnings, 1 for information, 1 accepted"));
  EXPECT_THAT(AuditText(report), HasSubstr("accepted error A1"));
  EXPECT_THAT(AuditText(report), HasSubstr("2 entries of the baseline fit nothing"));
  report.fail_on = std::nullopt;
  report.findings[0].accepted = false;
  EXPECT_FALSE(Fails(report, report.findings[0])) << "--fail-on none";
}

TEST(AuditReportTest, JsonHasTheFieldsOfTheDocument) {
  const Json json = Json::parse(AuditJson(Report()));
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["traefik"], "3.7.9");
  EXPECT_EQ(json["counts"], (Json{{"error", 1}, {"warning", 0}, {"info", 1}, {"accepted", 0}}));
  const Json& finding = json["findings"][0];
  EXPECT_EQ(finding["rule"], "A1");
  EXPECT_EQ(finding["name"], "not_sticky");
  EXPECT_EQ(finding["level"], "error");
  EXPECT_EQ(finding["service"], "shop@file");
  EXPECT_EQ(finding["objects"], (Json::array({{{"kind", "service"}, {"name", "shop@file"}}})));
  EXPECT_EQ(finding["fix"]["labels"], "a.label=1\n");
  EXPECT_EQ(finding["fingerprint"], "0123456789abcdef");
  EXPECT_EQ(finding["accepted"], false);
  EXPECT_EQ(json["findings"][1]["service"], nullptr);
}

TEST(AuditReportTest, SarifHasWhatItsSchemaAsksFor) {
  AuditReport report = Report();
  report.findings[1].accepted = true;
  const Json json = Json::parse(AuditSarif(report));
  EXPECT_EQ(json["version"], "2.1.0");
  EXPECT_THAT(json["$schema"].get<std::string>(), HasSubstr("sarif-2.1.0"));
  ASSERT_EQ(json["runs"].size(), 1U);
  const Json& driver = json["runs"][0]["tool"]["driver"];
  EXPECT_EQ(driver["name"], "stickyd");
  ASSERT_EQ(driver["rules"].size(), 3U);
  for (const Json& rule : driver["rules"]) {
    for (const char* key : {"shortDescription", "fullDescription", "help"}) {
      EXPECT_TRUE(rule[key]["text"].is_string()) << key;
    }
    EXPECT_THAT(rule["defaultConfiguration"]["level"].get<std::string>(),
                testing::AnyOf("error", "warning", "note"));
  }
  const Json& results = json["runs"][0]["results"];
  ASSERT_EQ(results.size(), 2U);
  for (const Json& result : results) {
    // The members that the schema knows, each with the type that it has there.
    for (const auto& [key, value] : result.items()) {
      EXPECT_THAT(key, testing::AnyOf("ruleId", "ruleIndex", "level", "message", "locations",
                                      "partialFingerprints", "suppressions", "properties"));
    }
    const size_t index = result["ruleIndex"].get<size_t>();
    EXPECT_EQ(driver["rules"][index]["id"], result["ruleId"]);
    EXPECT_TRUE(result["message"]["text"].is_string());
    const Json& location = result["locations"][0];
    EXPECT_EQ(location["physicalLocation"]["artifactLocation"]["uri"], "api%20dir");
    EXPECT_EQ(location["physicalLocation"]["region"]["startLine"], 1);
  }
  EXPECT_EQ(results[0]["level"], "error");
  EXPECT_EQ(results[1]["level"], "note");
  EXPECT_EQ(results[0]["locations"][0]["logicalLocations"][0]["name"], "shop@file");
  EXPECT_FALSE(results[0].contains("suppressions"));
  EXPECT_EQ(results[1]["suppressions"][0]["kind"], "external");
}

TEST(AuditReportTest, JunitHasACaseForEachFindingAndEachRuleThatFoundNothing) {
  AuditReport report = Report();
  const std::string xml = AuditJunit(report);
  EXPECT_THAT(xml, HasSubstr("<testsuites tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\">"));
  EXPECT_THAT(xml, HasSubstr("<testcase classname=\"shop@file\" name=\"A1 not_sticky\"><failure "
                             "type=\"error\" message=\"it is &lt;bad&gt; &amp; &quot;so&quot;\">"));
  EXPECT_THAT(xml, HasSubstr("name=\"X5 access_log\"><system-out>info: keep it</system-out>"));
  EXPECT_THAT(xml, HasSubstr("<testcase classname=\"Traefik\" name=\"A3 empty_sticky\"/>"));
  report.findings[0].accepted = true;
  report.findings[1].text = "a\001b";
  EXPECT_THAT(AuditJunit(report), HasSubstr("failures=\"0\" errors=\"0\" skipped=\"1\""));
  EXPECT_THAT(AuditJunit(report), HasSubstr("<skipped message=\"accepted: "));
  EXPECT_THAT(AuditJunit(report), HasSubstr("a\\x01b")) << "XML has no control characters";
}

TEST(AuditReportTest, PagesOfRulesAreInTheProgram) {
  EXPECT_THAT(std::string(RulePage("A5")), HasSubstr("# A5 single_server"));
  EXPECT_EQ(RulePage("Z1"), "");
  EXPECT_EQ(RulePage(""), "");
}

}  // namespace
}  // namespace stickyd
