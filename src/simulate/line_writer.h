// SPDX-License-Identifier: Apache-2.0
// line_writer.h: an exchange as a line of Traefik's access log, and as a line of truth.
// Source:  recordings of Traefik v1.7.34, v2.11.53, v3.3.3 and v3.7.9: keys, order and defaults.
#pragma once

#include <string>

#include "exchange.h"
#include "stickyd/simulate/simulator.h"

namespace stickyd {

// Both append, with a line feed.
void WriteLogLine(SimulatedFormat format, std::string_view version, const Exchange& exchange,
                  std::string& out);
void WriteTruth(const Exchange& exchange, uint64_t line, std::string& out);

}  // namespace stickyd
