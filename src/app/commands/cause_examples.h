// SPDX-License-Identifier: Apache-2.0
// cause_examples.h: a break of each cause and service, for the report to point at.
// Role:    one of analyze's sinks; the report shows the first of each kind, and the command
//          that explains it.
// Shape:   at most one for each service and cause.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "stickyd/config/settings.h"
#include "stickyd/expose/report/report.h"
#include "stickyd/expose/sinks/verdict_writer.h"
#include "stickyd/model/outcome.h"

namespace stickyd {

class CauseExamples : public OutcomeSink {
 public:
  void OnRecord(const Outcome& /*outcome*/, bool /*open*/) override {}
  void OnClosed(const Outcome& outcome) override {
    if (outcome.judgement.verdict == Verdict::kBreak) {
      first_.try_emplace({outcome.service, outcome.cause}, outcome);
    }
  }
  std::vector<CauseExample> Examples(const OutcomeNames& names, const Settings& settings) const;

 private:
  std::map<std::pair<ServiceId, Cause>, Outcome> first_;
};

// `stickyd explain FILE:LINE ...`, with the options and the files that analyze was given. Empty for
// what can be read only once.
std::string ExplainCommand(const Settings& settings, const std::string& file, uint64_t line);

}  // namespace stickyd
