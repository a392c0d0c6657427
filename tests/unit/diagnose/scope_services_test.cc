// SPDX-License-Identifier: Apache-2.0
// scope_services_test: the services that a router leads to, and which process of Traefik chooses
// which servers.
#include <gtest/gtest.h>

#include <random>

#include "stickyd/diagnose/scope_facts.h"

namespace stickyd {
namespace {

using std::chrono::seconds;

class ScopeServicesTest : public testing::Test {
 protected:
  static constexpr ServiceId kBlue{1};
  static constexpr ServiceId kGreen{2};

  static EventTime SecondsIn(int64_t second) {
    return EventTime(std::chrono::hours(500'000)) + seconds(second);
  }
  Observation SeenAt(int64_t second, uint16_t server) const {
    Observation seen;
    seen.route = &route_;
    seen.start = {SecondsIn(second), SecondsIn(second)};
    seen.server = ServerId{server};
    return seen;
  }
  void Serve(int64_t second, uint16_t server, ServiceId service = kBlue) {
    route_.service = service;
    facts_.Add(SeenAt(second, server), true);
  }
  // `process` of Traefik chose `server`, as its request number `count`.
  void ChooseAs(uint32_t count, int process, int server) {
    Observation seen = SeenAt(0, static_cast<uint16_t>(server));
    seen.process = static_cast<uint8_t>(process);
    seen.count = count;
    facts_.Add(seen, true);
  }
  void Choose(int process, int server, int times = 1) {
    for (int i = 0; i < times; ++i) ChooseAs(++counts_, process, server);
  }
  const ScopeFacts::Server& Server(uint16_t id) const { return *facts_.Find(ServerId{id}); }

  Route route_;
  ScopeFacts facts_;
  uint32_t counts_ = 0;
};

TEST_F(ScopeServicesTest, TimesOfAServiceAreThoseOfItsRequests) {
  Serve(10, 1, kBlue);
  Serve(20, 2, kGreen);
  Serve(5, 2, kBlue);  // its line came late
  Serve(30, 1, kBlue);
  Serve(15, 3, kGreen);
  const ScopeFacts::Service* blue = facts_.FindService(kBlue);
  const ScopeFacts::Service* green = facts_.FindService(kGreen);
  ASSERT_TRUE(blue != nullptr && green != nullptr);
  EXPECT_EQ(blue->first, SecondsIn(5));
  EXPECT_EQ(blue->last, SecondsIn(30));
  EXPECT_EQ(blue->assignments, 3U);
  EXPECT_EQ(green->first, SecondsIn(15));
  EXPECT_EQ(green->last, SecondsIn(20));
  EXPECT_EQ(green->assignments, 2U);
  EXPECT_EQ(facts_.FindService(ServiceId{3}), nullptr);
}

TEST_F(ScopeServicesTest, ServerIsOfTheServiceThatUsedItLast) {
  Serve(10, 1, kBlue);
  Serve(11, 2, kBlue);
  EXPECT_EQ(Server(1).service, kBlue);
  Serve(12, 1, kGreen);
  EXPECT_EQ(Server(1).service, kGreen);
  EXPECT_EQ(Server(2).service, kBlue);
}

TEST_F(ScopeServicesTest, ServicesAreBounded) {
  constexpr uint16_t kMost = ScopeFacts::kMostServices;
  for (uint16_t service = 1; service <= 3 * kMost; ++service) Serve(service, 1, ServiceId{service});
  EXPECT_NE(facts_.FindService(ServiceId{kMost}), nullptr);
  EXPECT_EQ(facts_.FindService(ServiceId{kMost + 1}), nullptr);
  Serve(1000, 1, ServiceId{kMost});
  EXPECT_EQ(facts_.FindService(ServiceId{kMost})->assignments, 2U);
  EXPECT_EQ(Server(1).service, ServiceId{kMost});
}

TEST_F(ScopeServicesTest, ServicesInTurnAreAWalkWhicheverServersTheyTake) {
  std::mt19937 random(1);
  const auto serve = [&](int i) {
    const bool blue = i % 2 == 0;
    Serve(i, static_cast<uint16_t>(random() % 3 + (blue ? 1 : 11)), blue ? kBlue : kGreen);
  };
  for (int i = 0; i < 23; ++i) serve(i);
  EXPECT_FALSE(facts_.WalksServices()) << "too few to tell";
  serve(23);
  EXPECT_TRUE(facts_.WalksServices());
  for (int i = 24; i < 96; ++i) serve(i);
  EXPECT_TRUE(facts_.WalksServices());
  EXPECT_FALSE(facts_.Walks()) << "the servers come by chance";
}

TEST_F(ScopeServicesTest, ServersOfOneServiceInTurnAreNoWalkOfServices) {
  for (int i = 0; i < 60; ++i) Serve(i, static_cast<uint16_t>(1 + i % 3));
  EXPECT_TRUE(facts_.Walks());
  EXPECT_FALSE(facts_.WalksServices());
}

TEST_F(ScopeServicesTest, ServicesThatComeByChanceOrForGoodAreNoWalk) {
  std::mt19937 random(1);
  for (int i = 0; i < 96; ++i) {
    const bool blue = random() % 2 == 0;
    Serve(i, blue ? 1 : 2, blue ? kBlue : kGreen);
  }
  EXPECT_FALSE(facts_.WalksServices());
  facts_ = {};
  for (int i = 0; i < 60; ++i) Serve(i, i < 30 ? 1 : 2, i < 30 ? kBlue : kGreen);
  EXPECT_FALSE(facts_.WalksServices()) << "switched once";
}

TEST_F(ScopeServicesTest, ProcessesAreSeveralOnceASecondOneIsSeen) {
  Choose(1, 1);
  Choose(0, 2);  // the log does not tell
  Choose(1, 3);
  EXPECT_FALSE(facts_.several_processes());
  EXPECT_EQ(facts_.AssignmentsBy(1), 2U);
  Choose(2, 1);
  EXPECT_TRUE(facts_.several_processes());
  EXPECT_EQ(facts_.AssignmentsBy(1), 2U);
  EXPECT_EQ(facts_.AssignmentsBy(2), 1U);
  EXPECT_EQ(facts_.AssignmentsBy(3), 0U);
}

TEST_F(ScopeServicesTest, ServerIsOfOneProcessIfOneInTwentyIsAnothersAtMost) {
  Choose(0, 1);
  EXPECT_FALSE(Server(1).OfOneProcess()) << "nobody knows whose";
  Choose(1, 1, 19);
  EXPECT_TRUE(Server(1).OfOneProcess());
  Choose(2, 1);
  EXPECT_FALSE(Server(1).OfOneProcess()) << "one to 19";
  Choose(1, 1);
  EXPECT_TRUE(Server(1).OfOneProcess()) << "one to 20";
  EXPECT_EQ(Server(1).process, 1U);
  Choose(3, 1);
  EXPECT_FALSE(Server(1).OfOneProcess());
}

TEST_F(ScopeServicesTest, ServerIsOfTheProcessThatChoseItMost) {
  Choose(1, 7, 3);
  Choose(2, 7, 3);
  EXPECT_EQ(Server(7).process, 1U) << "as often";
  Choose(2, 7);
  EXPECT_EQ(Server(7).process, 2U);
  EXPECT_EQ(Server(7).by_process, 4U);
  EXPECT_EQ(Server(7).by_others, 3U);
  Choose(2, 7, 56);
  EXPECT_TRUE(Server(7).OfOneProcess()) << "3 to 60";
}

class CountedTwiceTest : public ScopeServicesTest {
 protected:
  CountedTwiceTest() {
    Choose(1, 101);  // counts are kept once several processes are seen
    Choose(2, 102);
  }
  // Two processes each chose one of these, with the same count.
  void Both(int one, int other) {
    ++counts_;
    ChooseAs(counts_, 1, one);
    ChooseAs(counts_, 2, other);
  }
  bool Never(int one, int other) const {
    return facts_.NeverOfOneProcess(ServerId{static_cast<uint16_t>(one)},
                                    ServerId{static_cast<uint16_t>(other)});
  }
};

// 1 to 3 are one process's, 11 to 13 the other's.
TEST_F(CountedTwiceTest, ServersOfTwoGroupsAreNeverOfOneProcess) {
  for (int i = 0; i < 9; ++i) Both(1 + i / 3, 11 + i % 3);
  Both(1, 11);
  Both(1, 11);
  EXPECT_FALSE(Never(1, 11)) << "eleven";
  Both(1, 11);
  for (int one = 1; one <= 3; ++one) {
    for (int other = 11; other <= 13; ++other) {
      EXPECT_TRUE(Never(one, other)) << one << ' ' << other;
      EXPECT_TRUE(Never(other, one)) << one << ' ' << other;
    }
  }
  EXPECT_FALSE(Never(1, 1));
  EXPECT_FALSE(Never(1, 2)) << "of one group";
  EXPECT_FALSE(Never(12, 13));
  EXPECT_FALSE(Never(1, 99)) << "never seen";
}

TEST_F(CountedTwiceTest, GroupsThatNoPairConnectsAreNotToldApart) {
  for (int i = 0; i < 12; ++i) {
    Both(1, 11);
    Both(2, 12);
  }
  EXPECT_TRUE(Never(1, 11));
  EXPECT_FALSE(Never(1, 12)) << "12 may be of the first one's";
  Both(1, 12);
  EXPECT_TRUE(Never(1, 12));
  EXPECT_TRUE(Never(2, 11)) << "by way of the others";
}

TEST_F(CountedTwiceTest, APairOfOneServerShowsThatProcessesShareIt) {
  for (int i = 0; i < 50; ++i) Both(1, 11);
  EXPECT_TRUE(Never(1, 11));
  Both(5, 5);
  EXPECT_FALSE(Never(1, 11));
}

TEST_F(CountedTwiceTest, ThreeGroupsAreNotTwo) {
  for (int i = 0; i < 20; ++i) {
    Both(1, 11);
    Both(11, 21);
  }
  EXPECT_TRUE(Never(1, 11));
  Both(21, 1);
  EXPECT_FALSE(Never(1, 11));
  EXPECT_FALSE(Never(11, 21));
}

TEST_F(CountedTwiceTest, CountThatComesThriceMakesOnePair) {
  for (int i = 0; i < 20; ++i) {
    Both(1, 11);
    ChooseAs(counts_, 3, 21);
  }
  EXPECT_TRUE(Never(1, 11));
  EXPECT_FALSE(Never(1, 21));
}

TEST_F(CountedTwiceTest, CountsOfLongBeforeAreForgotten) {
  for (uint32_t count = 1000; count < 1020; ++count) ChooseAs(count, 1, 1);
  for (uint32_t count = 1256; count < 1276; ++count) ChooseAs(count, 1, 2);  // in their place
  for (uint32_t count = 1000; count < 1020; ++count) ChooseAs(count, 2, 11);
  EXPECT_FALSE(Never(1, 11));
}

TEST_F(CountedTwiceTest, SoManyPairsAreSharedServers) {
  for (int i = 0; i < 255; ++i) Both(1, 11 + i);
  EXPECT_TRUE(Never(1, 11));
  Both(1, 11 + 255);
  EXPECT_FALSE(Never(1, 11));
}

TEST_F(ScopeServicesTest, OfOneProcessAloneCountsAreNotKept) {
  for (uint32_t count = 500; count < 520; ++count) {
    ChooseAs(count, 1, 1);
    ChooseAs(count, 1, 11);
  }
  EXPECT_FALSE(facts_.NeverOfOneProcess(ServerId{1}, ServerId{11}));
}

TEST_F(ScopeServicesTest, OneRedactedHeaderIsRemembered) {
  for (const bool in_request : {true, false}) {
    facts_ = {};
    Serve(0, 1);
    EXPECT_FALSE(facts_.redacted());
    Observation seen = SeenAt(1, 1);
    (in_request ? seen.cookie.redacted : seen.set_cookie.redacted) = true;
    facts_.Add(seen, true);
    Serve(2, 1);
    EXPECT_TRUE(facts_.redacted());
  }
}

TEST_F(ScopeServicesTest, EachBreakCounts) {
  Serve(0, 1);
  EXPECT_EQ(facts_.breaks(), 0U);
  facts_.AddBreak(ServerId{1}, 71, SecondsIn(1));
  facts_.AddBreak(ServerId{1}, 71, SecondsIn(2));
  facts_.AddBreak(ServerId{9}, 72, SecondsIn(2));  // of a server that is not known any more
  EXPECT_EQ(facts_.breaks(), 3U);
}

}  // namespace
}  // namespace stickyd
