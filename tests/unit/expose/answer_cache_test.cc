// SPDX-License-Identifier: Apache-2.0
#include "../../../src/expose/http/answer_cache.h"

#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;

class AnswerCacheTest : public testing::Test {
 protected:
  // What was made, as text: the first, the second, ...
  std::string Ask() {
    return *cache_.Get(status_, [this](const DaemonStatus&) {
      clock_.Advance(cost_);
      return std::to_string(++made_);
    });
  }
  void Publish() { status_ = std::make_shared<DaemonStatus>(); }

  ManualClock clock_;
  AnswerCache cache_{clock_};
  std::shared_ptr<const DaemonStatus> status_ = std::make_shared<DaemonStatus>();
  milliseconds cost_{0};
  int made_ = 0;
};

TEST_F(AnswerCacheTest, OneStatusIsMadeOnce) {
  EXPECT_EQ(Ask(), "1");
  EXPECT_EQ(Ask(), "1");
  Publish();
  EXPECT_EQ(Ask(), "2");
}

TEST_F(AnswerCacheTest, WhatIsDearIsUsedForFourTimesAsLong) {
  cost_ = milliseconds(20);
  EXPECT_EQ(Ask(), "1");
  Publish();
  clock_.Advance(milliseconds(79));
  EXPECT_EQ(Ask(), "1");
  clock_.Advance(milliseconds(1));
  EXPECT_EQ(Ask(), "2");
}

TEST_F(AnswerCacheTest, HoweverOftenItIsAskedForMakingTakesAFifthOfTheTime) {
  cost_ = milliseconds(10);
  for (int i = 0; i < 1000; ++i) {
    Publish();
    Ask();
    clock_.Advance(milliseconds(1));
  }
  EXPECT_GE(made_, 20);
  EXPECT_LE(made_, 26);  // 1000 ms of asking and 10 ms for each
}

TEST_F(AnswerCacheTest, AfterASecondItIsMadeAgainInAnyCase) {
  EXPECT_EQ(Ask(), "1");
  clock_.Advance(milliseconds(999));
  EXPECT_EQ(Ask(), "1");
  clock_.Advance(milliseconds(1));
  EXPECT_EQ(Ask(), "2");
  cost_ = milliseconds(5000);
  Publish();
  EXPECT_EQ(Ask(), "3");
  Publish();
  clock_.Advance(milliseconds(1000));
  EXPECT_EQ(Ask(), "4");
}

TEST_F(AnswerCacheTest, CompressedItIsMadeOnceToo) {
  const AnswerCache::Make make = [this](const DaemonStatus&) {
    ++made_;
    return std::string(1000, 'x');
  };
  const auto first = cache_.GetGzip(status_, make);
  EXPECT_LT(first->size(), 100U);
  EXPECT_EQ(cache_.GetGzip(status_, make), first);
  EXPECT_EQ(cache_.Get(status_, make)->size(), 1000U);
  EXPECT_EQ(made_, 1);
  Publish();
  EXPECT_NE(cache_.GetGzip(status_, make), first);
}

}  // namespace
}  // namespace stickyd
