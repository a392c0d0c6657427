// SPDX-License-Identifier: Apache-2.0
// known_log_test: a log of known requests, and what every metric says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stickyd/expose/metrics/metrics.h"
#include "support/json_line.h"
#include "support/samples.h"
#include "watching.h"

namespace stickyd {
namespace {

class KnownLogTest : public Watching {
 protected:
  void Write(const std::vector<JsonRequest>& requests) {
    for (const JsonRequest& request : requests) text_ += JsonLine(request, ++count_);
  }
  Samples Scrape() { return SamplesOf(MetricsOf(status())); }
  // Every sample is in the table, or is 0.
  static void Expect(Samples samples, const Samples& wanted) {
    for (const auto& [sample, value] : wanted) {
      ASSERT_TRUE(samples.contains(sample)) << sample;
      EXPECT_DOUBLE_EQ(samples[sample], value) << sample;
      samples.erase(sample);
    }
    for (const auto& [sample, value] : samples) EXPECT_EQ(value, 0) << sample;
  }
  // Those whose value is not the log's; each is there.
  static void Take(const std::vector<std::string>& families, Samples& samples) {
    for (const std::string& family : families) {
      const size_t taken = std::erase_if(
          samples, [&](const auto& sample) { return FamilyOf(sample.first) == family; });
      EXPECT_GT(taken, 0U) << family;
    }
  }

  std::string text_;
  uint64_t count_ = 0;
};

constexpr const char* kA = "lb=http://10.0.0.a:80";
constexpr const char* kB = "lb=http://10.0.0.b:80";

TEST_F(KnownLogTest, EveryMetricSaysWhatTheLogSays) {
  Write({
      {.start_ms = 0, .client = "2.2.2.2", .set_cookie = kA},
      {.start_ms = 100, .set_cookie = kA},
      {.start_ms = 1000, .cookie = kA},
      // Taken away from a server that answers others, and back again: one broken session.
      {.start_ms = 1500, .server = 'b', .cookie = kA, .set_cookie = kB},
      {.start_ms = 1900, .client = "2.2.2.2", .cookie = kA},
      {.start_ms = 2000, .cookie = kB, .set_cookie = kA},
      // Held on a server that fails.
      {.start_ms = 3000, .client = "2.2.2.2", .cookie = kA, .status = 502},
      {.start_ms = 3100, .client = "2.2.2.2", .cookie = kA, .status = 503},
      {.start_ms = 3200, .client = "2.2.2.2", .cookie = kA, .status = 503},
      {.start_ms = 3300, .client = "2.2.2.2", .cookie = kA, .status = 504},
      {.start_ms = 3400, .client = "2.2.2.2", .cookie = kA, .status = 500},
      // The cookie does not come, and the server is the same by luck.
      {.start_ms = 3500, .client = "2.2.2.2"},
      // Nobody looks at these.
      {.start_ms = 4000, .client = "3.3.3.3", .path = "/health"},
      {.start_ms = 4100, .client = "3.3.3.3", .agent = "Monitor/1"},
      {.start_ms = 4200, .client = "9.9.9.9"},
      {.start_ms = 4300, .client = "3.3.3.3", .service = "admin@file"},
      {.start_ms = 4400, .client = "3.3.3.3", .method = "OPTIONS"},
      {.start_ms = 4500, .client = "3.3.3.3", .agent = "stickyd-probe/1"},
      {.start_ms = 4600, .client = "3.3.3.3", .server = '-'},
      {.start_ms = 60'000, .client = "4.4.4.4"},
  });
  text_ += "what is this\n\n";
  files_.Append(kLog, text_);
  Start({"--log", kLog, "--from", "beginning", "--exclude.path", "^/health", "--exclude.user-agent",
         "^Monitor", "--exclude.client", "9.9.9.0/24", "--exclude.service", "admin@file",
         "--cause.pages", "https://pages"});
  // The API knows another service.
  files_.Append("/api/rawdata.json", R"({"routers": {"r@file": {"service": "s"}}, "services": {
      "s@file": {"loadBalancer": {"sticky": {"cookie": {}}, "servers": [{"url": "http://a:80"}]}}}})");
  reread_.insert(reread_.end(), {"--traefik.snapshot", "/api"});
  watcher_->RequestReload();
  Round();

