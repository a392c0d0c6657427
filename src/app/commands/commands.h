// SPDX-License-Identifier: Apache-2.0
// commands.h: what each sub-command does; app.cc has their table.
#pragma once

#include "stickyd/config/settings.h"

namespace stickyd {

int RunAnalyze(const Settings& settings);
int RunAudit(const Settings& settings);
int RunCause(const Settings& settings);
int RunCheck(const Settings& settings);
int RunDecode(const Settings& settings);
int RunExplain(const Settings& settings);
int RunProbe(const Settings& settings);
int RunSimulate(const Settings& settings);
int RunWatch(const Settings& settings);

}  // namespace stickyd
