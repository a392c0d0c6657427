#include <fmt/format.h>

#include "../setup.h"
#include "commands.h"
#include "stickyd/app/app.h"

namespace stickyd {

// The options themselves have been read; what only shows when they are used is tried here.
int RunCheck(const Settings& settings) {
  const Unusable found = FindUnusable(settings);
  PrintProblems("check", found.problems);
  PrintProblems("check", found.refused);
  if (!found.problems.empty() || !found.refused.empty()) return kExitConfig;
  const bool there = RealFileSystem().Stat(settings.config_file).has_value();
  fmt::print("{}: {}\n", settings.config_file, there ? "fine" : "not there; all else is fine");
  return kExitFine;
}

}  // namespace stickyd
