// SPDX-License-Identifier: Apache-2.0
// newest_first_test: how many pairs of records it takes to say that a log's newest line comes
// first.
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "../../../src/feed/line_order.h"
#include "stickyd/feed/line_queue.h"

namespace stickyd {
namespace {

EventTime EndOf(int64_t second) {
  return EventTime(std::chrono::hours(500'000)) + std::chrono::seconds(second);
}

// Each ended in these seconds.
LineOrder OrderOf(const std::vector<std::pair<int64_t, int64_t>>& ends) {
  LineOrder order;
  for (const auto& [low, high] : ends) order.Add(EndOf(low), EndOf(high), std::nullopt);
  return order;
}

// All in one second.
LineOrder OrderOfCounts(const std::vector<uint64_t>& counts) {
  LineOrder order;
  order.Add(EndOf(0), EndOf(1), std::nullopt);
  for (const uint64_t count : counts) order.Add(EndOf(0), EndOf(1), count);
  return order;
}

TEST(NewestFirstTest, ThreePairsTellByTheirTimes) {
  EXPECT_FALSE(OrderOf({}).newest_first());
  EXPECT_FALSE(OrderOf({{2, 2}, {1, 1}}).newest_first());
  EXPECT_FALSE(OrderOf({{3, 3}, {1, 2}, {2, 2}}).newest_first()) << "two pairs, one tie";
  EXPECT_TRUE(OrderOf({{3, 3}, {2, 2}, {1, 1}}).newest_first());
  EXPECT_FALSE(OrderOf({{1, 1}, {2, 2}, {3, 3}}).newest_first());
}

TEST(NewestFirstTest, ThreeQuartersOfThePairsMustSaySo) {
  EXPECT_TRUE(OrderOf({{9, 9}, {5, 5}, {6, 6}, {5, 6}}).newest_first()) << "three to one";
  EXPECT_FALSE(OrderOf({{9, 9}, {5, 5}, {5, 5}, {6, 6}}).newest_first()) << "three to two";
  EXPECT_FALSE(OrderOf({{9, 9}, {5, 5}, {6, 6}}).newest_first()) << "two to one";
}

TEST(NewestFirstTest, WhereTimesDoNotTellManyCountsDo) {
  std::vector<uint64_t> counts;
  for (uint64_t count = 14; count > 0; --count) counts.push_back(count);
  EXPECT_FALSE(OrderOfCounts(counts).newest_first()) << "91 pairs";
  counts.push_back(6);
  EXPECT_FALSE(OrderOfCounts(counts).newest_first()) << "99 pairs";
  counts.back() = 5;
  EXPECT_TRUE(OrderOfCounts(counts).newest_first()) << "100 pairs";
  counts.back() = 6;
  while (counts.size() < 14 + 13) counts.push_back(6);
  EXPECT_TRUE(OrderOfCounts(counts).newest_first()) << "195 to 65";
  counts.push_back(6);
  EXPECT_FALSE(OrderOfCounts(counts).newest_first()) << "203 to 70";
}

TEST(NewestFirstTest, TimesGoBeforeCounts) {
  LineOrder order;
  for (int i = 0; i < 30; ++i) {
    order.Add(EndOf(i), EndOf(i), static_cast<uint64_t>(100 - i));
  }
  EXPECT_FALSE(order.newest_first());
}

TEST(NewestFirstTest, TheFirstTwoHundredRecordsAreEnough) {
  LineOrder order;
  for (size_t i = 0; i < 200; ++i) {
    EXPECT_FALSE(order.full()) << i;
    order.Add(EndOf(1000 - static_cast<int64_t>(i)), EndOf(1000 - static_cast<int64_t>(i)), {});
  }
  EXPECT_TRUE(order.full());
  for (int i = 0; i < 2000; ++i) order.Add(EndOf(2000 + i), EndOf(2000 + i), {});
  EXPECT_TRUE(order.newest_first());
}

TEST(NewestFirstTest, BeginningIsNewerThanAnEndThatIsSurelyBefore) {
  EXPECT_TRUE(OrderOf({{9, 10}, {1, 1}}).IsNewerThan(OrderOf({{20, 20}, {7, 8}})));
  EXPECT_FALSE(OrderOf({{8, 10}, {1, 1}}).IsNewerThan(OrderOf({{20, 20}, {7, 8}})));
}

struct WaitingLine {
  EventTime time;
  int id;
};

TEST(LineQueueTest, EarliestComesFirstAndOfOneTimeTheLogThatWasNamedFirst) {
  std::vector<WaitingLine> lines;
  for (int i = 0; i < 40; ++i) lines.push_back({EndOf(i * 7 % 10), i});
  LineQueue<WaitingLine> queue;
  for (WaitingLine& line : lines) queue.Push(&line);
  const WaitingLine* before = queue.Pop();
  for (size_t i = 1; i < lines.size(); ++i) {
    const WaitingLine* next = queue.Pop();
    EXPECT_TRUE(before->time != next->time ? before->time < next->time : before->id < next->id);
    before = next;
  }
  EXPECT_TRUE(queue.empty());
  queue.Push(&lines[0]);
  queue.Clear();
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace stickyd
