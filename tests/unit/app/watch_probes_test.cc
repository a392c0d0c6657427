// SPDX-License-Identifier: Apache-2.0
// watch_probes_test: the probes of the daemon: what shows in metrics, on the page and in the log,
// and what a reload does to them.
#include <gmock/gmock.h>

#include <fstream>

#include "../../../src/expose/page.h"
#include "stickyd/expose/metrics/metrics.h"
#include "support/fake_api.h"
#include "support/log_counter.h"
#include "support/samples.h"
#include "support/temp_dir.h"
#include "watching.h"

namespace stickyd {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;

class WatchProbesTest : public Watching {
 protected:
  void StartWith(const std::string& conf, const Options& more = {}) {
    files_.Append(kLog, "");
    Put(conf);
    probe_ = [this](const ProbeTarget& target, const ProbeScheduler::Config& config,
                    const std::stop_token&) {
      asked_ = target.name;
      config_ = config;
      return result_;
    };
    Options options = {"--config.file", conf_, "--log", kLog};
    options.insert(options.end(), more.begin(), more.end());
    Start(options);
  }
  void Put(const std::string& conf) const { std::ofstream(conf_) << conf; }
  void Reload(const std::string& conf) {
    Put(conf);
    watcher_->RequestReload();
    Round();
  }
  void Probe() {
    watcher_->probes().Step();
    Round();
  }
  Samples Scrape() { return SamplesOf(MetricsOf(status())); }
  std::string Page() { return StatusPage(status(), "/metrics"); }

  const TempDir dir_;
  const std::string conf_ = dir_.path() / "stickyd.conf";
  ProbeResult result_;
  std::string asked_;
  ProbeScheduler::Config config_;
};

TEST_F(WatchProbesTest, WithoutSectionsThereIsNothing) {
  StartWith("");
  Probe();
  EXPECT_THAT(status().probes, IsEmpty());
  EXPECT_THAT(Page(), Not(HasSubstr("<h2>Probes</h2>")));
  for (const auto& sample : Scrape()) EXPECT_FALSE(sample.first.starts_with("probe_"));
}

TEST_F(WatchProbesTest, SeriesAreThereFromTheStartAndTheResultOnceThereIsOne) {
  StartWith("[probe.shop]\nurl = https://shop.example/?a=1\n");
  Samples samples = Scrape();
  EXPECT_EQ(samples.at("probe_success{target=\"shop\"}"), 0);
  EXPECT_EQ(samples.at("probe_last_run_timestamp_seconds{target=\"shop\"}"), 0);
  EXPECT_EQ(samples.at("probe_runs_total{target=\"shop\",verdict=\"broken\"}"), 0);
  EXPECT_THAT(samples, Not(Contains(Key(HasSubstr("probe_result")))));
  EXPECT_THAT(Page(), HasSubstr("not run yet"));

  LogCounter log;
  result_.verdict = ProbeVerdict::kBroken;
  result_.cause = Cause::kCookiePath;
  result_.why = "the <cookie> stays below /a";
  Probe();
  EXPECT_EQ(asked_, "shop");
  samples = Scrape();
  EXPECT_EQ(samples.at("probe_success{target=\"shop\"}"), 0);
  EXPECT_GT(samples.at("probe_last_run_timestamp_seconds{target=\"shop\"}"), 1.7e9);
  EXPECT_EQ(samples.at("probe_runs_total{target=\"shop\",verdict=\"broken\"}"), 1);
  EXPECT_EQ(samples.at("probe_result{target=\"shop\",verdict=\"broken\",cause=\"cookie_path\"}"),
            1);
  EXPECT_EQ(log.count(spdlog::level::warn), 1);
  EXPECT_THAT(Page(), HasSubstr("class=\"bad\">broken<"));
  EXPECT_THAT(Page(), HasSubstr(">cookie_path<"));
  EXPECT_THAT(Page(), HasSubstr("https://shop.example/: the &lt;cookie&gt; stays below /a. "));
  EXPECT_THAT(Page(), Not(HasSubstr("a=1")));

  result_ = {};
  result_.verdict = ProbeVerdict::kSticky;
  clock_.Advance(std::chrono::minutes(5));
  Probe();
  samples = Scrape();
  EXPECT_EQ(samples.at("probe_success{target=\"shop\"}"), 1);
  EXPECT_EQ(samples.at("probe_result{target=\"shop\",verdict=\"sticky\",cause=\"none\"}"), 1);
  EXPECT_THAT(samples, Not(Contains(Key(HasSubstr("verdict=\"broken\",cause")))));
  EXPECT_EQ(log.count(spdlog::level::warn), 1);
  EXPECT_EQ(log.count(spdlog::level::info), 1);
  EXPECT_THAT(Page(), HasSubstr("class=\"good\">sticky<"));
}

TEST_F(WatchProbesTest, ProbesKnowWhatTraefikSaysNow) {
  FakeApi api;
  api.PutConfig({"http://10.0.0.a:80"});
  StartWith("[probe.shop]\nurl = http://shop.example\ninterval = 10s\ntimeout = 1s\n",
            {"--traefik.url", api.url("/")});
  Probe();
  EXPECT_EQ(config_, nullptr) << "it has not been asked yet";
  watcher_->api()->Poll();
  Round();
  clock_.Advance(std::chrono::seconds(10));
  Probe();
  ASSERT_NE(config_, nullptr);
  EXPECT_EQ(config_->version, "3.7.9");
}

TEST_F(WatchProbesTest, AReloadAddsTakesAwayAndChangesTargets) {
  const std::string shop = "[probe.shop]\nurl = http://shop.example\n";
  StartWith(shop);
  result_.verdict = ProbeVerdict::kSticky;
  Probe();
  Reload("[probe.cart]\nurl = http://cart.example\n" + shop);
  ASSERT_EQ(status().probes.size(), 2U);
  EXPECT_EQ(status().probes[0].target, "cart");
  EXPECT_EQ(status().probes[0].runs.sum(), 0U);
  EXPECT_EQ(status().probes[1].runs.sum(), 1U) << "the same as before";
  Reload(shop + "cookie = lb\n");
  ASSERT_EQ(status().probes.size(), 1U);
  EXPECT_EQ(status().probes[0].runs.sum(), 0U);
  Reload(shop + "cookie = lb\nno-such = 1\n");
  EXPECT_FALSE(status().last_reload_successful);
  EXPECT_EQ(status().probes.size(), 1U) << "a mistake changes nothing";
  Reload("");
  EXPECT_TRUE(status().last_reload_successful);
  EXPECT_THAT(status().probes, IsEmpty());
}

}  // namespace
}  // namespace stickyd
