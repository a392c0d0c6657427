// SPDX-License-Identifier: Apache-2.0
// forgery_guard_test: which lines are believed, held and refused.
#include "guarding.h"

namespace stickyd {
namespace {

class ForgeryGuardTest : public Guarding {};

TEST_F(ForgeryGuardTest, WhatGoesOnIsBelievedWhateverItsNames) {
  Establish();
  EXPECT_EQ(Hear({.count = 201, .second = 201, .known = false}), "believed");
  EXPECT_EQ(Hear({.count = 205, .second = 201, .known = false}), "believed");
  EXPECT_EQ(Hear({.count = 203, .second = 201, .known = false}), "believed");
}

TEST_F(ForgeryGuardTest, ARunThatTheSourceGoesOnBehindIsRefusedWithTheLineThatFollows) {
  Establish();
  for (uint64_t i = 0; i < 20; ++i)
    EXPECT_EQ(Hear({.count = 9'000'001 + i, .second = 201}), "held");
  EXPECT_EQ(Hear({.count = 201, .second = 201}), "refused");
  EXPECT_EQ(refused_, 20U);
  EXPECT_EQ(Hear({.count = 202, .second = 202}), "believed");
  tracker_.Finish();
  EXPECT_EQ(tracker_.stats().missing, 0U) << "the refused line's count was given out";
  EXPECT_EQ(tracker_.stats().restarts_told, 0U);
}

TEST_F(ForgeryGuardTest, ARestartIsBelievedOnceNothingFollows) {
  Establish();
  EXPECT_EQ(Hear({.count = 1, .second = 210}), "held");
  EXPECT_EQ(Hear({.count = 2, .second = 210}), "held");
  Drain(ForgeryGuard::End::kForNow);
  EXPECT_EQ(released_, 0U) << "the write may be under way";
  Drain(ForgeryGuard::End::kForNow);
  EXPECT_EQ(released_, 2U);
  EXPECT_EQ(Hear({.count = 3, .second = 211, .known = false}), "believed");
  EXPECT_EQ(tracker_.stats().restarts, 1U);
}

TEST_F(ForgeryGuardTest, AtTheEndWhatIsHeldIsBelieved) {
  Establish();
  EXPECT_EQ(Hear({.count = 5000, .second = 210}), "held");
  Drain(ForgeryGuard::End::kForGood);
  EXPECT_EQ(released_, 1U);
}

TEST_F(ForgeryGuardTest, ARestartThatGoesOnForLongIsBelieved) {
  Establish();
  for (uint64_t count = 1; count <= 12; ++count) {
    EXPECT_EQ(Hear({.count = count, .second = 210 + static_cast<int64_t>(count)}), "held");
  }
  EXPECT_EQ(Hear({.count = 13, .second = 223}), "believed");
  EXPECT_EQ(released_, 12U);
}

TEST_F(ForgeryGuardTest, OfMoreThanSixtyFourBeginningsTheRestIsRefused) {
  Establish();
  for (uint64_t i = 1; i <= 64; ++i) {
    EXPECT_EQ(Hear({.count = 10'000 * i, .second = 210, .known = false}), "held") << i;
  }
  EXPECT_EQ(Hear({.count = 10'000 * 65, .second = 210, .known = false}), "refused");
  EXPECT_EQ(released_, 0U);
}

// Its first lines may be lost or late, up to 63 of them.
TEST_F(ForgeryGuardTest, ARestartBeginsBySixtyFour) {
  Establish();
  for (uint64_t count = 64; count <= 75; ++count) {
    EXPECT_EQ(Hear({.count = count, .second = 150 + static_cast<int64_t>(count)}), "held");
  }
  EXPECT_EQ(Hear({.count = 76, .second = 226}), "believed");
}

TEST_F(ForgeryGuardTest, WhatBeginsLaterIsNoRestart) {
  Establish();
  for (uint64_t count = 65; count <= 80; ++count) {
    EXPECT_EQ(Hear({.count = count, .second = 150 + static_cast<int64_t>(count)}), "held");
  }
}

// What took long before the restart ends in its midst: it waits with it, and comes out with it.
TEST_F(ForgeryGuardTest, ALateLineOfTheEndingProcessStaysWithTheRestart) {
  for (uint64_t count = 1; count <= 400; ++count) {
    if (count == 50) continue;
    ASSERT_EQ(Hear({.count = count, .second = static_cast<int64_t>(count)}), "believed");
  }
  EXPECT_EQ(Hear({.count = 1, .second = 410}), "held");
  EXPECT_EQ(Hear({.count = 50, .second = 50}), "held");
  EXPECT_EQ(Hear({.count = 2, .second = 411}), "held");
  Drain(ForgeryGuard::End::kForGood);
  EXPECT_EQ(released_, 3U);
  EXPECT_EQ(refused_, 0U);
}

TEST_F(ForgeryGuardTest, NamesThatAreNewMakeARestartWait) {
  Establish();
  for (uint64_t count = 1; count <= 30; ++count) {
    const int64_t second = 210 + static_cast<int64_t>(count);
    EXPECT_EQ(Hear({.count = count, .second = second, .known = false}), "held");
  }
}

TEST_F(ForgeryGuardTest, SoManyBytesAreNoRequest) {
  Establish();
  const size_t lines = ForgeryGuard::kMostForgedBytes / (kLineBytes + 1);
  uint64_t count = 5000;
  for (size_t i = 0; i < lines; ++i) {
    ASSERT_EQ(Hear({.count = count++, .second = 210, .known = false}), "held");
  }
  EXPECT_EQ(Hear({.count = count, .second = 210, .known = false}), "believed");
  EXPECT_EQ(released_, lines);
}

TEST_F(ForgeryGuardTest, BehindAGapTheLogMayGoOnAnywhere) {
  Establish();
  EXPECT_EQ(Hear({.count = 7000, .second = 300, .after_gap = true}), "believed");
  EXPECT_EQ(Hear({.count = 7001, .second = 300}), "believed");
  EXPECT_EQ(Hear({.count = 90'000, .second = 300}), "held");
  EXPECT_EQ(Hear({.count = 8000, .second = 301, .after_gap = true}), "believed");
  EXPECT_EQ(released_, 1U);
}

TEST_F(ForgeryGuardTest, LinesMayHaveBeenLostWhereTheNamesAreKnown) {
  Establish();
  EXPECT_EQ(Hear({.count = 600, .second = 201}), "believed");
  EXPECT_EQ(Hear({.count = 1200, .second = 202, .known = false}), "held");
}

TEST_F(ForgeryGuardTest, BehindAFragmentOnlyTheRestOfItsLineEndsWhatIsForged) {
  Establish();
  EXPECT_EQ(Fragment(), "refused");
  EXPECT_EQ(Hear({.count = 201, .second = 201, .known = false}), "refused") << "a server is news";
  EXPECT_EQ(Hear({.second = 201, .counted = false}), "held");
  EXPECT_EQ(Hear({.count = 77, .second = 201, .kind = Kind::kJson}), "refused");
  EXPECT_EQ(Rest(9'000'001), "refused");
  EXPECT_EQ(Hear({.count = 9'000'002, .second = 201}), "held");
  EXPECT_EQ(Rest(201), "refused");
  EXPECT_TRUE(held_.empty());
  EXPECT_EQ(released_, 0U);
  EXPECT_EQ(Hear({.count = 202, .second = 202, .known = false}), "believed");
}

// The last line of what is forged can look whole: its client is not the one who sent the request.
TEST_F(ForgeryGuardTest, TheLastLineIsRefusedThoughItLooksWhole) {
  Establish();
  Fragment();
  EXPECT_EQ(Hear({.count = 201, .second = 201}), "refused");
  EXPECT_EQ(Hear({.count = 202, .second = 201}), "believed");
}

// The first request to a router carries what is forged: that its line goes on is not enough, and
// that another one goes on behind it is.
TEST_F(ForgeryGuardTest, TheRestMayHaveARouterThatIsNews) {
  Establish();
  Fragment();
  EXPECT_EQ(Hear({.count = 9'000'001, .second = 201}), "held");
  EXPECT_EQ(Hear({.count = 201, .second = 201, .known = false, .kind = Kind::kRest}), "refused");
  EXPECT_EQ(Hear({.count = 202, .second = 201}), "believed");
  EXPECT_EQ(Hear({.count = 9'000'001, .second = 201}), "held") << "no fragment before it";
  EXPECT_EQ(Hear({.count = 203, .second = 201, .known = false}), "refused");
  EXPECT_EQ(Hear({.count = 204, .second = 202}), "believed");
  EXPECT_EQ(refused_, 2U);
  EXPECT_EQ(Hear({.count = 205, .second = 202, .known = false}), "believed");
  tracker_.Finish();
  EXPECT_EQ(tracker_.stats().missing, 0U) << "the counts of the rests were given out";
}

// The line behind a rest with a router that is news tells, though it is a fragment itself.
TEST_F(ForgeryGuardTest, AnotherFragmentBehindARestEndsWhatIsForged) {
  Establish();
  Fragment();
  EXPECT_EQ(Hear({.count = 9'000'001, .second = 201}), "held");
  EXPECT_EQ(Hear({.count = 201, .second = 201, .known = false, .kind = Kind::kRest}), "refused");
  EXPECT_EQ(Fragment(), "refused");
  EXPECT_EQ(refused_, 1U);
  EXPECT_TRUE(held_.empty());
}

TEST_F(ForgeryGuardTest, AFragmentWithoutARestBeforeItRefusesNothingThatIsHeld) {
  Establish();
  EXPECT_EQ(Hear({.count = 1, .second = 210}), "held");
  EXPECT_EQ(Hear({.count = 2, .second = 210}), "held");
  EXPECT_EQ(Fragment(), "refused");
  EXPECT_EQ(refused_, 0U);
  Drain(ForgeryGuard::End::kForGood);
  EXPECT_EQ(released_, 2U);
}

TEST_F(ForgeryGuardTest, BehindAPauseARestWithARouterThatIsNewsIsForgotten) {
  Establish();
  Fragment();
  EXPECT_EQ(Hear({.count = 9'000'001, .second = 201}), "held");
  EXPECT_EQ(Hear({.count = 201, .second = 201, .known = false, .kind = Kind::kRest}), "refused");
  Drain(ForgeryGuard::End::kForNow);
  Drain(ForgeryGuard::End::kForNow);
  EXPECT_EQ(refused_, 1U);
  EXPECT_EQ(Hear({.count = 202, .second = 220}), "refused")
      << "it may be the end of what is forged";
  EXPECT_EQ(Hear({.count = 203, .second = 220}), "believed");
}

TEST_F(ForgeryGuardTest, ALineWithoutAServerHarmsNobody) {
  Establish();
  Fragment();
  EXPECT_EQ(Hear({.count = 201, .second = 201, .has_server = false}), "believed");
  EXPECT_EQ(Hear({.count = 202, .second = 201}), "believed");
}

TEST_F(ForgeryGuardTest, WithoutTheRestAFragmentIsOverAfterWhatOneRequestCanWrite) {
  Establish();
  Fragment();
  const size_t lines = ForgeryGuard::kMostForgedBytes / (kLineBytes + 1);
  for (size_t i = 0; i < lines; ++i) {
    ASSERT_EQ(Hear({.count = 201, .second = 201, .known = false}), "refused");
  }
  EXPECT_EQ(Hear({.count = 201, .second = 201}), "believed");
}

// Traefik was restarted before the rest of the line came.
TEST_F(ForgeryGuardTest, BehindAFragmentARestartIsBelievedAndNothingElse) {
  Establish();
  Fragment();
  EXPECT_EQ(Hear({.count = 9'000'001, .second = 201}), "held");
  EXPECT_EQ(Hear({.count = 9'000'002, .second = 201}), "held");
  for (uint64_t count = 1; count <= 5; ++count) {
    EXPECT_EQ(Hear({.count = count, .second = 210}), "held");
  }
  EXPECT_EQ(refused_, 2U);
  Drain(ForgeryGuard::End::kForGood);
  EXPECT_EQ(released_, 5U);
  EXPECT_EQ(refused_, 2U);
}

TEST_F(ForgeryGuardTest, BehindAFragmentWhatIsNoRestartIsNotBelieved) {
  Establish();
  Fragment();
  EXPECT_EQ(Hear({.count = 9'000'001, .second = 201}), "held");
  Drain(ForgeryGuard::End::kForGood);
  EXPECT_EQ(released_, 0U);
  EXPECT_EQ(refused_, 1U);
}

TEST_F(ForgeryGuardTest, ForgedIntoAHeldRestartTheRestartStays) {
  Establish();
  for (uint64_t count = 1; count <= 70; ++count) {
    EXPECT_EQ(Hear({.count = count, .second = 210}), "held");
  }
  EXPECT_EQ(Hear({.count = 9'000'001, .second = 210}), "held");
  EXPECT_EQ(Hear({.count = 9'000'002, .second = 210}), "held");
  EXPECT_EQ(Hear({.count = 71, .second = 210}), "refused");
  EXPECT_EQ(refused_, 2U);
  EXPECT_EQ(Hear({.count = 72, .second = 210}), "held");
  Drain(ForgeryGuard::End::kForGood);
  EXPECT_EQ(released_, 71U);
}

TEST_F(ForgeryGuardTest, RestartsInTurnAreAllBelieved) {
  Establish();
  for (int64_t life = 0; life < 5; ++life) {
    for (uint64_t count = 1; count <= 3; ++count) {
      EXPECT_EQ(Hear({.count = count, .second = 210 + 10 * life}), "held");
    }
  }
  Drain(ForgeryGuard::End::kForGood);
  EXPECT_EQ(released_, 15U);
}

TEST_F(ForgeryGuardTest, ASourceWithoutCountsIsGuardedByNames) {
  for (int64_t second = 0; second < 100; ++second) {
    ASSERT_EQ(Hear({.second = second, .counted = false}), "believed");
  }
  Fragment();
  EXPECT_EQ(Hear({.second = 100, .known = false, .counted = false}), "refused");
  EXPECT_EQ(Hear({.second = 100, .counted = false}), "refused");
  EXPECT_EQ(Hear({.second = 100, .known = false, .counted = false}), "believed");
}

// A log may begin within what a client wrote: nothing is known that its end could go on with.
TEST_F(ForgeryGuardTest, WhereNothingIsKnownAnEndWithKnownNamesEndsAFragment) {
  EXPECT_EQ(Fragment(), "refused");
  EXPECT_EQ(Hear({.count = 500, .kind = Kind::kRest}), "refused");
  EXPECT_EQ(Hear({.count = 501}), "believed");
}

TEST_F(ForgeryGuardTest, WhereNothingIsKnownAnEndWithOtherNamesEndsNothing) {
  EXPECT_EQ(Fragment(), "refused");
  EXPECT_EQ(Hear({.count = 500, .known = false, .kind = Kind::kRest}), "refused");
  EXPECT_NE(Hear({.count = 501, .known = false}), "believed");
}

}  // namespace
}  // namespace stickyd
