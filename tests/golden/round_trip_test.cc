// SPDX-License-Identifier: Apache-2.0
// round_trip_test: what the simulator makes up, stickyd must see, in every format of every version.
// The truth says per line what a client knew; `expect` is what is left of that when cookies are
// taken at their word. Rows that are too close to call, and addresses that several people share,
// may go either way.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <tuple>

#include "analysis.h"
#include "simulated_log.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;

const std::map<SimulatedFormat, std::string> kFormats = {{SimulatedFormat::kJson, "json"},
                                                         {SimulatedFormat::kJsonFull, "json-full"},
                                                         {SimulatedFormat::kJsonRedact, "redact"},
                                                         {SimulatedFormat::kClf, "clf"},
                                                         {SimulatedFormat::kClfFull, "clf-full"}};
const std::map<SimulatedTraefik, std::string> kTraefiks = {{SimulatedTraefik::kV1_7, "v1_7"},
                                                           {SimulatedTraefik::kV2_11, "v2_11"},
                                                           {SimulatedTraefik::kV3_3, "v3_3"},
                                                           {SimulatedTraefik::kV3_7, "v3_7"}};

struct Score {
  uint64_t lost = 0, wrong_server = 0, false_breaks = 0, breaks = 0, missed = 0;
  uint64_t causes_right = 0, causes_wrong = 0, causes_unknown = 0;
};

Score Compare(const std::map<uint64_t, Fact>& facts, const Analysis& analysis) {
  Score score;
  for (const auto& [line, fact] : facts) {
    const auto at = analysis.by_line.find(line);
    if (at == analysis.by_line.end()) {
      ++score.lost;
      continue;
    }
    const Judged& judged = at->second;
    score.wrong_server += judged.server != fact.server ? 1U : 0U;
    const bool is_break = judged.verdict == "break";
    if (fact.expect != "break") {
      score.false_breaks += is_break && !fact.forgiven ? 1U : 0U;
      continue;
    }
    ++score.breaks;
    const bool open = judged.verdict == "ambiguous";
    score.missed += !is_break && !open && !fact.forgiven ? 1U : 0U;
    // No cause: the client saw no break, though its cookie was refused.
    if (!is_break || fact.cause.empty()) continue;
    score.causes_right += judged.cause == fact.cause ? 1U : 0U;
    score.causes_unknown += judged.cause == "unknown" ? 1U : 0U;
    score.causes_wrong += judged.cause != fact.cause && judged.cause != "unknown" ? 1U : 0U;
  }
  return score;
}

using Case = std::tuple<Cause, SimulatedTraefik>;  // kUnknown: without a fault
SimulatorOptions OptionsOf(const Case& pair) {
  const auto [fault, traefik] = pair;
  SimulatorOptions options;
  options.traefik = traefik;
  if (fault != Cause::kUnknown) options.fault = fault;
  options.requests = 12'000;
  options.sockets = 0;
  return options;
}
std::string PairName(const Case& pair) {
  const auto [fault, traefik] = pair;
  return (fault == Cause::kUnknown ? "none" : std::string(Name(fault))) + "_" +
         kTraefiks.at(traefik);
}

class RoundTripTest : public testing::TestWithParam<Case> {
 protected:
  const std::optional<Cause> fault_ = OptionsOf(GetParam()).fault;
  const SimulatedTraefik traefik_ = std::get<1>(GetParam());
};

TEST_P(RoundTripTest, WhatWasMadeUpIsSeen) {
  for (const auto& [format, name] : kFormats) {
    SCOPED_TRACE(name);
    const TempDir folder;
    SimulatorOptions options = OptionsOf(GetParam());
    options.format = format;
    const auto facts = SimulateInto(folder.path(), options);
    std::vector<std::string> arguments;
    if (fs::exists(folder.path() / "api")) {
      arguments = {"--traefik.snapshot", (folder.path() / "api").string()};
    }
    const Analysis analysis = AnalyzeLog(arguments, (folder.path() / "access.log").string());
    ASSERT_EQ(analysis.stats.sources.size(), 1U);
    EXPECT_EQ(analysis.stats.sources[0].lines, Counted(analysis.stats.sources[0]));
    EXPECT_EQ(analysis.stats.sources[0].parsed, facts.size());

    const Score score = Compare(facts, analysis);
    SCOPED_TRACE(fmt::format("breaks {} false {} missed {} causes right {} unknown {} wrong {}",
                             score.breaks, score.false_breaks, score.missed, score.causes_right,
                             score.causes_unknown, score.causes_wrong));
    EXPECT_EQ(score.lost, 0U);
    EXPECT_EQ(score.wrong_server, 0U);
    EXPECT_EQ(score.false_breaks, 0U);
    const bool shows_cookies =
        format == SimulatedFormat::kJsonFull ||
        (format == SimulatedFormat::kJson && traefik_ == SimulatedTraefik::kV1_7);
    EXPECT_LE(score.missed * 100, score.breaks * (shows_cookies ? 5 : 14));
    const uint64_t causes = score.causes_right + score.causes_unknown + score.causes_wrong;
    if (!fault_ || fault_ == Cause::kSharedClient) continue;  // the breaks of all days
    EXPECT_GE(score.breaks, 10U);
    // The breaks of every day, of pages that opened before their cookie had come, are in the truth
    // as the fault's too. Those before a failover look like its own.
    const uint64_t wrong = fault_ == Cause::kFailover ? 10 : 2;
    EXPECT_LE(score.causes_wrong * 100, causes * wrong);
    if (shows_cookies) {
      EXPECT_GE(score.causes_right * 100, causes * (100 - wrong));
    }
  }
}

std::vector<Case> Pairs(bool possible) {
  std::vector<Case> pairs;
  for (size_t i = 0; i <= static_cast<size_t>(Cause::kUnknown); ++i) {
    for (const auto& [traefik, name] : kTraefiks) {
      const Case pair{static_cast<Cause>(i), traefik};
      if (Simulator::Possible(OptionsOf(pair)).has_value() == possible) pairs.push_back(pair);
    }
  }
  return pairs;
}

INSTANTIATE_TEST_SUITE_P(Faults, RoundTripTest, testing::ValuesIn(Pairs(true)),
                         [](const auto& at) { return PairName(at.param); });

// Versions that cannot have the fault: what it takes came later.
TEST(RoundTripPairsTest, AllOthersAreMadeUp) {
  std::vector<std::string> names;
  for (const Case& pair : Pairs(false)) names.push_back(PairName(pair));
  EXPECT_THAT(names, testing::ElementsAre(
                         "failover_v1_7", "nested_level_v1_7", "sticky_on_unused_service_v1_7",
                         "strategy_ignores_cookie_v1_7", "strategy_ignores_cookie_v2_11",
                         "strategy_ignores_cookie_v3_3", "cookie_format_changed_v1_7",
                         "duplicate_cookie_v1_7", "duplicate_cookie_v2_11", "set_cookie_lost_v1_7",
                         "insecure_request_v1_7", "cookie_domain_v1_7", "cookie_domain_v2_11",
                         "cookie_domain_v3_3", "cookie_path_v1_7", "cookie_path_v2_11",
                         "third_party_blocked_v1_7", "cookie_expired_v1_7"));
}

}  // namespace
}  // namespace stickyd
