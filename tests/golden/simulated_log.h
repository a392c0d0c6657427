// SPDX-License-Identifier: Apache-2.0
// simulated_log.h: a made-up log in a folder, and what is true of each line.
#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "stickyd/simulate/simulator.h"

namespace stickyd {

struct Fact {
  std::string expect, cause, server;
  bool forgiven = false;  // too close to call, or an address that several people share
};

// Writes access.log and, where there are answers, api/NNNN/ into `folder`.
inline std::map<uint64_t, Fact> SimulateInto(const std::filesystem::path& folder,
                                             const SimulatorOptions& options) {
  std::map<uint64_t, Fact> facts;
  auto simulator = *Simulator::Create(options);
  std::ofstream log(folder / "access.log");
  simdjson::dom::parser parser;
  SimulatedRecord record;
  size_t answers_taken = 0;
  const auto take_answers = [&] {
    for (const SimulatedAnswers& answers : simulator->TakeAnswers()) {
      const auto at = folder / "api" / fmt::format("{:04}", answers_taken++);
      std::filesystem::create_directories(at);
      for (const auto& [name, content] : answers.files) std::ofstream(at / name) << content;
    }
  };
  while (simulator->Next(record)) {
    log << record.line;
    const simdjson::dom::element truth =
        parser.parse(record.truth.data(), record.truth.size(), true);
    const auto text = [&](const char* key) {
      return std::string(std::string_view(truth[key].get_string()));
    };
    const bool shared = text("client").starts_with("198.51.100.");
    facts[truth["line"].get_uint64()] = {text("expect"), text("cause"), text("server"),
                                         truth["overlap"].get_bool() || shared};
    take_answers();
  }
  take_answers();
  return facts;
}

}  // namespace stickyd
