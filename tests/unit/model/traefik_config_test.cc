#include "stickyd/model/traefik_config.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

std::shared_ptr<const TraefikConfig> ReadAt(int64_t second) {
  auto config = std::make_shared<TraefikConfig>();
  config->time = EventTime(std::chrono::seconds(second));
  return config;
}

TEST(ConfigHistoryTest, WhatIsKnownIsNotAddedAgain) {
  ConfigHistory history;
  EXPECT_TRUE(history.Add(ReadAt(10)));
  EXPECT_TRUE(history.Add(ReadAt(20)));
  for (const int64_t known : {10, 20}) EXPECT_FALSE(history.Add(ReadAt(known))) << known;
  EXPECT_TRUE(history.Add(ReadAt(15)));
  EXPECT_EQ(history.size(), 3U);
  EXPECT_EQ(history[1].time, EventTime(std::chrono::seconds(15)));
}

TEST(ConfigHistoryTest, TheOldestGoesWhereThereAreTooMany) {
  ConfigHistory history;
  constexpr size_t kMore = 7;
  for (size_t i = 0; i < ConfigHistory::kMost + kMore; ++i) {
    EXPECT_TRUE(history.Add(ReadAt(static_cast<int64_t>(i))));
  }
  EXPECT_EQ(history.size(), ConfigHistory::kMost);
  EXPECT_EQ(history.dropped(), kMore);
  EXPECT_EQ(history[0].time, EventTime(std::chrono::seconds(kMore)));
  EXPECT_FALSE(history.Add(ReadAt(0)));
  EXPECT_EQ(history.IndexAt(EventTime(std::chrono::seconds(kMore + 2))), 2U);
}

}  // namespace
}  // namespace stickyd
