// SPDX-License-Identifier: Apache-2.0
// history_store_test: histories come back as they were, or say what they have lost.
#include "../../../src/session/history_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <tuple>
#include <vector>

namespace stickyd {
namespace {

constexpr uint32_t kTails = 4096;  // of a small table

// Of a server: learnt within [first, first + width], last within [last, last + width].
Run RunOf(uint16_t server, uint32_t first, uint32_t last, uint32_t width = 10) {
  Run run;
  run.server = ServerId{server};
  run.connection = 1000U + server;
  run.origin = static_cast<uint16_t>(2000U + server);
  run.low_first = Tick(first);
  run.high_first = Tick(first + width);
  run.low_last = Tick(last);
  run.high_last = Tick(last + width);
  return run;
}

History HistoryOf(const std::vector<Run>& runs) {
  History history;
  for (const Run& run : runs) history.runs[history.size++] = run;
  return history;
}

auto Told(const Run& run) {
  return std::tuple(Index(run.server), run.sequence, run.mixed, run.origin, run.count,
                    run.connection, run.low_first.value(), run.high_first.value(),
                    run.low_last.value(), run.high_last.value());
}
auto RunsOf(const History& history) {
  std::vector<decltype(Told(Run{}))> told;
  for (size_t i = 0; i < history.size; ++i) told.push_back(Told(history.runs[i]));
  std::sort(told.begin(), told.end());
  return told;
}

using Runs = std::vector<Run>;

class HistoryStoreTest : public testing::Test {
 protected:
  History StoreAndLoad(const History& history, Slot& slot) {
    store_.Store(history, slot);
    return Load(slot);
  }
  History Load(const Slot& slot) const {
    History loaded = HistoryOf({RunOf(99, 1, 2), RunOf(98, 1, 2)});  // what was there is gone
    loaded.lost = true;
    store_.Load(slot, loaded);
    return loaded;
  }
  // Other sessions that have changed servers.
  void TakeTails(uint32_t tails) {
    const History two = HistoryOf({RunOf(1, 100, 200), RunOf(2, 300, 400)});
    for (uint32_t i = 0; i < tails; ++i) store_.Store(two, others_.emplace_back());
  }

  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }

