// SPDX-License-Identifier: Apache-2.0
// change_log_test: what is news, and what is noise.
#include "../../../src/app/change_log.h"

#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace stickyd {
namespace {

class ChangeLogTest : public testing::Test {
 protected:
  std::optional<uint64_t> News(const std::string& state, const std::string& topic = "topic") {
    return log_.News(topic, state, clock_.Now());
  }
  ManualClock clock_;
  ChangeLog log_;
};

TEST_F(ChangeLogTest, EachChangeIsNewsOnce) {
  EXPECT_FALSE(News(""));
  EXPECT_EQ(News("down"), 0U);
  EXPECT_FALSE(News("down"));
  EXPECT_EQ(News("down", "another topic"), 0U);
  clock_.Advance(ChangeLog::kQuiet);
  EXPECT_FALSE(News("down"));
  EXPECT_EQ(News(""), 0U);
  EXPECT_FALSE(News(""));
}

TEST_F(ChangeLogTest, OfAStateThatFlapsTheLatestIsToldNowAndThen) {
  EXPECT_EQ(News("down"), 0U);
  int told = 0;
  for (int i = 1; i <= 1000; ++i) {
    clock_.Advance(std::chrono::milliseconds(50));
    told += News(i % 2 == 0 ? "down" : "") ? 1 : 0;
  }
  EXPECT_LE(told, 5);  // in 50 seconds
  EXPECT_GE(told, 3);
}

TEST_F(ChangeLogTest, WhatWasPassedOverIsCountedAndTheLastStateIsTold) {
  EXPECT_EQ(News("a"), 0U);
  EXPECT_FALSE(News("b"));
  EXPECT_FALSE(News(""));
  EXPECT_FALSE(News("c"));
  clock_.Advance(ChangeLog::kQuiet);
  EXPECT_EQ(News("c"), 2U);
  EXPECT_FALSE(News("c"));
}

TEST_F(ChangeLogTest, ChangeThatWasUndoneInTheMeantimeIsNoNews) {
  EXPECT_EQ(News("a"), 0U);
  EXPECT_FALSE(News(""));
  EXPECT_FALSE(News("a"));
  clock_.Advance(ChangeLog::kQuiet);
  EXPECT_FALSE(News("a"));
  EXPECT_EQ(News(""), 2U);
}

TEST(PassedOverTest, SaysHowManyChangesWereNotTold) {
  EXPECT_EQ(PassedOver(0), "");
  EXPECT_EQ(PassedOver(1), " (1 changes before were not told)");
}

}  // namespace
}  // namespace stickyd
