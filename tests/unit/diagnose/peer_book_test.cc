// SPDX-License-Identifier: Apache-2.0
// peer_book_test: whose connections are a proxy's: by user agents, and by how many there are.
#include "stickyd/diagnose/peer_book.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

using std::chrono::seconds;

class PeerBookTest : public testing::Test {
 protected:
  static constexpr uint64_t kPeer = 0x1234567800000001U;
  static constexpr uint64_t kElse = 0x1234567800000002U;
  static constexpr uint16_t kHere = 5;

  static EventTime SecondsIn(int64_t second) {
    return EventTime(std::chrono::hours(500'000)) + seconds(second);
  }
  Observation SeenFrom(uint64_t address, uint64_t connection = 2, int64_t second = 0,
                       uint16_t origin = kHere) const {
    Observation seen;
    seen.route = &route_;
    seen.address = address;
    seen.connection = connection;
    seen.origin = origin;
    seen.start = {SecondsIn(second), SecondsIn(second)};
    return seen;
  }
  void Hear(const Observation& seen) {
    SessionMemory nobody;
    book_.Add(seen, nobody);
  }
  void Hear(int records, uint64_t address) {
    for (int i = 0; i < records; ++i) Hear(SeenFrom(address));
  }
  void HearAgent(int agent, SessionMemory& connection, uint64_t address = kPeer) {
    Observation seen = SeenFrom(address);
    seen.agent = static_cast<uint16_t>(agent);
    book_.Add(seen, connection);
  }
  // Connections from `first` on, each used in both of these seconds.
  void Use(uint64_t connections, int64_t from, int64_t to, uint16_t origin = kHere,
           uint64_t first = 1) {
    for (const int64_t second : {from, to}) {
      for (uint64_t i = first; i < first + connections; ++i) {
        Hear(SeenFrom(kPeer, i, second, origin));
      }
    }
  }
  bool LooksLikeAProxy(uint64_t address = kPeer) {
    book_.LookAt(SeenFrom(address));
    return book_.IsProxy(address);
  }

  Route route_;
  PeerBook book_;
};

TEST_F(PeerBookTest, TwoAgentsOnOneConnectionAreAProxys) {
  SessionMemory connection;
  HearAgent(7, connection);
  HearAgent(7, connection);
  EXPECT_FALSE(book_.IsProxy(kPeer)) << "one person";
  HearAgent(8, connection);
  EXPECT_TRUE(book_.IsProxy(kPeer));
  EXPECT_FALSE(book_.IsProxy(kElse));
}

TEST_F(PeerBookTest, TwoAgentsOnTwoConnectionsAreNot) {
  SessionMemory one, other;
  HearAgent(7, one);
  HearAgent(8, other);
  EXPECT_FALSE(book_.IsProxy(kPeer));
}

TEST_F(PeerBookTest, AgentThatIsNotLoggedIsNobodys) {
  SessionMemory connection;
  for (const int agent : {0, 7, 0, 7}) HearAgent(agent, connection);
  EXPECT_FALSE(book_.IsProxy(kPeer));
  HearAgent(8, connection);
  EXPECT_TRUE(book_.IsProxy(kPeer)) << "the one that was logged is remembered";
}

TEST_F(PeerBookTest, NobodysAddressIsNoProxys) {
  SessionMemory connection;
  HearAgent(7, connection, 0);
  HearAgent(8, connection, 0);
  EXPECT_FALSE(book_.IsProxy(0));
}

TEST_F(PeerBookTest, NewcomerWithTheSameSlotTakesItOver) {
  constexpr uint64_t kSameSlot = kPeer ^ (uint64_t{1} << 40U);
  SessionMemory one, other;
  for (const int agent : {7, 8}) HearAgent(agent, one);
  EXPECT_FALSE(book_.IsProxy(kSameSlot));
  for (const int agent : {7, 8}) HearAgent(agent, other, kSameSlot);
  EXPECT_TRUE(book_.IsProxy(kSameSlot));
  EXPECT_FALSE(book_.IsProxy(kPeer));
}

TEST_F(PeerBookTest, WhoSendsNineOfTenIsLone) {
  EXPECT_FALSE(book_.IsLone(SeenFrom(kPeer))) << "nothing was heard";
  Hear(9, kPeer);
  Hear(1, kElse);
  EXPECT_TRUE(book_.IsLone(SeenFrom(kPeer)));
  EXPECT_FALSE(book_.IsLone(SeenFrom(kElse)));
  Hear(1, kElse);
  EXPECT_FALSE(book_.IsLone(SeenFrom(kPeer))) << "nine of eleven";
  Hear(8, kPeer);
  EXPECT_FALSE(book_.IsLone(SeenFrom(kPeer))) << "17 of 19";
  Hear(1, kPeer);
  EXPECT_TRUE(book_.IsLone(SeenFrom(kPeer))) << "18 of 20";
}

TEST_F(PeerBookTest, NobodyIsLoneWhereAddressesAreNotKnown) {
  Hear(20, 0);
  EXPECT_FALSE(book_.IsLone(SeenFrom(0)));
}

TEST_F(PeerBookTest, ScopesAreToldApart) {
  route_.scope = ScopeId{3};
  Hear(10, kPeer);
  route_.scope = ScopeId{2};
  EXPECT_FALSE(book_.IsLone(SeenFrom(kPeer)));
  route_.scope = ScopeId{4};
  EXPECT_FALSE(book_.IsLone(SeenFrom(kPeer)));
  route_.scope = ScopeId{3};
  EXPECT_TRUE(book_.IsLone(SeenFrom(kPeer)));
}

TEST_F(PeerBookTest, ScopesBeyondTheBoundShareOne) {
  route_.scope = ScopeId{kOverflowId};
  Hear(10, kPeer);
  EXPECT_TRUE(book_.IsLone(SeenFrom(kPeer)));
  route_.scope = ScopeId{0};
  EXPECT_TRUE(book_.IsLone(SeenFrom(kPeer)));
}

TEST_F(PeerBookTest, OnlyTheLatestRecordsAreKept) {
  constexpr int kLatest = PeerBook::kLatest;
  Hear(1000, kElse);
  Hear(kLatest * 9 / 10, kPeer);
  EXPECT_FALSE(book_.IsLone(SeenFrom(kPeer))) << "115 of 128";
  Hear(1, kPeer);
  EXPECT_TRUE(book_.IsLone(SeenFrom(kPeer))) << "116 of 128";
}

TEST_F(PeerBookTest, MoreConnectionsThanABrowserOpensAreAProxys) {
  Use(6, 0, 10);
  EXPECT_FALSE(LooksLikeAProxy());
  Use(1, 0, 10, kHere, 7);
  EXPECT_TRUE(LooksLikeAProxy());
}

TEST_F(PeerBookTest, NobodyIsAProxyUntilABreakAsks) {
  Use(20, 0, 10);
  EXPECT_FALSE(book_.IsProxy(kPeer));
  EXPECT_TRUE(LooksLikeAProxy());
}

TEST_F(PeerBookTest, ConnectionsThatWereUsedOnceDoNotCount) {
  Use(6, 0, 10);
  for (uint64_t i = 50; i < 90; ++i) Hear(SeenFrom(kPeer, i, 5));
  EXPECT_FALSE(LooksLikeAProxy());
}

// A browser opens others when those that it had are closed.
TEST_F(PeerBookTest, ConnectionsThatWereOverAMinuteBeforeDoNotCount) {
  Use(6, 0, 10);
  Use(1, 71, 80, kHere, 7);
  EXPECT_FALSE(LooksLikeAProxy());
  Use(1, 70, 80, kHere, 8);
  EXPECT_TRUE(LooksLikeAProxy()) << "within a minute";
}

TEST_F(PeerBookTest, ConnectionsThatBeganLaterDoNotCountBefore) {
  for (uint64_t i = 0; i < 10; ++i) {
    const auto second = static_cast<int64_t>(100 * i);
    Use(1, second, second + 5, kHere, i + 1);
  }
  EXPECT_FALSE(LooksLikeAProxy()) << "one at a time";
}

TEST_F(PeerBookTest, LateLinesWidenTheTimeInWhichAConnectionWasUsed) {
  Use(6, 0, 10);
  Use(1, 80, 70, kHere, 7);  // the later one was written first
  EXPECT_TRUE(LooksLikeAProxy());
}

TEST_F(PeerBookTest, ABrowserOpensThatManyToEachHost) {
  Use(6, 0, 10);
  Use(6, 0, 10, kHere + 1, 7);
  EXPECT_FALSE(LooksLikeAProxy());
  Use(1, 0, 10, kHere + 1, 13);
  EXPECT_TRUE(LooksLikeAProxy());
}

TEST_F(PeerBookTest, WhereOthersComeStraightNobodyIsAProxy) {
  Use(18, 0, 10);
  Hear(5, kElse);
  EXPECT_FALSE(LooksLikeAProxy()) << "36 of 41";
  EXPECT_FALSE(LooksLikeAProxy(kElse));
  Hear(SeenFrom(kPeer, 1, 5));
  EXPECT_FALSE(LooksLikeAProxy()) << "37 of 42";
  Use(4, 5, 6);
  EXPECT_TRUE(LooksLikeAProxy()) << "45 of 50";
}

TEST_F(PeerBookTest, ConnectionsThatFellOutOfMemoryDoNotCount) {
  Use(7, 0, 10);
  for (size_t i = 0; i < PeerBook::kLatest; ++i) Hear(SeenFrom(kPeer, 99, 20));
  EXPECT_TRUE(book_.IsLone(SeenFrom(kPeer)));
  EXPECT_FALSE(LooksLikeAProxy());
}

}  // namespace
}  // namespace stickyd