  Samples samples = Scrape();
  Take(
      {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
       "process_open_fds", "process_max_fds", "process_start_time_seconds", "build_info",
       "cause_info", "session_table_bytes", "connection_table_bytes",
       "config_last_reload_timestamp_seconds", "line_to_metric_seconds_sum"},
      samples);
  const Samples wanted = {
      {"requests_total{service=\"shop@file\",evidence=\"client\"}", 3},
      {"requests_total{service=\"shop@file\",evidence=\"connection\"}", 1},
      {"requests_total{service=\"shop@file\",evidence=\"cookie\"}", 9},
      {"returning_requests_total{service=\"shop@file\",evidence=\"connection\"}", 1},
      {"returning_requests_total{service=\"shop@file\",evidence=\"cookie\"}", 9},
      {"breaks_total{service=\"shop@file\",evidence=\"cookie\"}", 2},
      {"unpinned_requests_total{service=\"shop@file\",evidence=\"cookie\"}", 2},
      {"unpinned_requests_total{service=\"shop@file\",evidence=\"connection\"}", 1},
      {"sticky_requests_total{service=\"shop@file\",state=\"first\"}", 3},
      {"sticky_requests_total{service=\"shop@file\",state=\"hit\"}", 7},
      {"sticky_requests_total{service=\"shop@file\",state=\"missing\"}", 1},
      {"sticky_requests_total{service=\"shop@file\",state=\"refused\"}", 2},
      {"excluded_requests_total{reason=\"path\"}", 1},
      {"excluded_requests_total{reason=\"user_agent\"}", 1},
      {"excluded_requests_total{reason=\"client\"}", 1},
      {"excluded_requests_total{reason=\"service\"}", 1},
      {"excluded_requests_total{reason=\"preflight\"}", 1},
      {"excluded_requests_total{reason=\"probe\"}", 1},
      {"unserved_requests_total", 1},
      {"break_causes_total{service=\"shop@file\",cause=\"not_honoured\"}", 1},
      {"break_causes_total{service=\"shop@file\",cause=\"unknown\"}", 1},
      {"dead_pin_requests_total{service=\"shop@file\",code=\"502\"}", 1},
      {"dead_pin_requests_total{service=\"shop@file\",code=\"503\"}", 2},
      {"dead_pin_requests_total{service=\"shop@file\",code=\"504\"}", 1},
      {"sessions_total{service=\"shop@file\"}", 3},
      {"broken_sessions_total{service=\"shop@file\"}", 1},
      {"sessions_active{service=\"shop@file\"}", 3},
      {"break_ratio{service=\"shop@file\",window=\"5m\"}", 0.2},
      {"break_ratio{service=\"shop@file\",window=\"1h\"}", 0.2},
      {"expected_break_ratio{service=\"shop@file\",window=\"5m\"}", 1 - (144.0 + 1) / 169},
      {"expected_break_ratio{service=\"shop@file\",window=\"1h\"}", 1 - (144.0 + 1) / 169},
      {"settled_ratio{service=\"shop@file\",window=\"5m\"}", 1},
      {"settled_ratio{service=\"shop@file\",window=\"1h\"}", 1},
      {"top_client_break_share{service=\"shop@file\"}", 1},
      {"service_sticky_configured{service=\"s@file\"}", 1},
      {"service_servers{service=\"s@file\"}", 1},
      {"source_up{source=\"/log/access.log\"}", 1},
      {"source_readable{source=\"/log/access.log\"}", 1},
      {"source_read_bytes_total{source=\"/log/access.log\"}", static_cast<double>(text_.size())},
      {"lines_total{source=\"/log/access.log\"}", 22},
      {"lines_parsed_total{source=\"/log/access.log\"}", 20},
      {"lines_unparsed_total{source=\"/log/access.log\",reason=\"not_access_log\"}", 1},
      {"lines_skipped_total{source=\"/log/access.log\",reason=\"empty\"}", 1},
      {"source_last_event_timestamp_seconds{source=\"/log/access.log\"}", 1'767'603'660.005},
      {"log_unnamed_server_requests_total{source=\"/log/access.log\"}", 1},
      {"session_table_entries", 3},
      {"session_table_limit", 1'000'000},
      {"connection_table_entries", 3},
      {"connection_table_limit", 262'144},
      {"config_last_reload_successful", 1},
      {"line_to_metric_seconds{le=\"inf\"}", 20},
      {"line_to_metric_seconds_count", 20},
  };
  Expect(samples, wanted);
}

// So many sessions that have changed servers are remembered whole, of 10,000.
constexpr uint64_t kTails = 4096;

// Metrics that are 0 while nothing is wrong.
struct Trouble {
  std::string sample;
  double value;
  std::string text;
  std::vector<std::string> options;
};

std::string Clf(uint64_t first_count, uint64_t lines, int64_t first_second) {
  std::string text;
  for (uint64_t i = 0; i < lines; ++i) {
    text += ClfLine(first_second + static_cast<int64_t>(i), first_count + i, 1);
  }
  return text;
}

std::string OfManyClients(uint64_t clients) {
  std::string text;
  for (uint64_t i = 0; i < clients; ++i) {
    const std::string client = fmt::format("1.1.1.{}", i);
    const auto start = static_cast<int64_t>(i) * 1000;
    text += JsonLine({.start_ms = start, .client = client.c_str()}, i + 1);
  }
  return text;
}

// Each comes twice, and the second time to another server.
std::string OfMovedClients(uint64_t clients) {
  std::string text;
  for (uint64_t i = 0; i < 2 * clients; ++i) {
    const std::string client = fmt::format("1.1.{}.{}", i % clients / 250, i % clients % 250);
    text += ClfLine(static_cast<int64_t>(i / clients) * 60, i + 1, static_cast<int>(i / clients),
                    client);
  }
  return text;
}

// A cookie of a server that this client never had, and another agent each time.
std::string OfMadeUpAgents(uint64_t requests) {
  std::string text = JsonLine({.client = "2.2.2.2", .set_cookie = kA}, 1);
  for (uint64_t i = 0; i < requests; ++i) {
    const std::string agent = fmt::format("Agent/{}", i);
    text +=
        JsonLine({.start_ms = 1000, .server = 'b', .cookie = kA, .agent = agent.c_str()}, i + 2);
  }
  return text;
}

std::vector<Trouble> Troubles() {
  const std::string service = "{service=\"shop@file\"}";
  const std::string source = "{source=\"/log/access.log\"}";
  const std::string two_readings =
      "1.1.1.1 - - [05/Jan/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"a\" \"b\" \"c\" 1 "
      "\"shop@file\" \"http://10.0.0.1:80\" 0ms\n";
  return {
      {"ambiguous_requests_total" + service, 1, ClfLine(0, 1, 1) + ClfLine(0, 2, 2), {}},
      {"unresolved_requests_total" + service, 72, OfMadeUpAgents(200), {}},
      {"client_limited_requests_total{limit=\"breaks\"}", 72, OfMadeUpAgents(200), {}},
      {"session_histories_cut_total", 1, OfMovedClients(kTails + 1), {"--max-sessions", "10000"}},
      {"session_table_evictions_total{reason=\"full\"}",
       84,
       OfManyClients(100),
       {"--max-sessions", "16"}},
      {"connection_table_evictions_total{reason=\"full\"}",
       84,
       OfManyClients(100),
       {"--max-connections", "16"}},
      {"services_overflowed_total",
       1,
       ClfLine(0, 1, 1) + ClfLine(1, 2, 1, "1.1.1.1", "other@file"),
       {"--max-services", "1"}},
      {"log_clock_steps_total", 1, Clf(1, 100, 7200) + Clf(101, 100, 3600), {}},
      {"session_table_evictions_total{reason=\"clock\"}",
       1,
       Clf(1, 100, 7200) + Clf(101, 100, 3600),
       {}},
      {"log_missing_requests_total" + source, 100, Clf(1, 100, 0) + Clf(201, 100, 100), {}},
      {"log_restarts_total" + source, 1, Clf(501, 100, 0) + Clf(1, 100, 200), {}},
      {"log_ambiguous_middles_total" + source, 1, two_readings, {}},
  };
}

TEST_F(KnownLogTest, WhatGoesWrongIsCounted) {
  for (const Trouble& trouble : Troubles()) {
    SCOPED_TRACE(trouble.sample);
    files_.Remove(kLog);
    files_.Append(kLog, trouble.text);
    std::vector<std::string> options = {"--log", kLog, "--from", "beginning"};
    options.insert(options.end(), trouble.options.begin(), trouble.options.end());
    Start(options);
    for (int i = 0; i < 3; ++i) Round();
    const Samples samples = Scrape();
    ASSERT_TRUE(samples.contains(trouble.sample));
    EXPECT_EQ(samples.at(trouble.sample), trouble.value);
  }
}

// What is there and was not read yet; a round reads only so much.
TEST_F(KnownLogTest, TheLagIsWhatIsThereAndNotRead) {
  for (uint64_t i = 0; i < 40'000; ++i) text_ += ClfLine(static_cast<int64_t>(i) / 100, i + 1, 1);
  files_.Append(kLog, text_);
  Start({"--log", kLog, "--from", "beginning"});
  const auto all = static_cast<double>(text_.size());
  const auto value = [&](const char* name) {
    return Scrape()[fmt::format("{}{{source=\"{}\"}}", name, kLog)];
  };
  const double read = value("source_read_bytes_total");
  EXPECT_GT(read, 0);
  EXPECT_LT(read, all);
  EXPECT_EQ(value("source_lag_bytes"), all - read);
  RoundsUntil(40'000);
  EXPECT_EQ(value("source_read_bytes_total"), all);
  EXPECT_EQ(value("source_lag_bytes"), 0);
}

// Who was silent for longer than a session may be is active no more.
TEST_F(KnownLogTest, SessionsThatEndedAreNotActive) {
  Write({{.start_ms = 0}, {.start_ms = 60'000, .client = "2.2.2.2"}});
  files_.Append(kLog, text_);
  Start({"--log", kLog, "--from", "beginning", "--idle", "5m"});
  const auto active = [&] { return Scrape().at("sessions_active{service=\"shop@file\"}"); };
  EXPECT_EQ(active(), 2);
  Round(std::chrono::seconds(270));
  EXPECT_EQ(active(), 1);
  Round(std::chrono::seconds(60));
  EXPECT_EQ(active(), 0);
  EXPECT_EQ(Scrape().at("sessions_total{service=\"shop@file\"}"), 2);
  EXPECT_EQ(Scrape().at("session_table_evictions_total{reason=\"idle\"}"), 2);
}

}  // namespace
}  // namespace stickyd
