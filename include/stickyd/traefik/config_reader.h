// SPDX-License-Identifier: Apache-2.0
// config_reader.h: Traefik's API answers -> TraefikConfig.
// Role:    saved answers go through it, and would those of a live API.
// Shape:   JSON texts as the API gave them. All but `rawdata` may be empty.
// Errors:  kInvalidInput with the place in the document; kLimit for documents of absurd size.
//          Unknown fields are ignored, needed ones of the wrong type are errors.
// Threads: thread-compatible, no state.
// Source:  Traefik v2.3 to v3.7 pkg/api, pkg/config/dynamic.
#pragma once

#include <string>
#include <string_view>

#include "stickyd/base/result.h"
#include "stickyd/model/traefik_config.h"

namespace stickyd {

struct ApiAnswers {
  std::string rawdata;
  std::string entry_points;
  std::string version;
  EventTime time;
  std::string overview{};
};

Result<TraefikConfig> ReadConfig(const ApiAnswers& answers);
// TraefikConfig::fingerprint of what ReadConfig would make of them.
size_t FingerprintOf(const ApiAnswers& answers);

}  // namespace stickyd
