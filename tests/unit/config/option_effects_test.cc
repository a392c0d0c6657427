// SPDX-License-Identifier: Apache-2.0
// option_effects_test: what each option of the pipeline changes in what a log gives. Every such
// option has a row: a log, and a number of it without and with the option.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "stickyd/config/options.h"
#include "stickyd/source/line_splitter.h"
#include "support/json_line.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

using Lines = std::vector<std::string>;
using Number = uint64_t (*)(const PipelineStats&);

PipelineStats StatsOf(const Lines& lines, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--config.file", "/dev/null"});
  const SettingsResult read = ReadSettings(arguments, ~0U, {}, RealFileSystem());
  EXPECT_TRUE(read.problems.empty()) << read.problems[0].message;
  const auto pipeline = *Pipeline::Create(read.settings.pipeline, KeyedHash({}), nullptr);
  const LaneId source = pipeline->AddLane("log");
  LineSplitter splitter(read.settings.pipeline.max_line_bytes);
  for (const std::string& text : lines) {
    const std::span<char> room = splitter.Room();
    EXPECT_GE(room.size(), text.size());
    std::copy(text.begin(), text.end(), room.begin());
    splitter.Commit(text.size());
    for (Line line; splitter.Next(line);) pipeline->Feed(source, 0, line);
  }
  return pipeline->Stats(Pipeline::Windows::kSum);
}

uint64_t Breaks(const PipelineStats& stats) {
  uint64_t breaks = 0;
  for (const auto& [name, service] : stats.services) breaks += service.breaks.sum();
  return breaks;
}
uint64_t Services(const PipelineStats& stats) { return stats.services.size(); }
uint64_t OutOfRange(const PipelineStats& stats) {
  return stats.sources[0].skipped[static_cast<size_t>(SkipReason::kOutOfRange)];
}
template <ExcludeReason kReason>
uint64_t Excluded(const PipelineStats& stats) {
  return stats.excluded[kReason];
}

Lines Json(const std::vector<JsonRequest>& requests) {
  Lines lines;
  for (const JsonRequest& request : requests) lines.push_back(JsonLine(request, lines.size() + 1));
  return lines;
}

Lines ClfOf(uint64_t clients) {
  Lines lines;
  for (uint64_t i = 0; i < clients; ++i) {
    lines.push_back(ClfLine(static_cast<int64_t>(i), i + 1, 1, fmt::format("1.1.1.{}", i)));
  }
  return lines;
}

Lines JsonOf(uint64_t clients) {
  Lines lines;
  for (uint64_t i = 0; i < clients; ++i) {
    const std::string client = fmt::format("1.1.1.{}", i);
    lines.push_back(
        JsonLine({.start_ms = static_cast<int64_t>(i), .client = client.c_str()}, i + 1));
  }
  return lines;
}

// Nobody keeps a server, and each server has its turn.
Lines Walk() {
  Lines lines;
  for (uint64_t i = 0; i < 60; ++i) {
    lines.push_back(ClfLine(static_cast<int64_t>(i), i + 1, static_cast<int>(i % 3)));
  }
  return lines;
}

struct Row {
  const char* option;
  const char* value;
  Lines lines;
  Number number;
  uint64_t without, with;
};

