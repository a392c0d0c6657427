// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include "../setup.h"
#include "commands.h"
#include "log_look.h"
#include "other_user.h"
#include "stickyd/app/app.h"
#include "stickyd/base/text.h"
#include "stickyd/config/options.h"

namespace stickyd {
namespace {

// False: something is wrong with a log.
bool LookAtLogs(const Settings& settings) {
  bool fine = true;
  for (const std::string& pattern : settings.watch.logs) {
    for (const LogLook& look :
         LookAtLogs(RealFileSystem(), pattern, settings.pipeline.max_line_bytes)) {
      using Found = LogLook::Found;
      const bool bad = look.found == Found::kUnreadable || look.found == Found::kNoRecords ||
                       (look.found == Found::kAbsent && !settings.watch.log_optional);
      if (bad) {
        Complain("check", LookText(look));
      } else {
        fmt::print("{}\n", LookText(look));
      }
      fine = fine && !bad;
    }
  }
  return fine;
}

// False: an API cannot be used.
bool LookAtApis(const Settings& settings) {
  bool fine = true;
  for (const ApiTarget& target : ApiTargets(settings.traefik)) {
    const auto config = AskForConfig(target, RealFileSystem(), EventTime());
    fine = fine && config.has_value();
    if (config) {
      fmt::print("{}: Traefik {}, {} routers, {} services\n", ShownUrl(target.url),
                 Printable(config->version), config->routers.size(), config->services.size());
    } else {
      Complain("check", config.error().message);
    }
  }
  return fine;
}

// The options themselves have been read; what only shows when they are used is tried here.
int Check(const Settings& settings) {
  const Unusable found = FindUnusable(settings);
  PrintProblems("check", found.problems);
  PrintProblems("check", found.refused);
  if (!found.problems.empty() || !found.refused.empty()) return kExitConfig;
  const bool there = RealFileSystem().Stat(settings.config_file).has_value();
  fmt::print("{}: {}\n", settings.config_file, there ? "fine" : "not there; all else is fine");
  const bool logs = LookAtLogs(settings);
  if (settings.check.as_user.empty() && geteuid() == 0) {
    fmt::print("This was seen as root; the daemon sees less: --as stickyd:adm\n");
  }
  for (const ProbeTarget& probe : settings.watch.probes) {
    fmt::print("probe {}: {}, every {}\n", probe.name, Printable(probe.url),
               FormatDuration(probe.interval));
  }
  const bool apis = LookAtApis(settings);
  return logs && apis ? kExitFine : kExitFound;
}

}  // namespace

int RunCheck(const Settings& settings) {
  if (settings.check.as_user.empty()) return Check(settings);
  const auto code = RunAs(settings.check.as_user, [&] { return Check(settings); });
  if (code) return *code;
  Complain("check", "--as: " + code.error().message);
  return code.error().code == ErrorCode::kNotFound ? kExitUsage : kExitFound;
}

}  // namespace stickyd
