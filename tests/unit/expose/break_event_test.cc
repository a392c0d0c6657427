// SPDX-License-Identifier: Apache-2.0
// break_event_test: one JSON object per break, with the real names, and no more than the limit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "stickyd/expose/advice.h"
#include "stickyd/expose/sinks/event_writer.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

class BreakEventTest : public testing::Test {
 protected:
  void SetUp() override {
    writer_.SetNames({&servers_, &services_, &scopes_, nullptr});
    outcome_.service = services_.Intern("shop@file");
    outcome_.server = servers_.Intern("http://b:80");
    outcome_.judgement.verdict = Verdict::kBreak;
    outcome_.judgement.pin = servers_.Intern("http://a:80");
    outcome_.cause = Cause::kServerGone;
    outcome_.start = EventTime(std::chrono::hours(1));
  }
  void Settle(std::chrono::seconds later = std::chrono::seconds(0)) {
    outcome_.start += later;
    writer_.OnClosed(outcome_);
  }
  std::vector<nlohmann::json> Events() {
    EXPECT_TRUE(writer_.Flush());
    std::vector<nlohmann::json> events;
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) events.push_back(nlohmann::json::parse(line));
    return events;
  }

  const TempDir folder_;
  const std::string path_ = (folder_.path() / "events").string();
  NameTable<ServerId> servers_{100};
  NameTable<ServiceId> services_{100};
  NameTable<ScopeId> scopes_{100};
  EventWriter writer_{*OutputFile::Open(path_, OpenMode::kTruncate), 3};
  Outcome outcome_;
};

TEST_F(BreakEventTest, NamesAreInTheEventAndInItsAdvice) {
  outcome_.change = "server http://a:80 left shop@file";
  Settle();
  const auto event = Events().at(0);
  EXPECT_EQ(event["time"], "1970-01-01T01:00:00.000000Z");
  EXPECT_EQ(event["service"], "shop@file");
  EXPECT_EQ(event["from"], "http://a:80");
  EXPECT_EQ(event["to"], "http://b:80");
  EXPECT_EQ(event["cause"], "server_gone");
  EXPECT_EQ(event["change"], outcome_.change);
  const std::string advice = event["advice"];
  EXPECT_THAT(advice, HasSubstr("http://a:80 is gone from shop@file"));
  EXPECT_THAT(advice, HasSubstr("Changed around that time: server http://a:80 left shop@file."));
}

TEST_F(BreakEventTest, LimitHoldsPerServiceAndMinuteAndIsSaid) {
  for (int i = 0; i < 10; ++i) Settle();
  outcome_.service = services_.Intern("cart@file");
  Settle();
  outcome_.service = services_.Intern("shop@file");
  Settle(std::chrono::seconds(60));
  Settle();
  const auto events = Events();
  ASSERT_EQ(events.size(), 6U);
  EXPECT_EQ(events[3]["service"], "cart@file");
  EXPECT_EQ(events[4]["left_out"], 7);
  EXPECT_FALSE(events[5].contains("left_out"));
  EXPECT_EQ(writer_.written(), 6U);
  EXPECT_EQ(writer_.suppressed(), 7U);
}

TEST_F(BreakEventTest, WhatTurnedOutToBeNoBreakIsNoEvent) {
  outcome_.judgement.verdict = Verdict::kFirst;
  Settle();
  EXPECT_TRUE(Events().empty());
}

TEST_F(BreakEventTest, HostileNamesStayInsideTheirStrings) {
  outcome_.service = services_.Intern("a\"\n{\xff}@file");
  Settle();
  Settle();
  EXPECT_EQ(Events().size(), 2U);
}

TEST(AdviceTest, EveryCauseHasAdviceAndAPageWithAllItsParts) {
  ForEachValue<Cause>([](Cause cause) {
    SCOPED_TRACE(Name(cause));
    EXPECT_FALSE(Summary(cause).empty());
    EXPECT_FALSE(Advice(cause, {}).empty());
    EXPECT_THAT(Advice(cause, {}), Not(HasSubstr("{")));
    const std::string page(CausePage(cause));
    EXPECT_THAT(page, testing::StartsWith("# " + std::string(Name(cause)) + "\n"));
    for (const char* part : {"## What happened", "## How stickyd knows", "## Confirm it by hand",
                             "## Fix", "## What will not help", "Docker", "Kubernetes"}) {
      EXPECT_THAT(page, HasSubstr(part));
    }
  });
}

}  // namespace
}  // namespace stickyd
