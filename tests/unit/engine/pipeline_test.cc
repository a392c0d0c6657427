// SPDX-License-Identifier: Apache-2.0
// pipeline_test: what one line can do to the others.
#include "stickyd/engine/pipeline.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "padded.h"
#include "stickyd/diagnose/sequence_tracker.h"
#include "support/json_line.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

constexpr int64_t kHour = 3600;
constexpr int64_t kYear = 365 * 24 * kHour;

class PipelineTest : public testing::Test {
 protected:
  void Feed(int64_t second, int server, const std::string& client = "1.1.1.1") {
    std::string text = ClfLine(second, ++count_, server, client);
    text.pop_back();
    pipeline_->Feed(source_, 0, Padded(text).line(count_));
  }
  // A request that started when the others did, and took that long.
  void FeedLong(int64_t second, int64_t duration_s) {
    std::string text = ClfLine(second, ++count_, 1, "9.9.9.9");
    text.resize(text.size() - 4);  // 0ms
    text += std::to_string(duration_s * 1000) + "ms";
    pipeline_->Feed(source_, 0, Padded(text).line(count_));
  }
  void FeedTwoServersInOneSecond(int64_t from) {
    for (int i = 0; i < 40; ++i) Feed(from + i / 4, 1, "2.2.2." + std::to_string(i));
    Feed(from + 12, 1);
    count_ = 42;
    Feed(from + 15, 2);  // a break, and the later one of its second
    count_ = 41;
    Feed(from + 15, 1);
  }
  // So many logs, one after the other, of one request each.
  void FeedLogs(size_t logs, int64_t second) {
    for (size_t i = 0; i < logs; ++i) {
      std::string text = ClfLine(second, 1, 1, "3.3.3." + std::to_string(i));
      text.pop_back();
      const LaneId lane = pipeline_->AddLane("rotated");
      pipeline_->Feed(lane, 0, Padded(text).line(1));
      while (pipeline_->Drained(lane, Pipeline::End::kForGood).waits) pipeline_->Commit(lane);
      pipeline_->DropLane(lane);
    }
  }
  void FeedJson(const JsonRequest& request) {
    std::string text = JsonLine(request, ++count_);
    text.pop_back();
    pipeline_->Feed(source_, 0, Padded(text).line(count_));
  }
  PipelineStats stats() { return pipeline_->Stats(Pipeline::Windows::kSum); }
  ServiceStats service() { return stats().services.at(0).second; }
  uint64_t invalid_times() {
    return stats().sources[0].unparsed[static_cast<size_t>(UnparsedReason::kInvalidTime)];
  }

  std::unique_ptr<Pipeline> pipeline_ = *Pipeline::Create({}, KeyedHash({}), nullptr);
  const LaneId source_ = pipeline_->AddLane("log");
  uint64_t count_ = 0;
};

TEST_F(PipelineTest, OneRecordThatLastedForYearsEndsNobodysSession) {
  Feed(0, 1);
  FeedLong(1, 9 * kYear);
  Feed(10, 1);
  Feed(20, 1);
  EXPECT_EQ(service().sessions, 1U);
  EXPECT_EQ(service().held, 2U);
  EXPECT_EQ(invalid_times(), 1U);
  EXPECT_EQ(stats().sources[0].lines, 4U);
  EXPECT_EQ(stats().sources[0].parsed, 3U);
  EXPECT_EQ(stats().clock_steps, 0U);
}

// Two lines of one second: only their counts tell which came first.
TEST_F(PipelineTest, LogsThatEndedDoNotCostTheOrderOfTheOthers) {
  FeedLogs(200, 0);
  FeedTwoServersInOneSecond(kHour);
  EXPECT_EQ(service().ambiguous, 0U);
  EXPECT_EQ(service().held, 1U);
}

TEST_F(PipelineTest, TooManyLogsOfOneMinuteCostTheOrder) {
  FeedLogs(SequenceIds::kMost, kHour - 10);
  FeedTwoServersInOneSecond(kHour);
  EXPECT_EQ(service().ambiguous, 1U);
  EXPECT_EQ(service().held, 0U);
}

