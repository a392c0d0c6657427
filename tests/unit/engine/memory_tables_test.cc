// SPDX-License-Identifier: Apache-2.0
// memory_tables_test: whose memories a record recalls, and how many of them one address may have.
#include "../../../src/engine/memory_tables.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

using std::chrono::seconds;

constexpr ServiceId kShopService{1};

class MemoryTablesTest : public testing::Test {
 protected:
  static EventTime When(int64_t second) {
    return EventTime(std::chrono::hours(500'000)) + seconds(second);
  }
  static Observation Somebody(uint64_t client, uint64_t identity = 0, uint64_t connection = 0) {
    Observation seen;
    seen.client = client * kOdd;
    seen.group = 77;
    seen.identity = identity * kOdd;
    seen.connection = connection * kOdd;
    return seen;
  }
  Memories Recall(Observation& seen, int64_t second = 0) {
    return tables_.Recall(seen, When(second), new_session_);
  }
  // Recalls and stores, as a request does.
  Memories Come(Observation seen, int64_t second = 0) {
    const Memories memories = Recall(seen, second);
    tables_.Store(memories, kShopService);
    return memories;
  }
  // Who come and are new, until the address may have no more.
  void ComeMany(uint64_t from, uint64_t many) {
    for (uint64_t client = from; client < from + many; ++client) Come(Somebody(client));
  }

  static constexpr uint64_t kOdd = 0x9E3779B97F4A7C15U;
  MemoryTables tables_{{10'000, seconds(3600)}, {10'000, seconds(300)}};
  bool new_session_ = false;
};

TEST_F(MemoryTablesTest, SessionIsNewWhereNeitherClientNorIdentityIsKnown) {
  Come(Somebody(1));
  EXPECT_TRUE(new_session_);
  Come(Somebody(1));
  EXPECT_FALSE(new_session_);
  Come(Somebody(1, 100));
  EXPECT_FALSE(new_session_) << "the client is known";
  Come(Somebody(2, 100));
  EXPECT_FALSE(new_session_) << "the identity is known";
  Come(Somebody(3, 101));
  EXPECT_TRUE(new_session_);
  Come(Somebody(0, 102));
  EXPECT_TRUE(new_session_);
  Come(Somebody(0, 0, 5));
  EXPECT_FALSE(new_session_) << "nobody";
}

TEST_F(MemoryTablesTest, MemoriesAreOfWhoeverTheRecordNames) {
  Memories memories = Come(Somebody(1));
  EXPECT_NE(memories.client, nullptr);
  EXPECT_EQ(memories.identity, nullptr);
  EXPECT_EQ(memories.new_identity, nullptr);
  EXPECT_EQ(memories.connection, nullptr);
  Observation seen = Somebody(0, 100, 5);
  seen.new_identity = 200 * kOdd;
  memories = Come(seen);
  EXPECT_EQ(memories.client, nullptr);
  EXPECT_NE(memories.identity, nullptr);
  EXPECT_NE(memories.new_identity, nullptr);
  EXPECT_NE(memories.connection, nullptr);
  seen.new_identity = seen.identity;
  EXPECT_EQ(Come(seen).new_identity, nullptr) << "it stays the same";
  EXPECT_FALSE(memories.many);
}

TEST_F(MemoryTablesTest, WhatIsStoredIsRecalledByItsOwner) {
  Observation seen = Somebody(1, 100, 5);
  seen.new_identity = 200 * kOdd;
  Memories memories = Recall(seen);
  memories.client->facts.refused = 1;
  memories.identity->facts.refused = 2;
  memories.new_identity->facts.refused = 3;
  memories.connection->facts.refused = 4;
  tables_.Store(memories, kShopService);
  Observation later = Somebody(1, 200, 5);
  memories = Recall(later, 10);
  EXPECT_EQ(memories.client->facts.refused, 1U);
  EXPECT_EQ(memories.identity->facts.refused, 3U);
  EXPECT_EQ(memories.connection->facts.refused, 4U);
  later = Somebody(1, 100, 6);
  memories = Recall(later, 10);
  EXPECT_EQ(memories.identity->facts.refused, 2U);
  EXPECT_EQ(memories.connection->facts.refused, 0U);
}

TEST_F(MemoryTablesTest, IdentityIsTheSessionThatIsActiveElseTheClient) {
  Come(Somebody(1, 100));
  EXPECT_EQ(tables_.sessions().Active(kShopService), 1U);
  Come(Somebody(2, 100));
  EXPECT_EQ(tables_.sessions().Active(kShopService), 1U) << "the same person";
  Come(Somebody(3));
  EXPECT_EQ(tables_.sessions().Active(kShopService), 2U);
}

TEST_F(MemoryTablesTest, PeopleBeyondWhatAnAddressMayHaveShareOneMemory) {
  ComeMany(1, 256);
  EXPECT_EQ(tables_.refused().sum(), 0U);
  Observation seen = Somebody(1000);
  const uint64_t key = seen.client;
  Memories memories = Recall(seen);
  EXPECT_TRUE(memories.many);
  EXPECT_NE(seen.client, key);
  EXPECT_TRUE(memories.client->facts.Has(SessionFacts::kShared));
  memories.client->facts.refused = 9;
  tables_.Store(memories, kShopService);
  Observation other = Somebody(1001);
  EXPECT_EQ(Recall(other).client->facts.refused, 9U);
  EXPECT_EQ(other.client, seen.client);
  EXPECT_EQ(tables_.refused()[Limit::kPeople], 2U);
  Observation known = Somebody(5);
  EXPECT_FALSE(Recall(known).many) << "who was there stays";
  Observation elsewhere = Somebody(1002);
  elsewhere.group = 78;
  EXPECT_FALSE(Recall(elsewhere).many);
  Observation nowhere = Somebody(1003);
  nowhere.group = 0;
  EXPECT_FALSE(Recall(nowhere).many) << "no address is logged";
}

TEST_F(MemoryTablesTest, IdentitiesAndConnectionsBeyondTheBoundHaveNone) {
  for (uint64_t i = 1; i <= 256; ++i) Come(Somebody(1, 10'000 + i));
  EXPECT_EQ(Come(Somebody(1, 20'000)).identity, nullptr);
  EXPECT_EQ(tables_.refused()[Limit::kSessions], 1U);
  Observation seen = Somebody(1);
  seen.new_identity = 30'000 * kOdd;
  EXPECT_EQ(Come(seen).new_identity, nullptr);
  EXPECT_EQ(tables_.refused()[Limit::kSessions], 2U);
  EXPECT_NE(Come(Somebody(1, 10'005)).identity, nullptr);
  for (uint64_t i = 1; i <= 1024; ++i) Come(Somebody(1, 0, i));
  EXPECT_EQ(Come(Somebody(1, 0, 5000)).connection, nullptr);
  EXPECT_EQ(tables_.refused()[Limit::kConnections], 1U);
  EXPECT_EQ(tables_.refused()[Limit::kPeople], 0U);
}

TEST_F(MemoryTablesTest, OneInEightRequestsThatHeldGivesRoomForOneMore) {
  ComeMany(1, 256);
  const Observation seen = Somebody(1);
  for (int i = 0; i < 7; ++i) tables_.Credit(seen, When(0));
  EXPECT_FALSE(tables_.Admit(seen, Limit::kPeople, When(0)));
  tables_.Credit(seen, When(0));
  EXPECT_TRUE(tables_.Admit(seen, Limit::kPeople, When(0)));
  EXPECT_FALSE(tables_.Admit(seen, Limit::kPeople, When(0)));
  EXPECT_EQ(tables_.refused()[Limit::kPeople], 2U);
}

TEST_F(MemoryTablesTest, ClaimedSessionsAreKeptApart) {
  MemoryTables small({8, seconds(3600)}, {8, seconds(300)});
  bool fresh = false;
  for (uint64_t client = 1; client <= 5; ++client) {
    Observation seen = Somebody(client);
    small.Recall(seen, When(0), fresh);
  }
  for (uint64_t client = 100; client < 200; ++client) {
    Observation seen = Somebody(client);
    seen.claimed = true;
    small.Recall(seen, When(1), fresh);
  }
  for (uint64_t client = 1; client <= 5; ++client) {
    EXPECT_TRUE(small.sessions().Find(client * kOdd, When(1))) << client;
  }
}

TEST_F(MemoryTablesTest, WhoIsIdleIsForgottenWithTheRecordsThatCome) {
  for (uint64_t client = 1; client <= 256; ++client) Come(Somebody(client, 0, client));
  EXPECT_EQ(tables_.connections().stats().entries, 256U);
  Come(Somebody(1, 0, 1), 200);
  tables_.Tick(When(400));
  EXPECT_LT(tables_.connections().stats().entries, 256U);
  EXPECT_GE(tables_.connections().stats().entries, 252U) << "up to four with each record";
  for (int i = 0; i < 64; ++i) tables_.Tick(When(400));
  EXPECT_EQ(tables_.connections().stats().entries, 1U);
  tables_.Tick(When(800));
  EXPECT_EQ(tables_.connections().stats().entries, 0U) << "a gap longer than all may be idle";
  EXPECT_EQ(tables_.sessions().stats().entries, 256U);
  tables_.Clear();
  EXPECT_EQ(tables_.sessions().stats().entries, 0U);
  EXPECT_EQ(tables_.sessions().stats().evicted_clock, 256U);
}

}  // namespace
}  // namespace stickyd
