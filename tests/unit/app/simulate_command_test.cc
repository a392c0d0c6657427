// SPDX-License-Identifier: Apache-2.0
// simulate_command_test: the command simulate: which files it makes, and when it writes.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "running.h"

namespace stickyd {
namespace {

using nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

class SimulateCommandTest : public Running {
 protected:
  // 100 requests in half a second of the log's time, whose last line comes after `last_ms_`.
  std::chrono::milliseconds TimeOf(const Arguments& more) {
    Arguments arguments = {"--requests", "100",         "--sockets",  "0",
                           "--truth",    Path("truth"), "--log-file", Path("s.log")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto began = SteadyClock::now();
    EXPECT_EQ(Run("simulate", arguments), kExitFine) << err_;
    const auto took = SteadyClock::now() - began;
    const std::string truth = ContentOf(Path("truth"));
    const size_t last = truth.rfind('\n', truth.size() - 2) + 1;
    last_ms_ = (json::parse(truth.substr(last))["t1"].get<int64_t>() - kStartNs) / 1'000'000;
    return std::chrono::duration_cast<std::chrono::milliseconds>(took);
  }

  static constexpr int64_t kStartNs = 1'767'603'600'000'000'000;
  int64_t last_ms_ = 0;
};

TEST_F(SimulateCommandTest, LinesComeNoSoonerThanTheSpeedSays) {
  const auto took = TimeOf({"--speed", "5"});
  EXPECT_GE(last_ms_, 300);
  EXPECT_GE(took.count(), last_ms_ / 5 - 2);
  EXPECT_LT(TimeOf({"--speed", "1000000"}), took);
}

TEST_F(SimulateCommandTest, AnswersOfEachChangeHaveAFolderOfTheirOwn) {
  EXPECT_EQ(Run("simulate", {"--requests", "1500", "--rate", "20", "--fault", "server_gone",
                             "--log-file", Path("s.log"), "--api", Path("api")}),
            kExitFine);
  const json version = json::parse(ContentOf(Path("api/0000/version.json")));
  EXPECT_EQ(version["Version"], "v3.7.9");
  std::vector<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(Path("api"))) {
    folders.push_back(entry.path().filename());
  }
  EXPECT_THAT(folders, testing::UnorderedElementsAre("0000", "0001", "0002", "0003"));
  const auto servers = [&](const std::string& folder) {
    return json::parse(ContentOf(Path("api/" + folder + "/rawdata.json")))["services"]["shop@file"];
  };
  EXPECT_NE(servers("0000"), servers("0001"));
  EXPECT_NE(servers("0001"), servers("0002"));
}

TEST_F(SimulateCommandTest, LogBeginsWhereItIsToldTo) {
  const Arguments few = {"--requests", "10", "--log-file", Path("s.log")};
  const auto year = [&](const Arguments& start) {
    Arguments arguments = few;
    arguments.insert(arguments.end(), start.begin(), start.end());
    EXPECT_EQ(Run("simulate", arguments), kExitFine);
    const std::string log = ContentOf(Path("s.log"));
    return json::parse(log.substr(0, log.find('\n')))["StartUTC"].get<std::string>().substr(0, 10);
  };
  EXPECT_EQ(year({}), "2026-01-05");
  EXPECT_EQ(year({"--start", "2030-02-03T04:05:06Z"}), "2030-02-03");
  const auto now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day today(now);
  EXPECT_EQ(year({"--start", "now"}).substr(0, 4), std::to_string(static_cast<int>(today.year())));
}

TEST_F(SimulateCommandTest, LogWithoutAFileIsPrintedAndNotRotated) {
  EXPECT_EQ(Run("simulate", {"--requests", "50", "--rotate", "1000"}), kExitFine);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 50);
  EXPECT_FALSE(std::filesystem::exists("-.1"));
}

TEST_F(SimulateCommandTest, OldVersionNeedsNoAnswersAndHasNone) {
  EXPECT_EQ(Run("simulate", {"--requests", "10", "--traefik", "v1.7"}), kExitFine);
  EXPECT_EQ(Run("simulate", {"--traefik", "v1.7", "--fault", "failover"}), kExitUsage);
  EXPECT_THAT(err_, testing::HasSubstr("failover needs Traefik v2.11; --traefik says v1.7"));
  EXPECT_EQ(Run("simulate", {"--fault", "unknown"}), kExitUsage);
}

TEST_F(SimulateCommandTest, FileThatCannotBeWrittenEndsIt) {
  EXPECT_EQ(Run("simulate", {"--log-file", "/dev/full"}), kExitFound);
  EXPECT_THAT(err_, testing::HasSubstr("/dev/full: No space left on device"));
  EXPECT_EQ(
      Run("simulate", {"--requests", "10", "--log-file", Path("s.log"), "--truth", "/dev/full"}),
      kExitFound);
  EXPECT_EQ(Run("simulate", {"--log-file", Path("s.log"), "--api", Path("s.log")}), kExitFound);
}

}  // namespace
}  // namespace stickyd
