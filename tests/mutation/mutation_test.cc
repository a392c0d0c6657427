// SPDX-License-Identifier: Apache-2.0
// mutation_test: without any one of its rules stickyd is worse, and these recordings and made-up
// logs show it. A rule that nothing here misses is a rule that no test protects.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "golden/analysis.h"
#include "golden/recording.h"
#include "golden/simulated_log.h"
#include "golden/small_logs.h"
#include "stickyd/model/rule.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

struct Log {
  std::string name, path;
  std::vector<std::string> options;
  std::map<uint64_t, Fact> facts;
};

struct Score {
  uint64_t errors = 0, ambiguous = 0, causes_right = 0, causes_wrong = 0, proven = 0;
  uint64_t accused = 0;  // people behind a shared address, of anything but sharing it

  bool WorseThan(const Score& other) const {
    return errors > other.errors || ambiguous > other.ambiguous ||
           causes_right < other.causes_right || causes_wrong > other.causes_wrong ||
           proven < other.proven || accused > other.accused;
  }
};

std::vector<Log>& Logs() {
  static const TempDir folder;
  static std::vector<Log> logs;
  if (!logs.empty()) return logs;
  for (const auto& path : RecordingPaths()) {
    const Recording recording = LoadRecording(path);
    Log log{path.filename(), (path / "access.log.xz").string(), recording.options, {}};
    for (const auto& [line, row] : recording.rows) {
      log.facts[line] = {row.verdict, row.cause, row.server, row.overlap || row.shared};
    }
    logs.push_back(std::move(log));
  }
  for (const SmallLog& small : SmallLogs()) {
    const auto path = folder.path() / (small.name + ".log");
    std::ofstream(path) << small.text;
    logs.push_back({small.name, path.string(), small.options, small.facts});
  }
  for (size_t i = 0; i <= static_cast<size_t>(Cause::kUnknown); ++i) {
    for (const auto traefik : {SimulatedTraefik::kV1_7, SimulatedTraefik::kV3_7}) {
      for (const auto format :
           {SimulatedFormat::kClf, SimulatedFormat::kJson, SimulatedFormat::kJsonFull}) {
        SimulatorOptions options;
        options.format = format;
        options.traefik = traefik;
        if (i != static_cast<size_t>(Cause::kUnknown)) options.fault = static_cast<Cause>(i);
        options.requests = 8000;
        options.sockets = 0;
        if (!Simulator::Possible(options)) continue;
        const auto at = folder.path() / std::to_string(logs.size());
        std::filesystem::create_directory(at);
        Log log{fmt::format("simulated {} {} {}", Name(static_cast<Cause>(i)),
                            static_cast<int>(traefik), static_cast<int>(format)),
                (at / "access.log").string(),
                {},
                SimulateInto(at, options)};
        if (traefik == SimulatedTraefik::kV3_7) {
          log.options = {"--traefik.snapshot", (at / "api").string()};
        }
        logs.push_back(std::move(log));
      }
    }
  }
  return logs;
}

Score ScoreOf(const Log& log) {
  const Analysis analysis = AnalyzeLog(log.options, log.path);
  Score score;
  for (const auto& [line, fact] : log.facts) {
    const auto at = analysis.by_line.find(line);
    if (at == analysis.by_line.end()) {
      ++score.errors;
      continue;
    }
    const Judged& judged = at->second;
    const bool is_break = judged.verdict == "break";
    score.ambiguous += judged.verdict == "ambiguous" ? 1U : 0U;
    const bool shared = judged.cause == "shared_client";
    if (fact.forgiven && fact.expect != "break" && is_break && !shared) ++score.accused;
    if (fact.forgiven || judged.verdict == "ambiguous") continue;
    score.errors += is_break != (fact.expect == "break") ? 1U : 0U;
    if (!is_break) continue;
    score.proven += judged.evidence != "client" ? 1U : 0U;
    score.causes_right += judged.cause == fact.cause ? 1U : 0U;
    score.causes_wrong += judged.cause != fact.cause && judged.cause != "unknown" ? 1U : 0U;
  }
  return score;
}

std::vector<Score>& Baseline() {
  static std::vector<Score> scores;
  if (scores.empty()) {
    for (const Log& log : Logs()) scores.push_back(ScoreOf(log));
  }
  return scores;
}

TEST(MutationTest, EveryRuleIsMissed) {
  disabled_rule = Rule::kCount;
  Baseline();
  for (size_t rule = 0; rule < static_cast<size_t>(Rule::kCount); ++rule) {
    disabled_rule = static_cast<Rule>(rule);
    std::string missed_by;
    for (size_t i = 0; i < Logs().size() && missed_by.empty(); ++i) {
      if (ScoreOf(Logs()[i]).WorseThan(Baseline()[i])) missed_by = Logs()[i].name;
    }
    disabled_rule = Rule::kCount;
    EXPECT_NE(missed_by, "") << "rule " << rule;
    RecordProperty(fmt::format("rule_{}", rule), missed_by);
  }
}

}  // namespace
}  // namespace stickyd
