// SPDX-License-Identifier: Apache-2.0
// sequence_fit_test: which counts a tracker takes for the next ones, and who is lent a number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stickyd/diagnose/sequence_tracker.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr EventTime kNine{seconds(1'767'603'600)};

class SequenceFitTest : public testing::Test {
 protected:
  void Add(uint64_t count, EventDuration at = {}) {
    tracker_.Add(count, {kNine + at, kNine + at}, kNine + at + milliseconds(5));
  }
  void AddAll(uint64_t first, uint64_t last) {
    for (uint64_t count = first; count <= last; ++count) Add(count);
  }
  CountSight Fits(uint64_t count, EventDuration at = {}) const {
    return tracker_.Fits(count, {kNine + at, kNine + at});
  }
  void ExpectNext(uint64_t count, uint64_t distance) const {
    EXPECT_EQ(Fits(count).fit, CountFit::kNext) << count;
    EXPECT_EQ(Fits(count).distance, distance) << count;
  }

  SequenceIds ids_;
  SequenceTracker tracker_{ids_};
};

TEST_F(SequenceFitTest, FirstCountContradictsNothing) {
  EXPECT_EQ(Fits(7).fit, CountFit::kNothingKnown);
  EXPECT_EQ(tracker_.FitsWithout().fit, CountFit::kNothingKnown);
  Add(7);
  EXPECT_EQ(tracker_.FitsWithout().fit, CountFit::kNews);
  EXPECT_EQ(Fits(7).fit, CountFit::kNews) << "it was given out";
}

TEST_F(SequenceFitTest, SixtyFourCountsAreNextAndMoreArePossible) {
  AddAll(1000, 1010);
  ExpectNext(1011, 1);
  ExpectNext(1074, 64);
  EXPECT_EQ(Fits(1075).fit, CountFit::kPossible);
  for (const uint64_t seen : {1000U, 1005U, 1010U}) EXPECT_EQ(Fits(seen).fit, CountFit::kNews);
}

// 512 in a burst, and four times as many as have come lately for each second since.
TEST_F(SequenceFitTest, MorePassInALongerSilence) {
  AddAll(1000, 1010);
  const auto most = [&](EventDuration at) {
    uint64_t count = 1075;
    while (Fits(count, at).fit == CountFit::kPossible) ++count;
    return count - 1;
  };
  EXPECT_EQ(most({}), 1010U + 512 + 40);
  EXPECT_EQ(most(seconds(1)), 1010U + 512 + 80);
  EXPECT_EQ(most(seconds(60)), 1010U + 512 + 40 * 61);
  EXPECT_EQ(most(minutes(10)), 1010U + 512 + 40 * 61) << "of silence a minute counts";
}

TEST_F(SequenceFitTest, CountThatWasPassedOverIsNextAndLaterLate) {
  Add(1000);
  Add(1005);
  for (uint64_t count = 1001; count <= 1004; ++count) ExpectNext(count, 1);
  AddAll(1006, 1067);
  ExpectNext(1003, 1);
  EXPECT_EQ(Fits(1002).fit, CountFit::kLate);
  EXPECT_EQ(Fits(1002).distance, 1U);
  Add(1002);
  EXPECT_EQ(Fits(1002).fit, CountFit::kNews) << "now it has come";
  ExpectNext(1003, 1);
}

TEST_F(SequenceFitTest, CountBeforeTheFirstThatWasSeenMayBeLate) {
  AddAll(1000, 1010);
  EXPECT_EQ(Fits(999).fit, CountFit::kPossible);
  EXPECT_EQ(Fits(999, minutes(1)).fit, CountFit::kNews) << "it started after a higher one";
}

