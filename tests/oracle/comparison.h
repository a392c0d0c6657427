// SPDX-License-Identifier: Apache-2.0
// comparison.h: a log decided by stickyd and by the oracle, and where they differ.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "../../src/app/setup.h"
#include "oracle.h"
#include "padded.h"
#include "reader.h"
#include "stickyd/config/options.h"
#include "stickyd/model/rule.h"
#include "support/one_key.h"

namespace stickyd::oracle {

inline Settings SettingsOf(std::vector<std::string> options) {
  options.insert(options.begin(), {"--config.file", "/dev/null"});
  auto read = ReadSettings(options, kCommonOptions | kAnalyzeOptions, {}, RealFileSystem());
  EXPECT_TRUE(read.problems.empty());
  read.settings.state_dir = FolderOfOneKey();
  return read.settings;
}

// The last word on every record, by line.
class Collector : public OutcomeSink {
 public:
  void OnRecord(const Outcome& outcome, bool /*open*/) override { by_line[outcome.line] = outcome; }
  void OnClosed(const Outcome& outcome) override { by_line[outcome.line] = outcome; }
  std::map<uint64_t, Outcome> by_line;
};

struct Comparison {
  size_t records = 0;
  size_t unresolved = 0;  // too much was forgotten
  size_t weaker = 0;      // held, though what a connection would say was forgotten
  size_t other_pins = 0;  // a break, from another pin: what was remembered had been summed up
  std::map<Verdict, size_t> verdicts;
  std::map<Evidence, size_t> evidence;
  std::vector<std::string> differences;
};

inline std::string Said(Verdict verdict, Evidence evidence, std::string_view pin) {
  const bool pinned = verdict == Verdict::kHeld || verdict == Verdict::kBreak;
  const bool plain = verdict == Verdict::kNoServer || verdict == Verdict::kExcluded;
  return fmt::format("{} {} {}", Name(verdict), plain ? "" : Name(evidence), pinned ? pin : "");
}

inline Comparison Compare(const Settings& settings, std::string_view text) {
  Collector sink;
  auto setup = SetUpPipeline(settings, &sink);
  EXPECT_TRUE(setup.has_value());
  Pipeline& pipeline = *setup->pipeline;
  const LaneId source = pipeline.AddLane("log");
  uint64_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = rest.find('\n');
    const Padded line(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    pipeline.Feed(source, 0, line.line(++number));
  }
  pipeline.Finish();

#ifdef STICKYD_MUTATION
  const Rule switched_off = std::exchange(disabled_rule, Rule::kCount);  // the oracle has all rules
#endif
  const Log log = Read(settings, text);
  const auto decisions = Decide(log.records, settings.pipeline.sessions.idle);
#ifdef STICKYD_MUTATION
  disabled_rule = switched_off;
#endif

  Comparison result;
  EXPECT_EQ(log.records.size(), sink.by_line.size());
  for (size_t i = 0; i < log.records.size(); ++i) {
    const uint64_t line = log.records[i].line;
    const Outcome& outcome = sink.by_line[line];
    const Judgement& judged = outcome.judgement;
    ++result.records;
    const Decision& decided = decisions[i];
    if (judged.verdict == Verdict::kUnresolved) {
      ++result.unresolved;
      continue;
    }
    ++result.verdicts[decided.verdict];
    ++result.evidence[decided.evidence];
    std::string_view pin = pipeline.servers().Name(judged.pin);
    std::string_view expected = log.ServerName(decided.pin);
    if (decided.pin == ServerId::kNone) pin = expected = "";
    const std::string got = Said(judged.verdict, judged.evidence, pin);
    const std::string want = Said(decided.verdict, decided.evidence, expected);
    const bool weaker = judged.verdict == Verdict::kHeld && judged.evidence == Evidence::kClient &&
                        decided.evidence == Evidence::kConnection;
    const bool same_break = decided.verdict == Verdict::kBreak &&
                            judged.verdict == decided.verdict &&
                            judged.evidence == decided.evidence;
    if (got != want && weaker) {
      ++result.weaker;
    } else if (got != want && same_break && judged.evidence != Evidence::kCookie) {
      ++result.other_pins;
    } else if (got != want) {
      result.differences.push_back(fmt::format("line {}: stickyd {}, oracle {}", line, got, want));
    }
  }
  return result;
}

}  // namespace stickyd::oracle
