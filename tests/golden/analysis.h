// SPDX-License-Identifier: Apache-2.0
// analysis.h: a log through the whole pipeline, and what it says of each line.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "../../src/app/setup.h"
#include "stickyd/config/options.h"
#include "stickyd/feed/finished_logs.h"

namespace stickyd {

struct Judged {
  std::string server;
  std::string_view verdict, evidence, cause, state;
};

struct Analysis {
  std::map<uint64_t, Judged> by_line;                        // of one log
  std::map<std::pair<uint32_t, uint64_t>, Judged> by_place;  // of the logs: index, line
  PipelineStats stats;
};

// `options` as of `stickyd analyze`.
inline Analysis AnalyzeLogs(std::vector<std::string> options,
                            const std::vector<std::string>& logs) {
  class Collector : public OutcomeSink {
   public:
    void OnRecord(const Outcome& outcome, bool /*open*/) override { by_id[outcome.id] = outcome; }
    void OnClosed(const Outcome& outcome) override { by_id[outcome.id] = outcome; }
    std::map<uint64_t, Outcome> by_id;
  };
  options.insert(options.begin(), {"--config.file", "/dev/null"});
  auto read = ReadSettings(options, kCommonOptions | kAnalyzeOptions, {}, RealFileSystem());
  EXPECT_TRUE(read.problems.empty()) << read.problems[0].message;
  Collector sink;
  auto setup = SetUpPipeline(read.settings, &sink);
  EXPECT_TRUE(setup.has_value());
  EXPECT_THAT(setup->problems, testing::IsEmpty());
  Pipeline& pipeline = *setup->pipeline;
  FinishedLogs files(RealFileSystem(), logs, {read.settings.pipeline.max_line_bytes}, pipeline);
  while (files.Step(1000)) {
  }
  pipeline.Finish();
  Analysis analysis;
  analysis.stats = pipeline.Stats(Pipeline::Windows::kSum);
  for (const auto& [id, outcome] : sink.by_id) {
    const Judged judged = {std::string(pipeline.servers().Name(outcome.server)),
                           Name(outcome.judgement.verdict), Name(outcome.judgement.evidence),
                           Name(outcome.cause), Name(outcome.judgement.state)};
    analysis.by_line[outcome.line] = judged;
    analysis.by_place[{outcome.file, outcome.line}] = judged;
  }
  return analysis;
}

inline Analysis AnalyzeLog(std::vector<std::string> options, const std::string& log) {
  return AnalyzeLogs(std::move(options), {log});
}

// read = parsed + unparsed + skipped
inline uint64_t Counted(const SourceStats& source) {
  uint64_t counted = source.parsed;
  for (const uint64_t count : source.unparsed) counted += count;
  for (const uint64_t count : source.skipped) counted += count;
  return counted;
}

}  // namespace stickyd
