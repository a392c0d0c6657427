// SPDX-License-Identifier: Apache-2.0
// options.h: the options of the commands, and how they become Settings.
// Role:    commands read their settings through it. One table has every option: its rows are in
//          src/config/option_table.cc, traefik_options.cc and probe_options.cc. --help is printed
//          from it, and a lint fails where a document lacks one of its rows.
// Errors:  all problems at once, each with its place.
// Source:  Boost.Program_options for the command line, the environment and the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stickyd/config/settings.h"

namespace stickyd {

// Which commands an option belongs to.
enum OptionGroup : unsigned {
  kCommonOptions = 1,  // every command that reads logs
  kWatchOptions = 2,
  kAnalyzeOptions = 4,
  kExplainOptions = 8,
  kSimulateOptions = 16,
  kCheckOptions = 32,
  kTraefikOptions = 64,  // every command that asks Traefik's API
  kDecodeOptions = 128,
  kProbeOptions = 256,
  kAuditOptions = 512,
  kTargetOptions = 1024,  // of no command: for sections [probe.NAME] of the configuration file
};

// The groups that each command takes.
struct CommandOptions {
  std::string_view command;
  unsigned groups;
};
inline constexpr CommandOptions kCommandOptions[] = {
    {"watch", kCommonOptions | kWatchOptions | kTraefikOptions},
    {"analyze", kCommonOptions | kAnalyzeOptions},
    {"audit", kAuditOptions | kTraefikOptions},
    {"explain", kCommonOptions | kExplainOptions},
    {"check", kCommonOptions | kWatchOptions | kCheckOptions | kTraefikOptions},
    {"decode", kDecodeOptions | kTraefikOptions},
    {"simulate", kSimulateOptions},
    {"probe", kProbeOptions | kTraefikOptions},
};
constexpr unsigned OptionsOf(std::string_view command) {
  for (const CommandOptions& row : kCommandOptions) {
    if (row.command == command) return row.groups;
  }
  return 0;
}

struct Environment {
  std::vector<std::pair<std::string, std::string>> variables;
  static Environment OfProcess();
  std::string Get(std::string_view name) const;
};

// `arguments`: after the command's name.
SettingsResult ReadSettings(const std::vector<std::string>& arguments, unsigned groups,
                            const Environment& environment, const FileSystem& files);

// Options that a daemon takes only when it starts, and that are set otherwise in `after`.
std::vector<std::string> NeedRestart(const Settings& before, const Settings& after);

// The options of some groups, as --help prints them: under the headings of the manual page, in
// lines of at most `width` columns.
std::string OptionsHelp(unsigned groups, size_t width);

struct OptionInfo {
  std::string name;
  std::string argument;  // empty: a switch
  std::string description;
  bool repeatable = false;
};
std::vector<OptionInfo> ListOptions(unsigned groups);

// A number and ms, s, m or h: 90s, 5m. 1h30m is not taken.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);
// The shortest text that says the same: 1h, 90s, 1500ms.
std::string FormatDuration(std::chrono::milliseconds duration);
// RFC 3339, or a date, or a duration back from `now`.
std::optional<EventTime> ParseTime(std::string_view text, EventTime now);

}  // namespace stickyd
