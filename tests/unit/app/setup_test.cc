// SPDX-License-Identifier: Apache-2.0
// setup_test: the shape of the daemon's log, and what is told of snapshots that cannot be used.
#include "../../../src/app/setup.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "stickyd/base/fd.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

using testing::MatchesRegex;

class SetUpTest : public testing::Test {
 protected:
  // What is written to standard error.
  std::string Logged(const Settings& settings, const std::function<void()>& log) {
    std::fflush(stderr);
    const std::string path = folder_.path() / "log";
    const UniqueFd before(::dup(STDERR_FILENO));
    const auto logger = spdlog::default_logger();
    {
      const UniqueFd output(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
      ::dup2(output.get(), STDERR_FILENO);
    }
    SetUpLog(settings);
    log();
    spdlog::set_default_logger(logger);
    ::dup2(before.get(), STDERR_FILENO);
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const TempDir folder_;
};

TEST_F(SetUpTest, CertificatesOfProbesThatCannotBeReadAreNamed) {
  Settings settings;
  ProbeTarget& shop = settings.watch.probes.emplace_back();
  shop.name = "shop";
  EXPECT_TRUE(FindUnusable(settings).problems.empty());
  shop.options.ca_file = folder_.path() / "ca.pem";
  settings.places["probe.shop"] = {"stickyd.conf:3"};
  const auto problems = FindUnusable(settings).problems;
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].place, "stickyd.conf:3");
  EXPECT_THAT(problems[0].message, testing::StartsWith("probe.shop.ca: "));
  std::ofstream(shop.options.ca_file) << "PEM";
  EXPECT_TRUE(FindUnusable(settings).problems.empty());
}

TEST_F(SetUpTest, MessageIsOneLineWhateverIsInIt) {
  Settings settings;
  const auto log = [] { spdlog::warn("a \"b\"\nc \x01 \xff"); };
  const std::string time = "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+.[0-9]+Z";
  EXPECT_THAT(
      Logged(settings, log),
      MatchesRegex("time=" + time + R"( level=warning msg="a \\"b\\"\\nc \\u0001 [^"]+")" + "\n"));
  settings.log_style = LogStyle::kJson;
  const std::string line = Logged(settings, log);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  const auto json = nlohmann::json::parse(line);
  EXPECT_THAT(std::string(json["time"]), MatchesRegex(time));
  EXPECT_EQ(json["level"], "warning");
  EXPECT_THAT(std::string(json["msg"]), testing::StartsWith("a \"b\"\nc \x01 "));
}

TEST_F(SetUpTest, LevelSaysWhatIsLogged) {
  Settings settings;
  const auto lines = [&](const char* level) {
    settings.log_level = level;
    const std::string text = Logged(settings, [] {
      spdlog::debug("a");
      spdlog::info("b");
      spdlog::warn("c");
      spdlog::error("d");
    });
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_EQ(lines("debug"), 4);
  EXPECT_EQ(lines("info"), 3);
  EXPECT_EQ(lines("warn"), 2);
  EXPECT_EQ(lines("error"), 1);
}

TEST_F(SetUpTest, SnapshotsThatCannotBeReadAreToldAndTheOthersUsed) {
  for (const char* part : {"1", "2"}) std::filesystem::create_directory(folder_.path() / part);
  std::ofstream(folder_.path() / "1" / "rawdata.json") << R"({"routers": {}, "services": {}})";
  std::ofstream(folder_.path() / "2" / "rawdata.json") << "no json";
  Settings settings;
  settings.snapshot_dir = folder_.path();
  settings.places["traefik.snapshot"] = {"a.conf:7"};
  const Unusable found = FindUnusable(settings);
  EXPECT_TRUE(found.problems.empty());
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_EQ(found.refused[0].place, "a.conf:7");
  EXPECT_THAT(found.refused[0].message, testing::StartsWith("--traefik.snapshot: "));
  EXPECT_EQ(found.saved.configs.size(), 1U);
  const auto setup = SetUpPipeline(settings, nullptr);
  ASSERT_TRUE(setup.has_value());
  EXPECT_EQ(setup->problems.size(), 1U);
  settings.snapshot_dir = folder_.path() / "none";
  EXPECT_EQ(FindUnusable(settings).problems.size(), 1U);
  const auto refused = SetUpPipeline(settings, nullptr);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, testing::StartsWith("--traefik.snapshot: "));
}

TEST_F(SetUpTest, EachAddressHasItsPlace) {
  Settings settings;
  settings.watch.listen_addresses = {"127.0.0.1:0", "192.0.2.1:80"};  // of nobody, for documents
  settings.places["web.listen-address"] = {"a.conf:1", "a.conf:2"};
  const Unusable found = FindUnusable(settings);
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_EQ(found.problems[0].place, "a.conf:2");
  EXPECT_TRUE(found.refused.empty());
}

TEST(ComplainTest, AComplaintIsOneLineOfAtMostFourThousandBytes) {
  testing::internal::CaptureStderr();
  Complain("analyze", std::string(4000, 'x'));
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "stickyd analyze: " + std::string(4000, 'x') + "\n");
  testing::internal::CaptureStderr();
  Complain("analyze", "a\nb" + std::string(4000, 'x'));
  const std::string cut = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(cut.begin(), cut.end(), '\n'), 1);
  EXPECT_LT(std::count(cut.begin(), cut.end(), 'x'), 4000);
}

}  // namespace
}  // namespace stickyd
