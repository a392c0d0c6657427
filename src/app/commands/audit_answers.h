// SPDX-License-Identifier: Apache-2.0
// audit_answers.h: from findings to what the command audit prints, and its exit code.
// Role:    the command calls it, with answers that were saved, that Traefik has just given, or that
//          files would make.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stickyd/config/settings.h"
#include "stickyd/model/event_time.h"
#include "stickyd/model/finding.h"

namespace stickyd {

struct AuditOutcome {
  std::vector<Finding> findings;
  std::string source;             // what was read, as the operator named it
  std::string version;            // of Traefik; empty: not known
  std::optional<EventTime> time;  // when it was read
};
int PrintAudit(const Settings& settings, AuditOutcome outcome);

// Of the files that the arguments name.
int AuditFiles(const Settings& settings);

}  // namespace stickyd
