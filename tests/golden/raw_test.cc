// SPDX-License-Identifier: Apache-2.0
// raw_test: what real Traefik and container runtimes put into one stream, to the line. Captures of
// standard output, bare and wrapped; odd formats; rotated parts. The counts are those that were
// made when the captures were.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "analysis.h"
#include "stickyd/expose/metrics/metrics.h"

namespace stickyd {
namespace {

const std::string kRaw = STICKYD_TEST_DATA "/raw/";

struct Row {
  const char* name;
  uint64_t access_lines;
  uint64_t other_lines;
  uint64_t partial = 0;  // pieces of lines that the runtime split
};

TEST(RawTest, CapturesOfStandardOutputBareAndWrapped) {
  const Row rows[] = {
      {"stdout-v2.11.53-clf-log-common.log", 72, 67},
      {"stdout-v2.11.53-json-log-json.log", 72, 67},
      {"stdout-v3.7.9-clf-log-common.log", 57, 110},
      {"stdout-v3.7.9-json-log-json.log", 57, 76},
      {"docker-stdout-v2.11.53-clf-log-common.log", 72, 67, 3},
      {"docker-stdout-v2.11.53-json-log-json.log", 72, 67, 3},
      {"docker-stdout-v3.7.9-clf-log-common.log", 57, 110, 3},
      {"docker-stdout-v3.7.9-json-log-json.log", 57, 76, 3},
      {"cri-stdout-v2.11.53-clf-log-common.log", 72, 67, 3},
      {"cri-stdout-v2.11.53-json-log-json.log", 72, 67, 3},
      {"cri-stdout-v3.7.9-clf-log-common.log", 57, 110, 3},
      {"cri-stdout-v3.7.9-json-log-json.log", 57, 76, 3},
      {"clf-local-time.log", 20, 0},
      {"mixed-formats.log", 60, 0},
      {"rotated-create/access.log", 83, 0},
      {"rotated-copytruncate/access.log", 102, 0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Analysis analysis = AnalyzeLog({}, kRaw + row.name);
    ASSERT_EQ(analysis.stats.sources.size(), 1U);
    const SourceStats& source = analysis.stats.sources[0];
    const auto skipped = [&](SkipReason reason) {
      return source.skipped[static_cast<size_t>(reason)];
    };
    EXPECT_EQ(source.parsed, row.access_lines);
    EXPECT_EQ(skipped(SkipReason::kTraefikLog), row.other_lines);
    EXPECT_EQ(skipped(SkipReason::kPartial), row.partial);
    EXPECT_EQ(source.lines, row.access_lines + row.other_lines + row.partial);
    EXPECT_EQ(source.lines, Counted(source));
    EXPECT_THAT(source.unparsed_places, testing::IsEmpty());
  }
}

TEST(RawTest, WrappedAndBareAreJudgedAlike) {
  for (const char* const name :
       {"stdout-v2.11.53-clf-log-common.log", "stdout-v2.11.53-json-log-json.log",
        "stdout-v3.7.9-clf-log-common.log", "stdout-v3.7.9-json-log-json.log"}) {
    const auto judged = [](const Analysis& analysis) {
      std::vector<std::string> all;
      for (const auto& [line, one] : analysis.by_line) {
        all.push_back(one.server + " " + std::string(one.verdict) + " " + std::string(one.cause));
      }
      return all;
    };
    const auto bare = judged(AnalyzeLog({}, kRaw + name));
    EXPECT_EQ(judged(AnalyzeLog({}, kRaw + "docker-" + name)), bare) << name;
    EXPECT_EQ(judged(AnalyzeLog({}, kRaw + "cri-" + name)), bare) << name;
  }
}

TEST(RawTest, LogsThatCannotTellAreNamed) {
  const auto all_are = [](const char* name, UnparsedReason reason) {
    const SourceStats source = AnalyzeLog({}, kRaw + name).stats.sources[0];
    EXPECT_EQ(source.lines, 20U) << name;
    EXPECT_EQ(source.unparsed[static_cast<size_t>(reason)], 20U) << name;
  };
  all_are("generic-clf.log", UnparsedReason::kGenericClf);
  all_are("json-fields-dropped.log", UnparsedReason::kFieldsDropped);
}

TEST(RawTest, ServicesWhoseNamesPrintAlikeHaveSeriesOfTheirOwn) {
  const Analysis analysis = AnalyzeLog({}, kRaw + "names-that-print-alike.json.log");
  DaemonStatus status;
  status.pipeline = analysis.stats;
  std::set<std::string> services;
  for (const prometheus::MetricFamily& family : MetricsOf(status)) {
    if (family.name != "stickyd_sessions_total") continue;
    for (const auto& metric : family.metric) services.insert(metric.label.at(0).value);
  }
  EXPECT_EQ(services.size(), 4U);
  EXPECT_THAT(services, testing::IsSupersetOf({"a\\x0a", "a\\x5cx0a"}));
}

// What clients made real Traefik write, and lines against the parsers. Times are the work tests'.
TEST(RawTest, HostileLinesAreCountedAndSayNothing) {
  struct Hostile {
    const char* name;
    uint64_t parsed;
    std::map<UnparsedReason, uint64_t> unparsed;
    uint64_t breaks = 0;
  };
  const Hostile rows[] = {
      {"clf-cubic-30k.log", 1, {}},  // the others have its count, second, client and path
      {"clf-lf-two-forged.log", 2, {{UnparsedReason::kFragment, 2}, {UnparsedReason::kForged, 4}}},
      {"real-traefik-h2-cubic-14k.log",
       6,
       {{UnparsedReason::kFragment, 2}, {UnparsedReason::kForged, 3}}},
      {"real-traefik-userinfo-forged.log",
       4,
       {{UnparsedReason::kFragment, 2}, {UnparsedReason::kForged, 3}}},
      {"json-cookie-900k.log.xz", 2, {}, 1},  // that one is true
  };
  for (const Hostile& row : rows) {
    SCOPED_TRACE(row.name);
    const PipelineStats stats = AnalyzeLog({}, kRaw + "hostile/" + row.name).stats;
    const SourceStats& source = stats.sources.at(0);
    EXPECT_EQ(source.lines, Counted(source));
    EXPECT_EQ(source.parsed, row.parsed);
    for (size_t i = 0; i < source.unparsed.size(); ++i) {
      const auto want = row.unparsed.find(static_cast<UnparsedReason>(i));
      EXPECT_EQ(source.unparsed[i], want == row.unparsed.end() ? 0 : want->second) << i;
    }
    ASSERT_EQ(stats.services.size(), 1U);  // none is invented
    EXPECT_EQ(stats.services[0].second.breaks.sum(), row.breaks);
    EXPECT_EQ(source.sequences.missing, 0U);
    if (row.unparsed.empty()) continue;  // put together by hand: the same count again and again
    EXPECT_EQ(source.sequences.restarts, 0U);
  }
}

TEST(RawTest, RotatedPartsAreOneLogWithNothingMissing) {
  for (const std::string folder : {"rotated-create/", "rotated-copytruncate/"}) {
    SCOPED_TRACE(folder);
    std::vector<std::string> parts;
    for (const char* const part : {"access.log", "access.log.1", "access.log.2"}) {
      parts.push_back(kRaw + folder + part);
    }
    const Analysis analysis = AnalyzeLogs({}, parts);
    ASSERT_EQ(analysis.stats.sources.size(), 1U);
    const SourceStats& source = analysis.stats.sources[0];
    EXPECT_EQ(source.lines, 282U);
    EXPECT_EQ(source.parsed, 282U);
    EXPECT_EQ(source.sequences.missing, 0U);
    EXPECT_EQ(source.sequences.restarts, 0U);
    EXPECT_EQ(analysis.stats.clock_steps, 0U);
    for (const std::string& part : parts) {
      const SequenceStats alone = AnalyzeLog({}, part).stats.sources[0].sequences;
      EXPECT_EQ(alone.missing, 0U) << part;
      EXPECT_EQ(alone.restarts, 0U) << part;
    }
  }
}

}  // namespace
}  // namespace stickyd
