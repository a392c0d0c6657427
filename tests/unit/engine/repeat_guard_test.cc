// SPDX-License-Identifier: Apache-2.0
// repeat_guard_test: the same request again, and what only looks like it.
#include "../../../src/engine/repeat_guard.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace stickyd {
namespace {

class RepeatGuardTest : public testing::Test {
 protected:
  AccessRecord Clf(uint64_t count, int64_t second, const std::string& client = "1.1.1.1") {
    AccessRecord record;
    record.request_count = count;
    record.start.low = EventTime(std::chrono::seconds(1'000'000 + second));
    record.start.high = record.start.low + std::chrono::seconds(1);
    record.client_host = Kept(client);
    record.path = Kept("/");
    return record;
  }
  AccessRecord Json(int64_t tick, const std::string& path) {
    AccessRecord record;
    record.format = LogFormat::kJson;
    record.start.low = record.start.high = EventTime(EventDuration(tick));
    record.client_host = Kept("1.1.1.1");
    record.path = Kept(path);
    return record;
  }
  bool Again(const AccessRecord& record) {
    const bool again = guard_.IsRepeat(record, latest_);
    if (!again) latest_ = std::max(latest_, record.end());
    return again;
  }

 private:
  std::string_view Kept(const std::string& text) { return kept_.emplace_back(text); }
  std::deque<std::string> kept_;
  RepeatGuard guard_;
  EventTime latest_ = EventTime::min() + std::chrono::hours(1);
};

TEST_F(RepeatGuardTest, LineThatComesTwiceCountsOnce) {
  for (uint64_t i = 1; i < 20'000; ++i) {
    const auto second = static_cast<int64_t>(i / 50);
    ASSERT_FALSE(Again(Clf(i, second))) << i;
    ASSERT_TRUE(Again(Clf(i, second))) << i;
  }
}

TEST_F(RepeatGuardTest, BatchThatIsDeliveredAgainIsKnown) {
  for (uint64_t i = 1; i <= RepeatGuard::kSlots; ++i) ASSERT_FALSE(Again(Clf(i, 0)));
  for (uint64_t i = 1; i <= RepeatGuard::kSlots; ++i) ASSERT_TRUE(Again(Clf(i, 0)));
}

TEST_F(RepeatGuardTest, ProcessThatCountsInStepIsAnother) {
  std::mt19937 random(1);
  for (uint64_t i = 1; i < 20'000; ++i) {
    const auto second = static_cast<int64_t>(i / 50);
    const std::string other = fmt::format("10.0.{}.{}", random() % 256, random() % 256);
    ASSERT_FALSE(Again(Clf(i, second))) << i;
    ASSERT_FALSE(Again(Clf(i, second, other))) << i;
    ASSERT_TRUE(Again(Clf(i, second))) << i;
  }
}

TEST_F(RepeatGuardTest, WholeLogAgainIsKnownHoweverLongItIs) {
  constexpr uint64_t kLines = 10 * RepeatGuard::kSlots;
  for (uint64_t i = 1; i <= kLines; ++i) ASSERT_FALSE(Again(Clf(i, static_cast<int64_t>(i / 50))));
  for (uint64_t i = 1; i <= kLines; ++i)
    ASSERT_TRUE(Again(Clf(i, static_cast<int64_t>(i / 50)))) << i;
  // It goes on, within the second of what was there last.
  for (uint64_t i = kLines + 1; i < kLines + 1000; ++i) {
    ASSERT_FALSE(Again(Clf(i, static_cast<int64_t>(i / 50)))) << i;
  }
}

TEST_F(RepeatGuardTest, RestartCountsFromOneAndIsNoRepeat) {
  for (uint64_t i = 1; i < 1000; ++i) ASSERT_FALSE(Again(Clf(i, static_cast<int64_t>(i / 50))));
  for (uint64_t i = 1; i < 1000; ++i)
    ASSERT_FALSE(Again(Clf(i, static_cast<int64_t>(20 + i / 50))));
}

TEST_F(RepeatGuardTest, WithoutCountsExactTimesTell) {
  for (int64_t i = 0; i < 1000; ++i) {
    ASSERT_FALSE(Again(Json(i, "/a")));
    ASSERT_FALSE(Again(Json(i, "/b")));
    ASSERT_TRUE(Again(Json(i, "/a")));
  }
  // To the second only, two requests may well look the same.
  AccessRecord record = Clf(1, 500);
  record.request_count.reset();
  EXPECT_FALSE(Again(record));
  EXPECT_FALSE(Again(record));
}

}  // namespace
}  // namespace stickyd
