// SPDX-License-Identifier: Apache-2.0
// making.h: two minutes of a made-up log, as objects: each line with its truth, and what the API
// said meanwhile.
#pragma once

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "stickyd/simulate/simulator.h"

namespace stickyd {

using nlohmann::json;

inline constexpr int64_t kMs = 1'000'000;

struct Both {
  json line, truth;
  int64_t written_ns = 0;
  bool restart = false;
};

struct Made {
  std::vector<Both> records;
  std::vector<SimulatedAnswers> answers;  // at the start and at each change
};

inline SimulatorOptions TwoMinutes(std::optional<Cause> fault) {
  SimulatorOptions options;
  options.requests = 2400;
  options.rate = 20;
  options.clients = 25;
  options.format = SimulatedFormat::kJsonFull;
  options.fault = fault;
  return options;
}

inline Made Make(std::optional<Cause> fault,
                 const std::function<void(SimulatorOptions&)>& change = {}) {
  SimulatorOptions options = TwoMinutes(fault);
  if (change) change(options);
  const auto simulator = *Simulator::Create(options);
  Made made;
  const auto take = [&] {
    for (SimulatedAnswers& answer : simulator->TakeAnswers()) {
      made.answers.push_back(std::move(answer));
    }
  };
  take();
  for (SimulatedRecord record; simulator->Next(record);) {
    made.records.push_back({json::parse(record.line, nullptr, false), json::parse(record.truth),
                            record.written_ns, record.restart});
    take();
  }
  return made;
}

inline json Answered(const SimulatedAnswers& answers, const std::string& name) {
  for (const auto& [file, content] : answers.files) {
    if (file == name) return json::parse(content);
  }
  return {};
}

inline std::vector<json> RawData(const Made& made) {
  std::vector<json> data;
  for (const SimulatedAnswers& answers : made.answers) {
    data.push_back(Answered(answers, "rawdata.json"));
  }
  return data;
}

inline uint64_t Count(const Made& made, const std::function<bool(const Both&)>& is) {
  return static_cast<uint64_t>(std::count_if(made.records.begin(), made.records.end(), is));
}

}  // namespace stickyd
