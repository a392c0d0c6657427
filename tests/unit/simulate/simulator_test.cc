// SPDX-License-Identifier: Apache-2.0
// simulator_test: what each of its options changes in the log.
#include "stickyd/simulate/simulator.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace stickyd {
namespace {

struct Log {
  std::vector<std::string> lines;
  std::set<std::string> services, servers, clients;
  uint64_t sockets = 0, breaks = 0, shared = 0;
  double seconds = 0;
};

SimulatorOptions Few() {
  SimulatorOptions options;
  options.requests = 1000;
  return options;
}

Log Simulate(const SimulatorOptions& options) {
  const auto simulator = *Simulator::Create(options);
  Log log;
  int64_t first_ns = 0;
  for (SimulatedRecord record; simulator->Next(record);) {
    log.lines.emplace_back(record.line);
    if (first_ns == 0) first_ns = record.written_ns;
    log.seconds = static_cast<double>(record.written_ns - first_ns) / 1e9;
    const auto truth = nlohmann::json::parse(record.truth);
    log.breaks += truth["expect"] == "break" ? 1U : 0U;
    log.clients.insert(truth["client"]);
    log.shared += std::string(truth["client"]).starts_with("198.51.100.") ? 1U : 0U;
    const auto line = nlohmann::json::parse(record.line, nullptr, false);
    if (line.is_discarded()) continue;  // CLF
    log.services.insert(line["ServiceName"]);
    log.servers.insert(line["ServiceURL"].dump());
    log.sockets += line["DownstreamStatus"] == 101 ? 1U : 0U;
  }
  return log;
}

TEST(SimulatorTest, TheSameSeedMakesTheSameLogAndAnotherAnother) {
  SimulatorOptions options = Few();
  const Log log = Simulate(options);
  EXPECT_EQ(log.lines.size(), 1000U);
  EXPECT_EQ(Simulate(options).lines, log.lines);
  options.seed = 2;
  EXPECT_NE(Simulate(options).lines, log.lines);
}

TEST(SimulatorTest, ThereAreAsManyServicesServersAndPeopleAsAskedFor) {
  SimulatorOptions options = Few();
  EXPECT_EQ(Simulate(options).services.size(), 3U);
  EXPECT_EQ(Simulate(options).servers.size(), 12U);
  options.services = 1;
  options.servers = 7;
  EXPECT_EQ(Simulate(options).services.size(), 1U);
  EXPECT_EQ(Simulate(options).servers.size(), 7U);
  const size_t many = Simulate(options).clients.size();
  options.clients = 5;
  EXPECT_LT(Simulate(options).clients.size(), many / 2);
}

TEST(SimulatorTest, SharesAreThoseAskedFor) {
  SimulatorOptions options = Few();
  options.sockets = 0;
  EXPECT_EQ(Simulate(options).sockets, 0U);
  EXPECT_EQ(Simulate(options).shared, 0U);
  options.sockets = 0.5;
  options.nat = 1;
  EXPECT_GT(Simulate(options).sockets, 20U);
  EXPECT_EQ(Simulate(options).shared, 1000U);
}

TEST(SimulatorTest, TimeBeginsAndPassesAsAskedFor) {
  SimulatorOptions options = Few();
  options.sockets = 0;
  EXPECT_NEAR(Simulate(options).seconds, 5, 1);
  options.rate = 50;
  EXPECT_NEAR(Simulate(options).seconds, 20, 4);
  options.start_ns += int64_t{24 * 3600} * 1'000'000'000;
  EXPECT_NE(Simulate(options).lines[0].find("2026-01-06T09:00:0"), std::string::npos);
}

TEST(SimulatorTest, WithAFaultSessionsBreakAndWithoutHardlyAnyDoes) {
  SimulatorOptions options = Few();
  EXPECT_LT(Simulate(options).breaks, 5U);  // people lose cookies now and then
  options.fault = Cause::kNotSticky;
  EXPECT_GT(Simulate(options).breaks, 50U);
}

TEST(SimulatorTest, ClfIsNotJson) {
  SimulatorOptions options = Few();
  options.format = SimulatedFormat::kClf;
  const Log log = Simulate(options);
  EXPECT_EQ(log.lines.size(), 1000U);
  EXPECT_TRUE(log.services.empty());
}

}  // namespace
}  // namespace stickyd
