// SPDX-License-Identifier: Apache-2.0
// settings.h: what the operator asked for, from the command line, the environment and the
// configuration file.
// Role:    every command gets one.
// Shape:   one struct for all commands; docs/CONFIGURATION.md has the options with their defaults.
// Units:   in the types.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/base/result.h"
#include "stickyd/engine/pipeline.h"
#include "stickyd/simulate/simulator.h"

namespace stickyd {

enum class ReportFormat { kText, kJson };
enum class LogStyle { kLogfmt, kJson };
enum class Color { kAuto, kAlways, kNever };

struct Settings {
  PipelineOptions pipeline;
  std::string snapshot_dir;  // --traefik.snapshot, empty: none
  std::string config_file;
  std::string log_level = "info";
  LogStyle log_style = LogStyle::kLogfmt;
  std::string events;  // break events: a file, "-", or empty

  // watch
  std::vector<std::string> logs;
  bool log_optional = false;  // ready without a log
  std::string as_user;        // check: whose eyes to look with
  std::string cause_pages;    // where pages about causes are for everybody; empty: not known
  bool from_beginning = false;
  bool poll = false;
  std::string state_dir;
  std::vector<std::string> listen_addresses;
  std::string telemetry_path = "/metrics";
  bool enable_lifecycle = false;
  uint32_t events_per_minute = 60;  // per service; more are counted, not written

  // analyze, explain
  std::vector<std::string> files;
  ReportFormat output = ReportFormat::kText;
  std::string verdicts;  // a file, "-", or empty
  std::optional<double> fail_above;
  bool progress = true;
  Color color = Color::kAuto;
  std::optional<uint64_t> explain_line;
  std::optional<uint64_t> explain_count;
  std::string explain_session;

  // simulate
  SimulatorOptions simulate;
  bool simulate_now = false;        // the log's time starts at the wall clock's
  double speed = 0;                 // log time against wall time; 0: as fast as can be
  std::string simulated_log = "-";  // a file or "-"
  std::string truth;                // a file, or empty
  std::string simulated_api;        // a folder, or empty
  uint64_t rotate_bytes = 0;        // 0: never

  std::vector<std::string> arguments;     // that are no options
  std::vector<std::string> command_line;  // all of it behind the command

  // Where the values of an option were set, one by one: "command line", "stickyd.conf:12", ...
  std::map<std::string, std::vector<std::string>> places;
  // "default" if it was not set.
  std::string PlaceOf(const std::string& option, size_t value = 0) const;

  // Reads everything again, for a reload. ReadSettings does not set it.
  std::function<struct SettingsResult()> reread;
};

// A mistake of the operator's, with the place where it was made.
struct SettingsProblem {
  std::string place;  // "command line", "environment", "/etc/stickyd/stickyd.conf:12"
  std::string message;
};

struct SettingsResult {
  Settings settings;
  std::vector<SettingsProblem> problems;  // all of them; empty: settings may be used
  bool usage = false;                     // some are on the command line
};

}  // namespace stickyd