TEST_F(PipelineTest, LanesOfASourceAreToldAsOne) {
  Feed(0, 1);
  FeedLogs(100, 0);
  const PipelineStats all = stats();
  ASSERT_EQ(all.sources.size(), 2U);
  EXPECT_EQ(all.sources[0].name, "log");
  EXPECT_EQ(all.sources[0].parsed, 1U);
  EXPECT_EQ(all.sources[1].name, "rotated");
  EXPECT_EQ(all.sources[1].lines, 100U);
  EXPECT_EQ(all.sources[1].parsed, 100U);
  EXPECT_EQ(all.sources[1].with_count, 100U);
}

TEST_F(PipelineTest, RecordThatWaitsIsCountedOnceItIsDecided) {
  Feed(0, 1);
  FeedLong(1, 9 * kYear);
  EXPECT_EQ(stats().sources[0].lines, 1U);
  EXPECT_EQ(stats().sources[0].parsed, 1U);
  Feed(10, 1);
  EXPECT_EQ(stats().sources[0].lines, 3U);
  EXPECT_EQ(stats().sources[0].parsed, 2U);
  EXPECT_EQ(invalid_times(), 1U);
}

TEST_F(PipelineTest, OneRecordFromTheFutureHidesNothingThatFollows) {
  Feed(0, 1);
  Feed(20 * 24 * kHour, 2, "2.2.2.2");
  for (int i = 1; i < 200; ++i) Feed(i * 10, 1);
  EXPECT_EQ(service().sessions, 1U);
  EXPECT_EQ(service().held, 199U);
  EXPECT_EQ(stats().sources[0].sequences.restarts, 0U);
  EXPECT_EQ(stats().clock_steps, 0U);
}

TEST_F(PipelineTest, CookiesThatTheLogDoesNotShowHaveNoState) {
  Feed(0, 1);
  Feed(10, 1);
  EXPECT_EQ(service().requests.sum(), 2U);
  EXPECT_EQ(service().states.sum(), 0U);
}

TEST_F(PipelineTest, RecordsAfterANightOfSilenceAreAllJudgedThere) {
  Feed(0, 1);
  Feed(8 * kHour, 2);
  Feed(8 * kHour + 10, 2);
  Feed(16 * kHour, 1);
  pipeline_->Finish();
  EXPECT_EQ(service().sessions, 3U);
  EXPECT_EQ(service().first, 3U);
  EXPECT_EQ(service().held, 1U);
  EXPECT_EQ(invalid_times(), 0U);
}

TEST_F(PipelineTest, RecordFarAheadCountsOnceSilenceHasLastedAsLong) {
  Feed(0, 1);
  Feed(2 * kHour, 2);
  EXPECT_EQ(service().requests.sum(), 1U);
  pipeline_->Advance(pipeline_->now() + std::chrono::hours(2));
  EXPECT_EQ(service().requests.sum(), 2U);
}

TEST_F(PipelineTest, DayLongRequestThatEndsNowChangesNothing) {
  Feed(30 * kHour, 1);
  FeedLong(6 * kHour, 24 * kHour);
  Feed(30 * kHour + 10, 1);
  EXPECT_EQ(service().held, 1U);
  EXPECT_EQ(service().requests.sum(), 3U);
  EXPECT_EQ(invalid_times(), 0U);
}

TEST_F(PipelineTest, StepsOfTheClockAreCountedAndOnlyLongOnesEndSessions) {
  for (const int64_t back : {int64_t{60}, kHour}) {
    SCOPED_TRACE(back);
    pipeline_ = *Pipeline::Create({}, KeyedHash({}), nullptr);
    pipeline_->AddLane("log");
    for (int64_t i = 0; i < 200; ++i) Feed(2 * kHour + i - (i < 100 ? 0 : back), 1);
    EXPECT_EQ(stats().clock_steps, 1U);
    EXPECT_EQ(stats().sessions.evicted_clock, back < kHour ? 0U : 1U);
    EXPECT_EQ(service().sessions, back < kHour ? 1U : 2U);
  }
}

