// SPDX-License-Identifier: Apache-2.0
// lines_fuzz: bytes of a log through the whole pipeline. Every line ends in one count, breaks are
// counted with their causes, and chunks of another size say the same.
#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "fuzz_input.h"
#include "stickyd/engine/pipeline.h"
#include "stickyd/expose/report/report.h"
#include "stickyd/source/line_splitter.h"

namespace stickyd {
namespace {

struct Sums {
  uint64_t lines = 0, counted = 0, parsed = 0, breaks = 0, causes = 0, returning = 0;
  bool operator==(const Sums&) const = default;
};

// The lines that are there are parsed ahead, some at a time; or each at its turn.
enum class Ahead { kNo, kYes };

void Feed(Pipeline& pipeline, LaneId source, PlainParser& parser, LineSplitter& lines) {
  std::vector<ParsedLine> batch(Pipeline::kMostExpected);
  for (size_t size = batch.size(); size == batch.size();) {
    parser.Reset();
    for (size = 0; size < batch.size() && lines.Next(batch[size].line); ++size) {
      parser.Parse(batch[size]);
    }
    pipeline.Expect(source, {batch.data(), size});
    for (size_t i = 0; i < size; ++i) {
      auto prepared = pipeline.Prepare(source, 0, batch[i]);
      for (; prepared.waits; prepared = pipeline.Next(source)) pipeline.Commit(source);
    }
  }
}

Sums Read(std::string_view bytes, size_t chunk, Ahead ahead) {
  PipelineOptions options;
  options.max_line_bytes = 4096;
  options.sessions.max_sessions = 256;
  options.max_connections = 256;
  static const KeyedHash hash({});
  auto pipeline = *Pipeline::Create(options, hash, nullptr);
  const LaneId source = pipeline->AddLane("fuzz");
  LineSplitter lines(options.max_line_bytes);
  PlainParser parser({});
  Line line;
  while (!bytes.empty()) {
    const auto room = lines.Room();
    const size_t count = std::min({chunk, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    lines.Commit(count);
    if (ahead == Ahead::kYes) Feed(*pipeline, source, parser, lines);
    while (lines.Next(line)) pipeline->Feed(source, 0, line);
  }
  if (lines.Rest(line)) pipeline->Feed(source, 0, line);
  pipeline->Finish();
  const PipelineStats stats = pipeline->Stats(Pipeline::Windows::kSum);
  Sums sums;
  ReportInput input;
  input.stats = &stats;
  input.files = {"fuzz"};
  Must(!TextReport(input).empty() && !JsonReport(input).empty(), "there is a report");
  const SourceStats& of = stats.sources[0];
  sums.lines = of.lines;
  sums.counted = sums.parsed = of.parsed;
  for (const uint64_t count : of.unparsed) sums.counted += count;
  for (const uint64_t count : of.skipped) sums.counted += count;
  for (const auto& [name, service] : stats.services) {
    sums.breaks += service.breaks.sum();
    sums.causes += service.causes.sum();
    sums.returning += service.returning.sum();
  }
  return sums;
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  Sums whole;
  Within({2'000'000, 2000}, size, [&] { whole = Read(AsText(data, size), size + 1, Ahead::kNo); });
  Must(whole.lines == whole.counted, "read = parsed + unparsed + skipped");
  Must(whole.breaks == whole.causes, "every break has a cause");
  Must(whole.breaks <= whole.returning, "only returning requests break");
  Must(whole.returning <= whole.parsed, "only records return");
  Must(Read(AsText(data, size), 7, Ahead::kNo) == whole, "chunks do not matter");
  Must(Read(AsText(data, size), size + 1, Ahead::kYes) == whole, "parsing ahead does not matter");
  return 0;
}
