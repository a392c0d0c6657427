// SPDX-License-Identifier: Apache-2.0
// simulated_lines.h: the input of the benchmarks: a healthy log, made up once per format.
// Shape:   20 000 lines that end within 10 s of log time, of 2000 people at a time on 3 services of
//          4 servers; about 4 requests a page; 1 session in 80 or so changes its server, as in a
//          log of real Traefik without a fault. One text, as it would lie in a file, and views of
//          its lines.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/model/line.h"
#include "stickyd/simulate/simulator.h"

namespace stickyd {

struct SimulatedLines {
  std::string text;                     // with line feeds, and kLinePadding bytes behind the last
  std::vector<std::string_view> lines;  // without
  size_t text_bytes = 0;                // without the padding
};

inline const SimulatedLines& LinesOf(SimulatedFormat format) {
  static std::array<SimulatedLines, 5> all;
  SimulatedLines& log = all.at(static_cast<size_t>(format));
  if (!log.lines.empty()) return log;
  SimulatorOptions options;
  options.format = format;
  options.requests = 20'000;
  options.rate = 2000;
  options.clients = 2000;
  const auto simulator = *Simulator::Create(options);
  std::vector<size_t> sizes;
  for (SimulatedRecord record; simulator->Next(record);) {
    log.text += record.line;
    sizes.push_back(record.line.size());
  }
  log.text_bytes = log.text.size();
  log.text.append(kLinePadding, '\0');
  size_t at = 0;
  for (const size_t size : sizes) {
    log.lines.push_back(std::string_view(log.text).substr(at, size - 1));
    at += size;
  }
  return log;
}

}  // namespace stickyd
