// SPDX-License-Identifier: Apache-2.0
// audit_junit.cc: findings as a test report: each rule that found nothing passes, each finding is a
// case.
#include <fmt/format.h>

#include <set>

#include "stickyd/base/text.h"
#include "stickyd/expose/audit/audit_report.h"

namespace stickyd {
namespace {

// XML 1.0 has no control characters, not even escaped; Printable leaves none.
std::string Xml(std::string_view text) { return InMarkup(Printable(text, 8000)); }

std::string CaseOf(std::string_view service, const AuditRuleInfo& rule, const std::string& body) {
  const std::string head =
      fmt::format("  <testcase classname=\"{}\" name=\"{} {}\"",
                  Xml(service.empty() ? "Traefik" : service), rule.id, rule.name);
  return body.empty() ? head + "/>\n" : head + ">" + body + "</testcase>\n";
}

}  // namespace

std::string AuditJunit(const AuditReport& report) {
  size_t tests = 0;
  size_t failures = 0;
  size_t skipped = 0;
  std::string cases;
  std::set<const AuditRuleInfo*> found;
  for (const Finding& finding : report.findings) {
    found.insert(finding.rule);
    ++tests;
    std::string body;
    if (finding.accepted) {
      ++skipped;
      body = fmt::format("<skipped message=\"accepted: {}\"/>", Xml(finding.text));
    } else if (Fails(report, finding)) {
      ++failures;
      body = fmt::format("<failure type=\"{}\" message=\"{}\">{} {}</failure>", Name(finding.level),
                         Xml(finding.text), Xml(finding.rule->why), Xml(finding.fix.text));
    } else {
      body = fmt::format("<system-out>{}: {}</system-out>", Name(finding.level), Xml(finding.text));
    }
    cases += CaseOf(finding.service, *finding.rule, body);
  }
  for (const AuditRuleInfo* rule : report.rules) {
    if (found.contains(rule)) continue;
    ++tests;
    cases += CaseOf("", *rule, "");
  }
  const std::string counts = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
                                         tests, failures, skipped);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n <testsuite name=\"stickyd "
      "audit\" {0}>\n{1} </testsuite>\n</testsuites>\n",
      counts, cases);
}

}  // namespace stickyd
