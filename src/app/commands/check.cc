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
    fmt::print(stderr, "stickyd check: {}\n", setup.error().message);
    return kExitConfig;
  }
  for (const std::string& problem : setup->problems)
    fmt::print(stderr, "stickyd check: {}\n", problem);
  if (!setup->problems.empty()) return kExitConfig;
  const bool there = RealFileSystem().Stat(settings.config_file).has_value();
  fmt::print("{}: {}\n", settings.config_file, there ? "fine" : "not there; all else is fine");
  return kExitFine;
}

}  // namespace stickyd
