// SPDX-License-Identifier: Apache-2.0
// held_breaks_test: what waits for a connection is decided by it, or by time, in its turn.
#include "stickyd/diagnose/held_breaks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stickyd {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr ServerId kPin{1};
constexpr uint64_t kClient = 5555;

class HeldBreaksTest : public testing::Test {
 protected:
  static constexpr size_t kLimit = 4;

  static EventTime At(int second) {
    return EventTime(std::chrono::hours(500'000)) + seconds(second);
  }
  static std::shared_ptr<const Route> RouteOf(uint16_t scope) {
    auto route = std::make_shared<Route>();
    route->scope = ScopeId{scope};
    return route;
  }
  void Hold(uint64_t id, int second, uint32_t connection) {
    BreakCase waits;
    waits.id = id;
    waits.route = route_;
    waits.seen.start = {At(second), At(second)};
    waits.seen.end = At(second);
    waits.seen.client = kClient;
    waits.seen.connection = 99;
    waits.judgement.pin = kPin;
    waits.pin_run.connection = connection;
    waits.awaits_peer = awaits_peer_;
    waits.pin_run.low_last = Tick(At(run_ends_));
    held_.Hold(std::move(waits), decided_);
  }
  void Hear(uint64_t connection, ServerId server, int second, const Route* route = nullptr) {
    Observation seen;
    seen.route = route != nullptr ? route : route_.get();
    seen.connection = connection;
    seen.client = kClient;
    seen.server = server;
    seen.start = {At(second), At(second)};
    held_.Hear(seen, &history_, decided_);
  }
  // The connection that speaks was with the pin then.
  void WasWithPinAt(int second) {
    history_ = {};
    AddAssignment(history_, {kPin, {At(second), At(second)}, {}, 0, 0});
  }
  // (id, was it somebody else?) in order.
  std::vector<std::pair<uint64_t, bool>> Settled() {
    std::vector<std::pair<uint64_t, bool>> all;
    for (const auto& held : decided_) all.emplace_back(held.break_case.id, held.somebody_else);
    decided_.clear();
    return all;
  }

  std::shared_ptr<const Route> route_ = RouteOf(1);
  bool awaits_peer_ = false;
  int run_ends_ = 0;  // when the pin was learnt last
  History history_;
  HeldBreaks held_{seconds(30), kLimit};
  std::vector<HeldBreaks::Held> decided_;
};

TEST_F(HeldBreaksTest, TheConnectionOfThePinDecides) {
  Hold(1, 10, 77);
  Hold(2, 11, 77);
  Hold(3, 12, 78);
  Hear(77, kPin, 13);
  EXPECT_THAT(Settled(), ElementsAre(Pair(1, true), Pair(2, true)));
  Hear(78, ServerId{2}, 14);
  EXPECT_THAT(Settled(), ElementsAre(Pair(3, false)));
  EXPECT_TRUE(held_.empty());
}

// What its connection has confirmed, no other connection clears.
TEST_F(HeldBreaksTest, WhatWaitsForItsPeerIsDecidedByTimeAlone) {
  awaits_peer_ = true;
  Hold(1, 10, 77);
  WasWithPinAt(5);
  Hear(77, kPin, 13);
  Hear(98, kPin, 13);
  held_.Advance(At(39), decided_);
  EXPECT_THAT(Settled(), IsEmpty());
  held_.Advance(At(40), decided_);
  EXPECT_THAT(Settled(), ElementsAre(Pair(1, false)));
}

TEST_F(HeldBreaksTest, OnlyWhatItSaysAfterwardsOfThisScopeCounts) {
  Hold(1, 10, 77);
  Hear(77, kPin, 9);
  Hear(0, kPin, 11);
  const auto other_scope = RouteOf(2);
  Hear(77, kPin, 11, other_scope.get());
  EXPECT_THAT(Settled(), IsEmpty());
  Hear(77 + (uint64_t{1} << 32U), kPin, 11);  // connections are remembered by 32 bits
  EXPECT_THAT(Settled(), ElementsAre(Pair(1, true)));
}

// A request in flight made the run's last connection another one than that which set the pin.
TEST_F(HeldBreaksTest, AnyConnectionThatWasWithThePinBeforeDecidesIfTheSetterIsNotKnown) {
  run_ends_ = 11;
  Hold(1, 10, 77);
  WasWithPinAt(12);
  Hear(77, kPin, 12);
  Hear(78, ServerId{2}, 12);
  WasWithPinAt(9);
  Hear(99, kPin, 13);  // its own
  EXPECT_THAT(Settled(), IsEmpty());
  Hear(78, kPin, 13);
  EXPECT_THAT(Settled(), ElementsAre(Pair(1, true)));
}

TEST_F(HeldBreaksTest, SilenceMakesItABreak) {
  Hold(1, 20, 77);
  Hold(2, 10, 78);  // its line was written late
  held_.Advance(At(39), decided_);
  EXPECT_THAT(Settled(), IsEmpty());
  held_.Advance(At(40), decided_);
  EXPECT_THAT(Settled(), ElementsAre(Pair(2, false)));
  Hear(78, kPin, 41);
  EXPECT_THAT(Settled(), IsEmpty());
  held_.Finish(decided_);
  EXPECT_THAT(Settled(), ElementsAre(Pair(1, false)));
}

TEST_F(HeldBreaksTest, TooManyDecideTheFirstEarly) {
  for (int i = 0; i < 6; ++i) Hold(static_cast<uint64_t>(i), 10 + i, 77);
  EXPECT_THAT(Settled(), ElementsAre(Pair(0, false), Pair(1, false)));
  EXPECT_EQ(held_.closed_early(), 2U);
  Hear(77, kPin, 20);
  EXPECT_THAT(Settled(), ElementsAre(Pair(2, true), Pair(3, true), Pair(4, true), Pair(5, true)));
}

}  // namespace
}  // namespace stickyd
