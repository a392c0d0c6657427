// SPDX-License-Identifier: Apache-2.0
#include "stickyd/session/allowance.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

constexpr uint64_t kKey = 0x1234567800000007U;

EventTime At(int64_t second) { return EventTime(std::chrono::seconds(1'770'000'000 + second)); }

int TakeAll(Allowance& allowance, uint64_t key, Limit limit, EventTime now) {
  int taken = 0;
  while (taken < 100'000 && allowance.Take(key, limit, now)) ++taken;
  return taken;
}

TEST(AllowanceTest, IsWhatItSaysAtOnceForEachLimit) {
  Allowance allowance;
  ForEachValue<Limit>([&](Limit limit) {
    EXPECT_EQ(TakeAll(allowance, kKey, limit, At(0)),
              Allowance::kAtOnce[static_cast<size_t>(limit)]);
  });
  EXPECT_EQ(TakeAll(allowance, kKey + 1, Limit::kPeople, At(0)), 256);  // somebody else
}

TEST(AllowanceTest, ComesBackWithTimeAndNotBeyondWhatItWasAtOnce) {
  Allowance allowance;
  TakeAll(allowance, kKey, Limit::kPeople, At(0));
  EXPECT_FALSE(allowance.Take(kKey, Limit::kPeople, At(15)));
  EXPECT_EQ(TakeAll(allowance, kKey, Limit::kPeople, At(16)), 1);
  EXPECT_EQ(TakeAll(allowance, kKey, Limit::kPeople, At(16 + 160)), 10);
  EXPECT_EQ(TakeAll(allowance, kKey, Limit::kPeople, At(1'000'000)), 256);
}

TEST(AllowanceTest, TimeIsNotLostWhereItIsAskedOften) {
  Allowance allowance;
  TakeAll(allowance, kKey, Limit::kPeople, At(0));
  int taken = 0;
  for (int64_t second = 1; second <= 160; ++second) {
    taken += allowance.Take(kKey, Limit::kPeople, At(second)) ? 1 : 0;
  }
  EXPECT_EQ(taken, 10);
}

TEST(AllowanceTest, GrowsByRequestsThatHeldUpToABound) {
  Allowance allowance;
  TakeAll(allowance, kKey, Limit::kBreaks, At(0));
  for (int i = 0; i < 100; ++i) allowance.Add(kKey, At(0));
  EXPECT_EQ(TakeAll(allowance, kKey, Limit::kBreaks, At(0)), 100);
  for (int i = 0; i < 10'000; ++i) allowance.Add(kKey, At(0));
  allowance.Add(kKey, At(3600));  // what was earned does not end with the hour
  EXPECT_EQ(TakeAll(allowance, kKey, Limit::kBreaks, At(3600)), Allowance::kMost);
}

TEST(AllowanceTest, AClockThatWasSetBackStopsNobody) {
  Allowance allowance;
  TakeAll(allowance, kKey, Limit::kPeople, At(10'000));
  EXPECT_FALSE(allowance.Take(kKey, Limit::kPeople, At(0)));
  EXPECT_EQ(TakeAll(allowance, kKey, Limit::kPeople, At(32)), 2);
}

TEST(AllowanceTest, ANewcomerInTheSameSlotBeginsAnew) {
  Allowance allowance;
  TakeAll(allowance, kKey, Limit::kPeople, At(0));
  const uint64_t other = kKey ^ (uint64_t{1} << 40U);  // the same slot
  EXPECT_EQ(TakeAll(allowance, other, Limit::kPeople, At(0)), 256);
}

}  // namespace
}  // namespace stickyd
