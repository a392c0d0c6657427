// SPDX-License-Identifier: Apache-2.0
// decide_bench: from memories to a verdict, and the assignment learnt.
// Input:   a returning request over JSON (exact times) to the server that its client had, on a
// known
//          connection; the client's history holds 1 run (nearly everybody), or 4 (somebody who was
//          moved about). Every round starts from the same memories.
#include <benchmark/benchmark.h>

#include <chrono>

#include "stickyd/diagnose/judge.h"

namespace stickyd {
namespace {

using std::chrono::seconds;

constexpr EventTime kNow = EventTimeFromUnixNanoseconds(1'767'603'600'000'000'000);

// The newest run is of server 1 and 10 s old, those before it 20 s, 30 s, ... of servers 2, 3, ...
SessionMemory WithRuns(uint8_t runs) {
  SessionMemory memory;
  for (uint8_t i = 0; i < runs; ++i) {
    Run& run = memory.history.runs[i];
    run.server = ServerId{static_cast<uint16_t>(1 + i)};
    run.connection = 7;
    run.low_first = run.high_first = run.low_last = run.high_last =
        Tick(kNow - seconds(10 * (1 + i)));
  }
  memory.history.size = runs;
  return memory;
}

void WeighAndLearn(benchmark::State& state) {
  const SessionMemory client = WithRuns(static_cast<uint8_t>(state.range(0)));
  const SessionMemory connection = WithRuns(1);
  Route route;
  Observation seen;
  seen.format = LogFormat::kJson;
  seen.start = {kNow, kNow};
  seen.learnt = {kNow + EventDuration(100), kNow + EventDuration(100)};
  seen.end = kNow + EventDuration(100);
  seen.status = 200;
  seen.route = &route;
  seen.server = ServerId{1};
  seen.client = seen.address = 1;
  seen.connection = 7;
  for (auto _ : state) {
    SessionMemory of_client = client;
    SessionMemory of_connection = connection;
    Memories memories;
    memories.client = &of_client;
    memories.connection = &of_connection;
    Ruling ruling = Weigh(seen, memories);
    JudgeCookie(seen, ruling);
    Learn(seen, ruling, memories);
    if (ruling.judgement.verdict != Verdict::kHeld) state.SkipWithError("not held");
    benchmark::DoNotOptimize(of_client);
    benchmark::DoNotOptimize(of_connection);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(WeighAndLearn)->Arg(1)->Arg(4);

}  // namespace
}  // namespace stickyd
