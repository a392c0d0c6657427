// SPDX-License-Identifier: Apache-2.0
// settings.h: what the operator asked for, from the command line, the environment and the
// configuration file.
// Role:    every command gets one. option_table.cc fills it in.
// Shape:   what several commands share, and a struct for each command;
//          docs/CONFIGURATION.md has the options with their defaults.
// Units:   in the types.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/base/result.h"
#include "stickyd/engine/pipeline.h"
#include "stickyd/model/finding.h"
#include "stickyd/simulate/simulator.h"

namespace stickyd {

enum class ReportFormat { kText, kJson, kJunit, kSarif };
enum class LogStyle { kLogfmt, kJson };
enum class Color { kAuto, kAlways, kNever };

// Beside the URLs, which are arguments, or of one target.
struct ProbeSettings {
  std::vector<std::string> hosts;
  std::vector<std::string> cookies;           // names
  std::vector<std::string> headers;           // NAME: VALUE
  std::vector<std::string> resolve;           // HOST:PORT:ADDRESS
  std::string direct;                         // [SCHEME://]ADDRESS:PORT, or empty
  std::string served_by;                      // name of a header, or empty
  std::string ca_file;                        // PEM; empty: the system's
  std::string replay;                         // a file, or empty
  uint32_t visits = 0;                        // with one jar; 0: as many as it takes
  std::chrono::milliseconds timeout{30'000};  // of all requests to a URL
  bool insecure = false;
  bool trace = false;
  bool allow_unsure = false;

  bool operator==(const ProbeSettings&) const = default;
};

// A section [probe.NAME] of the configuration file: watch probes it again and again.
struct ProbeTarget {
  std::string name;
  std::string url;
  std::chrono::milliseconds interval{300'000};  // from the beginning of a run to that of the next
  ProbeSettings options;

  bool operator==(const ProbeTarget&) const = default;
};

struct WatchSettings {
  std::vector<std::string> logs;
  bool log_optional = false;  // ready without a log
  bool from_beginning = false;
  bool poll = false;
  std::vector<std::string> listen_addresses;
  std::string telemetry_path = "/metrics";
  bool enable_lifecycle = false;
  uint32_t events_per_minute = 60;  // per service; more are counted, not written
  std::string cause_pages;          // where pages about causes are for everybody; empty: not known
  std::vector<ProbeTarget> probes;  // in the order of the file; no two of one name
};

// Where Traefik's API is, and how to get at it. Of all URLs alike.
struct TraefikSettings {
  std::vector<std::string> urls;  // empty: nobody is asked
  std::chrono::milliseconds interval{10'000};
  std::chrono::milliseconds timeout{10'000};
  std::string host;         // for the Host header; empty: the URL's
  std::string basic_file;   // has user:password
  std::string bearer_file;  // has a token
  std::string ca;           // PEM; empty: the system's
  std::string cert;
  std::string key;
  bool insecure = false;
};

// Beside those of watch, which it looks at.
struct CheckSettings {
  std::string as_user;  // whose eyes to look with; empty: its own
};

struct AnalyzeSettings {
  std::string verdicts;  // a file, "-", or empty
  std::optional<double> fail_above;
  bool progress = true;
  Color color = Color::kAuto;
  uint32_t threads = 0;  // that read and parse, the one that decides among them; 0: a core each
};

struct AuditSettings {
  std::optional<FindingLevel> fail_on = FindingLevel::kError;  // null: nothing fails
  std::string baseline;                                        // a file, or empty
  std::string write_baseline;                                  // likewise
  std::string save;                                            // a folder for the answers, or empty
  std::string explain;                // a rule whose page is wanted, or empty
  std::vector<std::string> replicas;  // folders of saved answers of other replicas
  std::vector<std::string> embedded;  // hosts whose pages other sites embed or call
  bool fix_dry_run = false;           // print what would mend the files
  std::string traefik_version;        // that files are for; empty: not known
};

// What to explain, beside lines that are named as FILE:N.
struct ExplainSettings {
  std::optional<uint64_t> line;
  std::optional<uint64_t> count;
  std::string session;
};

// What a cookie's value may stand for, beside --traefik.snapshot and --log.
struct DecodeSettings {
  std::vector<std::string> servers;   // URLs, or host:port
  std::vector<std::string> services;  // names
};

struct SimulateSettings {
  SimulatorOptions options;
  bool now = false;           // the log's time starts at the wall clock's
  double speed = 0;           // log time against wall time; 0: as fast as can be
  std::string log = "-";      // a file or "-"
  std::string truth;          // a file, or empty
  std::string api;            // a folder, or empty
  uint64_t rotate_bytes = 0;  // 0: never
};

struct Settings {
  // Of several commands.
  PipelineOptions pipeline;
  std::string snapshot_dir;  // --traefik.snapshot, empty: none
  std::string state_dir;
  std::string config_file;
  std::string log_level = "info";
  LogStyle log_style = LogStyle::kLogfmt;
  std::string events;                         // break events: a file, "-", or empty
  std::vector<std::string> files;             // analyze, explain
  ReportFormat output = ReportFormat::kText;  // likewise, and audit

  TraefikSettings traefik;
  WatchSettings watch;
  CheckSettings check;
  AnalyzeSettings analyze;
  AuditSettings audit;
  ExplainSettings explain;
  DecodeSettings decode;
  SimulateSettings simulate;
  ProbeSettings probe;

  std::vector<std::string> arguments;     // that are no options
  std::vector<std::string> command_line;  // all of it behind the command

  // What was set, by the option's name; defaults are not in it.
  std::map<std::string, std::vector<std::string>> values;
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
