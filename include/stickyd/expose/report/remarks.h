// SPDX-License-Identifier: Apache-2.0
// remarks.h: what the reader of a log should know: filters, dropped fields, settings to change.
// Role:    the report, the page and the daemon's log show them.
// Shape:   one sentence each. Of what a client wrote, it has printable names only.
// Threads: pure function.
#pragma once

#include <string>
#include <vector>

#include "stickyd/model/pipeline_stats.h"

namespace stickyd {

struct Remark {
  std::string topic;  // stays the same while the numbers in the text grow
  std::string text;
};
std::vector<Remark> Remarks(const PipelineStats& stats);

}  // namespace stickyd
