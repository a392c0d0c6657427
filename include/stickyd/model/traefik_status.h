// SPDX-License-Identifier: Apache-2.0
// traefik_status.h: how it stands with one Traefik whose API is asked.
// Role:    the poller fills it in; metrics, page and log show it.
// Shape:   plain values, nothing secret.
// Units:   wall time in seconds since 1970.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "stickyd/model/config_changes.h"

namespace stickyd {

struct TraefikStatus {
  std::string url;                  // without credentials
  bool asked = false;               // at least once
  bool up = false;                  // the last answer could be used
  std::string reason;               // why it could not: a word for metrics
  std::string message;              // likewise, a sentence
  std::string version;              // empty: not known
  double last_success_seconds = 0;  // 0: never
  uint64_t failures = 0;
  // From one answer to the next, by ChangeKind.
  std::array<uint64_t, static_cast<size_t>(ChangeKind::kCount)> changes{};
};

}  // namespace stickyd
