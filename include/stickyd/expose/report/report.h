// SPDX-License-Identifier: Apache-2.0
// report.h: what analyze found, for people and for programs.
// Role:    analyze prints it at the end.
// Shape:   JSON is versioned (docs/REPORT.md). Text is for a terminal of any width, and has no byte
//          from the log that could steer the terminal. It has colours only if asked for.
// Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "stickyd/model/config_changes.h"
#include "stickyd/model/pipeline_stats.h"

namespace stickyd {

// A break of each cause and service, to look at.
struct CauseExample {
  std::string service;
  Cause cause = Cause::kUnknown;
  std::string file;  // empty: standard input
  uint64_t line = 0;
  EventTime time;
  std::string from;
  std::string to;
  std::string command;  // that explains it; empty where the line cannot be read again
};

struct ReportInput {
  const PipelineStats* stats = nullptr;
  std::vector<std::string> files;
  std::vector<std::string> problems;       // files that could not be read, snapshots refused
  std::vector<ChangeBook::Dated> changes;  // of Traefik's configuration
  std::vector<CauseExample> examples;
  double seconds = 0;        // wall time it took
  uint64_t bytes = 0;        // read
  bool interrupted = false;  // the operator ended it before the end of the files
  bool color = false;        // of a terminal
};

std::string TextReport(const ReportInput& input);
std::string JsonReport(const ReportInput& input);

}  // namespace stickyd
