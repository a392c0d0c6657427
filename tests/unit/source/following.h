// SPDX-License-Identifier: Apache-2.0
// following.h: the fixture of the tests that follow files: verbs of a night with logrotate.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/source/log_follower.h"
#include "support/memory_file_system.h"

namespace stickyd {

inline constexpr const char* kLog = "/log/access.log";
inline constexpr const char* kOld = "/log/access.log.1";

class Following : public testing::Test {
 protected:
  using Lines = std::vector<std::string>;

  void Start(std::vector<std::string> patterns = {kLog}, StartAt start = StartAt::kEnd) {
    follower_ = std::make_unique<LogFollower>(files_, std::move(patterns), max_line_bytes_, start);
    Step();
  }
  void Append(std::string_view text) { files_.Append(kLog, text); }
  // logrotate with create.
  void Rotate() {
    files_.Rename(kLog, kOld);
    files_.Create(kLog);
  }
  // Looks at the paths, as when woken, and reads what there is.
  void Step(std::chrono::milliseconds after = std::chrono::milliseconds(250)) {
    Check(after);
    Read();
  }
  void Check(std::chrono::milliseconds after = std::chrono::milliseconds(250)) {
    now_ += after;
    follower_->Check(now_);
  }
  // Steps until what was renamed or deleted has been let go.
  void Settle() {
    for (int i = 0; i < 70; ++i) Step(std::chrono::seconds(1));
  }
  void Read() {
    for (const auto& lane : follower_->lanes()) {
      for (Line line; lane.file->Next(line);) {
        lines_.push_back(std::string(line.text) + (line.terminated ? "" : "$") +
                         (line.too_long ? "..." : ""));
        numbers_.push_back(line.number);
      }
    }
  }
  // All lines since the last call.
  void ExpectLines(const Lines& lines) {
    EXPECT_EQ(lines_, lines);
    lines_.clear();
    numbers_.clear();
  }
  LogFollower::SourceState State(size_t source = 0) const { return follower_->States()[source]; }

  MemoryFileSystem files_;
  size_t max_line_bytes_ = 100;
  std::unique_ptr<LogFollower> follower_;
  FollowedFile::Clock::time_point now_{std::chrono::hours(1)};
  Lines lines_;
  std::vector<uint64_t> numbers_;
};

}  // namespace stickyd
