// SPDX-License-Identifier: Apache-2.0
// pipeline_stats_test: what the counts of a source say of it, and sums of several lanes.
#include "stickyd/model/pipeline_stats.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stickyd {
namespace {

EventTime AtMs(int64_t ms) { return EventTime(std::chrono::milliseconds(1'000'000'000'000 + ms)); }

// Of a source whose records ended then.
SourceStats InOrder(LogFormat format, const std::vector<int64_t>& ends_ms) {
  SourceStats stats;
  for (const int64_t end : ends_ms) stats.NoteOrder(AtMs(end), format);
  return stats;
}

TEST(SourceStatsTest, LogWithoutARecordIsUnreadableAfterAFewStrangeLines) {
  SourceStats stats;
  EXPECT_TRUE(stats.IsReadable());
  stats.strange = 19;
  EXPECT_TRUE(stats.IsReadable());
  stats.strange = 20;
  EXPECT_FALSE(stats.IsReadable());
  stats.parsed = 1;
  EXPECT_TRUE(stats.IsReadable());
  stats.strange = 999;
  EXPECT_TRUE(stats.IsReadable());
  stats.strange = 1000;
  EXPECT_FALSE(stats.IsReadable());
}

TEST(SourceStatsTest, TraefiksOwnLogAloneIsUnreadableOnceItIsLong) {
  SourceStats stats;
  uint64_t& own = stats.skipped[static_cast<size_t>(SkipReason::kTraefikLog)];
  own = 199;
  EXPECT_TRUE(stats.IsReadable());
  own = 200;
  EXPECT_FALSE(stats.IsReadable());
  stats.parsed = 1;
  EXPECT_TRUE(stats.IsReadable());
  stats.parsed = 0;
  own = 0;
  stats.skipped[static_cast<size_t>(SkipReason::kEmpty)] = 1000;
  EXPECT_TRUE(stats.IsReadable()) << "empty lines say nothing";
}

TEST(SourceStatsTest, OneLaneThatGivesNoRecordsMakesItsSourceUnreadable) {
  SourceStats lane;
  lane.strange = 20;
  SourceStats source;
  source.parsed = 5;
  SourceStats good;
  good.parsed = 1;
  source.Add(good);
  EXPECT_TRUE(source.IsReadable());
  source.Add(lane);
  EXPECT_FALSE(source.IsReadable());
  source.Add(good);
  EXPECT_FALSE(source.IsReadable());
}

TEST(SourceStatsTest, StepsAreCountedByMoreThanTimesAreOff) {
  const SourceStats clf = InOrder(LogFormat::kClf, {5000, 6000, 6999, 5999, 5000});
  EXPECT_EQ(clf.steps_on, 1U);
  EXPECT_EQ(clf.steps_back, 1U);
  const SourceStats json = InOrder(LogFormat::kJson, {5000, 5001, 5001, 5000, 4999, 4999});
  EXPECT_EQ(json.steps_on, 1U);
  EXPECT_EQ(json.steps_back, 2U);
}

TEST(SourceStatsTest, LogIsBackwardsIfItMostlyStepsBack) {
  EXPECT_FALSE(InOrder(LogFormat::kJson, {50, 40, 30, 20, 10}).IsBackwards()) << "four steps";
  EXPECT_TRUE(InOrder(LogFormat::kJson, {50, 40, 30, 20, 10, 0}).IsBackwards());
  EXPECT_FALSE(InOrder(LogFormat::kJson, {0, 10, 20, 30, 40, 50}).IsBackwards());
  SourceStats stats;
  stats.steps_back = 8;
  stats.steps_on = 2;
  EXPECT_FALSE(stats.IsBackwards()) << "a quarter goes on";
  stats.steps_back = 9;
  EXPECT_TRUE(stats.IsBackwards());
}

TEST(SourceStatsTest, ThreePlacesOfEachReasonAreKept) {
  SourceStats stats;
  for (uint64_t line = 1; line <= 5; ++line) {
    stats.AddPlace({UnparsedReason::kInvalidJson, 0, line});
    stats.AddPlace({UnparsedReason::kTooLong, 0, 100 + line});
  }
  std::vector<uint64_t> lines;
  for (const auto& place : stats.unparsed_places) lines.push_back(place.line);
  EXPECT_EQ(lines, (std::vector<uint64_t>{1, 101, 2, 102, 3, 103}));
}

// Every number is another one, so that none is added to the wrong sum.
SourceStats Numbered(uint64_t n) {
  SourceStats stats;
  stats.lines = n + 1;
  stats.parsed = n + 2;
  stats.unparsed[0] = n + 3;
  stats.unparsed.back() = n + 4;
  stats.skipped[0] = n + 5;
  stats.skipped.back() = n + 6;
  stats.ambiguous_middles = n + 7;
  stats.answered_without_server = n + 8;
  stats.with_server = n + 9;
  stats.with_count = n + 10;
  stats.client_lists = n + 11;
  stats.odd_clients = n + 12;
  stats.of_clients = n + 13;
  stats.of_first_client = n + 14;
  stats.steps_on = n + 15;
  stats.steps_back = n + 16;
  stats.sequences.restarts = n + 17;
  stats.sequences.restarts_told = n + 18;
  stats.sequences.missing = n + 19;
  stats.sequences.sequences = n + 20;
  stats.sequences.clock_steps = n + 21;
  stats.last_event = AtMs(static_cast<int64_t>(n));
  stats.first_client = 7;
  return stats;
}

std::vector<uint64_t> NumbersOf(const SourceStats& s) {
  return {s.lines,
          s.parsed,
          s.unparsed[0],
          s.unparsed.back(),
          s.skipped[0],
          s.skipped.back(),
          s.ambiguous_middles,
          s.answered_without_server,
          s.with_server,
          s.with_count,
          s.client_lists,
          s.odd_clients,
          s.of_clients,
          s.of_first_client,
          s.steps_on,
          s.steps_back,
          s.sequences.restarts,
          s.sequences.restarts_told,
          s.sequences.missing,
          s.sequences.sequences,
          s.sequences.clock_steps};
}

TEST(SourceStatsTest, LanesAreAddedUp) {
  SourceStats sum = Numbered(100);
  sum.Add(Numbered(1000));
  std::vector<uint64_t> wanted;
  for (uint64_t i = 1; i <= 21; ++i) wanted.push_back(1100 + 2 * i);
  EXPECT_EQ(NumbersOf(sum), wanted);
  EXPECT_EQ(sum.last_event, AtMs(1000));
  sum.Add(Numbered(0));
  EXPECT_EQ(sum.last_event, AtMs(1000)) << "the latest of all";
}

TEST(SourceStatsTest, WhatAnyLaneHasTheirSumHas) {
  SourceStats one;
  one.dropped = kDroppedStart;
  one.fields = 1;
  one.sequences.several = true;
  one.AddPlace({UnparsedReason::kTooLong, 1, 5});
  SourceStats other;
  other.dropped = kDroppedClient;
  other.fields = 2;
  SourceStats sum;
  sum.Add(one);
  sum.Add(other);
  EXPECT_EQ(sum.dropped, unsigned{kDroppedStart | kDroppedClient});
  EXPECT_EQ(sum.fields, 3U);
  EXPECT_TRUE(sum.sequences.several);
  ASSERT_EQ(sum.unparsed_places.size(), 1U);
  EXPECT_EQ(sum.unparsed_places[0].line, 5U);
}

// Is one client all that a source has?
TEST(SourceStatsTest, RequestsOfTheFirstClientAreAddedWhereTheClientsAreTheSame) {
  SourceStats sum;
  SourceStats lane;
  lane.first_client = 7;
  lane.of_clients = 10;
  lane.of_first_client = 4;
  sum.Add(lane);
  EXPECT_EQ(sum.first_client, 7U);
  EXPECT_EQ(sum.of_first_client, 4U);
  lane.first_client = 8;
  sum.Add(lane);
  EXPECT_EQ(sum.first_client, 7U);
  EXPECT_EQ(sum.of_first_client, 4U);
  EXPECT_EQ(sum.of_clients, 20U);
}

}  // namespace
}  // namespace stickyd
