// SPDX-License-Identifier: Apache-2.0
// finished_logs_fixture.h: analyze over files in memory, and what came of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../../../src/app/setup.h"
#include "stickyd/config/options.h"
#include "stickyd/feed/finished_logs.h"
#include "support/memory_file_system.h"

namespace stickyd {

class FinishedLogsTest : public testing::Test, private OutcomeSink {
 protected:
  using Paths = std::vector<std::string>;

  void Analyze(const Paths& paths, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"--config.file", "/dev/null"});
    auto read = ReadSettings(options, kCommonOptions | kAnalyzeOptions, {}, RealFileSystem());
    ASSERT_TRUE(read.problems.empty()) << read.problems[0].message;
    auto setup = SetUpPipeline(read.settings, this);
    ASSERT_TRUE(setup.has_value());
    counts_.clear();
    places_.clear();
    FinishedLogs logs(files_, paths, {read.settings.pipeline.max_line_bytes, threads_},
                      *setup->pipeline);
    while (logs.Step(10)) {
    }
    setup->pipeline->Finish();
    stats_ = setup->pipeline->Stats(Pipeline::Windows::kSum);
    problems_ = logs.problems();
    notes_ = logs.notes();
    total_ = logs.bytes_total();
    EXPECT_TRUE(!total_ || logs.bytes_consumed() == *total_ || !problems_.empty());
    CheckAccounts();
  }
  uint64_t Read() const { return Sum(&SourceStats::lines); }
  uint64_t Parsed() const { return Sum(&SourceStats::parsed); }
  uint64_t Breaks() const {
    uint64_t breaks = 0;
    for (const auto& [name, service] : stats_.services) breaks += service.breaks.sum();
    return breaks;
  }

  MemoryFileSystem files_;
  size_t threads_ = 1;
  std::vector<uint64_t> counts_;                       // RequestCounts in the order of judging
  std::vector<std::pair<uint32_t, uint64_t>> places_;  // file and line, likewise
  std::map<uint64_t, Verdict> verdicts_;               // by RequestCount
  PipelineStats stats_;
  Paths problems_, notes_;
  std::optional<uint64_t> total_;  // bytes

 private:
  void OnRecord(const Outcome& outcome, bool /*open*/) override {
    counts_.push_back(outcome.request_count);
    places_.emplace_back(outcome.file, outcome.line);
    verdicts_[outcome.request_count] = outcome.judgement.verdict;
  }
  void OnClosed(const Outcome& outcome) override {
    verdicts_[outcome.request_count] = outcome.judgement.verdict;
  }
  uint64_t Sum(uint64_t SourceStats::*field) const {
    uint64_t sum = 0;
    for (const SourceStats& source : stats_.sources) sum += source.*field;
    return sum;
  }
  // read = parsed + unparsed + skipped
  void CheckAccounts() const {
    for (const SourceStats& source : stats_.sources) {
      const auto sum = [](const auto& counts) {
        return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
      };
      EXPECT_EQ(source.lines, source.parsed + sum(source.unparsed) + sum(source.skipped));
    }
  }
};

}  // namespace stickyd
