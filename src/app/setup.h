// SPDX-License-Identifier: Apache-2.0
// setup.h: what several commands need before they start: log, hash key, pipeline, snapshots.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hash_key.h"
#include "stickyd/config/settings.h"
#include "stickyd/engine/pipeline.h"
#include "stickyd/traefik/saved_configs.h"

namespace stickyd {

// spdlog to standard error, in the style the operator asked for.
void SetUpLog(const Settings& settings);

struct PipelineSetup {
  std::unique_ptr<Pipeline> pipeline;
  std::vector<std::string> problems;  // snapshots that were refused
};
// With the snapshots that the settings name.
Result<PipelineSetup> SetUpPipeline(const Settings& settings, OutcomeSink* sink);
// With those that were read already.
Result<PipelineSetup> SetUpPipeline(const Settings& settings, OutcomeSink* sink,
                                    SavedConfigs saved);

// What settings ask for and this machine does not have: files, folders, addresses.
struct Unusable {
  std::vector<SettingsProblem> problems;  // `watch` does not start with these
  std::vector<SettingsProblem> refused;   // snapshots, without which it starts
  SavedConfigs saved;                     // the others
};
// All of it at once; makes and changes nothing. REQUIRES: settings without problems.
Unusable FindUnusable(const Settings& settings);
// One line on standard error, whatever is in it: names of files may have line feeds.
void Complain(const char* command, std::string_view message);
// False, and says so, where the command writes no such report.
bool TakesTextOrJson(const char* command, const Settings& settings);
// One each.
void PrintProblems(const char* command, const std::vector<SettingsProblem>& problems);

}  // namespace stickyd
