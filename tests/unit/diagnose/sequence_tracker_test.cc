// sequence_tracker_test: made-up processes, of which the truth is known.
#include "stickyd/diagnose/sequence_tracker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace stickyd {
namespace {

struct Request {
  uint64_t count = 0;
  int64_t start_ms = 0, end_ms = 0;
  int life = 0;
};

Interval StartOf(const Request& request) {  // as CLF writes it
  const EventTime second{std::chrono::seconds(1'767'603'600 + request.start_ms / 1000)};
  return {second, second + std::chrono::seconds(1)};
}

// One life of a process: a request every few milliseconds, a few of them slow.
void Live(int life, uint64_t first, int64_t from_ms, size_t many, std::mt19937_64& random,
          std::vector<Request>& requests) {
  for (uint64_t count = first; count < first + many; ++count) {
    from_ms += static_cast<int64_t>(random() % 100);
    const auto slow = static_cast<int64_t>(random() % 20 == 0 ? random() % 20'000 : random() % 50);
    requests.push_back({count, from_ms, from_ms + slow, life});
  }
}

std::vector<uint8_t> Track(std::vector<Request>& requests, SequenceTracker& tracker) {
  std::stable_sort(requests.begin(), requests.end(),
                   [](const Request& a, const Request& b) { return a.end_ms < b.end_ms; });
  std::vector<uint8_t> sequences;
  for (const Request& request : requests) {
    sequences.push_back(tracker.Add(request.count, StartOf(request)));
  }
  return sequences;
}

TEST(SequenceTrackerTest, OneProcessIsOneSequence) {
  std::mt19937_64 random(1);
  std::vector<Request> requests;
  Live(0, 1, 0, 5000, random, requests);
  SequenceTracker tracker;
  const auto sequences = Track(requests, tracker);
  EXPECT_EQ(std::set<uint8_t>(sequences.begin(), sequences.end()), std::set<uint8_t>{1});
  EXPECT_EQ(tracker.stats().restarts, 0U);
  EXPECT_EQ(tracker.stats().missing, 0U);
}

TEST(SequenceTrackerTest, RestartBeginsAnotherSequenceWithinTheClocksSecond) {
  std::mt19937_64 random(1);
  std::vector<Request> requests;
  for (int life = 0; life < 5; ++life) Live(life, 1, life * 1'000'000, 2000, random, requests);
  SequenceTracker tracker;
  const auto sequences = Track(requests, tracker);
  for (size_t i = 0; i < requests.size(); ++i) {
    ASSERT_EQ(sequences[i], requests[i].life + 1) << i;
  }
  EXPECT_EQ(tracker.stats().restarts, 4U);
}

TEST(SequenceTrackerTest, TwoProcessesOrderNothingUntilOneFallsSilent) {
  std::mt19937_64 random(1);
  std::vector<Request> requests;
  Live(0, 1, 0, 1000, random, requests);
  Live(1, 50'000, 0, 20'000, random, requests);
  SequenceTracker tracker;
  const auto sequences = Track(requests, tracker);
  int64_t last_of_first = 0;
  for (const Request& request : requests) {
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
}

}  // namespace
}  // namespace stickyd
