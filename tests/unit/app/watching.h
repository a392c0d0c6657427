// SPDX-License-Identifier: Apache-2.0
// watching.h: the daemon's rounds, on files in memory and a clock of the test's own.
// Role:    tests of the watcher derive from it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "../../../src/app/watcher.h"
#include "stickyd/config/options.h"
#include "support/log_text.h"
#include "support/manual_clock.h"
#include "support/manual_waker.h"
#include "support/memory_file_system.h"

namespace stickyd {

class Watching : public testing::Test {
 protected:
  using Options = std::vector<std::string>;
  static constexpr const char* kLog = "/log/access.log";

  static SettingsResult Read(Options options) {
    if (std::find(options.begin(), options.end(), "--config.file") == options.end()) {
      options.insert(options.begin(), {"--config.file", "/dev/null"});
    }
    return ReadSettings(options, kCommonOptions | kWatchOptions | kTraefikOptions, {},
                        RealFileSystem());
  }
  void Start(const Options& options) {
    auto read = Read(options);
    ASSERT_TRUE(read.problems.empty()) << read.problems[0].message;
    auto watcher = Watcher::Create(
        read.settings,
        {&files_, &clock_, &waker_, [this] { ++progress_; }, [this] { return Read(reread_); },
         [this](SnapshotLoader::Task task) {
           aside_ = std::move(task);
           if (!hold_) RunAside();
           return std::jthread();
         },
         probe_},
        {});
    ASSERT_TRUE(watcher.has_value()) << watcher.error().message;
    watcher_ = std::move(*watcher);
    reread_ = options;
    Round();
  }
  bool Round(std::chrono::milliseconds after = std::chrono::milliseconds(2000)) {
    clock_.Advance(after);
    return watcher_->Round();
  }
  // Rounds that follow upon one another, as while behind. How many until all was read?
  int RoundsUntil(uint64_t lines) {
    int rounds = 0;
    while (Lines() < lines && rounds < 1000) {
      ++rounds;
      watcher_->Round();
    }
    return rounds;
  }
  const DaemonStatus& status() {
    status_ = watcher_->status();
    return *status_;
  }
  // Lines that were read; that they all are accounted for is part of every test.
  uint64_t Lines() {
    uint64_t lines = 0;
    for (const SourceStats& source : status().pipeline.sources) {
      lines += source.lines;
      const auto sum = [](const auto& counts) {
        return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
      };
      EXPECT_EQ(source.lines, source.parsed + sum(source.unparsed) + sum(source.skipped));
    }
    return lines;
  }
  uint64_t Breaks() {
    uint64_t breaks = 0;
    for (const auto& [name, service] : status().pipeline.services) breaks += service.breaks.sum();
    return breaks;
  }

  // What the daemon does in a thread of its own.
  void RunAside() { std::exchange(aside_, nullptr)(std::stop_token()); }

  ProbeScheduler::Run probe_ = ProbeTargetSite;
  bool hold_ = false;  // until RunAside
  SnapshotLoader::Task aside_;
  MemoryFileSystem files_;
  ManualClock clock_;
  ManualWaker waker_{clock_};
  Options reread_;
  int progress_ = 0;
  std::unique_ptr<Watcher> watcher_;
  std::shared_ptr<const DaemonStatus> status_;
};

}  // namespace stickyd
