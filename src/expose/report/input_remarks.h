// SPDX-License-Identifier: Apache-2.0
// input_remarks.h: what is wrong with what a source names as clients, and what to set.
// Role:    Remarks() asks it about every source; report, page and log show it.
// Cost:    nothing where all is well.
#pragma once

#include <functional>
#include <string>

#include "stickyd/model/pipeline_stats.h"

namespace stickyd {

// Calls add(topic, text).
void RemarkOnClientsOf(const SourceStats& source,
                       const std::function<void(const char*, const std::string&)>& add);

}  // namespace stickyd
