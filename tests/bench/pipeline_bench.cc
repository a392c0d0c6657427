// SPDX-License-Identifier: Apache-2.0
// pipeline_bench: lines in memory -> counted verdicts: all that analyze does but read and report.
// Input:   simulated_lines.h, once through a fresh pipeline per round; making the pipeline is not
//          timed, the first touch of its tables is.
#include <benchmark/benchmark.h>

#include <memory>

#include "simulated_lines.h"
#include "stickyd/engine/pipeline.h"

namespace stickyd {
namespace {

void Feed(benchmark::State& state, SimulatedFormat format) {
  const SimulatedLines& log = LinesOf(format);
  std::unique_ptr<Pipeline> pipeline;
  for (auto _ : state) {
    state.PauseTiming();
    pipeline = *Pipeline::Create({}, KeyedHash({}), nullptr);
    const LaneId source = pipeline->AddLane("log");
    state.ResumeTiming();
    uint64_t number = 0;
    for (const std::string_view text : log.lines) pipeline->Feed(source, 0, {text, ++number});
  }
  if (pipeline->Stats(Pipeline::Windows::kAsBefore).sources.at(0).parsed != log.lines.size()) {
    state.SkipWithError("lines were not parsed");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(log.lines.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(log.text_bytes));
}
BENCHMARK_CAPTURE(Feed, json, SimulatedFormat::kJson);
BENCHMARK_CAPTURE(Feed, json_headers, SimulatedFormat::kJsonFull);
BENCHMARK_CAPTURE(Feed, json_redacted, SimulatedFormat::kJsonRedact);
BENCHMARK_CAPTURE(Feed, clf, SimulatedFormat::kClf);
BENCHMARK_CAPTURE(Feed, clf_headers, SimulatedFormat::kClfFull);

}  // namespace
}  // namespace stickyd
