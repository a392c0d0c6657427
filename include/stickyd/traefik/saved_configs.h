// SPDX-License-Identifier: Apache-2.0
// saved_configs.h: answers of Traefik's API that were saved in a folder.
// Role:    --traefik.snapshot; `simulate --api` and the recordings write such folders.
// Shape:   <folder>/rawdata.json, version.json, entrypoints.json and time.json ({"time_unix_ns":
//          N}; without it the file's time counts), or sub-folders of that shape.
// Errors:  those of config_reader.h and of reading files, each with its folder. It fails if not a
//          single folder can be used.
// Threads: thread-compatible, no state.
// Cost:    the size of all files; as much memory as a ConfigHistory may have.
#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/base/result.h"
#include "stickyd/model/traefik_config.h"

namespace stickyd {

struct SavedConfigs {
  std::vector<std::shared_ptr<const TraefikConfig>> configs;  // in order of time
  std::vector<Error> refused;  // folders that could not be used, with the reason
  size_t left_out = 0;         // older ones than a ConfigHistory has room for

  // Null: there is none.
  std::shared_ptr<const TraefikConfig> newest() const {
    return configs.empty() ? nullptr : configs.back();
  }
};

// One sentence about those that were left out.
std::string LeftOut(const SavedConfigs& saved);

// Once `stop` is requested, folders that were not read yet are left out.
Result<SavedConfigs> ReadSavedConfigs(const FileSystem& files, const std::string& directory,
                                      const std::stop_token& stop = {});

}  // namespace stickyd
