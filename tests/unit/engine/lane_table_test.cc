// SPDX-License-Identifier: Apache-2.0
// lane_table_test: lanes that come, end, begin again and go; their sources' numbers stay.
#include "../../../src/engine/lane_table.h"

#include <gtest/gtest.h>

#include <memory>

namespace stickyd {
namespace {

class LaneTableTest : public testing::Test {
 protected:
  LaneIntake& Add(const std::string& source) {
    return lanes_.Add(source, [this] {
      return std::make_unique<LaneIntake>(1000, std::vector<std::string>(), *interpreter_, ids_);
    });
  }
  const std::unique_ptr<Interpreter> interpreter_ = *Interpreter::Create({}, KeyedHash({}));
  SequenceIds ids_;
  LaneTable lanes_;
};

TEST_F(LaneTableTest, LanesWhoseLogGoesOnAreOpen) {
  LaneIntake& a = Add("log");
  EXPECT_EQ(lanes_.open(), 1);
  LaneIntake& b = Add("log");
  EXPECT_EQ(lanes_.open(), 2);
  for (int i = 0; i < 2; ++i) {  // it may be told twice
    lanes_.SetEnded(a, true);
    EXPECT_EQ(lanes_.open(), 1);
    EXPECT_TRUE(a.ended);
  }
  for (int i = 0; i < 2; ++i) {
    lanes_.SetEnded(a, false);
    EXPECT_EQ(lanes_.open(), 2);
    EXPECT_FALSE(a.ended);
  }
  lanes_.SetEnded(a, true);
  lanes_.Drop(a.id);
  EXPECT_EQ(lanes_.open(), 1);
  lanes_.Drop(b.id);
  EXPECT_EQ(lanes_.open(), 0);
}

TEST_F(LaneTableTest, NumbersOfALaneOutliveItAndItsPlaceIsTakenAgain) {
  LaneIntake& a = Add("one");
  LaneIntake& b = Add("two");
  LaneIntake& c = Add("one");
  EXPECT_EQ(a.source, c.source);
  EXPECT_NE(a.source, b.source);
  a.stats.lines = 5;
  b.stats.lines = 7;
  c.stats.lines = 9;
  const LaneId place = a.id;
  lanes_.Drop(place);
  const LaneIntake& d = Add("three");
  EXPECT_EQ(d.id, place);
  size_t there = 0;
  lanes_.ForEach([&](const LaneIntake&) { ++there; });
  EXPECT_EQ(there, 3U);
  const std::vector<SourceStats> stats = lanes_.Stats();
  ASSERT_EQ(stats.size(), 3U);
  EXPECT_EQ(stats[0].name, "one");
  EXPECT_EQ(stats[0].lines, 14U);
  EXPECT_EQ(stats[1].lines, 7U);
  EXPECT_EQ(stats[2].name, "three");
  EXPECT_EQ(stats[2].lines, 0U);
}

}  // namespace
}  // namespace stickyd
