// SPDX-License-Identifier: Apache-2.0
// audit_answers.h: from configurations to what the command audit prints, and its exit code.
// Role:    the command calls it, with answers that were saved or that Traefik has just given.
#pragma once

#include <string>

#include "stickyd/audit/audit.h"
#include "stickyd/config/settings.h"

namespace stickyd {

// `source` is what was read, as the operator named it. REQUIRES: there is a configuration.
int AuditAnswers(const Settings& settings, const AuditInput& input, const std::string& source);

}  // namespace stickyd