TEST_F(SequenceFitTest, MarkedCountIsNotMissingAndWhatItPassesIsWaitedFor) {
  AddAll(1000, 1010);
  tracker_.Mark(1013);
  ExpectNext(1011, 1);
  ExpectNext(1012, 1);
  ExpectNext(1014, 1);
  EXPECT_EQ(Fits(1013).fit, CountFit::kNews);
  tracker_.Mark(1012);
  EXPECT_EQ(Fits(1012).fit, CountFit::kNews);
  tracker_.Mark(1013 + 65);  // too far to be known
  EXPECT_EQ(Fits(1013 + 65).fit, CountFit::kPossible);
  tracker_.Mark(1013 + 64);
  EXPECT_EQ(Fits(1013 + 64).fit, CountFit::kNews);
  Add(1013 + 65, minutes(2));
  tracker_.Finish();
  EXPECT_EQ(tracker_.stats().missing, 1U + 63) << "1011, and what was passed at the end";
}

TEST_F(SequenceFitTest, SixtyFourCountsAreEnoughToContradict) {
  AddAll(1, 63);
  EXPECT_TRUE(tracker_.knows_little());
  Add(64);
  EXPECT_FALSE(tracker_.knows_little());
}

TEST_F(SequenceFitTest, EachLifeOfAProcessIsAnother) {
  Add(5000);
  const uint8_t first = tracker_.process();
  EXPECT_NE(first, 0);
  Add(5001, seconds(1));
  EXPECT_EQ(tracker_.process(), first);
  Add(1, seconds(2));
  EXPECT_NE(tracker_.process(), first);
  EXPECT_NE(tracker_.process(), 0);
  EXPECT_EQ(tracker_.stats().sequences, 2U);
  EXPECT_EQ(tracker_.stats().restarts, 1U);
  EXPECT_EQ(tracker_.stats().restarts_told, 1U);
}

// --- Numbers that are lent.

class SequenceIdsTest : public testing::Test {
 protected:
  SequenceIds::Loan Lend(EventDuration at = {}) { return ids_.Lend(kNine + at); }
  uint8_t Use(const SequenceIds::Loan& loan, EventDuration started, EventDuration ended) {
    return ids_.Use(loan, kNine + started, kNine + ended);
  }
  SequenceIds ids_;
};

TEST_F(SequenceIdsTest, ThirtyOneAreLentAtATime) {
  for (int number = 1; number <= SequenceIds::kMost; ++number) {
    const auto loan = Lend(milliseconds(number));
    EXPECT_EQ(loan.number, number);
    EXPECT_TRUE(ids_.Holds(loan));
  }
  const auto none = Lend(seconds(1));
  EXPECT_EQ(none.number, 0);
  EXPECT_FALSE(ids_.Holds(none));
  EXPECT_EQ(Use(none, seconds(1), seconds(1)), 0);
}

TEST_F(SequenceIdsTest, NumberThatIsIdleForAMinuteIsLentAgain) {
  std::vector<SequenceIds::Loan> loans;
  for (int i = 0; i < SequenceIds::kMost; ++i) loans.push_back(Lend());
  for (size_t i = 0; i < loans.size(); ++i) {
    const auto last = i == 4 ? seconds(10) : seconds(20);
    EXPECT_EQ(Use(loans[i], seconds(9), last), loans[i].number);
  }
  EXPECT_EQ(Lend(seconds(70) - milliseconds(1)).number, 0);
  const auto again = Lend(seconds(70));
  EXPECT_EQ(again.number, 5);
  EXPECT_TRUE(ids_.Holds(again));
  EXPECT_FALSE(ids_.Holds(loans[4]));
  EXPECT_EQ(Use(loans[4], seconds(70), seconds(71)), 0) << "it is another one's";
  EXPECT_EQ(again.from, kNine + seconds(12)) << "what bore it before was learnt by then";
  EXPECT_EQ(Use(again, seconds(12), seconds(71)), 0);
  EXPECT_EQ(Use(again, seconds(12) + milliseconds(1), seconds(71)), 5);
}

}  // namespace
}  // namespace stickyd
