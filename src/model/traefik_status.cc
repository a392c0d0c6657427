// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/traefik_status.h"

namespace stickyd {

std::string_view Name(ApiFault fault) {
  static constexpr std::string_view kNames[] = {
      "bad_url", "resolve",      "connect", "tls",    "timeout",    "too_long",    "broken",
      "file",    "unauthorized", "no_api",  "status", "bad_answer", "credentials", "redirect"};
  static_assert(std::size(kNames) == static_cast<size_t>(ApiFault::kCount));
  return kNames[static_cast<size_t>(fault)];
}

}  // namespace stickyd
