// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/top_share.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

EventTime At(int64_t minute) { return EventTime(std::chrono::minutes(29'500'000 + minute)); }

TEST(TopShareTest, NobodyHasAShareOfNothing) {
  EXPECT_EQ(TopShare(HeavyHitters{}), std::nullopt);
  EXPECT_EQ(RecentTopShare{}.Share(At(0)), std::nullopt);
}

TEST(TopShareTest, IsExactForFewKeys) {
  HeavyHitters counts;
  for (uint64_t i = 0; i < 100; ++i) counts.Count(i % 4 == 0 ? 7 : 10 + i % 4);
  EXPECT_DOUBLE_EQ(*TopShare(counts), 0.25);
  for (int i = 0; i < 100; ++i) counts.Count(8);
  EXPECT_DOUBLE_EQ(*TopShare(counts), 0.5);
}

TEST(TopShareTest, NeverSaysMoreThanIsTrueAndAtMostAThirtySecondLess) {
  HeavyHitters counts;
  for (uint64_t i = 0; i < 64'000; ++i) counts.Count(i % 4 == 0 ? 7 : 1000 + i);
  EXPECT_LE(*TopShare(counts), 0.25);
  EXPECT_GE(*TopShare(counts), 0.25 - 1.0 / 32);
  HeavyHitters all_different;
  for (uint64_t i = 1; i <= 64'000; ++i) all_different.Count(i);
  EXPECT_LE(*TopShare(all_different), 1.0 / 64'000);
}

TEST(TopShareTest, WhatNobodyCanBeBlamedForIsInTheSumOnly) {
  HeavyHitters counts;
  for (int i = 0; i < 30; ++i) counts.Count(0);
  for (int i = 0; i < 10; ++i) counts.Count(5);
  EXPECT_DOUBLE_EQ(*TopShare(counts), 0.25);
}

TEST(TopShareTest, CoversTheLastHalfToWholeHour) {
  RecentTopShare share;
  for (int i = 0; i < 10; ++i) share.Count(1, At(0));
  for (int i = 0; i < 30; ++i) share.Count(2, At(30));
  EXPECT_DOUBLE_EQ(*share.Share(At(45)), 0.75);
  share.Count(1, At(29));  // late
  EXPECT_NEAR(*share.Share(At(45)), 30.0 / 41, 1e-9);
  EXPECT_NEAR(*share.Share(At(60)), 30.0 / 31, 1e-9);  // what came at minute 0 is over
  EXPECT_EQ(share.Share(At(90)), std::nullopt);
  share.Count(3, At(200));
  EXPECT_DOUBLE_EQ(*share.Share(At(200)), 1.0);
}

}  // namespace
}  // namespace stickyd
