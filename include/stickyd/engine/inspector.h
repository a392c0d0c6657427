// SPDX-License-Identifier: Apache-2.0
// inspector.h: a look into the pipeline while it decides, for `explain`.
// Role:    the pipeline shows an inspector every record it judges, every case it closes, and every
//          line that gave no record.
// Shape:   references are valid during the call only.
// Threads: pipeline thread only.
#pragma once

#include <vector>

#include "stickyd/diagnose/cause_finder.h"
#include "stickyd/diagnose/judge.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/line.h"
#include "stickyd/model/outcome.h"

namespace stickyd {

// A record that was judged; memories are as they were before it.
struct Inspection {
  const AccessRecord& record;
  const Observation& seen;
  const Memories& memories;
  const Ruling& ruling;
  const Outcome& outcome;
};

class Inspector {
 public:
  virtual ~Inspector() = default;
  virtual bool Wants(const Outcome& outcome) const = 0;
  // Only for records it wants.
  virtual void OnJudged(const Inspection& inspection) = 0;
  virtual void OnClosed(const Outcome& outcome, const std::vector<RowTrace>& rows) = 0;
  // A line that gave no record. Only for lines it wants.
  virtual bool WantsLine(uint32_t file, uint64_t line) const = 0;
  virtual void OnNoRecord(uint32_t file, uint64_t line, LineFate fate) = 0;
  // A record that no balancer assigned, or that is excluded.
  virtual void OnNotJudged(const Outcome& outcome) = 0;
};

}  // namespace stickyd
