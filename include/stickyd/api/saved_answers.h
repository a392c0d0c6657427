// SPDX-License-Identifier: Apache-2.0
// saved_answers.h: keeps answers of Traefik's API in a folder, without their secrets.
// Role:    audit --save; --traefik.snapshot reads such folders.
// Shape:   rawdata.json, version.json, entrypoints.json, overview.json (those that there are) and
//          time.json. Of middlewares only what ReadConfig reads is kept: no users, no values of
//          headers, no settings of plugins. TCP and UDP are left out, too.
// Errors:  those of making a folder and writing files. An answer that is no JSON is not written.
// Threads: thread-compatible, no state.
#pragma once

#include <string>
#include <string_view>

#include "stickyd/base/result.h"
#include "stickyd/traefik/config_reader.h"

namespace stickyd {

Status SaveAnswers(const std::string& folder, const ApiAnswers& answers);

// An answer of /api/rawdata without what may be secret; "{}" if it is no object.
std::string WithoutSecrets(std::string_view rawdata);

}  // namespace stickyd