// The counts of the only log that goes on tell of a step; those of one of several do not.
TEST_F(PipelineTest, ALogThatGoesOnBehindItsEndIsOneOfSeveral) {
  for (const bool goes_on : {false, true}) {
    SCOPED_TRACE(goes_on);
    pipeline_ = *Pipeline::Create({}, KeyedHash({}), nullptr);
    pipeline_->AddLane("log");
    const LaneId other = pipeline_->AddLane("other");
    pipeline_->Drained(other, Pipeline::End::kForGood);
    if (goes_on) {
      std::string text = ClfLine(2 * kHour, 1, 1, "8.8.8.8");
      text.pop_back();
      pipeline_->Feed(other, 0, Padded(text).line(1));
    }
    for (int64_t i = 0; i < 140; ++i) Feed(2 * kHour + i - (i < 100 ? 0 : kHour), 1);
    EXPECT_EQ(stats().clock_steps, goes_on ? 0U : 1U);
  }
}

// Lines of a new life of Traefik may be a client's, until they have gone on for more than ten
// seconds.
TEST_F(PipelineTest, ARestartIsBelievedOnceItHasGoneOnForLong) {
  for (int i = 0; i < 200; ++i) Feed(i, 1);
  const auto parsed = [&] { return stats().sources.at(0).parsed; };
  EXPECT_EQ(parsed(), 200U);
  count_ = 0;
  for (int i = 0; i < 12; ++i) Feed(210 + i, 1);
  EXPECT_EQ(parsed(), 200U);
  Feed(222, 1);
  EXPECT_EQ(parsed(), 213U);
}

// What is five minutes behind is late; further behind, many in a row are a clock that was set back.
TEST_F(PipelineTest, FiveMinutesBehindIsLate) {
  for (const int64_t behind : {300, 301}) {
    SCOPED_TRACE(behind);
    pipeline_ = *Pipeline::Create({}, KeyedHash({}), nullptr);
    pipeline_->AddLane("log");
    const LaneId other = pipeline_->AddLane("other");
    Feed(2 * kHour, 1);
    for (uint64_t i = 1; i <= 64; ++i) {
      std::string text = ClfLine(2 * kHour - behind, i, 1, "8.8.8.8");
      text.pop_back();
      pipeline_->Feed(other, 0, Padded(text).line(i));
    }
    EXPECT_EQ(stats().clock_steps, behind > 300 ? 1U : 0U);
  }
}

// Of another log: one that lags is no clock that was set back, until it is all that comes.
TEST_F(PipelineTest, LinesOfLongAgoAreBelievedOnceManyFollowEachOther) {
  Feed(2 * kHour, 1);
  const LaneId other = pipeline_->AddLane("other");
  const auto feed_old = [&](int i) {
    std::string text = ClfLine(kHour + i, static_cast<uint64_t>(i) + 1, 1, "8.8.8.8");
    text.pop_back();
    pipeline_->Feed(other, 0, Padded(text).line(static_cast<uint64_t>(i) + 1));
  };
  for (int i = 0; i < 63; ++i) feed_old(i);
  EXPECT_EQ(stats().clock_steps, 0U);
  EXPECT_EQ(stats().sessions.evicted_clock, 0U);
  Feed(2 * kHour + 10, 1);
  for (int i = 63; i < 126; ++i) feed_old(i);
  EXPECT_EQ(stats().clock_steps, 0U) << "in a row";
  feed_old(126);
  EXPECT_EQ(stats().clock_steps, 1U);
  EXPECT_GT(stats().sessions.evicted_clock, 0U);
  Feed(2 * kHour + 20, 1);
  Feed(2 * kHour + 21, 1);
  for (int i = 127; i < 190; ++i) feed_old(i);
  EXPECT_EQ(stats().clock_steps, 1U) << "as many again";
  feed_old(190);
  EXPECT_EQ(stats().clock_steps, 2U);
}

