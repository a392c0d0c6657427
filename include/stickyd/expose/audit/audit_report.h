// SPDX-License-Identifier: Apache-2.0
// audit_report.h: findings of the audit, as people and programs read them.
// Role:    the command audit prints one of these.
// Shape:   text by service, worst first; JSON (docs/AUDIT.md has its fields); SARIF 2.1.0; JUnit.
//          Names of the configuration are made harmless for each.
// Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/model/event_time.h"
#include "stickyd/model/finding.h"

namespace stickyd {

struct AuditReport {
  std::vector<Finding> findings;            // worst first
  std::vector<const AuditRuleInfo*> rules;  // all that were asked
  std::string source;                       // what was read, as the operator named it
  std::string traefik_version;              // empty: not known
  std::optional<EventTime> time;            // when it was read
  std::string program_version;
  std::optional<FindingLevel> fail_on;  // from this level on a finding is a failure; null: none is
  size_t unused_baseline = 0;           // accepted before, and not there any more
  bool color = false;
};

// Not accepted, and at or above the level that fails.
bool Fails(const AuditReport& report, const Finding& finding);

std::string AuditText(const AuditReport& report);
std::string AuditJson(const AuditReport& report);
std::string AuditSarif(const AuditReport& report);
std::string AuditJunit(const AuditReport& report);

// The page of a rule, docs/rules/ID.md; empty if there is none.
std::string_view RulePage(std::string_view id);

}  // namespace stickyd