std::vector<Row> Rows() {
  return {
      {"since", "2026-01-05T09:00:02Z", ClfOf(5), OutOfRange, 0, 2},
      {"until", "2026-01-05T09:00:02Z", ClfOf(5), OutOfRange, 0, 3},
      {"session", "header:X-User",
       Json({{.more = R"(,"request_X-User":"u")"},
             {.start_ms = 5000,
              .client = "2.2.2.2",
              .server = 'b',
              .more = R"(,"request_X-User":"u")"}}),
       Breaks, 0, 1},
      {"proxy.trusted",
       "10.0.0.0/8",
       {ClfLine(0, 1, 1, "1.1.1.1, 10.1.1.1"), ClfLine(9, 2, 2, "2.2.2.2, 10.1.1.1")},
       Breaks,
       1,
       0},
      {"service.map",
       "shop-.*=shop",
       {ClfLine(0, 1, 1, "1.1.1.1", "shop-1@file"), ClfLine(9, 2, 1, "1.1.1.1", "shop-2@file")},
       Services,
       2,
       1},
      {"root", "shop",
       Json({{.service = "a@file", .router = "shop@file"},
             {.start_ms = 5000, .server = 'b', .service = "b@file", .router = "shop@docker"},
             {.start_ms = 60'000, .client = "2.2.2.2"}}),
       Breaks, 0, 1},
      {"exclude.path", "^/health", Json({{.path = "/health"}, {.path = "/not/health"}}),
       Excluded<ExcludeReason::kPath>, 0, 1},
      {"exclude.user-agent", "Mon", Json({{.agent = "a Monitor"}, {.agent = "mon"}}),
       Excluded<ExcludeReason::kUserAgent>, 0, 1},
      {"exclude.client", "1.1.1.0/24", Json({{.client = "1.1.1.9"}, {.client = "1.1.2.1"}}),
       Excluded<ExcludeReason::kClient>, 0, 1},
      {"exclude.service", "a@file", Json({{.service = "a@file"}, {.service = "aa@file"}}),
       Excluded<ExcludeReason::kService>, 0, 1},
      {"internal-services", "", Json({{.server = '-', .service = "api@internal"}, {.start_ms = 1}}),
       Services, 1, 2},
      {"idle", "60s", {ClfLine(0, 1, 1), ClfLine(100, 2, 2)}, Breaks, 1, 0},
      {"max-sessions", "16", ClfOf(100), [](auto& stats) { return stats.sessions.evicted_full; }, 0,
       84},
      {"max-connections", "16", JsonOf(100),
       [](auto& stats) { return stats.connections.evicted_full; }, 0, 84},
      {"max-services", "1", Json({{.service = "a@file"}, {.start_ms = 1, .service = "b@file"}}),
       [](auto& stats) -> uint64_t { return stats.services_overflowed > 0; }, 0, 1},
      {"line.max-bytes",
       "1024",
       {JsonLine({.path = std::string(1000, 'x').c_str()}, 1)},
       [](auto& stats) {
         return stats.sources[0].unparsed[static_cast<size_t>(UnparsedReason::kTooLong)];
       },
       0,
       1},
      {"cause.patience",
       "1s",
       {ClfLine(0, 1, 1), ClfLine(9, 2, 2), ClfLine(14, 3, 2, "2.2.2.2")},
       [](auto& stats) { return stats.open_cases; },
       1,
       0},
      {"cause.trust-cycle", "", Walk(),
       [](auto& stats) -> uint64_t {
         return stats.services[0].second.causes[Cause::kNotSticky] > 0;
       },
       0, 1},
  };
}

TEST(OptionEffectsTest, EachOptionChangesItsNumber) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.option);
    std::string argument = std::string("--") + row.option;
    if (*row.value != '\0') argument += std::string("=") + row.value;
    EXPECT_EQ(row.number(StatsOf(row.lines, {})), row.without);
    EXPECT_EQ(row.number(StatsOf(row.lines, {argument})), row.with);
  }
}

// Those of the commands that only say where to read and write have no number.
TEST(OptionEffectsTest, EveryOptionOfThePipelineHasARow) {
  const std::set<std::string> elsewhere = {"config.file", "log.level",        "log.format",
                                           "state-dir",   "traefik.snapshot", "events"};
  std::set<std::string> options = {"since", "until", "internal-services"};
  for (const OptionInfo& option : ListOptions(kCommonOptions)) {
    if (!elsewhere.contains(option.name)) options.insert(option.name);
  }
  std::set<std::string> rows;
  for (const Row& row : Rows()) rows.insert(row.option);
  EXPECT_EQ(rows, options);
}

}  // namespace
}  // namespace stickyd
