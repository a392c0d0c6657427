// SPDX-License-Identifier: Apache-2.0
// log_sink_test: a log whose reader stops loses messages, not the daemon's time.
#include "../../../src/app/log_sink.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace stickyd {
namespace {

class LogSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string path = folder_.path() / "log";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    reader_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_NONBLOCK));
    auto out = OutputFile::Open(path, OpenMode::kAppend, WhenFull::kDrop);
    ASSERT_TRUE(out.has_value());
    logger_ = std::make_unique<spdlog::logger>("test", std::make_shared<LogSink>(std::move(*out)));
    logger_->set_pattern("%l %v");
  }
  // All lines, while the logger is given the chance to write more.
  std::vector<std::string> TakeAll() {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
      const ssize_t count = ::read(reader_.get(), buffer.data(), buffer.size());
      if (count <= 0) break;
      text.append(buffer.data(), static_cast<size_t>(count));
      logger_->flush();
    }
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  const TempDir folder_;
  UniqueFd reader_;
  std::unique_ptr<spdlog::logger> logger_;
};

TEST_F(LogSinkTest, MessagesAreWrittenAtOnce) {
  logger_->warn("first");
  logger_->info("second");
  EXPECT_THAT(TakeAll(), testing::ElementsAre("warning first", "info second"));
}

TEST_F(LogSinkTest, ReaderThatStopsIsNotWaitedForAndIsToldWhatItMissed) {
  constexpr size_t kMessages = 30'000;
  const std::string text(90, 'x');
  for (size_t i = 0; i < kMessages; ++i) logger_->info(text);
  const auto lines = TakeAll();
  ASSERT_GT(lines.size(), OutputFile::kMostWaiting / 100);
  ASSERT_LT(lines.size(), kMessages);
  for (size_t i = 0; i + 1 < lines.size(); ++i) ASSERT_EQ(lines[i], "info " + text);
  const std::string lost = std::to_string(kMessages - (lines.size() - 1));
  EXPECT_EQ(lines.back(), "warning " + lost + " messages of this log were lost");
  logger_->info("again");
  EXPECT_THAT(TakeAll(), testing::ElementsAre("info again"));
}

}  // namespace
}  // namespace stickyd
