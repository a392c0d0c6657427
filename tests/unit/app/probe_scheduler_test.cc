// SPDX-License-Identifier: Apache-2.0
// probe_scheduler_test: which target runs when, and what is kept of it.
#include "../../../src/app/probe_scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <semaphore>

#include "support/manual_clock.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

ProbeTarget Target(const std::string& name, seconds interval = minutes(5)) {
  ProbeTarget target;
  target.name = name;
  target.url = "http://" + name + ".example/?secret=1";
  target.interval = interval;
  return target;
}

class ProbeSchedulerTest : public testing::Test {
 protected:
  ProbeResult Run(const ProbeTarget& target, const ProbeScheduler::Config& config,
                  const std::stop_token& stop) {
    ran_.push_back(target.name);
    config_ = config;
    if (meanwhile_) meanwhile_(stop);
    return result_;
  }
  // Everything that is due within this time.
  void Pass(seconds time) {
    for (seconds passed(0); passed < time; ++passed) {
      while (scheduler_.Step() == Clock::Monotonic::duration(0)) {
      }
      clock_.Advance(seconds(1));
    }
  }
  std::vector<std::string> Ran() { return std::exchange(ran_, {}); }
  static ProbeResult Broken() {
    ProbeResult result;
    result.verdict = ProbeVerdict::kBroken;
    result.cause = Cause::kCookiePath;
    result.reached = true;
    result.why = "its Path is /a";
    result.took = milliseconds(1500);
    return result;
  }
  static ProbeResult Unsure(bool reached) {
    ProbeResult result;
    result.cause = Cause::kUnknown;
    result.reached = reached;
    return result;
  }

  ManualClock clock_;
  int news_ = 0;
  ProbeResult result_;
  std::vector<std::string> ran_;
  ProbeScheduler::Config config_;
  std::function<void(const std::stop_token&)> meanwhile_;
  ProbeScheduler scheduler_{
      [this](const ProbeTarget& target, const ProbeScheduler::Config& config,
             const std::stop_token& stop) { return Run(target, config, stop); },
      clock_, [this] { ++news_; }};
};

TEST_F(ProbeSchedulerTest, WithoutTargetsThereIsNothingToWaitFor) {
  EXPECT_EQ(scheduler_.Step(), std::nullopt);
  EXPECT_THAT(scheduler_.States(), IsEmpty());
}

TEST_F(ProbeSchedulerTest, FirstRunsAreSpreadOverAMinuteAndLaterOnesComeAtTheInterval) {
  scheduler_.SetTargets({Target("a"), Target("b"), Target("c", seconds(30))});
  EXPECT_EQ(scheduler_.Step(), seconds(20)) << "a ran; b and c are due at 20 s";
  EXPECT_THAT(Ran(), ElementsAre("a"));
  Pass(seconds(60));
  EXPECT_THAT(Ran(), ElementsAre("b", "c", "c"));
  Pass(seconds(240));
  EXPECT_EQ(Ran().size(), 8U) << "c, every 30 s";
  Pass(seconds(1));
  EXPECT_THAT(Ran(), ElementsAre("a"));
}

TEST_F(ProbeSchedulerTest, RunsThatTakeLongMakeOthersLateAndNobodyIsForgotten) {
  meanwhile_ = [&](const std::stop_token&) { clock_.Advance(minutes(3)); };
  scheduler_.SetTargets({Target("a", seconds(10)), Target("b", seconds(10))});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(scheduler_.Step(), seconds(0));
  EXPECT_THAT(Ran(), ElementsAre("a", "b", "a", "b", "a")) << "one at a time, in turn";
}

TEST_F(ProbeSchedulerTest, AResultIsAState) {
  scheduler_.SetTargets({Target("shop")});
  ProbeStatus state = scheduler_.States().at(0);
  EXPECT_EQ(state.target, "shop");
  EXPECT_EQ(state.url, "http://shop.example/") << "without its query";
  EXPECT_EQ(state.last_run_seconds, 0);
  EXPECT_FALSE(state.success);
  result_ = Broken();
  scheduler_.Step();
  EXPECT_EQ(news_, 1);
  state = scheduler_.States().at(0);
  EXPECT_FALSE(state.success);
  EXPECT_EQ(state.verdict, ProbeVerdict::kBroken);
  EXPECT_EQ(state.cause, Cause::kCookiePath);
  EXPECT_EQ(state.why, "its Path is /a");
  EXPECT_NE(state.fix, "");
  EXPECT_EQ(state.duration_seconds, 1.5);
  EXPECT_EQ(state.last_run_seconds, static_cast<double>(clock_.WallNanoseconds()) / 1e9);
  result_ = {};
  result_.verdict = ProbeVerdict::kSticky;
  Pass(seconds(601));
  state = scheduler_.States().at(0);
  EXPECT_TRUE(state.success);
  EXPECT_EQ(state.cause, std::nullopt);
  EXPECT_EQ(state.fix, "");
  EXPECT_EQ(state.runs[ProbeVerdict::kBroken], 1U);
  EXPECT_EQ(state.runs[ProbeVerdict::kSticky], 2U);
  EXPECT_EQ(state.runs[ProbeVerdict::kUnsure], 0U);
}

