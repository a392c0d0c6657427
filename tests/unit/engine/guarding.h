// SPDX-License-Identifier: Apache-2.0
// guarding.h: a source, its sequence of counts, and the lines that the guard holds.
// Role:    forgery_guard_test.cc and forgery_runs_test.cc derive from it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../../../src/engine/forgery_guard.h"

namespace stickyd {

class Guarding : public testing::Test {
 protected:
  using Kind = ForgeryGuard::Kind;
  using Word = ForgeryGuard::Word;
  static constexpr size_t kLineBytes = 100;

  struct Line {
    uint64_t count = 0;
    int64_t second = 0;
    bool known = true;
    Kind kind = Kind::kClf;
    uint64_t client = 1;
    bool counted = true;
    bool has_server = true;
    bool after_gap = false;
    size_t bytes = kLineBytes;
  };

  // What became of the line: "believed", "held" or "refused"; and of those that were held before.
  std::string Hear(const Line& line) {
    const EventTime time = EventTime(std::chrono::seconds(line.second));
    const Interval start{time, time + std::chrono::seconds(1)};
    ForgeryGuard::Sight sight;
    sight.kind = line.kind;
    sight.bytes = line.bytes;
    sight.after_gap = line.after_gap;
    sight.counted = line.counted;
    sight.count = line.count;
    sight.fit = line.counted ? tracker_.Fits(line.count, start) : tracker_.FitsWithout();
    sight.little_known = tracker_.knows_little();
    sight.names_known = line.known && guard_.NeedsNames(sight.fit.fit);
    sight.has_server = line.has_server;
    sight.client = line.client;
    sight.end = time;
    const ForgeryGuard::Reply reply = guard_.Hear(sight);
    Settle(reply);
    if (reply.given_out) tracker_.Mark(*reply.given_out);
    if (reply.word == Word::kHeld) {
      held_.push_back(line);
      return "held";
    }
    if (reply.word == Word::kRefused) return "refused";
    if (line.kind == Kind::kClf || line.kind == Kind::kJson) Believe(line);
    return "believed";
  }
  std::string Fragment() { return Hear({.kind = Kind::kFragment, .counted = false}); }
  std::string Rest(uint64_t count) { return Hear({.count = count, .kind = Kind::kRest}); }
  void Settle(const ForgeryGuard::Reply& reply) {
    for (size_t i = 0; i < reply.believed; ++i, ++released_) Believe(held_.at(i));
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(reply.believed));
    ASSERT_LE(reply.refused, held_.size());
    held_.resize(held_.size() - reply.refused);
    refused_ += reply.refused;
  }
  void Drain(ForgeryGuard::End end) { Settle(guard_.Drained(end)); }
  void Believe(const Line& line) {
    if (!line.counted) return;
    const EventTime time = EventTime(std::chrono::seconds(line.second));
    tracker_.Add(line.count, {time, time + std::chrono::seconds(1)}, time);
  }
  // A second process writes between the lines of the first, for so many clients in turn. It counts
  // so far from one line to the next.
  size_t TurnsUntilBelieved(uint64_t clients, uint64_t step = 1) {
    size_t turns = 0;
    for (; turns < 100; ++turns) {
      const auto second = static_cast<int64_t>(own_);
      Hear({.count = other_, .second = second, .client = turns % clients});
      other_ += step;
      if (Hear({.count = own_++, .second = second}) == "believed" && released_ > 0) break;
    }
    return turns;
  }
  // Holds three runs, or two if `second` goes on with the first; then the first one goes on, and
  // what is above it is refused: so many lines.
  size_t RefusedAbove(uint64_t first, const Line& second) {
    Establish();
    EXPECT_EQ(Hear({.count = first, .second = 201}), "held");
    EXPECT_EQ(Hear(second), "held");
    EXPECT_EQ(Hear({.count = 9'000'001, .second = 201}), "held");
    EXPECT_EQ(Hear({.count = first + 1, .second = 201}), "refused");
    return refused_;
  }
  // A source that has counted from 1 to 200 within 200 s.
  void Establish() {
    for (uint64_t count = 1; count <= 200; ++count) {
      ASSERT_EQ(Hear({.count = count, .second = static_cast<int64_t>(count)}), "believed");
    }
  }

  SequenceIds ids_;
  SequenceTracker tracker_{ids_};
  ForgeryGuard guard_;
  std::vector<Line> held_;
  uint64_t own_ = 201, other_ = 5001;  // of two processes: the next counts
  size_t released_ = 0, refused_ = 0;  // of those that were held
};

}  // namespace stickyd
