// config_reader.h: Traefik's API answers -> TraefikConfig.
// Role:    saved answers and the live API both go through it.
// Shape:   JSON texts as the API gave them. `entrypoints` and `version` may be empty.
// Errors:  kInvalidInput with the place in the document; kLimit for documents of absurd size.
//          Unknown fields are ignored, needed ones of the wrong type are errors.
// Threads: thread-compatible, no state.
// Source:  Traefik v2.3 to v3.7 pkg/api, pkg/config/dynamic.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/base/result.h"
#include "stickyd/model/traefik_config.h"

namespace stickyd {

struct ApiAnswers {
  std::string rawdata;
  std::string entry_points;
  std::string version;
  EventTime time;
};

Result<TraefikConfig> ReadConfig(const ApiAnswers& answers);

struct SavedConfigs {
  std::vector<TraefikConfig> configs;  // in order of time
  std::vector<Error> refused;          // folders that could not be used, with the reason
};

// Answers saved in `directory` itself, or in its sub-folders: rawdata.json, version.json,
// entrypoints.json, time.json ({"time_unix_ns": N}; without it the file's time counts).
// Fails if there is not a single usable one.
Result<SavedConfigs> ReadSavedConfigs(const FileSystem& files, const std::string& directory);

}  // namespace stickyd
