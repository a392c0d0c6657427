#include <fmt/format.h>

#include "../setup.h"
#include "commands.h"
#include "stickyd/app/app.h"

namespace stickyd {

// The options themselves have been read; what only shows when they are used is tried here.
int RunCheck(const Settings& settings) {
  Settings dry = settings;
  dry.state_dir.clear();  // a check makes no key
  auto setup = SetUpPipeline(dry, nullptr);
  if (!setup) {
    fmt::print(stderr, "{}: {}\n", settings.config_file, setup.error().message);
    return kExitConfig;
  }
  for (const std::string& problem : setup->problems) fmt::print(stderr, "{}\n", problem);
  fmt::print("{}: fine\n", settings.config_file);
  return setup->problems.empty() ? kExitFine : kExitConfig;
}

}  // namespace stickyd