TEST_F(ProbeSchedulerTest, UnsureIsASuccessOnlyWhereThatIsAllowedAndSomebodyAnswered) {
  ProbeTarget lenient = Target("shop", seconds(30));
  const auto succeeds = [&](bool reached) {
    result_ = Unsure(reached);
    Pass(seconds(30));
    return scheduler_.States().at(0).success;
  };
  scheduler_.SetTargets({lenient});
  EXPECT_FALSE(succeeds(true));
  lenient.options.allow_unsure = true;
  scheduler_.SetTargets({lenient});
  EXPECT_TRUE(succeeds(true));
  EXPECT_FALSE(succeeds(false));
}

TEST_F(ProbeSchedulerTest, TargetsThatStayKeepTheirResultsAndTheirTime) {
  scheduler_.SetTargets({Target("a"), Target("b")});
  result_ = Broken();
  Pass(seconds(60));
  EXPECT_THAT(Ran(), ElementsAre("a", "b"));
  ProbeTarget changed = Target("b");
  changed.options.cookies = {"lb"};
  scheduler_.SetTargets({changed, Target("c"), Target("a")});
  const auto states = scheduler_.States();
  ASSERT_EQ(states.size(), 3U);
  EXPECT_EQ(states[0].last_run_seconds, 0) << "it is another target now";
  EXPECT_EQ(states[1].target, "c");
  EXPECT_EQ(states[2].runs[ProbeVerdict::kBroken], 1U);
  Pass(seconds(60));
  EXPECT_THAT(Ran(), ElementsAre("b", "c"));
  scheduler_.SetTargets({});
  EXPECT_EQ(scheduler_.Step(), std::nullopt);
  EXPECT_EQ(scheduler_.Find("a"), std::nullopt);
}

TEST_F(ProbeSchedulerTest, ARunWhoseTargetGoesOrChangesIsStoppedAndLeavesNothing) {
  for (const bool changes : {false, true}) {
    ProbeTarget other = Target("a");
    other.options.insecure = true;
    scheduler_.SetTargets({Target("a")});
    bool stopped_before = true;
    bool stopped_after = false;
    meanwhile_ = [&](const std::stop_token& stop) {
      stopped_before = stop.stop_requested();
      scheduler_.SetTargets(changes ? std::vector<ProbeTarget>{other} : std::vector<ProbeTarget>{});
      stopped_after = stop.stop_requested();
    };
    result_ = Broken();
    scheduler_.Step();
    EXPECT_FALSE(stopped_before);
    EXPECT_TRUE(stopped_after);
    const auto states = scheduler_.States();
    ASSERT_EQ(states.size(), changes ? 1U : 0U);
    for (const ProbeStatus& state : states) EXPECT_EQ(state.runs.sum(), 0U);
  }
}

TEST_F(ProbeSchedulerTest, AReloadThatKeepsTheTargetDoesNotStopItsRun) {
  scheduler_.SetTargets({Target("a")});
  bool stopped = true;
  meanwhile_ = [&](const std::stop_token& stop) {
    scheduler_.SetTargets({Target("b"), Target("a")});
    stopped = stop.stop_requested();
  };
  result_ = Broken();
  scheduler_.Step();
  EXPECT_FALSE(stopped);
  EXPECT_EQ(scheduler_.States().at(1).runs.sum(), 1U);
}

TEST_F(ProbeSchedulerTest, ARunOnTheSideIsNotCounted) {
  scheduler_.SetTargets({Target("a")});
  const auto config = std::make_shared<const TraefikConfig>();
  scheduler_.SetConfig(config);
  result_ = Broken();
  const auto target = scheduler_.Find("a");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(scheduler_.RunNow(*target, {}).verdict, ProbeVerdict::kBroken);
  EXPECT_EQ(config_, config) << "what Traefik says is known to it";
  EXPECT_EQ(scheduler_.States().at(0).runs.sum(), 0U);
}

// The only test of the thread: it runs what is due, takes other targets while it sleeps, and ends
// at once though a run is under way that would not.
TEST_F(ProbeSchedulerTest, TheThreadTakesNewTargetsAndItsEndStopsTheRun) {
  std::counting_semaphore<10> begun(0);
  bool stopped = false;
  {
    ProbeScheduler scheduler(
        [&](const ProbeTarget& target, const ProbeScheduler::Config&, const std::stop_token& stop) {
          begun.release();
          if (target.name == "endless") {
            Sleeper().Sleep(stop);
            stopped = stop.stop_requested();
          }
          return ProbeResult();
        },
        clock_, [] {});
    scheduler.Start();
    scheduler.SetTargets({Target("a")});
    begun.acquire();
    scheduler.SetTargets({Target("endless")});
    begun.acquire();
  }
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace stickyd
