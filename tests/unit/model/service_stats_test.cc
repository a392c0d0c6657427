// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/service_stats.h"

#include <gtest/gtest.h>

#include "stickyd/model/server_places.h"

namespace stickyd {
namespace {

TEST(ServerPlacesTest, FindsWhatAPlainSearchFindsWhileTheListGrowsAndIsCleared) {
  std::vector<ServerId> list;
  ServerPlaces places;
  const auto id_of = [](ServerId id) { return id; };
  uint32_t random = 1;
  for (int step = 0; step < 20'000; ++step) {
    random = random * 1'664'525U + 1'013'904'223U;
    const ServerId server{static_cast<uint16_t>(random >> 22U)};
    const auto at = std::find(list.begin(), list.end(), server);
    ASSERT_EQ(places.Find(list, server, id_of), static_cast<size_t>(at - list.begin())) << step;
    if (at == list.end()) list.push_back(server);
    if (step % 7000 == 6999) list.clear();
  }
}

TEST(RatioCountsTest, AssignmentsToServersBeyondTheBoundCountAsSpread) {
  RatioCounts counts;
  constexpr uint16_t kServers = 1000;
  for (uint16_t server = 1; server <= kServers; ++server) counts.AddServer(ServerId{server}, 10);
  uint64_t sum = counts.other_servers;
  for (const auto& [server, count] : counts.servers) sum += count;
  EXPECT_EQ(sum, 10U * kServers);
  EXPECT_EQ(counts.servers.size(), RatioCounts::kMostServers);
  EXPECT_NEAR(*counts.ExpectedRatio(), 1 - 1.0 / kServers, 0.001);
  RatioCounts twice;
  twice.Add(counts);
  twice.Add(counts);
  EXPECT_EQ(twice.other_servers, 2 * counts.other_servers);
}

TEST(RatioCountsTest, TheLowerBoundIsThatOfTheTwoSided95PercentWilsonInterval) {
  struct Row {
    uint64_t hits, trials;
    double bound;
  };
  // From Wilson's formula with z = 1.959964, to five digits.
  const Row rows[] = {{0, 0, 0},          {0, 10, 0},         {1, 1, 0.20655},
                      {1, 10, 0.01788},   {5, 10, 0.23659},   {10, 100, 0.05523},
                      {50, 100, 0.40383}, {1, 1000, 0.00018}, {100, 100, 0.96301}};
  for (const Row& row : rows) {
    SCOPED_TRACE(std::to_string(row.hits) + " of " + std::to_string(row.trials));
    EXPECT_NEAR(WilsonLowerBound(row.hits, row.trials), row.bound, 0.000005);
    RatioCounts counts;
    counts.breaks = row.hits;
    counts.returning = row.trials;
    EXPECT_EQ(counts.LowerBound(), WilsonLowerBound(row.hits, row.trials));
  }
}

TEST(RatioCountsTest, EachRatioIsItsOwn) {
  RatioCounts counts;
  EXPECT_FALSE(counts.Ratio() || counts.ExpectedRatio() || counts.Index() || counts.SettledRatio());
  counts.unsettled = 40;
  EXPECT_EQ(counts.SettledRatio(), 0);
  EXPECT_FALSE(counts.Ratio());
  counts.returning = 160;
  counts.breaks = 60;
  counts.AddServer(ServerId{1}, 50);
  EXPECT_FALSE(counts.ExpectedRatio() || counts.Index()) << "one server: nowhere else to go";
  counts.AddServer(ServerId{2}, 50);
  EXPECT_EQ(counts.Ratio(), 0.375);
  EXPECT_EQ(counts.ExpectedRatio(), 0.5);
  EXPECT_EQ(counts.Index(), 0.75);
  EXPECT_EQ(counts.SettledRatio(), 0.8);
  counts.AddServer(ServerId{1}, 100);  // 150 to 50
  EXPECT_EQ(counts.ExpectedRatio(), 0.375);
  EXPECT_EQ(counts.Index(), 1);
}

Judgement Guessed(Verdict verdict, bool returning = true, bool guessed = true) {
  Judgement judgement;
  judgement.verdict = verdict;
  judgement.returning = returning;
  judgement.guessed = guessed;
  return judgement;
}

TEST(RatioCountsTest, GuessesAreThoseOfWhoCameBack) {
  RatioCounts counts;
  const auto note = [&](const Judgement& judgement) {
    counts.NoteGuess(judgement);
    return std::pair{counts.guessed, counts.guessed_breaks};
  };
  using Both = std::pair<uint64_t, uint64_t>;
  EXPECT_EQ(note(Guessed(Verdict::kHeld)), (Both{1, 0}));
  EXPECT_EQ(note(Guessed(Verdict::kBreak)), (Both{2, 1}));
  EXPECT_EQ(note(Guessed(Verdict::kBreak, true, false)), (Both{2, 1})) << "sure";
  EXPECT_EQ(note(Guessed(Verdict::kFirst, false)), (Both{2, 1})) << "new";
  EXPECT_EQ(note(Guessed(Verdict::kAmbiguous, false)), (Both{2, 1})) << "unsettled anyway";
}

TEST(RatioCountsTest, GuessesSettleNothingAndTheirBreaksAreNotSure) {
  RatioCounts counts;
  counts.returning = 160;
  counts.breaks = 60;
  counts.unsettled = 40;
  counts.guessed = 60;
  EXPECT_EQ(counts.SettledRatio(), 0.5);
  EXPECT_EQ(counts.LowerBound(), WilsonLowerBound(60, 160));
  counts.guessed_breaks = 50;
  EXPECT_EQ(counts.SettledRatio(), 0.5);
  EXPECT_EQ(counts.LowerBound(), WilsonLowerBound(10, 160));
  EXPECT_EQ(counts.Ratio(), 0.375) << "what was seen is seen";
  counts.guessed_breaks = 60;
  EXPECT_EQ(counts.LowerBound(), 0);
}

TEST(RatioCountsTest, EverythingIsAddedUp) {
  RatioCounts one;
  one.returning = 1;
  one.breaks = 2;
  one.unsettled = 3;
  one.guessed = 4;
  one.guessed_breaks = 5;
  one.AddServer(ServerId{1}, 6);
  RatioCounts sum;
  for (int i = 0; i < 3; ++i) sum.Add(one);
  EXPECT_EQ(
      (std::vector{sum.returning, sum.breaks, sum.unsettled, sum.guessed, sum.guessed_breaks}),
      (std::vector<uint64_t>{3, 6, 9, 12, 15}));
  ASSERT_EQ(sum.servers.size(), 1U);
  EXPECT_EQ(sum.servers[0].second, 18U);
}

TEST(RatioWindowTest, GuessesFallOutWithTheirMinute) {
  const EventTime start(std::chrono::hours(500'000));
  RatioWindow window;
  const auto guesses = [&](int minute) {
    const RatioCounts counts = window.Sum(start + std::chrono::minutes(minute), 60);
    return std::pair{counts.guessed, counts.guessed_breaks};
  };
  using Both = std::pair<uint64_t, uint64_t>;
  window.Count(start, ServerId{1}, Guessed(Verdict::kBreak));
  window.Count(start, ServerId{1}, Guessed(Verdict::kHeld));
  EXPECT_EQ(guesses(0), (Both{2, 1}));
  EXPECT_EQ(guesses(59), (Both{2, 1}));
  EXPECT_EQ(guesses(60), (Both{0, 0}));
  window.Count(start + std::chrono::minutes(60), ServerId{1}, Guessed(Verdict::kHeld));
  EXPECT_EQ(guesses(60), (Both{1, 0})) << "the slot begins anew";
  window.Count(start, ServerId{1}, Guessed(Verdict::kBreak));  // too late to count
  EXPECT_EQ(guesses(60), (Both{1, 0}));
}

TEST(RatioWindowTest, MinutesThatAreOverFallOutOfTheirWindow) {
  const EventTime start(std::chrono::hours(500'000));
  const auto judged = [](Verdict verdict, bool returning) {
    Judgement judgement;
    judgement.verdict = verdict;
    judgement.returning = returning;
    return judgement;
  };
  RatioWindow window;
  window.Count(start, ServerId{1}, judged(Verdict::kBreak, true));
  window.Count(start + std::chrono::minutes(5), ServerId{2}, judged(Verdict::kHeld, true));
  window.Count(start + std::chrono::minutes(6), ServerId{2}, judged(Verdict::kAmbiguous, false));
  const auto sum = [&](int at, size_t minutes) {
    const RatioCounts counts = window.Sum(start + std::chrono::minutes(at), minutes);
    return std::vector<uint64_t>{counts.returning, counts.breaks, counts.unsettled};
  };
  EXPECT_EQ(sum(4, 5), (std::vector<uint64_t>{1, 1, 0}));
  EXPECT_EQ(sum(5, 5), (std::vector<uint64_t>{1, 0, 0}));
  EXPECT_EQ(sum(6, 5), (std::vector<uint64_t>{1, 0, 1}));
  EXPECT_EQ(sum(59, 60), (std::vector<uint64_t>{2, 1, 1}));
  EXPECT_EQ(sum(60, 60), (std::vector<uint64_t>{1, 0, 1}));
  window.Count(start + std::chrono::minutes(60), ServerId{1}, judged(Verdict::kHeld, true));
  window.Count(start, ServerId{1}, judged(Verdict::kBreak, true));  // too late to count
  EXPECT_EQ(sum(60, 60), (std::vector<uint64_t>{2, 0, 1}));
}

}  // namespace
}  // namespace stickyd
