// SPDX-License-Identifier: Apache-2.0
// baseline_test: accepted findings are written, read and found again.
#include "stickyd/audit/baseline.h"

#include "auditing.h"

namespace stickyd {
namespace {

TEST(BaselineTest, WhatIsWrittenIsAcceptedWhenItIsRead) {
  std::vector<Finding> findings = Audit(AuditInput{{Configure(OneService("-"))}, {}, {}});
  ASSERT_FALSE(findings.empty());
  const auto baseline = ReadBaseline(WriteBaseline(findings));
  ASSERT_TRUE(baseline.has_value()) << baseline.error().message;
  EXPECT_EQ(Accept(*baseline, findings), 0U);
  for (const Finding& finding : findings) EXPECT_TRUE(finding.accepted) << finding.text;
}

TEST(BaselineTest, NewFindingsAreNotAcceptedAndOldEntriesAreCounted) {
  const auto before = Audit(AuditInput{{Configure(OneService("-"))}, {}, {}});
  std::vector<Finding> after =
      Audit(AuditInput{{Configure(OneService(R"("name": "JSESSIONID")"))}, {}, {}});
  const auto baseline = ReadBaseline(WriteBaseline(before));
  EXPECT_EQ(Accept(*baseline, after), 1U) << "A1 is mended";
  for (const Finding& finding : after) {
    EXPECT_EQ(finding.accepted, finding.rule->id != "A16" && finding.rule->id != "X6");
  }
}

TEST(BaselineTest, OrderOfFindingsDoesNotMatter) {
  std::vector<Finding> findings = Audit(AuditInput{{Configure(OneService("-"))}, {}, {}});
  const std::string text = WriteBaseline(findings);
  std::reverse(findings.begin(), findings.end());
  EXPECT_EQ(WriteBaseline(findings), text);
}

TEST(BaselineTest, OtherTextsAreRefused) {
  for (const char* text :
       {"", "[]", "{}", R"({"version": 2, "accepted": []})", R"({"version": 1, "accepted": {}})",
        R"({"version": 1, "accepted": [1]})", R"({"version": 1, "accepted": [{"rule": "A1"}]})",
        R"({"version": 1, "accepted": [{"fingerprint": 7}]})", "{"}) {
    EXPECT_FALSE(ReadBaseline(text).has_value()) << text;
  }
  EXPECT_TRUE(ReadBaseline(R"({"version": 1, "accepted": []})").has_value());
}

}  // namespace
}  // namespace stickyd
