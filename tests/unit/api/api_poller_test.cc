// SPDX-License-Identifier: Apache-2.0
// api_poller_test: which readings are told, and how Traefik's state is.
#include "stickyd/api/api_poller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

#include "support/fake_api.h"
#include "support/manual_clock.h"

namespace stickyd {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kFirst = "http://10.0.0.1:80";
constexpr const char* kSecond = "http://10.0.0.2:80";

class ApiPollerTest : public testing::Test {
 protected:
  ApiPollerTest() {
    api_.PutConfig({kFirst});
    other_.PutConfig({kFirst, kSecond});
  }
  static ApiTarget TargetOf(const FakeApi& api) {
    ApiTarget target;
    target.url = api.url();
    return target;
  }
  // An audit that finds as many as there are services.
  static ApiPoller::Options Asking() {
    ApiPoller::Options options;
    options.audit = [](const ApiPoller::Config& config) {
      return std::make_shared<const std::vector<Finding>>(config->services.size());
    };
    return options;
  }
  void Ask(const std::vector<const FakeApi*>& apis) {
    ApiPoller::Options options = Asking();
    for (const FakeApi* api : apis) options.targets.push_back(TargetOf(*api));
    poller_ = std::make_unique<ApiPoller>(options, RealFileSystem(), clock_, [this] { ++news_; });
  }
  // A second later.
  void Poll() {
    clock_.Advance(seconds(1));
    poller_->Poll();
  }
  const TraefikStatus& State(size_t i = 0) { return (states_ = poller_->States()).at(i); }
  uint64_t Failures(ApiFault fault) { return State().failures[static_cast<size_t>(fault)]; }
  EventTime Now() const { return EventTimeFromUnixNanoseconds(clock_.WallNanoseconds()); }

  ManualClock clock_;
  FakeApi api_;
  FakeApi other_;
  int news_ = 0;
  std::vector<TraefikStatus> states_;
  std::unique_ptr<ApiPoller> poller_;
};

TEST_F(ApiPollerTest, TellsWhatItReadsOnce) {
  Ask({&api_});
  EXPECT_FALSE(State().asked);
  Poll();
  EXPECT_EQ(news_, 1);
  const auto readings = poller_->Take();
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings[0].time, Now());
  ASSERT_NE(readings[0].config, nullptr);
  EXPECT_EQ(readings[0].config->time, Now());
  EXPECT_EQ(readings[0].config->version, "3.7.9");
  EXPECT_THAT(poller_->Take(), IsEmpty());
  EXPECT_TRUE(State().up);
  EXPECT_TRUE(State().asked);
  EXPECT_EQ(State().version, "3.7.9");
  EXPECT_EQ(State().url, api_.url());
  EXPECT_EQ(State().last_success_seconds, static_cast<double>(clock_.WallNanoseconds()) / 1e9);
}

TEST_F(ApiPollerTest, WhatHasNotChangedIsConfirmed) {
  Ask({&api_});
  for (int i = 0; i < 4; ++i) Poll();
  const auto readings = poller_->Take();
  ASSERT_EQ(readings.size(), 2U) << "the first, and the last of those that were the same";
  EXPECT_NE(readings[0].config, nullptr);
  ASSERT_NE(readings[0].findings, nullptr);
  EXPECT_EQ(readings[0].findings->size(), 1U);
  EXPECT_EQ(readings[1].config, nullptr);
  EXPECT_EQ(readings[1].findings, nullptr);
  EXPECT_EQ(readings[1].time, Now());
  Poll();
  EXPECT_THAT(poller_->Take(), SizeIs(1));
}

TEST_F(ApiPollerTest, ChangesAreCountedByKind) {
  Ask({&api_});
  Poll();
  api_.PutConfig({kFirst, kSecond});
  Poll();
  const auto readings = poller_->Take();
  ASSERT_EQ(readings.size(), 2U);
  EXPECT_EQ(readings[1].config->services.at("shop@file").servers.size(), 2U);
  const auto counted = [&](ChangeKind kind) { return State().changes[static_cast<size_t>(kind)]; };
  EXPECT_EQ(counted(ChangeKind::kServer), 1U);
  EXPECT_EQ(counted(ChangeKind::kTraefik), 0U);
  api_.Put("/api/version", {200, R"({"Version":"3.8.0"})", ""});
  Poll();
  EXPECT_EQ(counted(ChangeKind::kTraefik), 1U);
  EXPECT_EQ(counted(ChangeKind::kServer), 1U);
  EXPECT_EQ(State().version, "3.8.0");
}

TEST_F(ApiPollerTest, ATraefikThatIsAwayIsAStateAndWhatWasReadStays) {
  Ask({&api_});
  Poll();
  const double success = State().last_success_seconds;
  EXPECT_THAT(poller_->Take(), SizeIs(1));
  api_.Put("/api/rawdata", {401, "", ""});
  for (int i = 0; i < 5; ++i) Poll();
  EXPECT_THAT(poller_->Take(), IsEmpty());
  EXPECT_FALSE(State().up);
  EXPECT_THAT(State().message, HasSubstr("answers 401"));
  EXPECT_EQ(Failures(ApiFault::kUnauthorized), 5U);
  EXPECT_EQ(State().last_success_seconds, success);
  EXPECT_EQ(State().version, "3.7.9") << "of the last answer";
  api_.PutConfig({kFirst});
  Poll();
  EXPECT_TRUE(State().up);
  EXPECT_EQ(State().message, "");
  EXPECT_EQ(Failures(ApiFault::kUnauthorized), 5U);
  ASSERT_THAT(poller_->Take(), SizeIs(1)) << "unchanged";
}

