// SPDX-License-Identifier: Apache-2.0
// lines_fuzz: bytes of a log through the whole pipeline. Every line ends in one count, breaks are
// counted with their causes, and chunks of another size say the same.
#include <algorithm>
#include <cstring>
#include <memory>

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

Sums Read(std::string_view bytes, size_t chunk) {
  PipelineOptions options;
  options.max_line_bytes = 4096;
  options.sessions.max_sessions = 256;
  options.max_connections = 256;
  static const KeyedHash hash({});
  auto pipeline = *Pipeline::Create(options, hash, nullptr);
  const LaneId source = pipeline->AddLane("fuzz");
  LineSplitter lines(options.max_line_bytes);
  Line line;
  while (!bytes.empty()) {
    const auto room = lines.Room();
    const size_t count = std::min({chunk, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    lines.Commit(count);
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
  Within({2'000'000, 2000}, size, [&] { whole = Read(AsText(data, size), size + 1); });
  Must(whole.lines == whole.counted, "read = parsed + unparsed + skipped");
  Must(whole.breaks == whole.causes, "every break has a cause");
  Must(whole.breaks <= whole.returning, "only returning requests break");
  Must(whole.returning <= whole.parsed, "only records return");
  Must(Read(AsText(data, size), 7) == whole, "chunks do not matter");
  return 0;
}
