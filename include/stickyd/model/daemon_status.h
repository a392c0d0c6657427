// SPDX-License-Identifier: Apache-2.0
// daemon_status.h: all that watch shows: one immutable copy, made by the pipeline thread.
// Role:    metrics and page are made from it by the HTTP thread.
// Shape:   plain values.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stickyd/model/finding.h"
#include "stickyd/model/pipeline_stats.h"
#include "stickyd/model/probe_status.h"
#include "stickyd/model/traefik_config.h"
#include "stickyd/model/traefik_status.h"

namespace stickyd {

struct SourceStatus {
  std::string name;      // as configured
  bool up = false;       // its file is there
  bool readable = true;  // what is read of it gives records
  uint64_t read_bytes = 0;
  uint64_t lag_bytes = 0;
  uint64_t renames = 0;
  uint64_t truncations = 0;
  uint64_t read_errors = 0;
  uint64_t files_dropped = 0;  // renamed ones, before their end
  uint64_t files_refused = 0;  // more than are followed at a time
  std::vector<std::string> problems;
};

// From the end of a request (JSON) or the reading of its line (CLF) until it shows.
struct LatencyHistogram {
  static constexpr std::array<double, 12> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,   0.25,   0.5,   1.0,  5.0,   30.0};
  std::array<uint64_t, kBounds.size() + 1> counts{};  // the last one: above all bounds
  double sum_seconds = 0;

  void Add(double seconds, uint64_t count);
  uint64_t total() const;
};

struct ServiceConfigured {  // by Traefik's API
  std::string service;
  bool sticky = false;
  uint64_t servers = 0;
  bool balancer = false;  // requests are counted under its name
};
// What `config` says of the services that routers reach.
std::vector<ServiceConfigured> ConfiguredServices(const ConfigHistory& configs);

struct DaemonStatus {
  PipelineStats pipeline;
  std::vector<SourceStatus> sources;
  std::vector<ServiceConfigured> configured;
  std::vector<TraefikStatus> traefiks;  // whose APIs are asked
  std::vector<ProbeStatus> probes;      // that are scheduled
  // Of the audit of the latest answer; null: there was none.
  std::shared_ptr<const std::vector<Finding>> findings;
  LatencyHistogram line_to_metric;
  uint64_t events_written = 0;
  uint64_t events_suppressed = 0;
  uint64_t events_failed = 0;
  uint64_t events_dropped = 0;
  bool last_reload_successful = true;
  double last_reload_seconds = 0;  // wall time, since 1970
  double started_seconds = 0;
  double made_seconds = 0;
  bool ready = false;       // a source is read, or may be absent (--log.optional)
  std::string cause_pages;  // --cause.pages
  std::string version;
  std::string revision;
  std::string compiler;
};

}  // namespace stickyd
