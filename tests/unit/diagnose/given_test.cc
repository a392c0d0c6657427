// SPDX-License-Identifier: Apache-2.0
// given_test: when, where and how a client was given its cookie, as far as a request knew.
#include "../../../src/diagnose/given.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

using std::chrono::milliseconds;

constexpr uint16_t kHostA = 5;
constexpr uint16_t kHostB = 6;
constexpr uint16_t kHostC = 7;

class GivenTest : public testing::Test {
 protected:
  static EventTime AtMs(int64_t ms) {
    return EventTime(std::chrono::hours(500'000)) + milliseconds(ms);
  }
  // A request that was sent then and answered 10 ms later.
  static Observation RequestAt(int64_t ms, uint16_t host = kHostA) {
    Observation seen;
    seen.start = {AtMs(ms), AtMs(ms)};
    seen.learnt = {AtMs(ms + 10), AtMs(ms + 10)};
    seen.origin = host;
    seen.https = true;
    seen.set_cookies_logged = true;
    return seen;
  }
  Observation Give(int64_t ms, uint16_t host = kHostA) {
    Observation seen = RequestAt(ms, host);
    seen.set_cookie.sticky = true;
    LearnGiven(seen, facts_);
    return seen;
  }
  bool Knew(int64_t ms) const { return KnewLastGiving(RequestAt(ms), facts_); }
  bool OnHost(int64_t ms, uint16_t host) const {
    return WasGivenOnHost(RequestAt(ms, host), facts_);
  }
  bool Was(int64_t ms, GivenHow how) const { return WasGiven(RequestAt(ms), facts_, how); }

  SessionFacts facts_;
};

TEST_F(GivenTest, RequestKnowsWhatWasGivenBeforeItWasSent) {
  EXPECT_FALSE(Knew(0)) << "nothing was given";
  Give(1000);
  EXPECT_TRUE(facts_.Has(SessionFacts::kGivenSticky));
  EXPECT_FALSE(Knew(1000));
  EXPECT_FALSE(Knew(1005));
  EXPECT_TRUE(Knew(1030));
  EXPECT_EQ(SecondsSinceGiven(RequestAt(31'030), facts_), 30);
  EXPECT_EQ(SecondsSinceGiven(RequestAt(30'980), facts_), 29);
}

TEST_F(GivenTest, ResponseThatGivesNothingTeachesNothing) {
  LearnGiven(RequestAt(0), facts_);
  EXPECT_FALSE(facts_.Has(SessionFacts::kGivenSticky));
  EXPECT_EQ(facts_.given_at, 0U);
  EXPECT_FALSE(WasGivenOnSomeHost(RequestAt(1000), facts_));
}

TEST_F(GivenTest, HowItWasGivenIsToldByTheRequest) {
  Observation seen = RequestAt(0);
  seen.set_cookie.sticky = true;
  seen.https = false;
  seen.site = Site::kCrossSite;
  seen.cookieless_kind = true;
  LearnGiven(seen, facts_);
  for (const auto how : {GivenHow::kOverHttps, GivenHow::kFirstParty, GivenHow::kToCredentials}) {
    EXPECT_FALSE(Was(1000, how));
  }
  seen.https.reset();
  LearnGiven(seen, facts_);
  EXPECT_FALSE(Was(1000, GivenHow::kOverHttps)) << "nobody knows";
  seen.https = true;
  LearnGiven(seen, facts_);
  EXPECT_TRUE(Was(1000, GivenHow::kOverHttps));
  EXPECT_FALSE(Was(1000, GivenHow::kFirstParty));
  seen.site = Site::kSameSite;
  LearnGiven(seen, facts_);
  EXPECT_TRUE(Was(1000, GivenHow::kFirstParty));
  EXPECT_FALSE(Was(1000, GivenHow::kToCredentials));
  seen.cookieless_kind = false;
  LearnGiven(seen, facts_);
  EXPECT_TRUE(Was(1000, GivenHow::kToCredentials));
}

TEST_F(GivenTest, WhatIsNewIsUnknownToRequestsThatWereOnTheirWay) {
  Give(1000);
  EXPECT_FALSE(Was(1000, GivenHow::kOverHttps));
  EXPECT_TRUE(Was(1100, GivenHow::kOverHttps));
  Give(1002);  // of the same burst: it did not know either
  EXPECT_FALSE(Was(1005, GivenHow::kOverHttps));
  Give(2000);  // it came back, and knew the first
  EXPECT_TRUE(Was(2000, GivenHow::kOverHttps));
}

TEST_F(GivenTest, HostsAreTheTwoLatest) {
  EXPECT_FALSE(WasGivenOnSomeHost(RequestAt(0), facts_));
  Give(1000, kHostA);
  EXPECT_FALSE(OnHost(1000, kHostA));
  EXPECT_FALSE(WasGivenOnSomeHost(RequestAt(1000), facts_));
  EXPECT_TRUE(OnHost(1100, kHostA));
  EXPECT_TRUE(WasGivenOnSomeHost(RequestAt(1100, kHostC), facts_));
  EXPECT_FALSE(OnHost(1100, kHostB));
  Give(2000, kHostB);
  EXPECT_TRUE(OnHost(2000, kHostA)) << "that was before";
  EXPECT_FALSE(OnHost(2000, kHostB));
  EXPECT_TRUE(OnHost(2100, kHostB));
  EXPECT_TRUE(WasGivenOnSomeHost(RequestAt(2000, kHostC), facts_));
  Give(3000, kHostA);
  EXPECT_TRUE(OnHost(3000, kHostA)) << "it is not new there";
  EXPECT_TRUE(OnHost(3100, kHostB));
  Give(4000, kHostC);
  EXPECT_FALSE(OnHost(5000, kHostB)) << "forgotten";
  EXPECT_TRUE(OnHost(5000, kHostA));
}

TEST_F(GivenTest, HostIsNewUntilARequestThatKnewCameBack) {
  Give(1000, kHostA);
  Give(1005, kHostA);
  EXPECT_FALSE(OnHost(1005, kHostA));
  Give(2000, kHostA);
  EXPECT_TRUE(OnHost(2000, kHostA));
}

TEST_F(GivenTest, WithoutSetCookiesInTheLogEachHostVisitedCounts) {
  Observation seen = RequestAt(1000);
  seen.set_cookies_logged = false;
  LearnGiven(seen, facts_);
  EXPECT_TRUE(OnHost(2000, kHostA));
  EXPECT_TRUE(Knew(2000));
  EXPECT_FALSE(facts_.Has(SessionFacts::kGivenSticky));
  EXPECT_FALSE(Was(2000, GivenHow::kOverHttps));
  seen = RequestAt(3000, 0);  // and no host is logged either
  seen.set_cookies_logged = false;
  LearnGiven(seen, facts_);
  EXPECT_EQ(facts_.given[0], kHostA);
}

}  // namespace
}  // namespace stickyd
