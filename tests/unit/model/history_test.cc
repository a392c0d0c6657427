// SPDX-License-Identifier: Apache-2.0
// history_test: a bounded history against a list of all assignments, on random traffic.
#include "stickyd/model/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "stickyd/model/access_record.h"

namespace stickyd {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Request {
  EventTime sent;
  EventDuration duration;
  uint32_t count = 0;
  ServerId server = ServerId::kNone;

  EventTime end() const { return sent + duration; }
};

struct Traffic {
  LogFormat format = LogFormat::kJson;
  uint16_t servers = 3;
  double moves = 0.05;      // share of requests that land anywhere
  int64_t pause_ms = 1500;  // between requests, at most
  int64_t longest_ms = 4000;
};

// What detection.md's table makes of a request.
Interval StartOf(const Request& request, LogFormat format) {
  if (format == LogFormat::kJson) return {request.sent, request.sent};
  const EventTime second{std::chrono::floor<seconds>(request.sent.time_since_epoch())};
  return {second, second + seconds(1)};
}
Interval LearntOf(const Request& request, LogFormat format) {
  const Interval start = StartOf(request, format);
  if (format == LogFormat::kJson) return {request.end(), request.end()};
  return {start.low + request.duration, start.high + request.duration + milliseconds(1)};
}
Mark MarkOf(const Request& request, LogFormat format) {
  return {static_cast<uint8_t>(format == LogFormat::kClf ? 1 : 0), request.count};
}

// The rule, taken literally.
class Everything {
 public:
  Verdict Judge(ServerId server, const Interval& start, const Mark& mark) const {
    bool held = false;
    bool moved = false;
    const bool none = std::none_of(all_.begin(), all_.end(),
                                   [&](const Assignment& x) { return x.learnt.high < start.low; });
    for (const Assignment& x : all_) {
      if (!MayBeKnown(x, start, mark)) continue;
      (x.server == server ? held : moved) = true;
    }
    if (none + held + moved != 1) return Verdict::kAmbiguous;
    return none ? Verdict::kFirst : held ? Verdict::kHeld : Verdict::kBreak;
  }
  void Add(const Assignment& assignment) { all_.push_back(assignment); }

 private:
  bool MayBeKnown(const Assignment& x, const Interval& start, const Mark& mark) const {
    const bool later = mark.sequence != 0 && x.mark.count > mark.count;
    const bool surely = x.learnt.high < start.low;
    if (!surely && (x.learnt.low > start.high || later)) return false;
    return std::none_of(all_.begin(), all_.end(), [&](const Assignment& y) {
      return y.learnt.high < start.low && y.learnt.low > x.learnt.high;
    });
  }
  std::vector<Assignment> all_;
};

class HistoryTest : public testing::Test {
 protected:
  int Uniform(int64_t below) {
    return static_cast<int>(random_() % static_cast<uint64_t>(std::max<int64_t>(below, 1)));
  }

  // In the order in which their lines are written.
  std::vector<Request> Make(const Traffic& traffic, size_t size) {
    std::vector<Request> requests;
    EventTime now{hours(500'000)};
    uint16_t pin = 1;
    for (size_t i = 0; i < size; ++i) {
      now += milliseconds(Uniform(10) == 0 ? 0 : Uniform(traffic.pause_ms));
      const bool anywhere = Uniform(1000) < static_cast<int>(1000 * traffic.moves);
      if (anywhere) pin = static_cast<uint16_t>(1 + Uniform(traffic.servers));
      const milliseconds duration(Uniform(3) == 0 ? Uniform(traffic.longest_ms) : Uniform(50));
      requests.push_back({now, duration, static_cast<uint32_t>(i + 1), ServerId{pin}});
    }
    std::stable_sort(requests.begin(), requests.end(),
                     [](const Request& a, const Request& b) { return a.end() < b.end(); });
    return requests;
  }

  void Compare(const Traffic& traffic, size_t size) {
    Everything everything;
    History history;
    for (const Request& request : Make(traffic, size)) {
      const Interval start = StartOf(request, traffic.format);
      const Mark mark = MarkOf(request, traffic.format);
      const Verdict want = everything.Judge(request.server, start, mark);
      const Verdict got =
          VerdictOf(PossiblePins(history, start, mark), history, request.server).verdict;
      ++verdicts_[static_cast<size_t>(got)];
      if (got != Verdict::kUnresolved) {
        ASSERT_EQ(got, want) << "request " << request.count;
      }
      const Assignment assignment{request.server, LearntOf(request, traffic.format), mark, 0, 0};
      everything.Add(assignment);
      AddAssignment(history, assignment);
      ASSERT_LE(history.size, History::kMostRuns);
    }
  }
  size_t Times(Verdict verdict) const { return verdicts_[static_cast<size_t>(verdict)]; }

  std::mt19937_64 random_{5};
  std::array<size_t, kCountOf<Verdict>> verdicts_{};
};

TEST_F(HistoryTest, JsonIsJudgedAsIfEverythingWereRemembered) {
  for (int i = 0; i < 3000; ++i) ASSERT_NO_FATAL_FAILURE(Compare({}, 60)) << i;
  EXPECT_GT(Times(Verdict::kFirst), 3000U);
  EXPECT_GT(Times(Verdict::kHeld), 100'000U);
  EXPECT_GT(Times(Verdict::kBreak), 1000U);
  EXPECT_LE(Times(Verdict::kUnresolved), 180U);  // a thousandth
}

TEST_F(HistoryTest, ClfIsJudgedAsIfEverythingWereRemembered) {
  Traffic traffic;
  traffic.format = LogFormat::kClf;
  traffic.pause_ms = 4000;
  for (int i = 0; i < 3000; ++i) ASSERT_NO_FATAL_FAILURE(Compare(traffic, 60)) << i;
  EXPECT_GT(Times(Verdict::kFirst), 3000U);
  EXPECT_GT(Times(Verdict::kHeld), 100'000U);
  EXPECT_GT(Times(Verdict::kBreak), 500U);
  EXPECT_GT(Times(Verdict::kAmbiguous), 500U);
  EXPECT_LE(Times(Verdict::kUnresolved), 1800U);  // a hundredth
}

TEST_F(HistoryTest, WhatIsForgottenIsUnresolvedAndNeverWrong) {
  // Bursts over many servers: more runs at once than there is room for.
  for (const LogFormat format : {LogFormat::kJson, LogFormat::kClf}) {
    const Traffic traffic{format, 20, 1.0, 50, 4000};
    for (int i = 0; i < 500; ++i) ASSERT_NO_FATAL_FAILURE(Compare(traffic, 100)) << i;
  }
  EXPECT_GT(Times(Verdict::kUnresolved), 100U);
  EXPECT_GT(Times(Verdict::kAmbiguous), 1000U);
}

}  // namespace
}  // namespace stickyd
