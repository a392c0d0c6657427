// SPDX-License-Identifier: Apache-2.0
// probe_desk_test: runs that somebody asks for: of known targets only, one at a time, within the
// asker's time, and without what a site and the operator keep to themselves.
#include "../../../src/app/probe_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "../../../src/app/commands/probe_report.h"
#include "../../../src/app/probing.h"
#include "support/manual_clock.h"
#include "support/site_server.h"

namespace stickyd {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class ProbeDeskTest : public testing::Test {
 protected:
  void Know(const std::string& url) {
    ProbeTarget target;
    target.name = "shop";
    target.url = url;
    target.interval = target.options.timeout = hours(1);
    target.options.headers = {"X-Key: operators-secret"};
    scheduler_.SetTargets({target});
  }
  ProbeAnswer Run(const ProbeRequest& request) {
    std::promise<ProbeAnswer> answer;
    EXPECT_EQ(desk_.Ask(request, [&](const ProbeAnswer& run) { answer.set_value(run); }),
              ProbeStart::kStarted);
    return answer.get_future().get();
  }

  ManualClock clock_;
  ProbeScheduler scheduler_{ProbeTargetSite, clock_, [] {}};
  ProbeDesk desk_{scheduler_, clock_};
};

TEST_F(ProbeDeskTest, AKnownTargetIsRunAndTheAnswerIsOfThisRun) {
  SiteServer site(FakePool(FakeCookie{}));
  Know(site.url());
  EXPECT_EQ(desk_.Ask({"chop", hours(1), false}, nullptr), ProbeStart::kUnknown);
  for (int i = 0; i < 3; ++i) {
    const ProbeAnswer answer = Run({"shop", hours(1), false});
    EXPECT_EQ(answer.status.target, "shop");
    EXPECT_TRUE(answer.status.success);
    EXPECT_EQ(answer.status.runs.sum(), 1U);
    EXPECT_EQ(answer.status.last_run_seconds, static_cast<double>(clock_.WallNanoseconds()) / 1e9);
    EXPECT_EQ(answer.trace, "");
  }
  EXPECT_THAT(site.agent(), testing::StartsWith("stickyd-probe/"));
  EXPECT_EQ(scheduler_.States().at(0).runs.sum(), 0U);
}

TEST_F(ProbeDeskTest, ATraceTellsNoValueOfACookieNoHeaderAndNoQuery) {
  const auto pool = std::make_shared<FakeBalancer>(FakeServers(1), FakeCookie{});
  const FakeSite inner = FakePool(pool);
  SiteServer site([inner](const FakeRequest& request) {
    FakeAnswer answer = inner(request);
    answer.Add("Set-Cookie", "SESSION=sites-secret; HttpOnly; Path=/");
    if (request.path.starts_with("/?")) {
      answer.status = 302;
      answer.Add("Location", "/in?code=sites-secret");
    }
    return answer;
  });
  Know(site.url("/?key=operators-secret"));
  const std::string trace = Run({"shop", hours(1), true}).trace;
  EXPECT_THAT(trace, HasSubstr(site.url() + "?...: sticky\n"));
  EXPECT_THAT(trace, HasSubstr("\n1 first visit\n  GET " + site.url() + "?...\n"));
  EXPECT_THAT(trace, HasSubstr("< Location: /in?...\n"));
  EXPECT_THAT(trace, HasSubstr("< Set-Cookie: SESSION=site...cret; HttpOnly; Path=/\n    stored"));
  EXPECT_THAT(trace, HasSubstr("> sent SESSION=site...cret"));
  EXPECT_THAT(trace, Not(HasSubstr("secret")));
  EXPECT_THAT(trace, Not(HasSubstr(pool->Value(0))));
}

TEST_F(ProbeDeskTest, OneRunAtATimeWithinTheTimeOfWhoAsks) {
  std::promise<void> reached;
  std::atomic<bool> first{true};
  WebServer silent([&](WebServer::Talk& talk) {
    if (first.exchange(false)) reached.set_value();
    talk.AwaitClient();
  });
  Know(silent.url());
  std::promise<ProbeAnswer> answer;
  ASSERT_EQ(desk_.Ask({"shop", milliseconds(300), false},
                      [&](const ProbeAnswer& run) { answer.set_value(run); }),
            ProbeStart::kStarted);
  reached.get_future().get();
  EXPECT_EQ(desk_.Ask({"shop", hours(1), false}, nullptr), ProbeStart::kBusy);
  const ProbeAnswer run = answer.get_future().get();
  EXPECT_FALSE(run.status.success);
  EXPECT_EQ(run.status.verdict, ProbeVerdict::kUnsure);
  EXPECT_THAT(run.status.why, HasSubstr("no answer in time"));
  EXPECT_LT(run.status.duration_seconds, 60) << "of the target's hour";
}

TEST_F(ProbeDeskTest, ASiteThatAnswersGarbageIsUnsure) {
  WebServer garbage([](WebServer::Talk& talk) {
    talk.Send(std::string("\x01\x02\xff\0SMTP ready\r\n\x1b[31m\r\n\r\n", 25));
    talk.Close();
  });
  Know(garbage.url());
  const ProbeAnswer run = Run({"shop", hours(1), true});
  EXPECT_EQ(run.status.verdict, ProbeVerdict::kUnsure);
  EXPECT_FALSE(run.status.success);
  for (const std::string& text : {run.status.why, run.status.fix, run.trace}) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\xff")));
  }
}

TEST_F(ProbeDeskTest, ATraceHasAnEnd) {
  ProbeResult result;
  for (int i = 1; i <= 250; ++i) {
    ProbeExchange& exchange = result.exchanges.emplace_back();
    exchange.number = i;
    exchange.taken.resize(100);
    exchange.set_cookies.resize(100, std::string(1000, '\x01'));
  }
  const std::string trace = ProbeTrace(result);
  EXPECT_LT(trace.size(), size_t{3} << 20U);
  EXPECT_THAT(trace, HasSubstr("and more, from request "));
}

TEST_F(ProbeDeskTest, ItsEndStopsTheRunAndNobodyGetsTheAnswer) {
  std::promise<void> reached;
  std::atomic<bool> first{true};
  WebServer silent([&](WebServer::Talk& talk) {
    if (first.exchange(false)) reached.set_value();
    talk.AwaitClient();
  });
  Know(silent.url());
  bool answered = false;
  {
    ProbeDesk desk(scheduler_, clock_);
    ASSERT_EQ(desk.Ask({"shop", hours(1), false}, [&](const ProbeAnswer&) { answered = true; }),
              ProbeStart::kStarted);
    reached.get_future().get();
  }
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace stickyd
