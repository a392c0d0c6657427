// SPDX-License-Identifier: Apache-2.0
// scope_walk_test: what all clients of a scope show: walks, silences, failures, cookies.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "stickyd/diagnose/scope_facts.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;

class ScopeWalkTest : public testing::Test {
 protected:
  static EventTime AtMs(int64_t ms) {
    return EventTime(std::chrono::hours(500'000)) + milliseconds(ms);
  }
  static Observation SeenAt(int64_t ms, uint16_t server, uint16_t status = 200) {
    static const Route kRoute;
    Observation seen;
    seen.route = &kRoute;
    seen.start = {AtMs(ms), AtMs(ms)};
    seen.server = ServerId{server};
    seen.status = status;
    return seen;
  }
  void Serve(int64_t ms, uint16_t server, uint16_t status = 200) {
    facts_.Add(SeenAt(ms, server, status), true);
  }
  const ScopeFacts::Server& Server(uint16_t id) const { return *facts_.Find(ServerId{id}); }

  ScopeFacts facts_;
};

TEST_F(ScopeWalkTest, ServersInTurnAreAWalkOnceThereAreEnough) {
  for (int i = 0; i < 24; ++i) {
    EXPECT_FALSE(facts_.Walks()) << i;
    Serve(i * 1000, static_cast<uint16_t>(1 + i % 3));
  }
  EXPECT_TRUE(facts_.Walks());
}

// Of 22 steps, each told by the two before: 18 as usual are a walk, 17 are not.
TEST_F(ScopeWalkTest, WalkMayBeLeftByOneStepInFive) {
  const auto walks = [](const std::vector<uint16_t>& servers) {
    ScopeFacts facts;
    int64_t ms = 0;
    for (const uint16_t server : servers) facts.Add(SeenAt(ms += 1000, server), true);
    return facts.Walks();
  };
  EXPECT_TRUE(walks({1, 2, 3, 2, 3, 3, 1, 3, 3, 1, 2, 1, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}));
  EXPECT_FALSE(walks({1, 2, 1, 2, 3, 3, 1, 3, 3, 1, 2, 1, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}))
      << "the first one counts as well";
}

TEST_F(ScopeWalkTest, OneServerOrOneClientThatStaysIsNoWalk) {
  for (int i = 0; i < 50; ++i) Serve(i * 1000, 1);
  EXPECT_FALSE(facts_.Walks());
  Serve(50'000, 2);
  for (int i = 51; i < 100; ++i) Serve(i * 1000, 1);
  EXPECT_FALSE(facts_.Walks());
}

TEST_F(ScopeWalkTest, WeightedTurnsAreAWalkAndChanceIsNone) {
  for (int i = 0; i < 60; ++i) Serve(i * 1000, i % 3 == 2 ? 2 : 1);
  EXPECT_TRUE(facts_.Walks());
  ScopeFacts chance;
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    chance.Add(SeenAt(i * 1000, static_cast<uint16_t>(1 + random() % 3)), true);
  }
  EXPECT_FALSE(chance.Walks());
}

TEST_F(ScopeWalkTest, OrderOfArrivalIsByStartOrByCountNotByLine) {
  std::vector<int> order(60);
  for (int i = 0; i < 60; ++i) order[static_cast<size_t>(i)] = i;
  std::mt19937 random(1);
  std::shuffle(order.begin(), order.end(), random);
  ScopeFacts by_count;
  for (const int i : order) {
    const auto server = static_cast<uint16_t>(1 + i % 3);
    Serve(i * 1000, server);
    Observation seen = SeenAt(0, server);  // of one second
    seen.sequence = 1;
    seen.count = static_cast<uint32_t>(i);
    by_count.Add(seen, true);
  }
  EXPECT_TRUE(facts_.Walks());
  EXPECT_TRUE(by_count.Walks());
}

TEST_F(ScopeWalkTest, WalkIsLookedForAnewEveryFewAssignments) {
  int64_t ms = 0;
  for (int i = 0; i < 96; ++i) Serve(ms += 1000, static_cast<uint16_t>(1 + i % 3));
  EXPECT_TRUE(facts_.Walks());
  for (int i = 0; i < 96; ++i) Serve(ms += 1000, 1);
  EXPECT_FALSE(facts_.Walks());
  for (int i = 0; i < 7; ++i) Serve(ms += 1000, 2);
  EXPECT_FALSE(facts_.Walks());
}

TEST_F(ScopeWalkTest, WhatRequestsAndResponsesShowIsCounted) {
  Observation seen = SeenAt(0, 1);
  seen.set_cookie.sticky = seen.set_cookie.sent = true;
  facts_.Add(seen, true);
  seen = SeenAt(10, 1);
  seen.set_cookie.sent = seen.set_cookie.foreign = true;
  facts_.Add(seen, true);
  seen = SeenAt(20, 1);
  seen.cookie.sticky = true;
  facts_.Add(seen, false);
  EXPECT_EQ(facts_.assignments(), 3U);
  EXPECT_EQ(facts_.given(), 1U);
  EXPECT_EQ(facts_.set_cookies(), 2U);
  EXPECT_EQ(facts_.foreign_names(), 1U);
  EXPECT_EQ(facts_.returned(), 1U);
}

TEST_F(ScopeWalkTest, MostRequestsBehindAProxyAreAProxiedScope) {
  Observation seen = SeenAt(0, 1);
  seen.proxied = true;
  facts_.Add(seen, true);
  EXPECT_TRUE(facts_.proxied());
  Serve(10, 1);
  EXPECT_FALSE(facts_.proxied()) << "half of them";
  facts_.Add(seen, true);
  EXPECT_TRUE(facts_.proxied());
}

TEST_F(ScopeWalkTest, FormatsOfTwoVersionsAreSeveral) {
  const auto show = [&](CookieEncoding encoding, bool in_scope) {
    Observation seen = SeenAt(0, 1);
    seen.cookie.in_scope = in_scope;
    seen.cookie.meaning.encoding = encoding;
    facts_.Add(seen, true);
    return facts_.several_formats();
  };
  EXPECT_FALSE(facts_.several_formats());
  EXPECT_FALSE(show(CookieEncoding::kSha256, true));
  EXPECT_FALSE(show(CookieEncoding::kSha256, true));
  EXPECT_FALSE(show(CookieEncoding::kFnv1a, false));
  EXPECT_TRUE(show(CookieEncoding::kFnv1a, true));
}

TEST_F(ScopeWalkTest, TimesOfAServerAreThoseOfItsRequests) {
  Serve(5000, 1);
  Serve(3000, 1);  // its line came late
  Serve(9000, 1, 500);
  Serve(8000, 1, 599);
  Serve(9500, 1, 499);
  EXPECT_EQ(Server(1).first_seen, AtMs(5000));
  EXPECT_EQ(Server(1).last_seen, AtMs(9500));
  EXPECT_EQ(Server(1).last_failure, AtMs(9000));
  EXPECT_EQ(Server(1).assignments, 5U);
}

TEST_F(ScopeWalkTest, ChoicesAreTheBalancersAlone) {
  for (int i = 0; i < 5; ++i) facts_.Add(SeenAt(i, 1), i != 2);
  Serve(10, 2);
  EXPECT_EQ(Server(1).choices_before, 0U);
  EXPECT_EQ(Server(2).choices_before, 4U);
}

TEST_F(ScopeWalkTest, ServerIsBusyBetweenRequestsThatAreASecondApart) {
  for (const int64_t ms : {0, 1000, 2001, 3000}) Serve(ms, 1);
  const auto busy = [&](int64_t ms) { return Server(1).WasBusy(AtMs(ms)); };
  EXPECT_FALSE(busy(0)) << "nothing is known of before";
  EXPECT_TRUE(busy(500));
  EXPECT_TRUE(busy(1000));
  EXPECT_FALSE(busy(1500)) << "more than a second";
  EXPECT_TRUE(busy(2001));
  EXPECT_TRUE(busy(2500));
  EXPECT_FALSE(busy(3000));
  EXPECT_FALSE(busy(4000));
}

TEST_F(ScopeWalkTest, OfGapsThatAreForgottenNothingIsSaid) {
  for (int64_t i = 0; i < 17; ++i) Serve(i * 2000, 1);  // as many gaps as are kept
  Serve(32'500, 1);
  EXPECT_FALSE(Server(1).WasBusy(AtMs(1000)));
  EXPECT_TRUE(Server(1).WasBusy(AtMs(2000)));
  EXPECT_TRUE(Server(1).WasBusy(AtMs(32'100)));
  Serve(34'000, 1);  // one more: the oldest goes
  Serve(34'500, 1);
  EXPECT_FALSE(Server(1).WasBusy(AtMs(2000)));
  EXPECT_TRUE(Server(1).WasBusy(AtMs(4000)));
}

class SilenceTest : public ScopeWalkTest {
 protected:
  // Two servers in turn, until the first one falls silent for `turns` requests of the other one.
  int64_t FallSilent(int turns) {
    for (int i = 0; i < 200; ++i) Serve(ms_ += 100, static_cast<uint16_t>(1 + i % 2));
    const int64_t from = ms_;
    for (int i = 0; i < turns; ++i) Serve(ms_ += 100, 2);
    return (from + ms_) / 2;
  }
  void Leave(int64_t ms, uint64_t client, uint16_t server = 1) {
    facts_.AddBreak(ServerId{server}, client, AtMs(ms));
  }
  int64_t ms_ = 0;
};

TEST_F(SilenceTest, ServerThatMissedItsTurnsAndLostTwoClientsWasSilent) {
  const int64_t middle = FallSilent(60);
  EXPECT_TRUE(facts_.MissesItsTurns(Server(1)));
  EXPECT_FALSE(facts_.MissesItsTurns(Server(2)));
  Leave(middle, 11);
  Leave(middle + 1, 11);
  Serve(ms_ += 100, 1);
  EXPECT_FALSE(Server(1).WasSilent(AtMs(middle))) << "one client alone";
  Leave(middle + 2, 12);
  EXPECT_TRUE(Server(1).WasSilent(AtMs(middle)));
  EXPECT_FALSE(Server(1).WasSilent(AtMs(ms_)));
  EXPECT_FALSE(Server(1).WasSilent(AtMs(100)));
  EXPECT_EQ(Server(1).clients_left, 2U);
  EXPECT_EQ(Server(2).clients_left, 0U);
}

TEST_F(SilenceTest, ShortSilenceIsChance) {
  const int64_t middle = FallSilent(20);
  EXPECT_FALSE(facts_.MissesItsTurns(Server(1)));
  Leave(middle, 11);
  Leave(middle, 12);
  Serve(ms_ += 100, 1);
  EXPECT_FALSE(Server(1).WasSilent(AtMs(middle)));
}

TEST_F(SilenceTest, WhereAllServersLoseClientsItIsNoSilence) {
  const int64_t middle = FallSilent(60);
  for (uint64_t client = 11; client <= 13; ++client) Leave(middle, client);
  Leave(middle, 14, 2);
  Serve(ms_ += 100, 1);
  EXPECT_FALSE(Server(1).WasSilent(AtMs(middle))) << "four would tell";
  Leave(middle, 15);
  EXPECT_TRUE(Server(1).WasSilent(AtMs(middle)));
}

TEST_F(SilenceTest, SilencesThatTellAreKeptBeforeOthers) {
  const int64_t telling = FallSilent(60);
  Leave(telling, 11);
  Leave(telling, 12);
  Serve(ms_ += 100, 1);
  for (int i = 0; i < 6; ++i) {
    FallSilent(60);
    Serve(ms_ += 100, 1);
  }
  EXPECT_TRUE(Server(1).WasSilent(AtMs(telling)));
}

}  // namespace
}  // namespace stickyd
