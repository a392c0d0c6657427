// SPDX-License-Identifier: Apache-2.0
// open_verdicts_test: what becomes of breaks that wait, for a cause or for somebody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "padded.h"
#include "stickyd/engine/pipeline.h"
#include "support/json_line.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

class OpenVerdictsTest : public testing::Test, private OutcomeSink {
 protected:
  void Feed(const JsonRequest& request) {
    std::string line = JsonLine(request, ++count_);
    line.pop_back();
    pipeline_->Feed(lane_, 0, Padded(line).line(count_));
  }
  void FeedText(LaneId lane, std::string line) {
    line.pop_back();
    pipeline_->Feed(lane, 0, Padded(line).line(++count_));
  }
  PipelineStats stats() { return pipeline_->Stats(Pipeline::Windows::kSum); }
  ServiceStats service() { return stats().services.at(0).second; }

  // So many clients get a and c in turn, and stay there for a while; then those of a are moved to
  // b, while c goes on. How many of the six breaks are put down to a server that has gone?
  uint64_t CausesOfAReplacement(int choices) {
    int64_t second = 0;
    const auto feed = [&](int client, char server) {
      const std::string address = "1.1.1." + std::to_string(client);
      Feed({.start_ms = 1000 * second++, .client = address.c_str(), .server = server});
    };
    for (int i = 0; i < 6 * choices; ++i) feed(i % choices, i % choices % 2 == 0 ? 'a' : 'c');
    for (int i = 0; i < 120; ++i) feed(i, i < choices && i % 2 == 0 ? 'b' : 'c');
    pipeline_->Finish();
    EXPECT_EQ(service().breaks.sum(), 6U);
    return service().causes[Cause::kServerGone];
  }

  std::unique_ptr<Pipeline> pipeline_ = *Pipeline::Create({}, KeyedHash({}), this);
  const LaneId lane_ = pipeline_->AddLane("log");
  uint64_t count_ = 0;
  std::map<uint64_t, Outcome> outcomes_;  // by line; the last word
  std::map<uint64_t, int> told_;          // how often each was closed

 private:
  void OnRecord(const Outcome& outcome, bool /*open*/) override {
    outcomes_[outcome.line] = outcome;
  }
  void OnClosed(const Outcome& outcome) override {
    outcomes_[outcome.line] = outcome;
    ++told_[outcome.line];
  }
};

// A fresh connection that lands elsewhere waits for the one that set the pin.
TEST_F(OpenVerdictsTest, BreakThatTheConnectionOfThePinContradictsWasSomebodyElse) {
  Feed({.start_ms = 0, .port = 5000});
  Feed({.start_ms = 1000, .server = 'b', .port = 5001});
  EXPECT_EQ(service().requests.sum(), 1U) << "the second one is not certain";
  Feed({.start_ms = 2000, .port = 5000});
  EXPECT_EQ(service().breaks.sum(), 0U);
  EXPECT_EQ(service().requests.sum(), 3U);
  EXPECT_EQ(service().first, 2U);
  EXPECT_EQ(outcomes_[2].judgement.verdict, Verdict::kFirst);
  EXPECT_EQ(outcomes_[2].judgement.evidence, Evidence::kConnection);
  EXPECT_EQ(outcomes_[2].judgement.pin, ServerId::kNone);
  EXPECT_FALSE(outcomes_[2].judgement.returning);
  EXPECT_FALSE(outcomes_[2].judgement.unpinned);
  EXPECT_EQ(told_[2], 1);
  pipeline_->Finish();
  EXPECT_EQ(service().requests.sum(), 3U);
  EXPECT_EQ(service().causes.sum(), 0U);
}

