// SPDX-License-Identifier: Apache-2.0
// session_bench: finding a session, and remembering it, in a full table.
// Input:   1 M or 10 M sessions of one run each; then one in ten touches is of a new session (so
// the
//          least recently used one goes), nine are of old ones, all equally likely: the worst a
//          cache can meet, since real people come back soon after.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>

#include "stickyd/session/session_table.h"

namespace stickyd {
namespace {

constexpr EventTime kNow = EventTimeFromUnixNanoseconds(1'767'603'600'000'000'000);
constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;  // keys spread like hashes

SessionMemory OneRun(uint32_t connection) {
  SessionMemory memory;
  Run run;
  run.server = ServerId{1};
  run.connection = connection;
  run.low_first = run.high_first = run.low_last = run.high_last = Tick(kNow);
  memory.history.runs[0] = run;
  memory.history.size = 1;
  return memory;
}

void TouchLoadStore(benchmark::State& state) {
  const auto sessions = static_cast<uint32_t>(state.range(0));
  const auto table =
      std::make_unique<SessionTable>(SessionTable::Options{sessions, std::chrono::hours(1)});
  uint64_t next = 1;
  SessionMemory memory = OneRun(1);
  while (next <= sessions) table->Store(table->Touch(next++ * kOdd, kNow).slot, memory);
  std::minstd_rand random(1);
  for (auto _ : state) {
    const uint64_t draw = (uint64_t{random()} << 20U) ^ random();
    const uint64_t key = draw % 10 == 0 ? next++ : next - 1 - draw % sessions;
    const auto found = table->Touch(key * kOdd, kNow);
    table->Load(found.slot, memory);
    if (memory.history.size == 0) memory = OneRun(2);
    memory.history.runs[0].connection ^= 1U;
    table->Store(found.slot, memory);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes/session"] =
      static_cast<double>(table->stats().bytes) / static_cast<double>(table->stats().entries);
}
BENCHMARK(TouchLoadStore)->Arg(1'000'000)->Arg(10'000'000);

}  // namespace
}  // namespace stickyd
