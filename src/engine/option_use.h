// SPDX-License-Identifier: Apache-2.0
// option_use.h: which of the operator's options name something that the log has.
// Role:    the pipeline shows it each record while an option has met nothing; remarks name those
//          that are left. A name that was mistyped excludes nobody and tells nobody apart.
// Shape:   each option is looked at alone: what another one hides from it counts, too.
// Threads: pipeline thread only.
// Cost:    none once every option has met something; until then each one that has not costs what
//          matching it costs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stickyd/engine/pipeline.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/observation.h"

namespace stickyd {

class OptionUse {
 public:
  // REQUIRES: options that a pipeline can be made with.
  explicit OptionUse(const PipelineOptions& options);
  ~OptionUse();
  OptionUse(const OptionUse&) = delete;
  OptionUse& operator=(const OptionUse&) = delete;

  bool done() const { return waiting_.empty(); }
  // REQUIRES: `seen` is the record's, with its route; `identifier` was made with the same options.
  void Note(const AccessRecord& record, const Observation& seen, const Identifier& identifier);
  // `--session cookie:NOPE`, as they were given.
  std::vector<std::string> Idle() const;

 private:
  struct Waiting;
  std::vector<std::unique_ptr<Waiting>> waiting_;
};

}  // namespace stickyd
