// SPDX-License-Identifier: Apache-2.0
// allocation_test: in a steady state a line costs no allocation, in any format. A break may cost
// some: it is remembered until its cause is found. The operators new of this program count.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "stickyd/engine/pipeline.h"
#include "stickyd/simulate/simulator.h"
#include "stickyd/source/line_splitter.h"

namespace {
uint64_t allocations = 0;

void* Allocate(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;  // NOLINT: it is new
  throw std::bad_alloc();
}
}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }            // NOLINT
void operator delete[](void* memory) noexcept { std::free(memory); }          // NOLINT
void operator delete(void* memory, size_t) noexcept { std::free(memory); }    // NOLINT
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }  // NOLINT

namespace stickyd {
namespace {

class AllocationTest : public testing::TestWithParam<SimulatedFormat> {};

TEST_P(AllocationTest, NoneForALine) {
  SimulatorOptions options;
  options.format = GetParam();
  options.requests = 20'000;
  options.sockets = 0;
  auto simulator = *Simulator::Create(options);
  std::vector<std::string> lines;
  for (SimulatedRecord record; simulator->Next(record);) {
    lines.emplace_back(record.line.substr(0, record.line.size() - 1));
    lines.back().reserve(lines.back().size() + kLinePadding);
  }
  PipelineOptions pipeline_options;
  pipeline_options.sessions.max_sessions = 1U << 16U;
  auto pipeline = *Pipeline::Create(pipeline_options, KeyedHash({}), nullptr);
  const LaneId source = pipeline->AddLane("log");
  PlainParser parser({});
  std::vector<ParsedLine> batch(Pipeline::kMostExpected);
  uint64_t before = 0;
  for (size_t i = 0; i < lines.size();) {
    if (before == 0 && i >= lines.size() / 2) before = allocations;
    const size_t size = i / 1000 % 2 == 0 ? 1 : std::min(batch.size(), lines.size() - i);
    if (size == 1) {
      pipeline->Feed(source, 0, {lines[i], i + 1});
      ++i;
      continue;
    }
    parser.Reset();
    for (size_t j = 0; j < size; ++j) {
      batch[j].line = {lines[i + j], i + j + 1};
      parser.Parse(batch[j]);
    }
    pipeline->Expect(source, {batch.data(), size});
    for (size_t j = 0; j < size; ++j) {
      if (pipeline->Prepare(source, 0, batch[j]).waits) pipeline->Commit(source);
    }
    i += size;
  }
  const uint64_t during = allocations - before;
  ASSERT_GT(before, 0U);
  const PipelineStats stats = pipeline->Stats(Pipeline::Windows::kSum);
  EXPECT_EQ(stats.sources[0].parsed, lines.size());
  uint64_t breaks = 0;
  for (const auto& [name, service] : stats.services) breaks += service.breaks.sum();
  EXPECT_LE(breaks, 30U);
  EXPECT_LE(during, 30 * breaks + 20) << "for " << lines.size() / 2 << " lines, breaks " << breaks;
}

INSTANTIATE_TEST_SUITE_P(Formats, AllocationTest,
                         testing::Values(SimulatedFormat::kJson, SimulatedFormat::kJsonFull,
                                         SimulatedFormat::kJsonRedact, SimulatedFormat::kClf,
                                         SimulatedFormat::kClfFull));

}  // namespace
}  // namespace stickyd
