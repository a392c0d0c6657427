// SPDX-License-Identifier: Apache-2.0
// trust.h: whether the numbers of a whole log, and of one service, can be right.
// Role:    analyze refuses and says why. Report, page and metrics show how a service stands.
// Shape:   pure functions of what was counted.
// Source:  docs/REPORT.md "What is refused".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stickyd/expose/advice.h"
#include "stickyd/model/pipeline_stats.h"

namespace stickyd {

// A reason why the numbers cannot be right, or why there are none.
struct Refusal {
  enum class Weight : uint8_t {
    kNoNumbers,  // there may be nothing wrong, but no limit was kept either: --fail-above fails
    kUnusable,   // what was given is not what was meant: fails in any case
  };
  std::string reason;  // one of those in docs/REPORT.md
  std::string text;    // a sentence that says what it is and what to type or set
  Weight weight = Weight::kUnusable;
};

// Empty: the numbers are what the log says.
std::vector<Refusal> Refusals(const PipelineStats& stats);

enum class Standing : uint8_t {
  kNone,     // nobody came back
  kGood,     // it is settled that almost all of them were held
  kBad,      // surely more than one in a hundred broke
  kUnknown,  // of fewer than two thirds of those who came back the log tells where they belonged
};
Standing StandingOf(const RatioCounts& counts);
std::string_view Name(Standing standing);
// Why a service is neither good nor bad, and what would settle it. `name` as it may be printed.
std::string UnknownText(std::string_view name, const RatioCounts& counts,
                        const PipelineStats& stats);

// What could tell more, and is missing in the log and the settings.
MissingEvidence MissingIn(const PipelineStats& stats);

}  // namespace stickyd
