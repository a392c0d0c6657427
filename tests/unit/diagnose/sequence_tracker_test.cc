// SPDX-License-Identifier: Apache-2.0
// sequence_tracker_test: made-up processes, of which the truth is known.
#include "stickyd/diagnose/sequence_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace stickyd {
namespace {

struct Numbered {
  uint64_t count = 0;
  int64_t start_ms = 0, end_ms = 0;
  int life = 0;
};

EventTime At(int64_t ms) { return EventTime{std::chrono::milliseconds(1'767'603'600'000 + ms)}; }

Interval StartOf(const Numbered& request) {  // as CLF writes it
  const EventTime second{std::chrono::seconds(1'767'603'600 + request.start_ms / 1000)};
  return {second, second + std::chrono::seconds(1)};
}

// One life of a process: a request every few milliseconds, a few of them slow.
void Live(int life, uint64_t first, int64_t from_ms, size_t many, std::mt19937_64& random,
          std::vector<Numbered>& requests) {
  for (uint64_t count = first; count < first + many; ++count) {
    from_ms += static_cast<int64_t>(random() % 100);
    const auto slow = static_cast<int64_t>(random() % 20 == 0 ? random() % 20'000 : random() % 50);
    requests.push_back({count, from_ms, from_ms + slow, life});
  }
}

std::vector<uint8_t> Track(std::vector<Numbered>& requests, SequenceTracker& tracker) {
  std::stable_sort(requests.begin(), requests.end(),
                   [](const Numbered& a, const Numbered& b) { return a.end_ms < b.end_ms; });
  std::vector<uint8_t> sequences;
  for (const Numbered& request : requests) {
    sequences.push_back(tracker.Add(request.count, StartOf(request), At(request.end_ms)));
  }
  return sequences;
}

TEST(SequenceTrackerTest, OneProcessIsOneSequence) {
  std::mt19937_64 random(1);
  std::vector<Numbered> requests;
  Live(0, 1, 0, 5000, random, requests);
  SequenceIds ids;
  SequenceTracker tracker(ids);
  const auto sequences = Track(requests, tracker);
  EXPECT_EQ(std::set<uint8_t>(sequences.begin(), sequences.end()), std::set<uint8_t>{1});
  EXPECT_EQ(tracker.stats().restarts, 0U);
  EXPECT_EQ(tracker.stats().missing, 0U);
}

TEST(SequenceTrackerTest, RestartBeginsAnotherSequenceWithinTheClocksSecond) {
  std::mt19937_64 random(1);
  std::vector<Numbered> requests;
  for (int life = 0; life < 5; ++life) Live(life, 1, life * 1'000'000, 2000, random, requests);
  SequenceIds ids;
  SequenceTracker tracker(ids);
  const auto sequences = Track(requests, tracker);
  for (size_t i = 0; i < requests.size(); ++i) {
    ASSERT_EQ(sequences[i], requests[i].life + 1) << i;
  }
  EXPECT_EQ(tracker.stats().restarts, 4U);
}

TEST(SequenceTrackerTest, TwoProcessesOrderNothingUntilOneFallsSilent) {
  std::mt19937_64 random(1);
  std::vector<Numbered> requests;
  Live(0, 1, 0, 1000, random, requests);
  Live(1, 50'000, 0, 20'000, random, requests);
  SequenceIds ids;
  SequenceTracker tracker(ids);
  const auto sequences = Track(requests, tracker);
  int64_t last_of_first = 0;
  for (const Numbered& request : requests) {
    if (request.life == 0) last_of_first = std::max(last_of_first, request.end_ms);
  }
  for (size_t i = 0; i < requests.size(); ++i) {
    const int64_t ago = requests[i].start_ms - last_of_first;
    if (requests[i].start_ms < 7000) continue;  // it takes a few steps of the clock
    if (ago < 500'000) {
      ASSERT_EQ(sequences[i], 0) << i;
    } else if (ago > 700'000) {
      ASSERT_NE(sequences[i], 0) << i;
    }
  }
  EXPECT_NE(sequences.back(), 0);
  EXPECT_EQ(tracker.stats().restarts, 0U);
  tracker.Finish();
  EXPECT_EQ(tracker.stats().missing, 0U);
}

// As JSON writes it: a point.
void Add(SequenceTracker& tracker, uint64_t count, int64_t start_ms, int64_t end_ms) {
  tracker.Add(count, {At(start_ms), At(start_ms)}, At(end_ms));
}

TEST(SequenceTrackerTest, RequestHeldUpBeforeItWasCountedIsNoRestart) {
  SequenceIds ids;
  SequenceTracker tracker(ids);
  Add(tracker, 1, 0, 10);
  Add(tracker, 2, 1000, 1010);
  Add(tracker, 4, 1003, 1010);
  Add(tracker, 5, 1001, 1011);  // read the clock first, was counted later
  Add(tracker, 3, 1004, 1012);
  Add(tracker, 6, 2000, 2010);
  EXPECT_EQ(tracker.stats().restarts, 0U);
  EXPECT_EQ(tracker.stats().sequences, 1U);
  tracker.Finish();
  EXPECT_EQ(tracker.stats().missing, 0U);
}

TEST(SequenceTrackerTest, RequestsInFlightAtTheEndAreNotMissing) {
  std::mt19937_64 random(1);
  std::vector<Numbered> requests;
  Live(0, 1, 0, 5000, random, requests);
  for (size_t i = 0; i < requests.size(); i += 50) requests[i].end_ms += 60'000;  // sockets
  const int64_t cut = requests.back().start_ms;
  const size_t all = requests.size();
  std::erase_if(requests, [&](const Numbered& request) { return request.end_ms > cut; });
  ASSERT_LT(requests.size(), all - 10);
  SequenceIds ids;
  SequenceTracker tracker(ids);
  Track(requests, tracker);
  tracker.Finish();
  EXPECT_EQ(tracker.stats().missing, 0U);
}

TEST(SequenceTrackerTest, FilteredLogIsMissingAllThatIsNotThere) {
  std::mt19937_64 random(1);
  std::vector<Numbered> requests;
  Live(0, 1, 0, 40'000, random, requests);
  std::erase_if(requests, [&](const Numbered&) { return random() % 3 != 0; });
  SequenceIds ids;
  SequenceTracker tracker(ids);
  Track(requests, tracker);
  const auto [low, high] =
      std::minmax_element(requests.begin(), requests.end(),
                          [](const Numbered& a, const Numbered& b) { return a.count < b.count; });
  // The first lines show where the source begins: up to a burst of them may come late.
  const uint64_t expected = high->count - low->count + 1 - requests.size();
  EXPECT_NEAR(static_cast<double>(tracker.stats().missing), static_cast<double>(expected), 2000);
  tracker.Finish();
  EXPECT_EQ(tracker.stats().missing, expected);
  EXPECT_EQ(tracker.stats().restarts, 0U);
}

TEST(SequenceTrackerTest, LostBlockIsMissingWithinSeconds) {
  std::mt19937_64 random(1);
  std::vector<Numbered> requests;
  Live(0, 1, 0, 5000, random, requests);
  std::erase_if(requests, [&](const Numbered& r) { return r.count > 3000 && r.count <= 3500; });
  SequenceIds ids;
  SequenceTracker tracker(ids);
  Track(requests, tracker);
  EXPECT_EQ(tracker.stats().missing, 500U);
  tracker.Finish();
  EXPECT_EQ(tracker.stats().missing, 500U);
}

TEST(SequenceTrackerTest, ALineWhoseCountIsNotKnownIsNotMissing) {
  for (const uint64_t unknown : {0U, 1U, 9U}) {
    SequenceIds ids;
    SequenceTracker tracker(ids);
    for (uint64_t count = 1; count <= 5000; ++count) {
      const auto ms = static_cast<int64_t>(count) * 1000;
      if (count == 1000) {
        for (uint64_t i = 0; i < unknown; ++i) tracker.NoteUnknown();
      } else if (count != 1001) {
        tracker.Add(count, StartOf({count, ms, ms, 0}), At(ms));
      }
    }
    tracker.Finish();
    EXPECT_EQ(tracker.stats().missing, 2 - std::min<uint64_t>(unknown, 2));
  }
}

TEST(SequenceTrackerTest, LineThatComesAfterAllIsNotMissingAtTheEnd) {
  SequenceIds ids;
  SequenceTracker tracker(ids);
  for (uint64_t count = 1; count <= 1000; ++count) {
    if (count == 500) continue;  // a socket
    const auto start = static_cast<int64_t>(count) * 1000;
    Add(tracker, count, start, start + 10);
  }
  EXPECT_EQ(tracker.stats().missing, 1U);
  Add(tracker, 500, 500'000, 1'000'020);
  EXPECT_EQ(tracker.stats().missing, 1U);  // a counter does not go down
  EXPECT_EQ(tracker.stats().restarts, 0U);
  tracker.Finish();
  EXPECT_EQ(tracker.stats().missing, 0U);
}

TEST(SequenceTrackerTest, JumpFromOneProcessToAnotherIsNotMissing) {
  for (const int64_t pause_ms : {100, 1000, 30'000}) {
    SCOPED_TRACE(pause_ms);
    SequenceIds ids;
    SequenceTracker tracker(ids);
    int64_t now = 0;
    for (uint64_t i = 0; i < 200; ++i) {
      Add(tracker, 1000 + i, now, now + 5);
      Add(tracker, 50'000 + i, now + pause_ms / 2, now + pause_ms / 2 + 5);
      now += pause_ms;
    }
    tracker.Finish();
    EXPECT_EQ(tracker.stats().missing, 0U);
    EXPECT_EQ(tracker.stats().restarts, 0U);
  }
}

// The counts go on, so it is the same life, and nothing is missing.
TEST(SequenceTrackerTest, ClockThatIsSetBackIsNoRestart) {
  for (const int64_t back_ms : {300, 1'500, 5'000, 30'000, 3'600'000}) {
    for (const bool exact : {true, false}) {
      if (!exact && back_ms < 5'000) continue;  // CLF's clock does not show it
      SCOPED_TRACE(back_ms);
      std::mt19937_64 random(1);
      std::vector<Numbered> requests;
      Live(0, 1, 0, 10'000, random, requests);
      std::stable_sort(requests.begin(), requests.end(),
                       [](const Numbered& a, const Numbered& b) { return a.end_ms < b.end_ms; });
      SequenceIds ids;
      SequenceTracker tracker(ids);
      std::set<uint8_t> sequences;
      const int64_t step_at = requests[requests.size() / 2].end_ms;
      for (Numbered request : requests) {
        const int64_t duration = request.end_ms - request.start_ms;
        if (request.start_ms > step_at) request.start_ms -= back_ms;
        const EventTime start = At(request.start_ms);
        sequences.insert(tracker.Add(request.count,
                                     exact ? Interval{start, start} : StartOf(request),
                                     At(request.start_ms + duration)));
      }
      EXPECT_THAT(sequences, testing::ElementsAre(1));
      EXPECT_EQ(tracker.stats().restarts_told, 0U);
      EXPECT_EQ(tracker.stats().clock_steps, back_ms < 1000 ? 0U : 1U);  // so little is not seen
      EXPECT_EQ(tracker.stats().missing, 0U);
      tracker.Finish();
      EXPECT_EQ(tracker.stats().missing, 0U);
    }
  }
}

TEST(SequenceTrackerTest, RestartSoonAfterTheClockWasSetBackIsOne) {
  SequenceIds ids;
  SequenceTracker tracker(ids);
  constexpr int64_t kHour = 3'600'000;
  for (int64_t i = 0; i < 200; ++i) {
    const int64_t start = i * 1000 - (i >= 100 ? kHour : 0);
    Add(tracker, static_cast<uint64_t>(5000 + i), start, start + 10);
  }
  EXPECT_EQ(tracker.stats().clock_steps, 1U);
  EXPECT_EQ(tracker.stats().restarts, 0U);
  for (int64_t i = 0; i < 100; ++i) {
    const int64_t start = (200 + i) * 1000 - kHour;
    Add(tracker, static_cast<uint64_t>(1 + i), start, start + 10);
  }
  EXPECT_EQ(tracker.stats().restarts, 1U);
}

// A second process looks like a restart until the first one goes on.
TEST(SequenceTrackerTest, WhatWasToldOfRestartsIsNotTakenBack) {
  SequenceIds ids;
  SequenceTracker tracker(ids);
  uint64_t told = 0;
  for (int64_t i = 1; i <= 100; ++i) {
    Add(tracker, static_cast<uint64_t>(i) + 5000, i * 1000, i * 1000 + 10);
    if (i > 50) Add(tracker, static_cast<uint64_t>(i) - 50, i * 1000 + 500, i * 1000 + 510);
    EXPECT_GE(tracker.stats().restarts_told, told);
    EXPECT_GE(tracker.stats().restarts_told, tracker.stats().restarts);
    told = tracker.stats().restarts_told;
  }
  EXPECT_EQ(tracker.stats().restarts, 0U);
  EXPECT_EQ(told, 1U);
}

TEST(SequenceTrackerTest, ProcessesWithCloseCountsAreNeitherMissingAnythingNorRestarted) {
  for (uint32_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::vector<Numbered> requests;
    Live(0, 1, 0, 500, random, requests);
    Live(1, 1, 200, 500, random, requests);
    std::stable_sort(requests.begin(), requests.end(),
                     [](const Numbered& a, const Numbered& b) { return a.end_ms < b.end_ms; });
    SequenceIds ids;
    SequenceTracker tracker(ids);
    for (const Numbered& r : requests) Add(tracker, r.count, r.start_ms, r.end_ms);
    tracker.Finish();
    EXPECT_EQ(tracker.stats().restarts, 0U);
    EXPECT_EQ(tracker.stats().missing, 0U);
  }
}

TEST(SequenceTrackerTest, MoreGapsThanAreRememberedAreMissingAndStillExact) {
  SequenceIds ids;
  SequenceTracker tracker(ids);
  for (uint64_t count = 1; count <= 40'000; count += 2) {
    Add(tracker, count, static_cast<int64_t>(count) / 100, static_cast<int64_t>(count) / 100 + 1);
  }
  tracker.Finish();
  EXPECT_EQ(tracker.stats().missing, 19'999U);
  EXPECT_EQ(tracker.stats().sequences, 1U);
}

}  // namespace
}  // namespace stickyd
