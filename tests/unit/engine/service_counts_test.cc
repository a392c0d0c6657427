// SPDX-License-Identifier: Apache-2.0
// service_counts_test: each verdict is counted where it belongs, of its service.
#include "../../../src/engine/service_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::Pair;

class ServiceCountsTest : public testing::Test {
 protected:
  static EventTime AtMinute(int64_t minute) {
    return EventTime(std::chrono::hours(500'000)) + std::chrono::minutes(minute);
  }
  Outcome OutcomeOf(Verdict verdict, ServiceId service, int64_t minute = 0) const {
    Outcome outcome;
    outcome.service = service;
    outcome.server = server_;
    outcome.start = AtMinute(minute);
    outcome.group = 7;
    outcome.judgement.verdict = verdict;
    outcome.judgement.evidence = Evidence::kCookie;
    outcome.judgement.returning = verdict == Verdict::kHeld || verdict == Verdict::kBreak;
    return outcome;
  }
  void Count(Verdict verdict, int64_t minute = 0, uint16_t status = 200) {
    counts_.Count(OutcomeOf(verdict, shop_, minute), status);
  }
  PipelineStats Stats(int64_t minute, Pipeline::Windows windows = Pipeline::Windows::kSum) {
    return Stats(counts_, minute, windows);
  }
  PipelineStats Stats(ServiceCounts& counts, int64_t minute, Pipeline::Windows windows) {
    PipelineStats stats;
    counts.AddTo(stats, {services_, servers_, sessions_, AtMinute(minute)}, windows);
    return stats;
  }
  static std::vector<std::string> NamesOf(const PipelineStats& stats) {
    std::vector<std::string> names;
    for (const auto& service : stats.services) names.push_back(service.first);
    return names;
  }

  NameTable<ServiceId> services_{3};
  NameTable<ServerId> servers_{10};
  SessionTable sessions_{{10, std::chrono::seconds(60)}};
  const ServiceId shop_ = services_.Intern("shop@file");
  const ServerId server_ = servers_.Intern("http://a");
  ServiceCounts counts_{false};
};

TEST_F(ServiceCountsTest, EachVerdictHasItsCount) {
  const std::pair<Verdict, int> times[] = {{Verdict::kFirst, 1},
                                           {Verdict::kHeld, 2},
                                           {Verdict::kBreak, 3},
                                           {Verdict::kAmbiguous, 4},
                                           {Verdict::kUnresolved, 5}};
  for (const auto& [verdict, many] : times) {
    for (int i = 0; i < many; ++i) Count(verdict);
  }
  const ServiceStats& stats = counts_.StatsOf(shop_);
  EXPECT_EQ(stats.first, 1U);
  EXPECT_EQ(stats.held, 2U);
  EXPECT_EQ(stats.breaks[Evidence::kCookie], 3U);
  EXPECT_EQ(stats.ambiguous, 4U);
  EXPECT_EQ(stats.unresolved, 5U);
  EXPECT_EQ(stats.requests[Evidence::kCookie], 15U);
  EXPECT_EQ(stats.requests.sum(), 15U);
  EXPECT_EQ(stats.returning[Evidence::kCookie], 5U);
  EXPECT_EQ(stats.total.returning, 5U);
  EXPECT_EQ(stats.total.breaks, 3U);
  EXPECT_EQ(stats.total.unsettled, 9U);
  EXPECT_THAT(stats.total.servers, ElementsAre(Pair(server_, 15U)));
}

TEST_F(ServiceCountsTest, StatesAndUnpinnedOnesAreCountedWhereTheyAreKnown) {
  Outcome outcome = OutcomeOf(Verdict::kHeld, shop_);
  counts_.Count(outcome, 200);
  outcome.judgement.state = StickyState::kStale;
  outcome.judgement.unpinned = true;
  counts_.Count(outcome, 200);
  const ServiceStats& stats = counts_.StatsOf(shop_);
  EXPECT_EQ(stats.states.sum(), 1U);
  EXPECT_EQ(stats.states[StickyState::kStale], 1U);
  EXPECT_EQ(stats.unpinned[Evidence::kCookie], 1U);
  EXPECT_EQ(stats.unpinned.sum(), 1U);
}

TEST_F(ServiceCountsTest, SessionsOfTheApplicationAreCountedOfThoseThatWereHeld) {
  for (const Verdict verdict : {Verdict::kHeld, Verdict::kBreak}) {
    Outcome outcome = OutcomeOf(verdict, shop_);
    counts_.Count(outcome, 200);
    outcome.judgement.own_session = true;
    counts_.Count(outcome, 200);
    counts_.Count(outcome, 200);
    outcome.judgement.new_own_session = true;
    counts_.Count(outcome, 200);
  }
  EXPECT_EQ(counts_.StatsOf(shop_).own_sessions, 3U);
  EXPECT_EQ(counts_.StatsOf(shop_).new_own_sessions, 1U);
}

TEST_F(ServiceCountsTest, FirstBreaksAreBrokenSessionsAndHeldFailuresDeadPins) {
  Outcome outcome = OutcomeOf(Verdict::kBreak, shop_);
  counts_.Count(outcome, 502);
  outcome.judgement.first_break = true;
  counts_.Count(outcome, 503);
  Count(Verdict::kFirst, 0, 502);
  for (const uint16_t status : std::array<uint16_t, 6>{501, 502, 503, 503, 504, 505})
    Count(Verdict::kHeld, 0, status);
  const ServiceStats& stats = counts_.StatsOf(shop_);
  EXPECT_EQ(stats.broken_sessions, 1U);
  EXPECT_THAT(stats.dead_pins, ElementsAre(Pair(502, 1U), Pair(503, 2U), Pair(504, 1U)));
}

TEST_F(ServiceCountsTest, WindowsAreOfFiveMinutesAndAnHour) {
  Count(Verdict::kBreak, 0);
  Count(Verdict::kHeld, 56);
  Count(Verdict::kHeld, 57);
  Count(Verdict::kAmbiguous, 59);
  PipelineStats stats = Stats(59);
  ASSERT_EQ(stats.recent.size(), 1U);
  EXPECT_EQ(stats.recent[0].five_minutes.returning, 2U);
  EXPECT_EQ(stats.recent[0].five_minutes.breaks, 0U);
  EXPECT_EQ(stats.recent[0].requests_5m, 3U);
  EXPECT_EQ(stats.recent[0].hour.returning, 3U);
  EXPECT_EQ(stats.recent[0].hour.breaks, 1U);
  EXPECT_EQ(stats.recent[0].top_break_share, 1);
  stats = Stats(61, Pipeline::Windows::kAsBefore);
  EXPECT_EQ(stats.recent[0].requests_5m, 3U) << "not summed up anew";
  stats = Stats(61);
  EXPECT_EQ(stats.recent[0].requests_5m, 2U);
  EXPECT_EQ(stats.recent[0].hour.breaks, 0U);
  EXPECT_EQ(stats.recent[0].top_break_share, std::nullopt) << "an hour ago";
  counts_.ClearWindows();
  stats = Stats(61);
  EXPECT_EQ(stats.recent[0].requests_5m, 0U);
  EXPECT_EQ(stats.recent[0].hour.returning, 0U);
  EXPECT_EQ(stats.services[0].second.breaks.sum(), 1U) << "what was counted stays";
  Count(Verdict::kBreak, 61);
  EXPECT_EQ(Stats(61).recent[0].top_break_share, 1);
  counts_.ClearWindows();
  EXPECT_EQ(Stats(61).recent[0].top_break_share, std::nullopt);
}

TEST_F(ServiceCountsTest, RequestsToServersBeyondTheBoundAreRequestsToo) {
  for (uint16_t server = 1; server <= RatioCounts::kMostServers + 8; ++server) {
    Outcome outcome = OutcomeOf(Verdict::kHeld, shop_);
    outcome.server = ServerId{server};
    counts_.Count(outcome, 200);
  }
  EXPECT_EQ(Stats(0).recent[0].requests_5m, RatioCounts::kMostServers + 8);
}

TEST_F(ServiceCountsTest, ServicesComeWithTheirServersSessionsAndShares) {
  const ServiceId cart = services_.Intern("cart@file");
  const ServerId other = servers_.Intern("http://b");
  sessions_.SetService(sessions_.Touch(1, AtMinute(0)).slot, cart);
  Count(Verdict::kHeld);
  Outcome outcome = OutcomeOf(Verdict::kBreak, cart);
  counts_.Count(outcome, 200);
  outcome.server = other;
  outcome.group = 8;
  for (int i = 0; i < 3; ++i) counts_.Count(outcome, 200);
  const PipelineStats stats = Stats(0);
  EXPECT_THAT(NamesOf(stats), ElementsAre("shop@file", "cart@file"));
  EXPECT_THAT(stats.sessions_active, ElementsAre(0U, 1U));
  EXPECT_THAT(stats.servers[0], ElementsAre(Pair("http://a", 1U)));
  EXPECT_THAT(stats.servers[1], ElementsAre(Pair("http://a", 1U), Pair("http://b", 3U)));
  EXPECT_EQ(stats.services[0].second.top_break_share, std::nullopt);
  EXPECT_EQ(stats.services[1].second.top_break_share, 0.75);
  EXPECT_EQ(stats.recent[1].top_break_share, 0.75);
}

TEST_F(ServiceCountsTest, TraefiksOwnServicesAreShownWhereTheyAreWanted) {
  const ServiceId api = services_.Intern("api@internal");
  ServiceCounts all(true);
  for (ServiceCounts* counts : {&counts_, &all}) {
    counts->Count(OutcomeOf(Verdict::kFirst, api), 200);
  }
  EXPECT_THAT(NamesOf(Stats(0)), ElementsAre("shop@file"));
  EXPECT_THAT(NamesOf(Stats(all, 0, Pipeline::Windows::kSum)),
              ElementsAre("shop@file", "api@internal"));
}

TEST_F(ServiceCountsTest, ServicesBeyondTheBoundAreOneThatIsShownOnceItHasSomething) {
  Count(Verdict::kFirst);
  counts_.StatsOf(ServiceId{kOverflowId});
  EXPECT_THAT(NamesOf(Stats(0)), ElementsAre("shop@file"));
  counts_.StatsOf(ServiceId{kOverflowId}).sessions = 1;
  EXPECT_THAT(NamesOf(Stats(0)), ElementsAre("shop@file", "_other"));
  counts_.StatsOf(ServiceId{kOverflowId}).sessions = 0;
  counts_.Count(OutcomeOf(Verdict::kFirst, ServiceId{kOverflowId}), 200);
  EXPECT_THAT(NamesOf(Stats(0)), ElementsAre("shop@file", "_other"));
}

}  // namespace
}  // namespace stickyd