  std::mt19937 random_{3};
  HistoryStore store_{100};
  std::deque<Slot> others_;
};

TEST_F(HistoryStoreTest, RandomHistoriesComeBackAsTheyWere) {
  std::vector<Slot> slots(50);
  for (int step = 0; step < 20'000; ++step) {
    History history;
    const size_t runs = 1 + (Below(2) == 0 ? 0 : Below(History::kMostRuns - 1));
    for (size_t i = 0; i < runs; ++i) {
      const auto server = static_cast<uint16_t>(1 + Below(60'000));
      const uint32_t at = Below(1'000'000);
      const uint32_t width = Below(4) == 0 ? Below(200'000) : Below(1000);
      stickyd::Run run = RunOf(server, at, at + Below(100'000), width);
      run.sequence = static_cast<uint8_t>(Below(3) == 0 ? Below(32) : 0);
      run.count = run.sequence != 0 ? static_cast<uint32_t>(random_()) : 0;
      run.connection = run.sequence == 0 ? static_cast<uint32_t>(random_()) : 0;
      run.mixed = Below(2) == 0;
      history.runs[history.size++] = run;
    }
    history.lost = Below(3) == 0;
    // What was learnt last is never what is lost.
    const Tick newest = history.runs[LatestRun(history)].high_last;
    history.lost_high = history.lost ? Tick(Below(newest.value() + 1)) : Tick();
    const History loaded = StoreAndLoad(history, slots[Below(50)]);
    ASSERT_EQ(RunsOf(loaded), RunsOf(history)) << step;
    ASSERT_EQ(loaded.lost, history.lost) << step;
    if (history.lost) {
      ASSERT_GE(loaded.lost_high, history.lost_high) << step;
    }
    if (history.lost && history.size > 1) {
      ASSERT_EQ(loaded.lost_high, history.lost_high) << step;
    }
  }
  EXPECT_EQ(store_.histories_cut(), 0U);
}

TEST_F(HistoryStoreTest, WidthsUpToTheBoundAreKeptExactly) {
  for (const uint32_t width : {0U, 1U, 65'533U, 65'534U, 65'535U, 65'536U, 200'000U}) {
    for (const bool first : {true, false}) {
      stickyd::Run run = RunOf(7, 1000, 900'000, 10);
      (first ? run.high_first : run.high_last) = Tick((first ? 1000U : 900'000U) + width);
      Slot slot{};
      EXPECT_EQ(RunsOf(StoreAndLoad(HistoryOf(Runs{run}), slot)), RunsOf(HistoryOf(Runs{run})))
          << width;
      EXPECT_EQ(slot.tail.get() != 0, width >= 65'535) << width;
      store_.Free(slot);
    }
  }
}

TEST_F(HistoryStoreTest, NothingIsStoredOfAnEmptyHistory) {
  Slot slot{};
  EXPECT_TRUE(StoreAndLoad({}, slot).empty());
  store_.Store(HistoryOf({RunOf(1, 100, 200)}), slot);
  EXPECT_EQ(StoreAndLoad({}, slot).size, 1U) << "what was there stays";
}

TEST_F(HistoryStoreTest, OneRunSaysOnlyWhetherWhatIsLostMayOverlapIt) {
  History history = HistoryOf({RunOf(1, 1000, 2000)});
  history.lost = true;
  Slot slot{};
  for (const uint32_t before : {1U, 998U, 999U}) {
    history.lost_high = Tick(before);
    EXPECT_EQ(StoreAndLoad(history, slot).lost_high, Tick(999)) << before;
  }
  for (const uint32_t over : {1000U, 1500U, 2010U}) {
    history.lost_high = Tick(over);
    EXPECT_EQ(StoreAndLoad(history, slot).lost_high, Tick(2010)) << over;
  }
  history.lost = false;
  EXPECT_FALSE(StoreAndLoad(history, slot).lost);
}

// There is no room for eight in a tail, and a wide one is not in the slot.
TEST_F(HistoryStoreTest, OldestOfEightGivesWayToAWideOne) {
  Runs runs;
  for (uint16_t i = 0; i < 7; ++i) {
    const uint32_t later = 100U * (i ^ 3U);  // the fourth one is the oldest
    runs.push_back(RunOf(static_cast<uint16_t>(i + 1), 10'000U + later, 20'000U + later));
  }
  runs.push_back(RunOf(8, 100'000, 200'000, 70'000));
  const History history = HistoryOf(runs);
  Slot slot{};
  const History loaded = StoreAndLoad(history, slot);
  EXPECT_EQ(loaded.size, 7U);
  for (size_t i = 0; i < loaded.size; ++i) EXPECT_NE(loaded.runs[i].server, ServerId{4});
  EXPECT_TRUE(loaded.lost);
  EXPECT_EQ(loaded.lost_high, Tick(20'010));
  // What was lost before is still later.
  History again = history;
  again.lost = true;
  again.lost_high = Tick(30'000);
  EXPECT_EQ(StoreAndLoad(again, slot).lost_high, Tick(30'000));
  again.lost_high = Tick(5);
  EXPECT_EQ(StoreAndLoad(again, slot).lost_high, Tick(20'010));
  EXPECT_EQ(StoreAndLoad(HistoryOf(Runs(runs.begin(), runs.begin() + 7)), slot).size, 7U);
  EXPECT_FALSE(Load(slot).lost);
}

TEST_F(HistoryStoreTest, EightNarrowRunsAreAllKept) {
  Runs runs;
  for (uint16_t i = 0; i < 8; ++i) {
    runs.push_back(RunOf(static_cast<uint16_t>(i + 1), 1000U + 100U * i, 1050U + 100U * i));
  }
  Slot slot{};
  EXPECT_EQ(RunsOf(StoreAndLoad(HistoryOf(runs), slot)), RunsOf(HistoryOf(runs)));
  EXPECT_FALSE(Load(slot).lost);
}

TEST_F(HistoryStoreTest, WithoutATailTheNewestRunStaysAndTheLossIsMarked) {
  TakeTails(kTails);
  EXPECT_EQ(store_.histories_cut(), 0U);
  EXPECT_EQ(store_.bytes(), kTails * sizeof(Tail));
  Slot slot{};
  History loaded = StoreAndLoad(HistoryOf({RunOf(2, 500, 600), RunOf(1, 100, 200)}), slot);
  EXPECT_EQ(store_.histories_cut(), 1U);
  EXPECT_EQ(RunsOf(loaded), RunsOf(HistoryOf({RunOf(2, 500, 600)})));
  EXPECT_TRUE(loaded.lost);
  EXPECT_EQ(loaded.lost_high, Tick(499)) << "all of the other one was before";
  loaded = StoreAndLoad(HistoryOf({RunOf(1, 100, 490), RunOf(2, 500, 600)}), slot);
  EXPECT_EQ(loaded.lost_high, Tick(610)) << "the other one ended at 500";
  History lost = HistoryOf({RunOf(1, 100, 200), RunOf(2, 500, 600)});
  lost.lost = true;
  lost.lost_high = Tick(499);
  EXPECT_EQ(StoreAndLoad(lost, slot).lost_high, Tick(499));
  lost.lost_high = Tick(500);
  EXPECT_EQ(StoreAndLoad(lost, slot).lost_high, Tick(610));
  EXPECT_EQ(store_.histories_cut(), 4U);
}

TEST_F(HistoryStoreTest, WithoutATailRunsOfOneServerAreSummedUp) {
  TakeTails(kTails);
  Slot slot{};
  const History loaded = StoreAndLoad(HistoryOf({RunOf(1, 100, 200), RunOf(1, 500, 600)}), slot);
  EXPECT_EQ(RunsOf(loaded), RunsOf(HistoryOf({RunOf(1, 100, 600)})));
  EXPECT_FALSE(loaded.lost);
  EXPECT_EQ(store_.histories_cut(), 0U);
}

TEST_F(HistoryStoreTest, WithoutATailAWideRunKeepsItsEnd) {
  TakeTails(kTails);
  Slot slot{};
  const History loaded = StoreAndLoad(HistoryOf({RunOf(1, 1000, 2000, 100'000)}), slot);
  ASSERT_EQ(loaded.size, 1U);
  EXPECT_EQ(loaded.runs[0].low_first, Tick(102'000));
  EXPECT_EQ(loaded.runs[0].high_last, Tick(102'000));
  EXPECT_TRUE(loaded.lost);
  EXPECT_EQ(loaded.lost_high, Tick(102'000));
  EXPECT_EQ(store_.histories_cut(), 1U);
}

TEST_F(HistoryStoreTest, TailsThatAreGivenBackAreUsedAgain) {
  TakeTails(kTails);
  const History two = HistoryOf({RunOf(5, 100, 200), RunOf(6, 300, 400)});
  std::vector<Slot> slots(4);
  store_.Free(others_[10]);
  store_.Free(others_[20]);
  store_.Store(HistoryOf({RunOf(1, 100, 200)}), others_[30]);  // it needs none any more
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(StoreAndLoad(two, slots[i]).size, 2U) << i;
  EXPECT_EQ(store_.histories_cut(), 0U);
  EXPECT_EQ(StoreAndLoad(two, slots[3]).size, 1U);
  EXPECT_EQ(store_.histories_cut(), 1U);
  EXPECT_EQ(store_.bytes(), kTails * sizeof(Tail));
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(RunsOf(Load(slots[i])), RunsOf(two)) << i;
  EXPECT_EQ(Load(others_[11]).runs[0].server, ServerId{1}) << "the others' are theirs";
  EXPECT_EQ(Load(others_[30]).size, 1U);
}

TEST(HistoryStoreSizeTest, ThereIsATailForSixteenSessions) {
  HistoryStore store(16 * 5000);
  std::deque<Slot> slots;
  for (int i = 0; i < 5000; ++i) {
    store.Store(HistoryOf({RunOf(1, 100, 200), RunOf(2, 300, 400)}), slots.emplace_back());
  }
  EXPECT_EQ(store.histories_cut(), 0U);
  store.Store(HistoryOf({RunOf(1, 100, 200), RunOf(2, 300, 400)}), slots.emplace_back());
  EXPECT_EQ(store.histories_cut(), 1U);
}

}  // namespace
}  // namespace stickyd
