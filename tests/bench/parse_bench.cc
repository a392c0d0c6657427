// SPDX-License-Identifier: Apache-2.0
// parse_bench: bytes -> lines, and lines -> records, without what comes after.
// Input:   simulated_lines.h; the lines of a format one after the other, again and again, so that
//          they come from the L2 or L3 cache, as right after a read().
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>

#include "simulated_lines.h"
#include "stickyd/parse/line_parser.h"
#include "stickyd/source/line_splitter.h"

namespace stickyd {
namespace {

void Parse(benchmark::State& state, SimulatedFormat format) {
  const SimulatedLines& log = LinesOf(format);
  LineParser parser(size_t{1} << 20U, {});
  for (auto _ : state) {
    for (const std::string_view text : log.lines) {
      AccessRecord record;
      benchmark::DoNotOptimize(parser.Parse({text, 1}, record));
      benchmark::DoNotOptimize(record);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(log.lines.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(log.text_bytes));
}
BENCHMARK_CAPTURE(Parse, json, SimulatedFormat::kJson);
BENCHMARK_CAPTURE(Parse, json_headers, SimulatedFormat::kJsonFull);
BENCHMARK_CAPTURE(Parse, clf, SimulatedFormat::kClf);
BENCHMARK_CAPTURE(Parse, clf_headers, SimulatedFormat::kClfFull);

// With the copy into its buffer that read() would do.
void Split(benchmark::State& state, SimulatedFormat format) {
  const SimulatedLines& log = LinesOf(format);
  LineSplitter splitter(size_t{1} << 20U);
  for (auto _ : state) {
    for (size_t at = 0; at < log.text_bytes;) {
      const auto room = splitter.Room();
      const size_t size = std::min(room.size(), log.text_bytes - at);
      std::memcpy(room.data(), log.text.data() + at, size);
      splitter.Commit(size);
      at += size;
      for (Line line; splitter.Next(line);) benchmark::DoNotOptimize(line);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(log.lines.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(log.text_bytes));
}
BENCHMARK_CAPTURE(Split, json, SimulatedFormat::kJson);
BENCHMARK_CAPTURE(Split, clf, SimulatedFormat::kClf);

}  // namespace
}  // namespace stickyd
