// SPDX-License-Identifier: Apache-2.0
// probe_status.h: how the last run of a scheduled probe ended.
// Role:    the scheduler fills it in; metrics, page and log show it.
// Shape:   plain values; no value of a cookie or of a header is in it.
// Units:   seconds; wall time since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stickyd/model/verdict.h"

namespace stickyd {

enum class ProbeVerdict : uint8_t { kSticky, kBroken, kUnsure, kCount };
std::string_view Name(ProbeVerdict verdict);

struct ProbeStatus {
  std::string target;    // the NAME of [probe.NAME]
  std::string url;       // without its query
  bool success = false;  // sticky, or unsure where that is allowed
  ProbeVerdict verdict = ProbeVerdict::kUnsure;
  std::optional<Cause> cause;  // of what is broken, or kUnknown
  std::string why;             // a sentence
  std::string fix;             // what to change; empty where nothing is wrong
  double duration_seconds = 0;
  double last_run_seconds = 0;  // its end; 0: there was none
  Tally<ProbeVerdict> runs;     // so far
};

}  // namespace stickyd