// However it is found out, and however often it breaks.
TEST_F(PipelineTest, ASessionIsBrokenOnce) {
  for (int i = 0; i < 5; ++i) Feed(i * 10, i % 2);
  pipeline_->Finish();
  EXPECT_EQ(service().breaks.sum(), 4U);
  EXPECT_EQ(service().sessions, 1U);
  EXPECT_EQ(service().broken_sessions, 1U);
}

// A fresh connection may be somebody else's: each break waits until nobody says so.
TEST_F(PipelineTest, ASessionWhoseBreaksWereHeldBackIsBrokenOnce) {
  for (int i = 0; i < 5; ++i) {
    JsonRequest request{.start_ms = i * 60'000, .server = i % 2 == 0 ? 'a' : 'b'};
    request.port = 5000 + i;
    FeedJson(request);
  }
  pipeline_->Finish();
  EXPECT_EQ(service().breaks.sum(), 4U);
  EXPECT_EQ(service().sessions, 1U);
  EXPECT_EQ(service().broken_sessions, 1U);
}

// An earlier line of the other source may come yet.
TEST_F(PipelineTest, ASessionWhoseBreaksWaitedForAnotherSourceIsBrokenOnce) {
  pipeline_->AddLane("other");
  for (int i = 0; i < 5; ++i) Feed(i * 10, i % 2);
  pipeline_->Finish();
  EXPECT_EQ(service().breaks.sum(), 4U);
  EXPECT_EQ(service().broken_sessions, 1U);
}

TEST_F(PipelineTest, VerdictThatWaitsForAnotherSourceIsCountedOnceNoEarlierLineCanCome) {
  const LaneId other = pipeline_->AddLane("other");
  std::string text = ClfLine(0, 1, 1, "2.2.2.2");
  text.pop_back();
  Feed(0, 1);
  pipeline_->Feed(other, 0, Padded(text).line(1));
  Feed(5, 1);
  EXPECT_EQ(service().held, 0U);
  Feed(6, 1, "3.3.3.3");
  EXPECT_EQ(service().held, 0U) << "a line of second 5 may come yet";
  Feed(8, 1, "3.3.3.3");
  EXPECT_EQ(service().held, 1U);
  pipeline_->Advance(pipeline_->now() + std::chrono::seconds(5));  // in silence
  EXPECT_EQ(service().held, 2U);
}

TEST_F(PipelineTest, OnlyWhoIsHeldOnAFailingServerIsADeadPin) {
  int64_t second = 0;
  for (const int status : {200, 500, 501, 502, 503, 503, 504, 505, 404}) {
    JsonRequest request{.start_ms = second++ * 1000, .status = status};
    FeedJson(request);
  }
  FeedJson({.start_ms = 20'000, .client = "2.2.2.2", .status = 502});  // was not held
  pipeline_->Finish();
  EXPECT_EQ(service().dead_pins, (std::map<uint16_t, uint64_t>{{502, 1}, {503, 2}, {504, 1}}));
}

TEST_F(PipelineTest, OptionsThatNameWhatTheLogLacksAreNamedAndNoOthers) {
  PipelineOptions options;
  options.identifier.sessions = {"cookie:NOPE", "username"};
  options.identifier.exclude.paths = {"^/none", "/"};
  options.identifier.exclude.user_agents = {"Nobody"};
  options.identifier.exclude.clients = {"10.9.9.0/24", "1.1.1.0/24"};
  options.identifier.exclude.services = {"nope@file", "shop@file"};
  options.interpreter.service_map = {{"nope.*", "x"}, {"shop.*", "y"}};
  options.interpreter.roots = {"nope", "shop"};
  pipeline_ = *Pipeline::Create(options, KeyedHash({}), nullptr);
  pipeline_->AddLane("log");
  Feed(0, 1);
  EXPECT_EQ(stats().idle_options,
            (std::vector<std::string>{"--session cookie:NOPE", "--session username",
                                      "--exclude.path ^/none", "--exclude.user-agent Nobody",
                                      "--exclude.client 10.9.9.0/24", "--exclude.service nope@file",
                                      "--service.map nope.*=x", "--root nope"}));
}

}  // namespace
}  // namespace stickyd
