// SPDX-License-Identifier: Apache-2.0
// oracle_test: stickyd agrees with the oracle record by record, on recordings, on made-up traffic
// and on random logs. STICKYD_ORACLE_SEED=N looks at one random log only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "comparison.h"
#include "golden/recording.h"
#include "golden/simulated_log.h"
#include "random_log.h"
#include "support/temp_dir.h"

namespace stickyd::oracle {
namespace {

constexpr uint64_t kRandomLogs = 4000;

class OracleCorpusTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(OracleCorpusTest, StickydDecidesEveryRecordLikeTheOracle) {
  const Recording recording = LoadRecording(GetParam());
  const std::string text = Unpack(GetParam() / "access.log.xz");
  const Comparison comparison = Compare(SettingsOf(recording.options), text);
  EXPECT_GT(comparison.records, 10U);
  EXPECT_LE(comparison.unresolved * 50, comparison.records);
  EXPECT_EQ(comparison.differences.size(), 0U);
  EXPECT_EQ(comparison.weaker + comparison.other_pins, 0U);
  for (size_t i = 0; i < comparison.differences.size() && i < 10; ++i) {
    ADD_FAILURE() << comparison.differences[i];
  }
}

// Leaves lines out as long as it still differs.
std::vector<std::string> Shrink(const Settings& settings, std::vector<std::string> lines) {
  for (size_t take = lines.size() / 2; take > 0; take /= 2) {
    for (size_t at = 0; at + take <= lines.size();) {
      std::vector<std::string> fewer = lines;
      fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(at),
                  fewer.begin() + static_cast<ptrdiff_t>(at + take));
      if (Compare(settings, Joined(fewer)).differences.empty()) {
        at += take;
      } else {
        lines = std::move(fewer);
      }
    }
  }
  return lines;
}

TEST(OracleRandomTest, StickydDecidesEveryRecordLikeTheOracle) {
  const TempDir folder;
  size_t records = 0, unresolved = 0, weaker = 0, other_pins = 0, reported = 0;
  std::map<Verdict, size_t> verdicts;
  std::map<Evidence, size_t> evidence;
  const char* only = std::getenv("STICKYD_ORACLE_SEED");
  const uint64_t first = only != nullptr ? std::stoull(only) : 1;
  const uint64_t count = only != nullptr ? 1 : kRandomLogs;
  for (uint64_t seed = first; seed < first + count && reported < 3; ++seed) {
    const RandomLog log = MakeRandomLog(seed);
    const Settings settings = SettingsOf(OptionsOf(log, folder.path()));
    const Comparison comparison = Compare(settings, Joined(log.lines));
    records += comparison.records;
    unresolved += comparison.unresolved;
    weaker += comparison.weaker;
    other_pins += comparison.other_pins;
    for (const auto& [verdict, times] : comparison.verdicts) verdicts[verdict] += times;
    for (const auto& [rung, times] : comparison.evidence) evidence[rung] += times;
    if (comparison.differences.empty()) continue;
    ++reported;
    const auto smallest = Shrink(settings, log.lines);
    ADD_FAILURE() << "seed " << seed << ": " << comparison.differences[0] << "\n"
                  << Joined(smallest) << Compare(settings, Joined(smallest)).differences[0] << "\n"
                  << (log.snapshots.empty() ? "" : "with snapshots");
  }
  if (only != nullptr) return;
  EXPECT_LE(unresolved * 100, records * 2);
  EXPECT_LE(weaker * 1000, records);
  EXPECT_LE(other_pins * 5000, records);
  RecordProperty("records", static_cast<int>(records));
  for (const Verdict verdict : {Verdict::kFirst, Verdict::kHeld, Verdict::kBreak,
                                Verdict::kAmbiguous, Verdict::kNoServer, Verdict::kExcluded}) {
    EXPECT_GT(verdicts[verdict], 100U) << Name(verdict);
  }
  ForEachValue<Evidence>([&](Evidence rung) { EXPECT_GT(evidence[rung], 1000U) << Name(rung); });
}

// A client that never rests for an hour, for a week; its socket stays open for days.
TEST(OracleDaysTest, SessionThatGoesOnForDaysIsHeldThroughout) {
  std::string text;
  for (int i = 0; i < 400; ++i) {
    const int64_t minute = 9 * 60 + int64_t{30} * i;
    const bool socket = i == 200;
    text += fmt::format(
        R"({{"ClientAddr":"1.1.1.1:{}","ClientHost":"1.1.1.1","Duration":{},"RequestCount":{},)"
        R"("DownstreamStatus":{},"OriginStatus":200,"RequestHost":"h","RequestMethod":"GET",)"
        R"("RequestScheme":"https","RouterName":"r@file","ServiceName":"s@file","ServiceURL":)"
        R"("http://10.0.0.{}:80","StartUTC":"2026-01-{:02}T{:02}:{:02}:00Z"}})",
        5000 + i % 3, socket ? int64_t{60} * 3600 * 1'000'000'000 : 2'000'000, i + 1,
        socket ? 101 : 200, i == 0 ? 2 : 1, 5 + (minute - (socket ? 3600 : 0)) / 1440,
        (minute - (socket ? 3600 : 0)) / 60 % 24, minute % 60);
    text += "\n";
  }
  const Comparison comparison = Compare(SettingsOf({}), text);
  EXPECT_THAT(comparison.differences, testing::IsEmpty());
  EXPECT_EQ(comparison.verdicts.at(Verdict::kFirst), 1U);
  EXPECT_EQ(comparison.verdicts.at(Verdict::kBreak), 1U);
  EXPECT_EQ(comparison.verdicts.at(Verdict::kHeld), 397U);
  EXPECT_EQ(comparison.unresolved, 1U);  // the socket: who knows now what was so long ago?
}

class OracleSimulatedTest : public testing::TestWithParam<Cause> {};

TEST_P(OracleSimulatedTest, StickydDecidesEveryRecordLikeTheOracle) {
  uint64_t seed = 1;
  for (const auto traefik : {SimulatedTraefik::kV1_7, SimulatedTraefik::kV3_7}) {
    for (const auto format :
         {SimulatedFormat::kJson, SimulatedFormat::kJsonFull, SimulatedFormat::kJsonRedact,
          SimulatedFormat::kClf, SimulatedFormat::kClfFull}) {
      for (const double nat : {0.0, 0.5}) {
        SimulatorOptions options;
        options.format = format;
        options.traefik = traefik;
        options.requests = 1000;
        options.rate = 10;
        options.clients = 12;
        options.nat = nat;
        options.sockets = 0.1;
        options.seed = seed++;
        if (GetParam() != Cause::kUnknown) options.fault = GetParam();
        if (!Simulator::Possible(options)) continue;
        const TempDir folder;
        SimulateInto(folder.path(), options);
        std::vector<std::string> arguments;
        if (std::filesystem::exists(folder.path() / "api")) {
          arguments = {"--traefik.snapshot", (folder.path() / "api").string()};
        }
        const Comparison comparison =
            Compare(SettingsOf(arguments), Unpack(folder.path() / "access.log"));
        EXPECT_EQ(comparison.records, options.requests);
        // A crowd behind one address, in whole seconds, is more than is remembered of a client.
        const bool clf = format == SimulatedFormat::kClf || format == SimulatedFormat::kClfFull;
        EXPECT_LE(comparison.unresolved * (clf ? 6 : 40), comparison.records);
        EXPECT_LE(comparison.weaker * 200, comparison.records);
        EXPECT_LE(comparison.other_pins * 1000, comparison.records);
        EXPECT_THAT(comparison.differences, testing::IsEmpty()) << "seed " << options.seed;
      }
    }
  }
}

std::vector<Cause> Faults() {
  std::vector<Cause> faults;
  for (size_t i = 0; i <= static_cast<size_t>(Cause::kUnknown); ++i) {
    faults.push_back(static_cast<Cause>(i));
  }
  return faults;
}

INSTANTIATE_TEST_SUITE_P(Faults, OracleSimulatedTest, testing::ValuesIn(Faults()),
                         [](const auto& test) { return std::string(Name(test.param)); });

INSTANTIATE_TEST_SUITE_P(Recordings, OracleCorpusTest, testing::ValuesIn(RecordingPaths()),
                         RecordingName);

}  // namespace
}  // namespace stickyd::oracle
