// SPDX-License-Identifier: Apache-2.0
// metrics_test: each number has its own metric. All that is shown has another value here, so that
// no two can be mixed up; and no metric may be without a value here.
#include "stickyd/expose/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/samples.h"

namespace stickyd {
namespace {

// Every value of a list has the next number, from `first` on.
template <class Enum>
void Fill(Tally<Enum>& tally, uint64_t first) {
  ForEachValue<Enum>([&](Enum value) { tally[value] = first++; });
}

template <class List>
void FillAll(List& counts, uint64_t first) {
  for (uint64_t& count : counts) count = first++;
}

RatioCounts Counts(uint64_t returning, uint64_t breaks, uint64_t unsettled, uint64_t of_first,
                   uint64_t of_second) {
  RatioCounts counts;
  counts.returning = returning;
  counts.breaks = breaks;
  counts.unsettled = unsettled;
  counts.AddServer(ServerId{1}, of_first);
  counts.AddServer(ServerId{2}, of_second);
  return counts;
}

void FillService(PipelineStats& stats) {
  ServiceStats& shop = stats.services.emplace_back("shop", ServiceStats{}).second;
  Fill(shop.requests, 100);
  Fill(shop.returning, 110);
  Fill(shop.breaks, 120);
  Fill(shop.unpinned, 130);
  Fill(shop.states, 140);
  Fill(shop.causes, 150);
  shop.first = shop.held = 999;  // shown by no metric
  shop.ambiguous = 201;
  shop.unresolved = 202;
  shop.sessions = 203;
  shop.broken_sessions = 204;
  shop.dead_pins = {{502, 205}, {503, 206}, {504, 207}};
  stats.sessions_active.push_back(208);
  RecentRatios& recent = stats.recent.emplace_back();
  recent.five_minutes = Counts(8, 2, 2, 3, 1);
  recent.hour = Counts(100, 5, 300, 9, 1);
  recent.top_break_share = 0.625;
}

void FillSource(PipelineStats& stats, uint64_t first) {
  SourceStats& part = stats.sources.emplace_back();
  part.name = "a.log";
  part.lines = first + 1;
  part.parsed = first + 2;
  part.answered_without_server = first + 3;
  part.ambiguous_middles = first + 4;
  part.sequences.missing = first + 5;
  part.sequences.restarts = first + 99;  // it may go back
  part.sequences.restarts_told = first + 6;
  part.last_event = EventTime(std::chrono::seconds(first + 7));
  FillAll(part.unparsed, first + 10);
  FillAll(part.skipped, first + 40);
}

TableStats TableOf(uint64_t first) {
  return {first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6};
}

DaemonStatus Filled() {
  DaemonStatus status;
  PipelineStats& stats = status.pipeline;
  FillService(stats);
  FillSource(stats, 300);
  FillSource(stats, 1000);  // another file of the same source
  stats.sessions = TableOf(400);
  stats.connections = TableOf(410);
  Fill(stats.excluded, 420);
  Fill(stats.refused, 430);
  stats.no_server = 440;
  stats.decided_early = 441;
  stats.clock_steps = 442;
  stats.services_overflowed = 443;
  status.sources.push_back({"a.log", true, true, 501, 502, 503, 504, 505, 506, 507, {}});
  status.sources.push_back({"b.log", true, false, 511, 512, 513, 514, 515, 516, 517, {}});
  status.sources.push_back({"c.log", false, true, 521, 522, 523, 524, 525, 526, 527, {}});
  status.configured.push_back({"shop", true, 601, true});
  status.configured.push_back({"idle", false, 602, true});
  status.configured.push_back({"tree", true, 0, false});  // counts no requests
  ProbeStatus& probe = status.probes.emplace_back();
  probe.target = "site";
  probe.success = true;
  probe.verdict = ProbeVerdict::kUnsure;
  probe.cause = Cause::kUnknown;
  probe.duration_seconds = 801;
  probe.last_run_seconds = 802;
  Fill(probe.runs, 810);
  status.probes.emplace_back().target = "new";
  status.line_to_metric.Add(0.03, 4);
  status.line_to_metric.Add(60, 1);
  status.events_written = 701;
  status.events_suppressed = 702;
  status.events_failed = 703;
  status.events_dropped = 704;
  status.last_reload_successful = false;
  status.last_reload_seconds = 705;
  status.started_seconds = 706;
  status.cause_pages = "https://pages";
  status.version = "v";
  status.revision = "r";
  status.compiler = "c";
  return status;
}

class Table {
 public:
  void Is(const std::string& sample, double value) { wanted[sample] = value; }
  // `name{labels,label="..."}` of every value of a list.
  template <class Enum>
  void Are(const std::string& name, const std::string& labels, const char* label, double first) {
    ForEachValue<Enum>([&](Enum value) {
      Is(fmt::format("{}{{{}{}=\"{}\"}}", name, labels, label, Name(value)), first++);
    });
  }
  Samples wanted;
};

void ServiceRows(Table& table) {
  // A service that only the API knows has all counters, from zero.
  for (const bool idle : {false, true}) {
    const std::string label = idle ? "service=\"idle\"," : "service=\"shop\",";
    const auto of = [&](double value) { return idle ? 0 : value; };
    Table all;
    all.Are<Evidence>("requests_total", label, "evidence", 100);
    all.Are<Evidence>("returning_requests_total", label, "evidence", 110);
    all.Are<Evidence>("breaks_total", label, "evidence", 120);
    all.Are<Evidence>("unpinned_requests_total", label, "evidence", 130);
    all.Are<StickyState>("sticky_requests_total", label, "state", 140);
    all.Are<Cause>("break_causes_total", label, "cause", 150);
    for (int i = 0; i < 3; ++i) {
      all.Is(fmt::format("dead_pin_requests_total{{{}code=\"{}\"}}", label, 502 + i), 205 + i);
    }
    const std::string only = "{" + label.substr(0, label.size() - 1) + "}";
    all.Is("ambiguous_requests_total" + only, 201);
    all.Is("unresolved_requests_total" + only, 202);
    all.Is("sessions_total" + only, 203);
    all.Is("broken_sessions_total" + only, 204);
    all.Is("sessions_active" + only, 208);
    for (const auto& [sample, value] : all.wanted) table.Is(sample, of(value));
  }
  const auto window = [&](const char* name, double five_minutes, double hour) {
    table.Is(fmt::format("{}{{service=\"shop\",window=\"5m\"}}", name), five_minutes);
    table.Is(fmt::format("{}{{service=\"shop\",window=\"1h\"}}", name), hour);
  };
  window("break_ratio", 2.0 / 8, 5.0 / 100);
  window("expected_break_ratio", 1 - (9.0 + 1) / 16, 1 - (81.0 + 1) / 100);
  window("settled_ratio", 8.0 / 10, 100.0 / 400);
  table.Is("top_client_break_share{service=\"shop\"}", 0.625);
  table.Is("service_sticky_configured{service=\"shop\"}", 1);
  table.Is("service_sticky_configured{service=\"idle\"}", 0);
  table.Is("service_sticky_configured{service=\"tree\"}", 1);
  table.Is("service_servers{service=\"shop\"}", 601);
  table.Is("service_servers{service=\"idle\"}", 602);
  table.Is("service_servers{service=\"tree\"}", 0);
}

void SourceRows(Table& table) {
  const auto source = [&](const std::string& name, double up, double readable, double first) {
    const std::string label = "source=\"" + name + "\"";
    const auto is = [&](const char* metric, double value) {
      table.Is(fmt::format("{}{{{}}}", metric, label), value);
    };
    is("source_up", up);
    is("source_readable", readable);
    is("source_read_bytes_total", first + 1);
    is("source_lag_bytes", first + 2);
    table.Is("source_rotations_total{" + label + ",kind=\"rename\"}", first + 3);
    table.Is("source_rotations_total{" + label + ",kind=\"truncate\"}", first + 4);
    is("source_read_errors_total", first + 5);
    is("source_files_dropped_total", first + 6);
    is("source_files_refused", first + 7);
  };
  source("a.log", 1, 1, 500);
  source("b.log", 0, 0, 510);  // nothing in it is a record
  source("c.log", 0, 1, 520);
  // Of both files together.
  const std::string label = "{source=\"a.log\"}";
  table.Is("lines_total" + label, 1302);
  table.Is("lines_parsed_total" + label, 1304);
  table.Is("log_unnamed_server_requests_total" + label, 1306);
  table.Is("log_ambiguous_middles_total" + label, 1308);
  table.Is("log_missing_requests_total" + label, 1310);
  table.Is("log_restarts_total" + label, 1312);
  table.Is("source_last_event_timestamp_seconds" + label, 1007);
  const auto reasons = [&](const char* metric, int count, double first, const auto& name_of) {
    for (int i = 0; i < count; ++i) {
      table.Is(fmt::format("{}{{source=\"a.log\",reason=\"{}\"}}", metric, name_of(i)),
               first + 2 * i);
    }
  };
  reasons("lines_unparsed_total", static_cast<int>(UnparsedReason::kCount), 1320,
          [](int i) { return UnparsedReasonName(static_cast<UnparsedReason>(i)); });
  reasons("lines_skipped_total", static_cast<int>(SkipReason::kCount), 1380,
          [](int i) { return SkipReasonName(static_cast<SkipReason>(i)); });
}

void TableRows(Table& table) {
  const auto memory = [&](const std::string& name, double first) {
    table.Is(name + "_entries", first);
    table.Is(name + "_limit", first + 1);
    table.Is(name + "_bytes", first + 2);
    table.Is(name + "_evictions_total{reason=\"idle\"}", first + 3);
    table.Is(name + "_evictions_total{reason=\"full\"}", first + 4);
    table.Is(name + "_evictions_total{reason=\"clock\"}", first + 5);
  };
  memory("session_table", 400);
  memory("connection_table", 410);
  table.Is("session_histories_cut_total", 406);
  table.Are<Limit>("client_limited_requests_total", "", "limit", 430);
  table.Are<ExcludeReason>("excluded_requests_total", "", "reason", 420);
  table.wanted.erase("excluded_requests_total{reason=\"none\"}");
}

void DaemonRows(Table& table) {
  table.Is("unserved_requests_total", 440);
  table.Is("decided_early_total", 441);
  table.Is("log_clock_steps_total", 442);
  table.Is("services_overflowed_total", 443);
  table.Is("events_total{result=\"written\"}", 701);
  table.Is("events_total{result=\"suppressed\"}", 702);
  table.Is("events_total{result=\"failed\"}", 703);
  table.Is("events_total{result=\"dropped\"}", 704);
  table.Is("config_last_reload_successful", 0);
  table.Is("config_last_reload_timestamp_seconds", 705);
  table.Is("process_start_time_seconds", 706);
  table.Is("build_info{version=\"v\",revision=\"r\",compiler=\"c\"}", 1);
  table.Are<HttpDrop>("http_connections_dropped_total", "", "reason", 800);
  ForEachValue<Cause>([&](Cause cause) {
    table.Is(fmt::format("cause_info{{cause=\"{0}\",page=\"https://pages/{0}.md\"}}", Name(cause)),
             1);
  });
  for (const double bound : LatencyHistogram::kBounds) {
    table.Is(fmt::format("line_to_metric_seconds{{le=\"{}\"}}", bound), bound < 0.03 ? 0 : 4);
  }
  table.Is("line_to_metric_seconds{le=\"inf\"}", 5);
  table.Is("line_to_metric_seconds_count", 5);
  table.Is("line_to_metric_seconds_sum", 60.12);
}

void ProbeRows(Table& table) {
  table.Is("probe_success{target=\"site\"}", 1);
  table.Is("probe_duration_seconds{target=\"site\"}", 801);
  table.Is("probe_last_run_timestamp_seconds{target=\"site\"}", 802);
  table.Are<ProbeVerdict>("probe_runs_total", "target=\"site\",", "verdict", 810);
  table.Is("probe_result{target=\"site\",verdict=\"unsure\",cause=\"unknown\"}", 1);
  // One that has not run yet has all but a result, from zero.
  for (const char* name :
       {"probe_success", "probe_duration_seconds", "probe_last_run_timestamp_seconds"}) {
    table.Is(std::string(name) + "{target=\"new\"}", 0);
  }
  ForEachValue<ProbeVerdict>([&](ProbeVerdict verdict) {
    table.Is(fmt::format("probe_runs_total{{target=\"new\",verdict=\"{}\"}}", Name(verdict)), 0);
  });
}

TEST(MetricsTest, EachNumberHasItsOwnMetricAndNoMetricIsLeftOut) {
  HttpDrops drops;
  Fill(drops, 800);
  Table table;
  ServiceRows(table);
  SourceRows(table);
  TableRows(table);
  DaemonRows(table);
  ProbeRows(table);
  Samples samples = SamplesOf(MetricsOf(Filled(), drops));
  // What the kernel says of this process.
  for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                           "process_virtual_memory_bytes", "process_open_fds", "process_max_fds"}) {
    ASSERT_TRUE(samples.contains(name)) << name;
    EXPECT_GT(samples[name], 0) << name;
    samples.erase(name);
  }
  EXPECT_GT(samples.size(), 200U);
  for (const auto& [sample, value] : table.wanted) {
    ASSERT_TRUE(samples.contains(sample)) << sample;
    EXPECT_DOUBLE_EQ(samples[sample], value) << sample;
  }
  for (const auto& [sample, value] : samples) {
    EXPECT_TRUE(table.wanted.contains(sample)) << sample << " is in no row here";
  }
}

TEST(MetricsTest, RatiosOfNothingAreNotThere) {
  DaemonStatus status;
  status.pipeline.services.emplace_back("shop", ServiceStats{});
  status.pipeline.sessions_active.push_back(0);
  status.pipeline.recent.emplace_back();
  status.pipeline.sources.emplace_back().name = "a.log";
  const Samples samples = SamplesOf(MetricsOf(status));
  for (const auto& [sample, value] : samples) {
    for (const char* part : {"ratio", "share", "last_event"}) {
      EXPECT_EQ(FamilyOf(sample).find(part), std::string::npos) << sample;
    }
  }
}

}  // namespace
}  // namespace stickyd
