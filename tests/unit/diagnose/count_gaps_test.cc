// SPDX-License-Identifier: Apache-2.0
// count_gaps_test: counts that were passed over are in flight, then missing, until they appear.
#include "../../../src/diagnose/count_gaps.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace stickyd {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

EventTime SecondOf(int64_t second) { return EventTime(hours(500'000)) + seconds(second); }

TEST(CountGapsTest, HoldsWhatWasPassedOverAndHasNotAppeared) {
  CountGaps gaps;
  std::set<uint64_t> wanted;
  std::mt19937 random(1);
  uint64_t max = 0;
  for (int step = 0; step < 3000; ++step) {
    if (wanted.empty() || random() % 3 == 0) {
      const uint64_t first = max + 1 + random() % 2;
      const uint64_t last = first + random() % 5;
      gaps.Pass(first, last, SecondOf(step));
      for (uint64_t count = first; count <= last; ++count) wanted.insert(count);
      max = last + 1;
    } else {
      auto at = wanted.lower_bound(random() % (max + 1));
      if (at == wanted.end()) at = wanted.begin();
      gaps.Take(*at);
      wanted.erase(at);
    }
    const uint64_t asked = random() % (max + 2);
    ASSERT_EQ(gaps.Contains(asked), wanted.contains(asked)) << step;
    ASSERT_EQ(gaps.open(), wanted.size()) << step;
  }
  EXPECT_EQ(gaps.missing(), 0U);
  gaps.ConcludeAll();
  EXPECT_EQ(gaps.missing(), wanted.size());
  EXPECT_EQ(gaps.open(), 0U);
  for (const uint64_t count : wanted) gaps.Take(count);
  EXPECT_EQ(gaps.missing(), 0U) << "they came after all";
}

TEST(CountGapsTest, FewAreMissingOnceTheyAreOlderThanAnyRequestInFlight) {
  const auto missing_after = [](int64_t second, EventDuration longest, uint64_t many) {
    CountGaps gaps;
    gaps.Pass(10, 10 + many - 1, SecondOf(0));
    gaps.Conclude(SecondOf(second), longest);
    EXPECT_EQ(gaps.missing() + gaps.open(), many);
    return gaps.missing();
  };
  EXPECT_EQ(missing_after(60, seconds(1), 3), 0U);
  EXPECT_EQ(missing_after(61, seconds(1), 3), 3U);
  EXPECT_EQ(missing_after(200, seconds(100), 3), 0U) << "twice the longest";
  EXPECT_EQ(missing_after(201, seconds(100), 3), 3U);
  EXPECT_EQ(missing_after(24 * 3600, hours(100), 3), 0U) << "a day at most";
  EXPECT_EQ(missing_after(24 * 3600 + 1, hours(100), 3), 3U);
  EXPECT_EQ(missing_after(6, hours(1), 63), 0U);
  EXPECT_EQ(missing_after(5, hours(1), 64), 0U);
  EXPECT_EQ(missing_after(6, hours(1), 64), 64U) << "a block is lost lines";
}

TEST(CountGapsTest, LooksAreASecondApart) {
  CountGaps gaps;
  gaps.Pass(1, 100, SecondOf(0));
  gaps.Conclude(SecondOf(5), seconds(1));
  gaps.Conclude(SecondOf(5) + std::chrono::milliseconds(999), seconds(1));
  EXPECT_EQ(gaps.missing(), 0U);
  gaps.Conclude(SecondOf(6), seconds(1));
  EXPECT_EQ(gaps.missing(), 100U);
}

TEST(CountGapsTest, AtTheEndManyThatNeverCameAreMissingAndFewWereInFlight) {
  const auto missing_of = [](uint64_t expected, int64_t end) {
    CountGaps gaps;
    gaps.Pass(1, 20, SecondOf(0));
    gaps.Finish(SecondOf(end), expected);
    return gaps.missing();
  };
  EXPECT_EQ(missing_of(100, 10), 20U) << "a fifth";
  EXPECT_EQ(missing_of(101, 10), 0U);
  EXPECT_EQ(missing_of(100, 5), 0U) << "just now";
  EXPECT_EQ(missing_of(100, 6), 20U);
}

TEST(CountGapsTest, WhatIsMissingAlreadyCountsAtTheEndToo) {
  CountGaps gaps;
  gaps.Pass(1, 20, SecondOf(0));
  gaps.Conclude(SecondOf(100), seconds(1));
  EXPECT_EQ(gaps.missing(), 20U);
  gaps.Pass(30, 32, SecondOf(100));
  gaps.Finish(SecondOf(101), 100);
  EXPECT_EQ(gaps.missing(), 23U) << "it is a filter: the last ones did not come either";
}

TEST(CountGapsTest, DismissedIsWhatWasPassedOverAtOnce) {
  CountGaps gaps;
  gaps.Pass(1, 10, SecondOf(0));
  gaps.Pass(21, 30, SecondOf(1));
  gaps.Take(25);
  gaps.Dismiss(22);
  EXPECT_EQ(gaps.open(), 10U);
  for (const uint64_t count : {21U, 24U, 26U, 30U}) {
    EXPECT_FALSE(gaps.Contains(count)) << count;
    EXPECT_TRUE(gaps.Dismissed(count)) << count;
  }
  for (const uint64_t count : {1U, 20U, 25U, 31U}) EXPECT_FALSE(gaps.Dismissed(count)) << count;
  EXPECT_TRUE(gaps.Contains(5));
  gaps.Dismiss(500);
  EXPECT_EQ(gaps.open(), 10U) << "nobody passed that over";
  gaps.ConcludeAll();
  gaps.Dismiss(5);
  EXPECT_EQ(gaps.missing(), 0U);
}

TEST(CountGapsTest, LastFewDismissalsAreRemembered) {
  CountGaps gaps;
  for (uint64_t i = 0; i < 17; ++i) {
    gaps.Pass(10 * i + 1, 10 * i + 5, SecondOf(static_cast<int64_t>(i)));
    gaps.Dismiss(10 * i + 2);
  }
  EXPECT_FALSE(gaps.Dismissed(2));
  EXPECT_TRUE(gaps.Dismissed(12));
  EXPECT_TRUE(gaps.Dismissed(162));
}

TEST(CountGapsTest, BeyondTheBoundTheOlderHalfIsMissingAndNotKnownAnyMore) {
  CountGaps gaps;
  for (uint64_t i = 0; i < CountGaps::kMostRuns; ++i) gaps.Pass(2 * i, 2 * i, SecondOf(0));
  EXPECT_EQ(gaps.known_from(), 0U);
  EXPECT_EQ(gaps.missing(), 0U);
  gaps.Pass(2 * CountGaps::kMostRuns, 2 * CountGaps::kMostRuns, SecondOf(0));
  EXPECT_EQ(gaps.missing(), CountGaps::kMostRuns / 2);
  EXPECT_EQ(gaps.open(), CountGaps::kMostRuns / 2 + 1);
  EXPECT_EQ(gaps.known_from(), CountGaps::kMostRuns - 1);
  EXPECT_FALSE(gaps.Contains(CountGaps::kMostRuns - 2));
  EXPECT_TRUE(gaps.Contains(CountGaps::kMostRuns));
  gaps.Take(0);  // one of those
  EXPECT_EQ(gaps.missing(), CountGaps::kMostRuns / 2 - 1);
  EXPECT_EQ(gaps.open(), CountGaps::kMostRuns / 2 + 1);
}

}  // namespace
}  // namespace stickyd
