// SPDX-License-Identifier: Apache-2.0
// watch_events_test: whoever reads break events, or does not, the daemon goes on.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "stickyd/base/fd.h"
#include "support/log_counter.h"
#include "support/size_limit.h"
#include "support/temp_dir.h"
#include "watching.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;
namespace level = spdlog::level;

class WatchEventsTest : public Watching {
 protected:
  WatchEventsTest() : pipe_handler_(std::signal(SIGPIPE, SIG_IGN)) {}  // as watch does
  ~WatchEventsTest() override {
    watcher_.reset();
    std::signal(SIGPIPE, pipe_handler_);
  }
  std::string path() const { return folder_.path() / "events"; }
  void StartWithEvents() {
    files_.Create(kLog);
    Start({"--log", kLog, "--events", path(), "--events.per-minute", "1000000"});
  }
  void MakeFifo() const { ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0); }
  UniqueFd OpenReader() const { return UniqueFd(::open(path().c_str(), O_RDONLY | O_NONBLOCK)); }
  static std::string Take(const UniqueFd& reader) {
    std::string text(1 << 16, '\0');
    const ssize_t count = ::read(reader.get(), text.data(), text.size());
    text.resize(count < 0 ? 0 : static_cast<size_t>(count));
    return text;
  }
  // One client that is sent to and fro: as many events, but for the last ones, which are open.
  void Break(int times) {
    std::string lines;
    for (int i = 0; i < times; ++i, ++count_)
      lines += ClfLine(static_cast<int64_t>(count_) * 40, count_, static_cast<int>(count_ % 2));
    files_.Append(kLog, lines);
    Round();
  }
  uint64_t Lost() { return status().events_dropped + status().events_failed; }
  // Each line is an event, and whole.
  static uint64_t CountEvents(const std::string& text) {
    std::istringstream in(text);
    uint64_t events = 0;
    for (std::string line; std::getline(in, line); ++events)
      EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    return events;
  }

  const TempDir folder_;

 private:
  uint64_t count_ = 1;
  void (*pipe_handler_)(int);
};

TEST_F(WatchEventsTest, ReaderThatStopsHoldsNobodyUpAndIsServedAgain) {
  MakeFifo();
  const UniqueFd reader = OpenReader();
  const LogCounter log;
  StartWithEvents();
  for (int i = 0; i < 6; ++i) Break(1000);
  EXPECT_EQ(Lines(), 6000U);
  EXPECT_GT(status().events_dropped, 1000U);
  EXPECT_EQ(status().events_failed, 0U);
  EXPECT_EQ(log.count(level::err), 1);
  const uint64_t dropped = status().events_dropped;
  std::string got;
  for (std::string more = Take(reader); !more.empty(); more = Take(reader)) {
    got += more;
    Round(std::chrono::seconds(10));
  }
  EXPECT_EQ(log.count(level::err), 1);
  Break(100);
  got += Take(reader);
  EXPECT_EQ(CountEvents(got), status().events_written);
  EXPECT_EQ(status().events_dropped, dropped);
  EXPECT_GE(status().events_written + dropped, 6000U);
}

TEST_F(WatchEventsTest, FifoWithoutAReaderStartsTheDaemonAllTheSame) {
  MakeFifo();
  StartWithEvents();
  Break(10);
  EXPECT_EQ(Lines(), 10U);
  EXPECT_EQ(status().events_written, 0U);
  const UniqueFd reader = OpenReader();
  Round();
  const uint64_t written = status().events_written;
  EXPECT_GE(written, 8U);
  EXPECT_EQ(CountEvents(Take(reader)), written);
  EXPECT_EQ(Lost(), 0U);
}

TEST_F(WatchEventsTest, ReaderThatGoesAndAnotherThatComesLoseNothingThatWasNotTaken) {
  MakeFifo();
  UniqueFd reader = OpenReader();
  const LogCounter log;
  StartWithEvents();
  Break(10);
  uint64_t got = CountEvents(Take(reader));
  reader.Reset();
  for (int i = 0; i < 5; ++i) Break(10);
  EXPECT_EQ(log.count(level::err), 1);
  reader = OpenReader();
  Break(10);
  got += CountEvents(Take(reader));
  EXPECT_EQ(got, status().events_written);
  EXPECT_EQ(Lost(), 0U);
}

TEST_F(WatchEventsTest, StopEndsTheDaemonWhoeverDoesNotRead) {
  MakeFifo();
  const UniqueFd reader = OpenReader();
  StartWithEvents();
  for (int i = 0; i < 5; ++i) Break(1000);
  watcher_->Stop();
  watcher_->Run();
  watcher_.reset();
}

TEST_F(WatchEventsTest, WhatIsOpenIsDecidedAndWrittenAtTheEnd) {
  StartWithEvents();
  Break(2);
  EXPECT_EQ(status().events_written, 0U);
  watcher_->Stop();
  watcher_->Run();
  EXPECT_EQ(status().events_written, 1U);
  EXPECT_EQ(status().pipeline.open_cases, 0U);
  std::ifstream in(path());
  EXPECT_EQ(CountEvents({std::istreambuf_iterator<char>(in), {}}), 1U);
}

TEST_F(WatchEventsTest, OfAFullDiskWhatWasWhollyWrittenCountsAsWritten) {
  const LogCounter log;
  StartWithEvents();
  Break(3);
  ASSERT_EQ(status().events_written, 1U);
  const auto size = fs::file_size(path());
  {
    const SizeLimit full(size * 7 / 2);
    for (int i = 0; i < 3; ++i) Break(10);
    EXPECT_EQ(log.count(level::err), 1);
  }
  const uint64_t written = status().events_written;
  EXPECT_GE(written, 2U);
  EXPECT_LE(written, 3U);
  EXPECT_EQ(written + Lost(), 31U);
  Break(10);
  std::ifstream in(path());
  std::string line;
  uint64_t whole = 0;
  while (std::getline(in, line)) whole += nlohmann::json::accept(line) ? 1U : 0U;
  EXPECT_EQ(whole, status().events_written);
  EXPECT_EQ(status().events_written, written + 10);
}

}  // namespace
}  // namespace stickyd