TEST_F(OpenVerdictsTest, BreakThatNobodyContradictsIsOneAfterHalfAMinute) {
  Feed({.start_ms = 0, .port = 5000});
  Feed({.start_ms = 1000, .server = 'b', .port = 5001});
  Feed({.start_ms = 30'000, .client = "2.2.2.2"});
  EXPECT_EQ(service().breaks.sum(), 0U);
  Feed({.start_ms = 31'010, .client = "2.2.2.2"});
  EXPECT_EQ(service().breaks.sum(), 1U);
  EXPECT_EQ(service().broken_sessions, 1U);
  EXPECT_TRUE(outcomes_[2].judgement.first_break);
  EXPECT_EQ(service().causes.sum(), 1U) << "and so is its cause";
  EXPECT_EQ(told_[2], 1);
  EXPECT_EQ(stats().open_cases, 0U);
}

// The only peer of a scope may be a proxy, which many clients share: more of its connections tell.
TEST_F(OpenVerdictsTest, BreakOfALonePeersConnectionWaits) {
  Feed({.start_ms = 0});
  Feed({.start_ms = 1000, .server = 'b'});
  EXPECT_EQ(service().breaks.sum(), 0U);
  pipeline_->Finish();
  EXPECT_EQ(service().breaks.sum(), 1U);
}

TEST_F(OpenVerdictsTest, BreakOfAConnectionAmongOtherPeersIsOneAtOnce) {
  Feed({.start_ms = 0, .client = "9.9.9.9"});
  Feed({.start_ms = 0});
  Feed({.start_ms = 1000, .server = 'b'});
  EXPECT_EQ(service().breaks.sum(), 1U);
}

TEST_F(OpenVerdictsTest, SilenceDecidesAsLinesDo) {
  Feed({.start_ms = 0, .port = 5000});
  Feed({.start_ms = 1000, .server = 'b', .port = 5001});
  const EventTime now = pipeline_->now();
  pipeline_->Advance(now + std::chrono::seconds(29));
  EXPECT_EQ(service().breaks.sum(), 0U);
  pipeline_->Advance(now + std::chrono::seconds(30));
  EXPECT_EQ(service().breaks.sum(), 1U);
}

// Whose identity broke is broken, not whose address it came from.
TEST_F(OpenVerdictsTest, BreakOfAnIdentityIsItsOwn) {
  const char* ann = "JSESSIONID=0123456789abcdef";
  Feed({.start_ms = 0, .client = "1.1.1.1", .cookie = ann});
  Feed({.start_ms = 10'000, .client = "2.2.2.2", .server = 'b', .cookie = ann, .port = 1});
  Feed({.start_ms = 20'000, .client = "3.3.3.3", .server = 'a', .cookie = ann, .port = 2});
  pipeline_->Finish();
  EXPECT_EQ(service().breaks[Evidence::kSession], 2U);
  EXPECT_EQ(service().broken_sessions, 1U);
  EXPECT_TRUE(outcomes_[2].judgement.first_break);
  EXPECT_FALSE(outcomes_[3].judgement.first_break);
}

// Of CLF, which shows seconds, a line of the other log might still have come before.
TEST_F(OpenVerdictsTest, WhatAwaitsOtherLogsIsCountedOnceTheInputEnds) {
  const LaneId other = pipeline_->AddLane("other");
  FeedText(lane_, ClfLine(0, 5, 1));
  FeedText(other, ClfLine(0, 9, 1, "2.2.2.2"));
  FeedText(lane_, ClfLine(10, 6, 2));
  EXPECT_EQ(told_[3], 0);
  EXPECT_EQ(service().breaks.sum(), 0U);
  const uint64_t requests = service().requests.sum();
  pipeline_->Finish();
  EXPECT_EQ(told_[3], 1);
  EXPECT_EQ(service().breaks.sum(), 1U);
  EXPECT_GT(service().requests.sum(), requests);
}

TEST_F(OpenVerdictsTest, ACauseIsWaitedForNoLongerThanThePatienceLasts) {
  Feed({.start_ms = 0, .client = "9.9.9.9"});
  Feed({.start_ms = 0, .set_cookie = "lb=http://10.0.0.a:80; Path=/"});
  Feed({.start_ms = 1000, .server = 'b'});
  EXPECT_EQ(stats().open_cases, 1U);
  const EventTime now = pipeline_->now();
  const EventDuration patience = PipelineOptions{}.causes.patience;
  pipeline_->Advance(now + patience - std::chrono::seconds(1));
  EXPECT_EQ(stats().open_cases, 1U);
  pipeline_->Advance(now + patience + std::chrono::seconds(1));
  EXPECT_EQ(stats().open_cases, 0U);
  EXPECT_EQ(service().causes.sum(), 1U);
  EXPECT_EQ(told_[3], 1);
}

TEST_F(OpenVerdictsTest, OpenBreaksHaveTheirCausesOnceTheInputEnds) {
  Feed({.start_ms = 0, .client = "9.9.9.9"});  // not alone: see PeerBook
  Feed({.start_ms = 0, .set_cookie = "lb=http://10.0.0.a:80; Path=/"});
  Feed({.start_ms = 1000, .server = 'b'});  // does anybody return the cookie?
  EXPECT_EQ(service().breaks.sum(), 1U);
  EXPECT_EQ(stats().open_cases, 1U);
  EXPECT_EQ(service().causes.sum(), 0U);
  EXPECT_FALSE(stats().finished);
  pipeline_->Finish();
  EXPECT_EQ(stats().open_cases, 0U);
  EXPECT_EQ(service().causes.sum(), 1U);
  EXPECT_TRUE(stats().finished);
  EXPECT_EQ(told_[3], 1);
}

// A server that comes after twelve choices of the balancer is one that was not there before.
TEST_F(OpenVerdictsTest, TwelveChoicesTellThatAServerWasReplaced) {
  EXPECT_GT(CausesOfAReplacement(12), 0U);
}

TEST_F(OpenVerdictsTest, ElevenChoicesMayHaveLeftAServerOut) {
  EXPECT_EQ(CausesOfAReplacement(11), 0U);
}

TEST_F(OpenVerdictsTest, BreakNamesWhatChangedAroundIt) {
  for (const int64_t second : {0, 60}) {
    auto config = std::make_shared<TraefikConfig>();
    config->time = EventTime(std::chrono::seconds(1'767'603'600 + second));
    ServiceConfig& shop = config->services["shop@file"];
    shop.name = "shop@file";
    shop.kind = ServiceKind::kLoadBalancer;
    for (const char* url : {"http://10.0.0.a:80", "http://10.0.0.b:80"}) {
      if (second == 0 || *(url + 14) == 'b') shop.servers.push_back({url, url});
    }
    config->routers["shop@file"].name = "shop@file";
    config->routers["shop@file"].service = "shop@file";
    ASSERT_TRUE(config->Link());
    pipeline_->AddConfig(std::move(config));
  }
  EXPECT_TRUE(stats().has_config);
  EXPECT_EQ(pipeline_->Configured().size(), 1U);
  EXPECT_EQ(pipeline_->Changes().size(), 1U);
  Feed({.start_ms = 10'000});
  Feed({.start_ms = 65'000, .server = 'b'});
  pipeline_->Finish();
  EXPECT_EQ(outcomes_[2].judgement.verdict, Verdict::kBreak);
  EXPECT_THAT(std::string(outcomes_[2].change), testing::HasSubstr("10.0.0.a:80 left shop@file"));
}

}  // namespace
}  // namespace stickyd