TEST_F(ApiPollerTest, AnswersThatMakeNoSenseAreRefused) {
  Ask({&api_});
  uint64_t refused = 0;
  for (const char* body : {"<html>", "{", "[]", R"({"services":[]})", R"({"routers":{"a":1}})",
                           R"({"routers":{"a":{"service":1}}})", "{}"}) {
    api_.Put("/api/rawdata", {200, body, ""});
    Poll();
    EXPECT_EQ(Failures(ApiFault::kBadAnswer), ++refused) << body;
    EXPECT_TRUE(State().message.starts_with(api_.url() + ": ")) << State().message;
  }
  EXPECT_THAT(poller_->Take(), IsEmpty());
}

TEST_F(ApiPollerTest, ReadingsOfOneOfSeveralAreToldUntilItIsAway) {
  Ask({&api_, &other_});
  Poll();
  auto readings = poller_->Take();
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings[0].config->services.at("shop@file").servers.size(), 1U);
  EXPECT_TRUE(State(1).up);
  api_.Put("/api/rawdata", {500, "", ""});
  for (int i = 1; i < ApiPoller::kPatience; ++i) Poll();
  EXPECT_THAT(poller_->Take(), IsEmpty());
  Poll();
  Poll();
  readings = poller_->Take();
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings[0].config->services.at("shop@file").servers.size(), 2U);
  EXPECT_EQ(readings[0].config->time, Now()) << "not the time at which it was first seen";
  EXPECT_EQ(State(1).changes[static_cast<size_t>(ChangeKind::kServer)], 0U);
}

TEST_F(ApiPollerTest, NobodyToListenToIsNoChoice) {
  Ask({&api_, &other_});
  api_.Put("/api/rawdata", {500, "", ""});
  other_.Put("/api/rawdata", {500, "", ""});
  for (int i = 0; i < 5; ++i) Poll();
  api_.PutConfig({kFirst});
  Poll();
  EXPECT_THAT(poller_->Take(), SizeIs(1));
}

TEST_F(ApiPollerTest, PatienceBeginsAnewWithEachAnswer) {
  Ask({&api_, &other_});
  const auto fail = [&] {
    api_.Put("/api/rawdata", {500, "", ""});
    for (int i = 1; i < ApiPoller::kPatience; ++i) Poll();
    api_.PutConfig({kFirst});
  };
  fail();
  Poll();
  EXPECT_THAT(poller_->Take(), SizeIs(1));
  fail();
  EXPECT_THAT(poller_->Take(), IsEmpty()) << "the second one is not listened to";
  Poll();
  EXPECT_THAT(poller_->Take(), SizeIs(1));
}

TEST_F(ApiPollerTest, AllChangesOfARoundAreCounted) {
  std::vector<std::string> servers;
  for (int i = 0; i < 200; ++i) servers.push_back(fmt::format("http://10.0.1.{}:80", i));
  Ask({&api_});
  Poll();
  EXPECT_EQ(State().changes[static_cast<size_t>(ChangeKind::kServer)], 0U);
  servers.emplace_back(kFirst);
  api_.PutConfig(servers);
  Poll();
  EXPECT_EQ(State().changes[static_cast<size_t>(ChangeKind::kServer)], 200U);
}

TEST_F(ApiPollerTest, ARoundThatIsStoppedSaysNothing) {
  Ask({&api_, &other_});
  std::stop_source stop;
  stop.request_stop();
  poller_->Poll(stop.get_token());
  EXPECT_EQ(news_, 0);
  EXPECT_FALSE(State().asked);
  Poll();
  EXPECT_EQ(Failures(ApiFault::kBroken), 0U);
  EXPECT_TRUE(State(0).up);
  EXPECT_TRUE(State(1).up);
}

TEST_F(ApiPollerTest, NobodyToAskIsNoState) {
  Ask({});
  Poll();
  EXPECT_THAT(poller_->Take(), IsEmpty());
  EXPECT_THAT(poller_->States(), IsEmpty());
  EXPECT_EQ(news_, 1);
}

// The only test of the thread: it asks by itself, is told to hurry, and ends while it waits.
TEST_F(ApiPollerTest, TheThreadAsksAtOnceAndWhenItIsToldToHurry) {
  ApiPoller::Options options = Asking();
  options.targets = {TargetOf(api_)};
  options.interval = std::chrono::hours(1);
  options.fastest = std::chrono::milliseconds(1);
  std::counting_semaphore<10> rounds(0);
  ApiPoller poller(options, RealFileSystem(), clock_, [&] { rounds.release(); });
  poller.Start();
  rounds.acquire();
  EXPECT_THAT(poller.Take(), SizeIs(1));
  poller.Hurry();
  rounds.acquire();
  EXPECT_THAT(poller.Take(), SizeIs(1));
}

}  // namespace
}  // namespace stickyd
