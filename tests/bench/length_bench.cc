// SPDX-License-Identifier: Apache-2.0
// length_bench: what a byte costs in a line of any length: bytes -> lines -> records.
// Input:   one line again and again, of 100 bytes (of JSON 117) to 16 MB, filled up in a field that
//          a client writes: with letters, and with what its parser has to look at most closely. A
//          line longer than 1 MiB is refused (too_long): what is left is to look for its end.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "stickyd/parse/line_parser.h"
#include "stickyd/source/line_splitter.h"

namespace stickyd {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20U;

enum class Kind { kClf, kClfQuotes, kClfHeads, kJson, kJsonEscapes };

std::string Fill(std::string_view piece, size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  text.resize(bytes - bytes % piece.size());
  return text;
}

std::string LineOf(Kind kind, size_t bytes) {
  const bool json = kind == Kind::kJson || kind == Kind::kJsonEscapes;
  const std::string before =
      json ? R"({"ClientHost":"1.1.1.1","Duration":1,"ServiceURL":"http://a:80","ServiceName":"s",)"
             R"("StartUTC":"2026-04-17T14:22:01Z")"
           : "1.1.1.1 - - [17/Apr/2026:14:22:01 +0000] \"GET /";
  const std::string name = json && bytes > before.size() + 30 ? R"(,"request_Cookie":")" : "";
  const std::string after = json ? (name.empty() ? "}\n" : "\"}\n")
                                 : " HTTP/1.1\" 200 5 \"-\" \"-\" 7 \"s@f\" \"http://a:80\" 3ms\n";
  const size_t fixed = before.size() + name.size() + after.size();
  const std::string_view piece = kind == Kind::kClfQuotes     ? "\" "
                                 : kind == Kind::kClfHeads    ? ", 1.1.1.1 - "
                                 : kind == Kind::kJsonEscapes ? "\\\""
                                                              : "a";
  const bool fill = bytes > fixed && (!json || !name.empty());
  return before + name + (fill ? Fill(piece, bytes - fixed) : "") + after;
}

void Length(benchmark::State& state, Kind kind) {
  const std::string text = LineOf(kind, static_cast<size_t>(state.range(0)));
  LineSplitter splitter(kMostBytes);
  LineParser parser(kMostBytes, {});
  bool refused = false;
  for (auto _ : state) {
    for (size_t at = 0; at < text.size();) {
      const auto room = splitter.Room();
      const size_t size = std::min(room.size(), text.size() - at);
      std::memcpy(room.data(), text.data() + at, size);
      splitter.Commit(size);
      at += size;
      for (Line line; splitter.Next(line);) {
        AccessRecord record;
        refused = parser.Parse(line, record) == LineFate::Unparsed(UnparsedReason::kTooLong);
        benchmark::DoNotOptimize(record);
      }
    }
  }
  if (refused != (text.size() > kMostBytes + 1)) state.SkipWithError("refused, or not");
  const double bytes = static_cast<double>(state.iterations()) * static_cast<double>(text.size());
  state.counters["s/byte"] =
      benchmark::Counter(bytes, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
#define STICKYD_LENGTHS \
  Arg(100)->Arg(1000)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Arg(4'000'000)->Arg(16'000'000)
BENCHMARK_CAPTURE(Length, clf, Kind::kClf)->STICKYD_LENGTHS;
BENCHMARK_CAPTURE(Length, clf_quotes, Kind::kClfQuotes)->STICKYD_LENGTHS;
BENCHMARK_CAPTURE(Length, clf_heads, Kind::kClfHeads)->STICKYD_LENGTHS;
BENCHMARK_CAPTURE(Length, json, Kind::kJson)->STICKYD_LENGTHS;
BENCHMARK_CAPTURE(Length, json_escapes, Kind::kJsonEscapes)->STICKYD_LENGTHS;

}  // namespace
}  // namespace stickyd
