// SPDX-License-Identifier: Apache-2.0
// forgery_runs_test: which held lines are of one run, and which runs are a second process.
#include "guarding.h"

namespace stickyd {
namespace {

class ForgeryRunsTest : public Guarding {};

TEST_F(ForgeryRunsTest, ARunGoesOnUpToABurstAhead) {
  Establish();
  EXPECT_EQ(Hear({.count = 1, .second = 210}), "held");
  EXPECT_EQ(Hear({.count = 513, .second = 221}), "held");
  EXPECT_EQ(Hear({.count = 514, .second = 222}), "believed") << "a restart";
  EXPECT_EQ(released_, 2U);
}

TEST_F(ForgeryRunsTest, FurtherAheadAnotherRunBegins) {
  Establish();
  EXPECT_EQ(Hear({.count = 1, .second = 210}), "held");
  EXPECT_EQ(Hear({.count = 514, .second = 221}), "held");
  EXPECT_EQ(Hear({.count = 515, .second = 222}), "held");
  EXPECT_EQ(released_, 0U);
}

TEST_F(ForgeryRunsTest, WithNamesThatAreNewsARunGoesOnUpToSixtyFourAhead) {
  EXPECT_EQ(RefusedAbove(5000, {.count = 5064, .second = 201, .known = false}), 1U);
}

TEST_F(ForgeryRunsTest, WithNamesThatAreNewsAnotherRunBeginsFurtherAhead) {
  EXPECT_EQ(RefusedAbove(5000, {.count = 5065, .second = 201, .known = false}), 2U);
}

TEST_F(ForgeryRunsTest, ARunGoesOnUpToSixtyFourBehind) {
  EXPECT_EQ(RefusedAbove(5100, {.count = 5036, .second = 201}), 1U);
}

TEST_F(ForgeryRunsTest, FurtherBehindAnotherRunBegins) {
  EXPECT_EQ(RefusedAbove(5100, {.count = 5035, .second = 201}), 2U);
}

TEST_F(ForgeryRunsTest, OfTwoRunsThatAreAsNearTheYoungerOneGoesOn) {
  Establish();
  EXPECT_EQ(Hear({.count = 5000, .second = 201}), "held");
  EXPECT_EQ(Hear({.count = 5100, .second = 201, .known = false}), "held");
  EXPECT_EQ(Hear({.count = 5050, .second = 201}), "held");
  EXPECT_EQ(refused_, 0U);
}

TEST_F(ForgeryRunsTest, ACountThatARunHasAlreadyDoesNotGoOnWithIt) {
  Establish();
  EXPECT_EQ(Hear({.count = 5000, .second = 201}), "held");
  EXPECT_EQ(Hear({.count = 5001, .second = 201}), "held");
  EXPECT_EQ(Hear({.count = 9'000'001, .second = 201}), "held");
  EXPECT_EQ(Hear({.count = 5001, .second = 201}), "held");
  EXPECT_EQ(refused_, 0U);
}

// A second process that begins to write into the source between the lines of the first.
TEST_F(ForgeryRunsTest, ASecondProcessIsBelievedOnceManyClientsSpeakThroughIt) {
  Establish();
  EXPECT_EQ(TurnsUntilBelieved(100), 15U) << "with the sixteenth run";
  EXPECT_EQ(Hear({.count = other_, .second = static_cast<int64_t>(own_)}), "believed");
}

TEST_F(ForgeryRunsTest, EightClientsAreMany) {
  Establish();
  EXPECT_LT(TurnsUntilBelieved(8), 20U);
}

TEST_F(ForgeryRunsTest, SevenClientsAreASecondProcessAfterAWhile) {
  Establish();
  EXPECT_GT(TurnsUntilBelieved(7), 50U);
}

TEST_F(ForgeryRunsTest, ASecondProcessGoesOnFromRunToRun) {
  Establish();
  EXPECT_LT(TurnsUntilBelieved(100, 65), 20U) << "64 lines are lost each time";
}

TEST_F(ForgeryRunsTest, RunsThatDoNotGoOnAreNoSecondProcess) {
  Establish();
  EXPECT_EQ(TurnsUntilBelieved(100, 66), 100U);
}

TEST_F(ForgeryRunsTest, OneClientIsNoSecondProcessForLong) {
  Establish();
  uint64_t own = 201;
  for (uint64_t other = 5001; other < 5064; ++other) {
    const auto second = static_cast<int64_t>(own);
    ASSERT_EQ(Hear({.count = other, .second = second, .client = 7}), "held") << other;
    ASSERT_EQ(Hear({.count = own++, .second = second}), "refused") << own;
  }
  EXPECT_EQ(Hear({.count = 5064, .second = 264, .client = 7}), "held");
  EXPECT_EQ(Hear({.count = own, .second = 264}), "believed");
  EXPECT_EQ(released_, 1U);
}

}  // namespace
}  // namespace stickyd
