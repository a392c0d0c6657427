// SPDX-License-Identifier: Apache-2.0
// service_remarks.h: what the log shows of a service that breaks sessions where no verdict sees it.
// Shape:   pure; adds to the remarks.
#pragma once

#include <vector>

#include "stickyd/expose/report/remarks.h"

namespace stickyd {

void RemarkOnServices(const PipelineStats& stats, std::vector<Remark>& remarks);

}  // namespace stickyd
