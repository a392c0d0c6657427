// SPDX-License-Identifier: Apache-2.0
// audit.h: reads a configuration of Traefik for what breaks sessions, or will.
// Role:    the command audit; any other caller that has a TraefikConfig, whatever it was read from.
// Shape:   findings, worst first, then by service and rule. Each rule is a row of one table
//          (src/audit/rule_table.cc) and a page in docs/rules.
// Errors:  none: what the configuration does not tell is not found. No more than kMostFindings of
//          one rule; one more finding says how many were left out.
// Threads: pure functions.
// Cost:    the configuration's routers and services, and for the rules that compare two, the pairs
//          with one cookie name or one pool.
// Source:  docs/AUDIT.md.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/model/draft_note.h"
#include "stickyd/model/finding.h"
#include "stickyd/model/traefik_config.h"

namespace stickyd {

struct AuditInput {
  using Config = std::shared_ptr<const TraefikConfig>;
  // Of one Traefik in order of time. The last one is judged; the steps between them are events.
  std::vector<Config> configs;
  // Of its replicas, the newest each: they should lead to the same servers.
  std::vector<Config> replicas;
  // Hosts, or domains with what is below them, whose pages other sites embed or call.
  std::vector<std::string> embedded;
  // Of files that were read before the deploy; null: the configuration runs.
  const DraftFacts* draft = nullptr;
};

inline constexpr size_t kMostFindings = 1000;

// REQUIRES: there is a configuration.
std::vector<Finding> Audit(const AuditInput& input);

// All rules, in the order of their ids.
std::vector<const AuditRuleInfo*> AuditRules();
// By id ("A5", or "S3" that is part of it) or name, in any case; null if there is none.
const AuditRuleInfo* FindAuditRule(std::string_view id_or_name);

}  // namespace stickyd
