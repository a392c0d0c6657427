// SPDX-License-Identifier: Apache-2.0
// books_test: what many requests of one address, one client or one scope show together.
#include <gtest/gtest.h>

#include "stickyd/diagnose/fact_book.h"

namespace stickyd {
namespace {

using std::chrono::seconds;

EventTime SecondsIn(int64_t second) {
  return EventTime(std::chrono::hours(500'000)) + seconds(second);
}

TEST(AgentBookTest, SeveralAgentsAreSuspectForTheIdleTime) {
  AgentBook book(seconds(60));
  constexpr uint64_t kAddress = 0x1234567800000001U;
  EXPECT_FALSE(book.Several(kAddress, 1, SecondsIn(0)));
  EXPECT_FALSE(book.Several(kAddress, 1, SecondsIn(5)));
  EXPECT_TRUE(book.Several(kAddress, 2, SecondsIn(10)));
  EXPECT_TRUE(book.Several(kAddress, 2, SecondsIn(70)));
  EXPECT_FALSE(book.Several(kAddress, 2, SecondsIn(71)));
  EXPECT_TRUE(book.Several(kAddress, 1, SecondsIn(80)));
}

TEST(AgentBookTest, AddressesAreToldApart) {
  AgentBook book(seconds(60));
  constexpr uint64_t kAddress = 0x1234567800000001U;
  EXPECT_FALSE(book.Several(kAddress, 1, SecondsIn(0)));
  EXPECT_FALSE(book.Several(kAddress + 1, 2, SecondsIn(0)));
  EXPECT_FALSE(book.Several(kAddress ^ (uint64_t{1} << 40U), 2, SecondsIn(0)))
      << "a newcomer takes the slot over";
  EXPECT_FALSE(book.Several(kAddress, 3, SecondsIn(0)));
  EXPECT_TRUE(book.Several(kAddress, 4, SecondsIn(0)));
}

class ConnectionBookTest : public testing::Test {
 protected:
  static constexpr uint64_t kClient = 0x1234567800000001U;
  // Connections 2, 4, 6 ... each of two requests.
  void Twice(uint64_t connections, int64_t second, uint64_t first = 1) {
    for (int request = 0; request < 2; ++request) {
      for (uint64_t i = first; i < first + connections; ++i) {
        book_.Add(kClient, 2 * i, SecondsIn(second));
      }
    }
  }
  bool Many(int64_t second) const { return book_.Many(kClient, SecondsIn(second)); }

  ConnectionBook book_;
};

TEST_F(ConnectionBookTest, MoreThanTwiceWhatABrowserOpensAreMany) {
  Twice(12, 0);
  EXPECT_FALSE(Many(0));
  Twice(1, 0, 13);
  EXPECT_TRUE(Many(0));
  EXPECT_FALSE(book_.Many(kClient + 1, SecondsIn(0)));
  EXPECT_FALSE(book_.Many(kClient ^ (uint64_t{1} << 40U), SecondsIn(0)));
}

TEST_F(ConnectionBookTest, ThoseOfOneRequestDoNotCount) {
  for (uint64_t i = 1; i <= 100; ++i) book_.Add(kClient, 2 * i, SecondsIn(0));
  EXPECT_FALSE(Many(0));
}

TEST_F(ConnectionBookTest, TheyCountAsLongAsTraefikKeepsThemOpen) {
  Twice(13, 0);
  EXPECT_TRUE(Many(170));
  EXPECT_FALSE(Many(171));
  book_.Add(kClient, 2, SecondsIn(171));
  EXPECT_FALSE(Many(171)) << "the others are still too old";
}

TEST_F(ConnectionBookTest, ConnectionsThatComeOnceDoNotPushOutThoseThatCount) {
  Twice(13, 0);
  for (uint64_t i = 100; i < 200; ++i) book_.Add(kClient, 2 * i, SecondsIn(1));
  EXPECT_TRUE(Many(1));
}

TEST_F(ConnectionBookTest, OldOnesMakeRoomForNewOnes) {
  Twice(16, 0);
  Twice(13, 300, 50);
  EXPECT_TRUE(Many(300));
}

TEST_F(ConnectionBookTest, NewcomerInTheSameSlotBeginsAnew) {
  Twice(13, 0);
  book_.Add(kClient ^ (uint64_t{1} << 40U), 2, SecondsIn(0));
  EXPECT_FALSE(Many(0));
}

class FactBookTest : public testing::Test {
 protected:
  Observation SeenAt(int64_t second, uint16_t server) {
    Observation seen;
    seen.route = &route_;
    seen.server = ServerId{server};
    seen.start = {SecondsIn(second), SecondsIn(second)};
    seen.end = SecondsIn(second);
    seen.client = seen.address = 0x1234567800000001U;
    return seen;
  }

  Route route_;
  FactBook book_{seconds(60)};
};

TEST_F(FactBookTest, RecordsTeachTheirScopeTheirAddressAndTheirClient) {
  route_.scope = ScopeId{3};
  for (uint16_t i = 0; i < 26; ++i) {
    Observation seen = SeenAt(i, 1);
    seen.connection = uint64_t{2} * (i % 13U + 1U);
    seen.agent = static_cast<uint16_t>(i % 2 + 1);
    book_.Add(seen, true);
  }
  EXPECT_EQ(book_.Of(ScopeId{3}).assignments(), 26U);
  EXPECT_EQ(book_.Of(ScopeId{2}).assignments(), 0U);
  EXPECT_EQ(book_.Of(ScopeId{4}).assignments(), 0U);
  EXPECT_TRUE(book_.connections().Many(SeenAt(26, 1).client, SecondsIn(26)));
  EXPECT_TRUE(book_.agents().Several(SeenAt(26, 1).address, 2, SecondsIn(26)));
}

TEST_F(FactBookTest, WhatIsNotLoggedIsNotLearnt) {
  Observation seen = SeenAt(0, 1);
  for (uint16_t i = 0; i < 4; ++i) book_.Add(seen, true);
  seen.agent = 1;
  book_.Add(seen, true);
  seen.address = 0;
  seen.agent = 2;
  book_.Add(seen, true);
  EXPECT_FALSE(book_.agents().Several(SeenAt(0, 1).address, 1, SecondsIn(0)));
}

TEST_F(FactBookTest, ScopesBeyondTheBoundShareOne) {
  route_.scope = ScopeId{kOverflowId};
  book_.Add(SeenAt(0, 1), true);
  EXPECT_EQ(book_.Of(ScopeId{kOverflowId}).assignments(), 1U);
  EXPECT_EQ(book_.Of(ScopeId{0}).assignments(), 1U);
}

TEST_F(FactBookTest, ServersOfAllScopesTogetherAreBounded) {
  for (uint16_t scope = 1; scope <= 100; ++scope) {
    route_.scope = ScopeId{scope};
    for (uint16_t server = 1; server <= 1000; ++server) book_.Add(SeenAt(server, server), true);
  }
  size_t servers = 0;
  for (uint16_t scope = 1; scope <= 100; ++scope) {
    servers += book_.Of(ScopeId{scope}).servers().size();
  }
  EXPECT_LE(servers, 65'536U);
  EXPECT_GE(servers, 65'536U / 2) << "no more go than have to";
  EXPECT_NE(book_.Of(ScopeId{100}).Find(ServerId{1000}), nullptr);
}

}  // namespace
}  // namespace stickyd
