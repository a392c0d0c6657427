// SPDX-License-Identifier: Apache-2.0
// options_fuzz: a configuration file. Every mistake has its place, and what has none can be used.
#include <string>

#include "fuzz_input.h"
#include "stickyd/config/options.h"
#include "support/memory_file_system.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  MemoryFileSystem files;
  files.Append("/stickyd.conf", AsText(data, size));
  SettingsResult result;
  Within({2'000'000, 2000}, size, [&] {
    result =
        ReadSettings({"--config.file", "/stickyd.conf"}, kCommonOptions | kWatchOptions, {}, files);
  });
  for (const SettingsProblem& problem : result.problems) {
    Must(problem.place.starts_with("/stickyd.conf:"), "a mistake has its place");
    Must(!problem.message.empty(), "and says what is wrong");
  }
  if (!result.problems.empty()) return 0;
  Must(!result.settings.watch.logs.empty() && !result.settings.watch.listen_addresses.empty(),
       "defaults");
  const PipelineOptions& options = result.settings.pipeline;
  const KeyedHash hash({});
  Must(Interpreter::Create(options.interpreter, hash).has_value(), "maps are usable");
  Must(Identifier::Create(options.identifier, hash).has_value(), "identities are usable");
  return 0;
}
