// SPDX-License-Identifier: Apache-2.0
// sleeper_test: what ends a sleep. Nothing here waits for time to pass: what should end at once
// would otherwise sleep for days.
#include "stickyd/base/sleeper.h"

#include <gtest/gtest.h>

#include <thread>

namespace stickyd {
namespace {

const auto kNever = std::chrono::steady_clock::now() + std::chrono::hours(1000);
const std::chrono::steady_clock::time_point kPast;

TEST(SleeperTest, AWakeEndsTheNextSleepAndOnlyThat) {
  Sleeper sleeper;
  sleeper.Wake();
  sleeper.Sleep(kNever, {});
  sleeper.Wake();
  sleeper.Wake();
  sleeper.Sleep(std::stop_token());
  sleeper.Sleep(kPast, {});
  std::stop_source stop;
  stop.request_stop();
  sleeper.Sleep(kNever, stop.get_token());
}

TEST(SleeperTest, RestIsNotEndedByAWakeAndForgetsIt) {
  Sleeper sleeper;
  sleeper.Wake();
  EXPECT_TRUE(sleeper.Rest(kPast, {}));
  bool stopped = false;
  {
    const std::jthread other([&](const std::stop_token& stop) {
      sleeper.Sleep(kNever, stop);
      stopped = stop.stop_requested();
    });
  }
  EXPECT_TRUE(stopped) << "the wake before was forgotten";
}

TEST(SleeperTest, AStopEndsTheSleepOfNow) {
  Sleeper sleeper;
  bool went_on = true;
  {
    const std::jthread resting(
        [&](const std::stop_token& stop) { went_on = sleeper.Rest(kNever, stop); });
  }
  EXPECT_FALSE(went_on);
  {
    const std::jthread sleeping([&](const std::stop_token& stop) { sleeper.Sleep(stop); });
  }
  {
    const std::jthread sleeping([&](const std::stop_token&) { sleeper.Sleep(kNever, {}); });
    sleeper.Wake();
  }
}

}  // namespace
}  // namespace stickyd
