// SPDX-License-Identifier: Apache-2.0
// page.h: the page at /: services, rates, ratios, sources; plain HTML, no script, nothing external.
#pragma once

#include <string>

#include "stickyd/model/daemon_status.h"

namespace stickyd {

std::string StatusPage(const DaemonStatus& status, const std::string& telemetry_path);

}  // namespace stickyd
