// SPDX-License-Identifier: Apache-2.0
// session_table_test: against a map, the obvious way to write it.
#include "stickyd/session/session_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace stickyd {
namespace {

EventTime Later(int64_t seconds) {
  return EventTimeFromUnixNanoseconds((1'790'000'000 + seconds) * 1'000'000'000);
}

struct Remembered {
  int64_t touched = 0;
  uint32_t given_at = 0;
};

struct Used {
  int64_t at = 0;
  bool again = false;
};
struct Kind {
  size_t all = 0, earlier = 0;
};
// Those of one kind that were used since `from`, and how many of them before `then`.
Kind KindOf(const std::map<uint64_t, Used>& used, bool again, int64_t from, int64_t then) {
  Kind kind;
  for (const auto& [key, one] : used) {
    if (one.again != again || one.at < from) continue;
    ++kind.all;
    kind.earlier += one.at < then ? 1 : 0;
  }
  return kind;
}

// With room for all: who is new, and what comes back, is exact.
TEST(SessionTableTest, AgreesWithAMapOnRandomUse) {
  SessionTable table({500, std::chrono::seconds(100)});
  std::map<uint64_t, Remembered> reference;
  std::mt19937_64 random(1);
  int64_t now = 0;
  int again = 0;
  int idle = 0;
  for (uint32_t i = 1; i <= 50'000; ++i) {
    now += static_cast<int64_t>(random() % 3);
    if (random() % 500 == 0) now += 60;
    const uint64_t key = (random() % 200 + 1) * 0x9E3779B97F4A7C15ULL;
    const auto [want, fresh] = reference.try_emplace(key);
    const bool was_idle = !fresh && now - want->second.touched > 100;
    const auto found = table.Touch(key, Later(now));
    ASSERT_EQ(found.created, fresh || was_idle) << i;
    if (found.created) want->second = {};
    SessionMemory memory;
    table.Load(found.slot, memory);
    ASSERT_EQ(memory.facts.given_at, want->second.given_at) << i;
    memory.facts.given_at = i;
    table.Store(found.slot, memory);
    want->second = {now, i};
    again += found.created ? 0 : 1;
    idle += was_idle ? 1 : 0;
    if (i % 3 == 0) table.Expire(Later(now), 4);
  }
  EXPECT_GT(again, 5'000);
  EXPECT_GT(idle, 500);
  EXPECT_EQ(table.stats().evicted_full, 0U);
  const auto live = std::count_if(reference.begin(), reference.end(),
                                  [&](const auto& one) { return now - one.second.touched <= 100; });
  table.Expire(Later(now), 1000);
  // To a 48th of the idle time, three seconds here.
  const auto nearly = std::count_if(reference.begin(), reference.end(), [&](const auto& one) {
    return now - one.second.touched <= 103;
  });
  EXPECT_GE(table.stats().entries, static_cast<uint64_t>(live));
  EXPECT_LE(table.stats().entries, static_cast<uint64_t>(nearly));
}

// Who goes where there is no more room: hardly anybody of their kind, one in ten at most, was
// used earlier by more than a 48th of the idle time.
TEST(SessionTableTest, TheOneThatGoesIsNearlyTheOldestOfItsKind) {
  constexpr uint32_t kLimit = 1000;
  constexpr int64_t kIdle = 4800;  // 100 seconds a generation
  SessionTable table({kLimit, std::chrono::seconds(kIdle)});
  std::map<uint64_t, Used> used;
  std::mt19937_64 random(2);
  int64_t now = 0;
  uint64_t gone = 0;
  for (uint32_t i = 1; i <= 15'000; ++i) {
    now += static_cast<int64_t>(random() % 4);
    const uint64_t number = random() % 3 == 0 ? 100'000 + i : random() % 900 + 1;
    const uint64_t key = number * 0x9E3779B97F4A7C15ULL;
    const bool full = table.stats().entries == kLimit;
    const uint64_t before = table.stats().evicted_full;
    if (table.Touch(key, Later(now)).created) {
      used[key] = {now, false};
    } else {
      Used& one = used.at(key);
      one.again |= one.at != now;
      one.at = now;
    }
    if (table.stats().evicted_full == before) continue;
    ASSERT_TRUE(full);
    const auto went = std::find_if(used.begin(), used.end(), [&](const auto& one) {
      return now - one.second.at <= kIdle && !table.Find(one.first, Later(now));
    });
    if (went == used.end()) continue;  // who was idle may stay for a while, and goes first
    ++gone;
    const Used& one = went->second;
    const Kind kind = KindOf(used, one.again, now - kIdle, one.at - kIdle / 48);
    ASSERT_LE(10 * kind.earlier, kind.all) << i;
    used.erase(went);
  }
  EXPECT_GT(gone, 2'000U);
}

// However many have been used since they came, one insertion moves few of them on.
TEST(SessionTableTest, ATableOfWhichAllCameAgainGivesWayInOrder) {
  constexpr uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
  SessionTable table({10'000, std::chrono::seconds(3600)});
  for (int64_t second = 0; second < 3; ++second) {
    for (uint64_t i = 1; i <= 10'000; ++i) table.Touch(i * kOdd, Later(100 * second));
  }
  for (uint64_t i = 1; i <= 5000; ++i) table.Touch((20'000 + i) * kOdd, Later(300));
  EXPECT_EQ(table.stats().entries, 10'000U);
  EXPECT_EQ(table.stats().evicted_full, 5000U);
  // The newcomers came once: beyond a quarter, they are the ones who go.
  size_t kept = 0;
  for (uint64_t i = 1; i <= 10'000; ++i) kept += table.Find(i * kOdd, Later(300)) ? 1U : 0U;
  EXPECT_GE(kept, 7400U);
  EXPECT_LE(kept, 7600U);
}

TEST(SessionTableTest, ASessionCosts64BytesAllIn) {
  SessionTable table({300'000, std::chrono::seconds(3600)});
  const uint64_t empty = table.stats().bytes;
  for (uint64_t i = 1; i <= 300'000; ++i) table.Touch(i * 0x9E3779B97F4A7C15ULL, Later(0));
  EXPECT_EQ(table.stats().entries, 300'000U);
  EXPECT_LE(table.stats().bytes - empty, 300'000U * 61);
}

TEST(SessionTableTest, WhoeverComesOnceDrivesOutNobodyWhoComesBack) {
  SessionTable table({1000, std::chrono::seconds(3600)});
  constexpr uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
  for (int64_t second = 0; second < 2; ++second) {
    for (uint64_t i = 1; i <= 700; ++i) table.Touch(i * kOdd, Later(second));
  }
  for (uint64_t i = 1; i <= 50'000; ++i) table.Touch((1'000'000 + i) * kOdd, Later(2));
  for (uint64_t i = 1; i <= 700; ++i) EXPECT_TRUE(table.Find(i * kOdd, Later(2))) << i;
  EXPECT_EQ(table.stats().entries, 1000U);
  // Newcomers have a quarter to themselves, however many came again.
  for (uint64_t i = 1; i <= 1000; ++i) table.Touch((2'000'000 + i) * kOdd, Later(3));
  for (uint64_t i = 751; i <= 1000; ++i) EXPECT_TRUE(table.Find((2'000'000 + i) * kOdd, Later(3)));
}

TEST(SessionTableTest, ClaimsDriveOutClaimsOnlyHoweverOftenTheyCome) {
  SessionTable table({1000, std::chrono::seconds(3600)});
  constexpr uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
  for (uint64_t i = 1; i <= 700; ++i) table.Touch(i * kOdd, Later(0));
  for (uint64_t i = 1; i <= 20'000; ++i) {
    const uint64_t claim = (1'000'000 + i) * kOdd;
    table.Touch(claim, Later(1), SessionTable::Create::kClaimed);
    table.Touch(claim, Later(2), SessionTable::Create::kClaimed);
  }
  for (uint64_t i = 1; i <= 700; ++i) EXPECT_TRUE(table.Find(i * kOdd, Later(2))) << i;
  EXPECT_EQ(table.stats().entries, 1000U);
  // Where there is nothing else, claims have all of it.
  table.Clear();
  for (uint64_t i = 1; i <= 1000; ++i) {
    table.Touch(i * kOdd, Later(3), SessionTable::Create::kClaimed);
  }
  EXPECT_EQ(table.stats().entries, 1000U);
}

TEST(SessionTableTest, WhatIsNotToBeMadeIsNotMade) {
  SessionTable table({10, std::chrono::seconds(60)});
  EXPECT_EQ(table.Touch(5, Later(0), SessionTable::Create::kNo).slot, 0U);
  EXPECT_EQ(table.stats().entries, 0U);
  const auto made = table.Touch(5, Later(0));
  EXPECT_EQ(table.Touch(5, Later(1), SessionTable::Create::kNo).slot, made.slot);
  EXPECT_EQ(table.Touch(5, Later(100), SessionTable::Create::kNo).slot, 0U);  // it was idle
  table.Expire(Later(100), 10);
  EXPECT_EQ(table.stats().entries, 0U);
}

// Far enough for all generations to be others; as far again as nobody was there.
TEST(SessionTableTest, AfterTheClockWasSetBackWhoIsIdleGoesAsBefore) {
  SessionTable table({100, std::chrono::seconds(60)});
  for (const int64_t begin : {100'000, 3000, 500'000, 200'000}) {
    for (uint64_t key = 1; key <= 20; ++key) table.Touch(key, Later(begin));
    for (uint64_t key = 1; key <= 5; ++key) table.Touch(key, Later(begin + 40));
    table.Expire(Later(begin + 62), 1000);
    EXPECT_EQ(table.stats().entries, 5U) << begin;
    table.Expire(Later(begin + 103), 1000);
    EXPECT_EQ(table.stats().entries, 0U) << begin;
    for (uint64_t key = 1; key <= 20; ++key) table.Touch(key, Later(begin + 104));
    table.Clear();
  }
}

TEST(SessionTableTest, ExpireDropsWhoWasIdle) {
  SessionTable table({100, std::chrono::seconds(60)});
  for (uint64_t i = 1; i <= 10; ++i) table.Touch(i << 32U, Later(static_cast<int64_t>(i)));
  table.Expire(Later(66), 1000);
  EXPECT_LT(table.stats().entries, 10U);
  EXPECT_GE(table.stats().entries, 4U);
  EXPECT_FALSE(table.Find(uint64_t{1} << 32U, Later(66)));
  EXPECT_TRUE(table.Find(uint64_t{10} << 32U, Later(66)));
}

TEST(SessionTableTest, ActiveSessionsAreThoseOfTheServiceTheyWereSeenOnLast) {
  SessionTable table({3, std::chrono::seconds(60)});
  constexpr ServiceId kShop{1};
  constexpr ServiceId kCart{2};
  const auto active = [&] { return std::pair(table.Active(kShop), table.Active(kCart)); };
  for (uint64_t key = 1; key <= 2; ++key) table.SetService(table.Touch(key, Later(0)).slot, kShop);
  EXPECT_EQ(active(), std::pair(2U, 0U));
  table.SetService(table.Touch(1, Later(1)).slot, kCart);
  table.SetService(table.Touch(1, Later(1)).slot, kCart);
  EXPECT_EQ(active(), std::pair(1U, 1U));
  table.SetService(table.Touch(2, Later(1)).slot, ServiceId::kNone);
  EXPECT_EQ(active(), std::pair(0U, 1U));
  table.SetService(table.Touch(2, Later(1)).slot, kShop);
  table.Touch(3, Later(2));  // on no service yet
  for (uint64_t key = 11; key <= 13; ++key) table.Touch(key, Later(3));
  EXPECT_EQ(table.stats().entries, 3U);
  EXPECT_LE(active().first + active().second, 2U) << "who had to go is not active";
  table.Expire(Later(100), 1000);
  EXPECT_EQ(active(), std::pair(0U, 0U));
  EXPECT_EQ(table.Active(ServiceId::kNone), 0U);
}

TEST(SessionTableTest, SessionEndsAfterItsIdleTimeToTheSecond) {
  SessionTable table({10, std::chrono::seconds(60)});
  table.Touch(5, Later(0));
  EXPECT_TRUE(table.Find(5, Later(60)));
  EXPECT_FALSE(table.Find(5, Later(61)));
  EXPECT_FALSE(table.Touch(5, Later(60)).created);
  EXPECT_FALSE(table.Touch(5, Later(0)).created) << "a line that is late";
  EXPECT_TRUE(table.Find(5, Later(60)));
  EXPECT_TRUE(table.Touch(5, Later(61)).created);
  EXPECT_EQ(table.stats().evicted_idle, 1U);
}

TEST(SessionTableTest, WhatGoesIsCountedByItsReason) {
  SessionTable table({4, std::chrono::seconds(60)});
  EXPECT_EQ(table.stats().limit, 4U);
  for (uint64_t key = 1; key <= 6; ++key) table.Touch(key, Later(0));
  EXPECT_EQ(table.stats().evicted_full, 2U);
  EXPECT_EQ(table.stats().entries, 4U);
  table.Clear();
  EXPECT_EQ(table.stats().evicted_clock, 4U);
  EXPECT_EQ(table.stats().entries, 0U);
  for (uint64_t key = 1; key <= 3; ++key) table.Touch(key, Later(10));
  table.Expire(Later(71), 2);  // as few as it was told
  EXPECT_EQ(table.stats().evicted_idle, 2U);
  EXPECT_EQ(table.stats().entries, 1U);
  table.Touch(9, Later(71));
  table.Expire(Later(200), 0);  // a gap in which everybody has gone
  EXPECT_EQ(table.stats().evicted_idle, 4U);
  EXPECT_EQ(table.stats().entries, 0U);
  EXPECT_EQ(table.stats().evicted_full, 2U);
  EXPECT_EQ(table.stats().evicted_clock, 4U);
}

TEST(SessionTableTest, EveryHourWhoeverIsIdleGoes) {
  SessionTable table({100, std::chrono::seconds(60)});
  table.Touch(1, Later(0));
  for (int64_t second = 0; second <= 3599; second += 59) table.Touch(2, Later(second));
  table.Touch(2, Later(3599));
  EXPECT_EQ(table.stats().entries, 2U);
  table.Touch(2, Later(3600));
  EXPECT_EQ(table.stats().entries, 1U);
  EXPECT_EQ(table.stats().evicted_idle, 1U);
}

// A silence of 18 hours looks like none in 16 bits.
TEST(SessionTableTest, NobodyComesBackAfterEighteenHours) {
  SessionTable table({100, SessionTable::kLongestIdle});
  table.Touch(1, Later(0));
  EXPECT_TRUE(table.Touch(1, Later(65'536)).created);
  EXPECT_TRUE(table.Touch(1, Later(2 * 65'536 + 10)).created);
  EXPECT_FALSE(table.Touch(1, Later(2 * 65'536 + 8 * 3600 + 10)).created);
}

TEST(SessionTableTest, LimitsAreKeptWithinWhatSlotsCanHold) {
  SessionTable none({0, std::chrono::seconds(0)});
  EXPECT_EQ(none.stats().limit, 1U);
  none.Touch(1, Later(0));
  EXPECT_TRUE(none.Find(1, Later(1)));
  EXPECT_FALSE(none.Find(1, Later(2)));
  SessionTable days({10, std::chrono::hours(48)});
  days.Touch(1, Later(0));
  EXPECT_TRUE(days.Find(1, Later(8 * 3600)));
  EXPECT_FALSE(days.Find(1, Later(8 * 3600 + 1)));
}

TEST(SessionTableTest, MemoryComesBackAsItWasStoredAndNewSessionsHaveNone) {
  SessionTable table({100, std::chrono::seconds(60)});
  SessionMemory memory;
  memory.facts.flags = 5;
  memory.facts.given = {1, 2};
  const EventTime learnt = Later(0);
  AddAssignment(memory.history, {ServerId{3}, {learnt, learnt}, {}, 7, 8});
  table.Store(table.Touch(1, Later(0)).slot, memory);
  SessionMemory loaded;
  table.Load(table.Touch(1, Later(1)).slot, loaded);
  EXPECT_EQ(loaded.facts.flags, 5);
  EXPECT_EQ(loaded.facts.given, memory.facts.given);
  ASSERT_EQ(loaded.history.size, 1U);
  EXPECT_EQ(loaded.history.runs[0].server, ServerId{3});
  EXPECT_EQ(loaded.history.runs[0].connection, 7U);
  table.Expire(Later(100), 10);
  table.Load(table.Touch(2, Later(100)).slot, loaded);  // in the same slot
  EXPECT_EQ(loaded.facts.flags, 0);
  EXPECT_TRUE(loaded.history.empty());
}

}  // namespace
}  // namespace stickyd
