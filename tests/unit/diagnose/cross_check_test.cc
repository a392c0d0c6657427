// SPDX-License-Identifier: Apache-2.0
// cross_check_test: which verdicts wait for other sources, and what changes them.
#include "stickyd/diagnose/cross_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr LaneId kHere{0};
constexpr LaneId kThere{1};
constexpr uint64_t kSomebody = 77;

class CrossCheckTest : public testing::Test {
 protected:
  static EventTime At(int second) {
    return EventTime(std::chrono::hours(500'000)) + seconds(second);
  }
  Observation Seen(int second, ServerId server) const {
    Observation seen;
    seen.route = &route_;
    seen.server = server;
    seen.client = kSomebody;
    seen.start = {At(second), At(second + 1)};
    seen.learnt = {At(second), At(second + 1) + milliseconds(1)};
    return seen;
  }
  void Hold(uint64_t id, int second, ServerId server, Verdict verdict) {
    CrossCheck::Waiting waiting;
    waiting.outcome.id = id;
    waiting.session = kSomebody;
    waiting.outcome.server = server;
    waiting.outcome.judgement.verdict = verdict;
    waiting.lane = kHere;
    waiting.start_high = At(second + 1);
    if (verdict == Verdict::kBreak) waiting.break_case = std::make_unique<BreakCase>();
    check_.Hold(std::move(waiting), decided_);
  }
  std::vector<Verdict> Closed(int second) {
    check_.Close(At(second), decided_);
    std::vector<Verdict> verdicts;
    for (const auto& waiting : decided_) {
      verdicts.push_back(waiting.outcome.judgement.verdict);
      EXPECT_EQ(waiting.break_case != nullptr, verdicts.back() == Verdict::kBreak);
    }
    decided_.clear();
    return verdicts;
  }

  Route route_;
  CrossCheck check_;
  std::vector<CrossCheck::Waiting> decided_;
};

TEST_F(CrossCheckTest, OnlyWhatIsCertainAndOfJustNowWaits) {
  Observation seen = Seen(10, ServerId{1});
  check_.Note(kThere, At(9));
  check_.Note(kHere, At(10));
  for (const Verdict verdict : {Verdict::kFirst, Verdict::kHeld, Verdict::kBreak}) {
    EXPECT_TRUE(check_.MustWait(verdict, seen, At(11)));
    EXPECT_FALSE(check_.MustWait(verdict, seen, At(12)));
  }
  EXPECT_FALSE(check_.MustWait(Verdict::kAmbiguous, seen, At(10)));
  EXPECT_FALSE(check_.MustWait(Verdict::kUnresolved, seen, At(10)));
  seen.format = LogFormat::kJson;
  EXPECT_FALSE(check_.MustWait(Verdict::kBreak, seen, At(10)));
}

TEST_F(CrossCheckTest, NothingWaitsForASourceThatIsSilent) {
  check_.Note(kHere, At(5));
  EXPECT_FALSE(check_.MustWait(Verdict::kHeld, Seen(5, ServerId{1}), At(5)));
  check_.Note(kThere, At(10));
  EXPECT_TRUE(check_.MustWait(Verdict::kHeld, Seen(10, ServerId{1}), At(10)));
  for (int second = 11; second < 30; ++second) {
    check_.Note(kThere, At(second));
    EXPECT_EQ(check_.MustWait(Verdict::kHeld, Seen(second, ServerId{1}), At(second)), second <= 15);
  }
}

TEST_F(CrossCheckTest, AnswerOfAnotherSourceThatMayHaveComeBeforeMakesItAmbiguous) {
  const ServerId server{2};
  Hold(1, 10, server, Verdict::kBreak);
  Hold(2, 10, server, Verdict::kFirst);
  Hold(3, 10, server, Verdict::kHeld);
  check_.Hear(Seen(10, server), kThere);
  EXPECT_THAT(Closed(11), IsEmpty());
  EXPECT_THAT(Closed(12), ElementsAre(Verdict::kAmbiguous, Verdict::kAmbiguous, Verdict::kHeld));
  EXPECT_TRUE(check_.empty());
}

TEST_F(CrossCheckTest, AnswerOfAnotherServerMakesHeldAmbiguous) {
  Hold(1, 10, ServerId{2}, Verdict::kBreak);
  Hold(2, 10, ServerId{2}, Verdict::kHeld);
  check_.Hear(Seen(10, ServerId{3}), kThere);
  EXPECT_THAT(Closed(12), ElementsAre(Verdict::kBreak, Verdict::kAmbiguous));
}

TEST_F(CrossCheckTest, WhatCannotHaveComeBeforeChangesNothing) {
  const ServerId server{2};
  Hold(1, 10, server, Verdict::kBreak);
  check_.Hear(Seen(10, server), kHere);  // the same file: it was written later
  check_.Hear(Seen(12, server), kThere);
  Observation other = Seen(10, server);
  other.client = kSomebody + 1;
  check_.Hear(other, kThere);
  Route elsewhere;
  elsewhere.scope = ScopeId{5};
  other = Seen(10, server);
  other.route = &elsewhere;
  check_.Hear(other, kThere);
  EXPECT_THAT(Closed(12), ElementsAre(Verdict::kBreak));
}

TEST_F(CrossCheckTest, ClientThatSendsTooManyIsAmbiguousAtOnce) {
  for (uint64_t id = 1; id <= 100; ++id) Hold(id, 10, ServerId{2}, Verdict::kBreak);
  const auto verdicts = Closed(12);
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), Verdict::kBreak), 64);
  EXPECT_EQ(verdicts[64], Verdict::kAmbiguous);
  Hold(101, 20, ServerId{2}, Verdict::kBreak);  // there is room again
  EXPECT_THAT(Closed(22), ElementsAre(Verdict::kBreak));
}

TEST_F(CrossCheckTest, TooManyAreSettledEarly) {
  for (uint64_t id = 1; id <= 140'000; ++id) Hold(id, 10, ServerId{2}, Verdict::kHeld);
  EXPECT_EQ(check_.closed_early(), 140'000U - 131'072U);
  EXPECT_EQ(decided_.size(), 140'000U - 131'072U);
  EXPECT_EQ(decided_.front().outcome.id, 1U);
}

}  // namespace
}  // namespace stickyd
