// SPDX-License-Identifier: Apache-2.0
// simulator.h: a Traefik, its backends and its users, made up: access log lines with the truth
// beside each.
// Role:    `stickyd simulate`, the demo, round trip tests, benchmarks, fire drills for alerts.
// Shape:   people with browsers (cookie jars, connections) view pages; a model of Traefik routes
//          them; a record comes out when a response ends, as in a real log. Views of a record stay
//          valid until the next call.
// Units:   simulated nanoseconds of Unix time; nothing here reads a clock.
// Errors:  Create refuses what no Traefik of that version can do. Afterwards nothing fails.
// Threads: thread-compatible. The same options give the same bytes.
// Source:  recordings of real Traefik v1.7 to v3.7 for the shape of lines and the rules of cookies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stickyd/base/result.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

enum class SimulatedFormat : uint8_t { kJson, kJsonFull, kJsonRedact, kClf, kClfFull };
enum class SimulatedTraefik : uint8_t { kV1_7, kV2_11, kV3_3, kV3_7 };

struct SimulatorOptions {
  SimulatedFormat format = SimulatedFormat::kJson;
  SimulatedTraefik traefik = SimulatedTraefik::kV3_7;
  std::optional<Cause> fault;   // nullopt: all is well
  uint64_t requests = 100'000;  // 0: no end
  double rate = 200;            // requests a second in the log's time
  uint32_t clients = 100;       // people at a time
  uint32_t services = 3;        // the first has the fault
  uint32_t servers = 4;         // of each service, at least 2: one of them may go down
  double nat = 0;               // share of people who share an address
  double sockets = 0.02;        // share of page views that open a WebSocket
  uint64_t seed = 1;
  int64_t start_ns = 1'767'603'600'000'000'000;  // 2026-01-05T09:00:00Z
};

struct SimulatedRecord {
  int64_t written_ns = 0;
  std::string_view line;   // with its line feed
  std::string_view truth;  // one JSON object with a line feed: see docs/FORMATS.md
  bool restart = false;    // Traefik was restarted just before this line
};

// What Traefik's API says from this moment on; file names and their content.
struct SimulatedAnswers {
  int64_t time_ns = 0;
  std::vector<std::pair<std::string, std::string>> files;
};

class Simulator {
 public:
  // Does this version have such a thing? If not, the message says from which version on.
  static Status Possible(const SimulatorOptions& options);
  static Result<std::unique_ptr<Simulator>> Create(const SimulatorOptions& options);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  // False: all requests have ended.
  bool Next(SimulatedRecord& record);
  // The answers that have come since the last call. The first call returns those of the start.
  // There are none in v1.7.
  std::vector<SimulatedAnswers> TakeAnswers();

 private:
  class Impl;
  explicit Simulator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
