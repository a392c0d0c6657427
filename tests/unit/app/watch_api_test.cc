// SPDX-License-Identifier: Apache-2.0
// watch_api_test: what the daemon makes of Traefik's API while it runs.
#include <gmock/gmock.h>

#include "../../../src/expose/page.h"
#include "stickyd/expose/metrics/metrics.h"
#include "support/fake_api.h"
#include "support/json_line.h"
#include "support/log_counter.h"
#include "support/samples.h"
#include "watching.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class WatchApiTest : public Watching {
 protected:
  WatchApiTest() { api_.PutConfig({"http://10.0.0.a:80", "http://10.0.0.b:80"}); }
  void StartAsking() {
    files_.Append(kLog, "");
    Start({"--log", kLog, "--traefik.url", api_.url("/")});
  }
  void Poll() {
    watcher_->api()->Poll();
    Round();
  }
  Samples Scrape() { return SamplesOf(MetricsOf(status())); }
  std::string OfUrl(const char* metric, const char* more = "") const {
    return std::string(metric) + "{url=\"" + api_.url() + "\"" + more + "}";
  }

  FakeApi api_;
};

TEST_F(WatchApiTest, WithoutAUrlNobodyIsAsked) {
  files_.Append(kLog, "");
  Start({"--log", kLog});
  EXPECT_EQ(watcher_->api(), nullptr);
  EXPECT_THAT(status().traefiks, IsEmpty());
  EXPECT_THAT(StatusPage(status(), "/metrics"), Not(HasSubstr("<h2>Traefik</h2>")));
}

TEST_F(WatchApiTest, WhatTraefikSaysShowsInMetricsAndOnThePage) {
  StartAsking();
  EXPECT_EQ(Scrape().at(OfUrl("traefik_up")), 0);
  EXPECT_THAT(StatusPage(status(), "/metrics"), HasSubstr("not asked yet"));
  LogCounter log;
  Poll();
  const Samples samples = Scrape();
  EXPECT_EQ(samples.at(OfUrl("traefik_up")), 1);
  EXPECT_EQ(samples.at(OfUrl("traefik_failures_total", ",reason=\"connect\"")), 0);
  EXPECT_GT(samples.at(OfUrl("traefik_last_success_timestamp_seconds")), 1.7e9);
  EXPECT_EQ(samples.at("service_sticky_configured{service=\"shop@file\"}"), 0);
  EXPECT_EQ(samples.at("service_servers{service=\"shop@file\"}"), 2);
  EXPECT_EQ(log.count(spdlog::level::info), 1);
  const std::string page = StatusPage(status(), "/metrics");
  EXPECT_THAT(page, HasSubstr("<h2>Traefik</h2>"));
  EXPECT_THAT(page, HasSubstr(">" + api_.url() + "<"));
  EXPECT_THAT(page, HasSubstr(">3.7.9<"));
  EXPECT_THAT(page, HasSubstr("class=\"good\">up<"));

  // Two servers and no cookie.
  EXPECT_EQ(samples.at("audit_findings{rule=\"not_sticky\",level=\"warning\"}"), 1);
  EXPECT_THAT(page, HasSubstr("<h2>Audit</h2><ul>\n<li><b>warning</b> A1: "));

  api_.PutConfig({"http://10.0.0.a:80"});
  Poll();
  EXPECT_THAT(StatusPage(status(), "/metrics"), Not(HasSubstr("<b>warning</b> A1")));
  EXPECT_EQ(Scrape().at(OfUrl("traefik_config_changes_total", ",kind=\"server\"")), 1);
  EXPECT_EQ(Scrape().at(OfUrl("traefik_config_changes_total", ",kind=\"router\"")), 0);
  EXPECT_EQ(Scrape().at("service_servers{service=\"shop@file\"}"), 1);
}

TEST_F(WatchApiTest, ATraefikThatRefusesIsSaidOnceAndWhatWasKnownStays) {
  StartAsking();
  Poll();
  api_.Put("/api/rawdata", {401, "", ""});
  LogCounter log;
  for (int i = 0; i < 5; ++i) Poll();
  EXPECT_EQ(Scrape().at(OfUrl("traefik_up")), 0);
  EXPECT_EQ(Scrape().at(OfUrl("traefik_failures_total", ",reason=\"unauthorized\"")), 5);
  EXPECT_EQ(Scrape().at("service_servers{service=\"shop@file\"}"), 2);
  EXPECT_EQ(log.count(spdlog::level::warn), 1);
  EXPECT_THAT(StatusPage(status(), "/metrics"), HasSubstr("answers 401"));
}

// The API knows that two routers lead to one service, which CLF does not tell.
TEST_F(WatchApiTest, CausesKnowWhatTheApiSays) {
  StartAsking();
  Poll();
  uint64_t count = 0;
  const auto write = [&](int64_t ms, char server) {
    files_.Append(kLog, JsonLine({.start_ms = ms, .server = server, .cookie = "x=1"}, ++count));
    Round(std::chrono::milliseconds(100));
  };
  write(0, 'a');
  for (int i = 1; i < 60; ++i) write(1000 * i, i % 2 == 0 ? 'a' : 'b');
  // Answers that come in every round do not hold up what waits for time to pass.
  for (int i = 0; i < 30; ++i) Poll();
  ASSERT_EQ(status().pipeline.services.size(), 1U);
  const ServiceStats& shop = status().pipeline.services[0].second;
  EXPECT_GT(shop.breaks.sum(), 50U);
  EXPECT_EQ(shop.causes[Cause::kNotSticky], shop.breaks.sum());
}

}  // namespace
}  // namespace stickyd
