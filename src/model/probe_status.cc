// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/probe_status.h"

#include <array>

namespace stickyd {

std::string_view Name(ProbeVerdict verdict) {
  static constexpr std::array<std::string_view, kCountOf<ProbeVerdict>> kNames = {
      "sticky", "broken", "unsure"};
  return kNames[static_cast<size_t>(verdict)];
}

}  // namespace stickyd
