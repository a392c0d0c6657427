// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/metrics/metrics.h"

#include <map>
#include <set>
#include <string_view>

#include "metric_family.h"
#include "probe_metrics.h"
#include "process_info.h"
#include "stickyd/expose/advice.h"
#include "traefik_metrics.h"

namespace stickyd {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
const ServiceStats kNothing;
class Builder {
 public:
  Builder(const DaemonStatus& status, const HttpDrops& drops) : status_(status), drops_(drops) {
    std::set<std::string_view> seen;
    for (const auto& [name, stats] : status.pipeline.services) {
      services_.emplace_back(name, &stats);
      seen.insert(name);
    }
    for (const ServiceConfigured& service : status.configured) {
      if (service.balancer && !seen.contains(service.service)) {
        services_.emplace_back(service.service, &kNothing);
      }
    }
  }

  std::vector<MetricFamily> Build() {
    Requests();
    Causes();
    Sessions();
    Ratios();
    Configured();
    AddTraefikMetrics(status_, families_);
    AddProbeMetrics(status_.probes, families_);
    Sources();
    Lines();
    Tables();
    Daemon();
    Http();
    Process();
    return std::move(families_);
  }

 private:
  static Family Counter(const std::string& name, const std::string& help) {
    return {"stickyd_" + name, help, MetricType::Counter};
  }
  static Family Gauge(const std::string& name, const std::string& help) {
    return {"stickyd_" + name, help, MetricType::Gauge};
  }
  void Done(Family& family) {
    if (!family.empty()) families_.push_back(family.Take());
  }

  template <class Enum>
  void ByService(const std::string& name, const std::string& help, const char* label,
                 Tally<Enum> ServiceStats::*tally) {
    Family family = Counter(name, help);
    for (const auto& service : services_) {
      ForEachValue<Enum>([&](Enum value) {
        family.Add({{"service", service.first}, {label, std::string(Name(value))}},
                   static_cast<double>((service.second->*tally)[value]));
      });
    }
    Done(family);
  }
  void ByService(const std::string& name, const std::string& help, uint64_t ServiceStats::*field) {
    Family family = Counter(name, help);
    for (const auto& [service, stats] : services_) {
      family.Add({{"service", service}}, static_cast<double>(stats->*field));
    }
    Done(family);
  }

  void Requests() {
    ByService("requests_total", "Requests that were assigned to a server and judged.", "evidence",
              &ServiceStats::requests);
    ByService("returning_requests_total", "Requests of a session that knew its server.", "evidence",
              &ServiceStats::returning);
    ByService("breaks_total", "Returning requests that landed on another server.", "evidence",
              &ServiceStats::breaks);
    ByService("unpinned_requests_total",
              "Returning requests that were not routed by their cookie, lucky or not.", "evidence",
              &ServiceStats::unpinned);
    ByService("ambiguous_requests_total",
              "Requests that the log's clock cannot settle; in no ratio.",
              &ServiceStats::ambiguous);
    ByService("unresolved_requests_total",
              "Requests whose history is not kept, or whose break only the client vouches for; in "
              "no ratio.",
              &ServiceStats::unresolved);
    ByService("sticky_requests_total", "Requests by what their sticky cookie was worth.", "state",
              &ServiceStats::states);
    Family excluded = Counter("excluded_requests_total", "Requests that are not judged.");
    ForEachValue<ExcludeReason>([&](ExcludeReason reason) {
      if (reason == ExcludeReason::kNone) return;
      excluded.Add({{"reason", std::string(Name(reason))}},
                   static_cast<double>(status_.pipeline.excluded[reason]));
    });
    Done(excluded);
    Family unserved = Counter("unserved_requests_total", "Requests that no balancer assigned.");
    unserved.Add({}, static_cast<double>(status_.pipeline.no_server));
    Done(unserved);
  }

  void Causes() {
    ByService("break_causes_total", "Breaks by cause, counted when the cause is decided.", "cause",
              &ServiceStats::causes);
    Family pages = Gauge("cause_info", "1, with the address of the cause's page (--cause.pages).");
    ForEachValue<Cause>([&](Cause cause) {
      pages.Add({{"cause", std::string(Name(cause))},
                 {"page", CausePageAddress(cause, status_.cause_pages)}},
                1);
    });
    Done(pages);
    Family dead = Counter("dead_pin_requests_total",
                          "Requests held on a server that answered 502, 503 or 504.");
    for (const auto& [service, stats] : services_) {
      for (const uint16_t code : std::initializer_list<uint16_t>{502, 503, 504}) {
        const auto at = stats->dead_pins.find(code);
        dead.Add({{"service", service}, {"code", std::to_string(code)}},
                 at == stats->dead_pins.end() ? 0 : static_cast<double>(at->second));
      }
    }
    Done(dead);
  }

  void Sessions() {
    ByService("sessions_total", "Sessions seen.", &ServiceStats::sessions);
    ByService("broken_sessions_total", "Sessions with at least one break.",
              &ServiceStats::broken_sessions);
    Family active = Gauge("sessions_active", "Sessions that have not ended yet.");
    const auto& known = status_.pipeline.sessions_active;
    for (size_t i = 0; i < services_.size(); ++i) {
      active.Add({{"service", services_[i].first}},
                 i < known.size() ? static_cast<double>(known[i]) : 0);
    }
    Done(active);
  }

  void Ratios() {
    Family ratio =
        Gauge("break_ratio",
              "Breaks / returning requests over the window, for people without recording rules.");
    Family expected =
        Gauge("expected_break_ratio", "What break_ratio would be if every request went anywhere.");
    Family settled = Gauge("settled_ratio",
                           "Of the requests that came back, the share that the log settles; below "
                           "2/3 the service is unknown, not good.");
    Family top = Gauge("top_client_break_share",
                       "Of the breaks of the last half to whole hour, the share of the address "
                       "with the most of them.");
    for (size_t i = 0; i < status_.pipeline.recent.size(); ++i) {
      const RecentRatios& recent = status_.pipeline.recent[i];
      if (recent.top_break_share) {
        top.Add({{"service", status_.pipeline.services[i].first}}, *recent.top_break_share);
      }
      const std::pair<const char*, const RatioCounts*> windows[] = {{"5m", &recent.five_minutes},
                                                                    {"1h", &recent.hour}};
      for (const auto& [name, window] : windows) {
        const RatioCounts& counts = *window;
        const Labels labels = {{"service", status_.pipeline.services[i].first}, {"window", name}};
        if (const auto value = counts.Ratio()) ratio.Add(labels, *value);
        if (const auto value = counts.ExpectedRatio()) expected.Add(labels, *value);
        if (const auto value = counts.SettledRatio()) settled.Add(labels, *value);
      }
    }
    for (Family* family : {&ratio, &expected, &settled, &top}) Done(*family);
  }

  void Configured() {
    Family sticky = Gauge("service_sticky_configured",
                          "1 if Traefik's API shows a sticky cookie on the service.");
    Family servers = Gauge("service_servers", "Servers of the service, by Traefik's API.");
    for (const ServiceConfigured& service : status_.configured) {
      sticky.Add({{"service", service.service}}, service.sticky ? 1 : 0);
      servers.Add({{"service", service.service}}, static_cast<double>(service.servers));
    }
    Done(sticky);
    Done(servers);
  }

  void Sources() {
    Family up = Gauge("source_up",
                      "1 if the source is read: its file is there, or still written to elsewhere, "
                      "and gives records.");
    Family readable = Gauge("source_readable",
                            "0 once so many lines of the source in a row gave no record that none "
                            "will.");
    Family read = Counter("source_read_bytes_total", "Bytes read.");
    Family lag = Gauge("source_lag_bytes", "Bytes that are there and not read yet.");
    Family rotations = Counter("source_rotations_total", "Rotations seen, by kind.");
    Family errors = Counter("source_read_errors_total", "Reads that failed.");
    Family dropped = Counter("source_files_dropped_total",
                             "Renamed files given up before their end: unreadable or too many.");
    Family refused =
        Gauge("source_files_refused", "Files that match and are not followed: too many at a time.");
    for (const SourceStatus& source : status_.sources) {
      const Labels labels = {{"source", source.name}};
      up.Add(labels, source.up && source.readable ? 1 : 0);
      readable.Add(labels, source.readable ? 1 : 0);
      read.Add(labels, static_cast<double>(source.read_bytes));
      lag.Add(labels, static_cast<double>(source.lag_bytes));
      rotations.Add({{"source", source.name}, {"kind", "rename"}},
                    static_cast<double>(source.renames));
      rotations.Add({{"source", source.name}, {"kind", "truncate"}},
                    static_cast<double>(source.truncations));
      errors.Add(labels, static_cast<double>(source.read_errors));
      dropped.Add(labels, static_cast<double>(source.files_dropped));
      refused.Add(labels, static_cast<double>(source.files_refused));
    }
    for (Family* family : {&up, &readable, &read, &lag, &rotations, &errors, &dropped, &refused}) {
      Done(*family);
    }
  }

  // A source may have several files; each has a SourceStats under the same name.
  void Lines() {
    std::map<std::string, SourceStats> by_name;
    for (const SourceStats& part : status_.pipeline.sources) {
      auto [at, fresh] = by_name.try_emplace(part.name, part);
      if (!fresh) at->second.Add(part);
    }
    Family lines = Counter("lines_total", "Lines read: parsed, unparsed and skipped ones.");
    Family parsed = Counter("lines_parsed_total", "Lines that are access records.");
    Family unparsed = Counter("lines_unparsed_total", "Lines that gave no record, by reason.");
    Family skipped = Counter("lines_skipped_total", "Lines passed over on purpose, by reason.");
    Family last = Gauge("source_last_event_timestamp_seconds", "End of the latest request seen.");
    Family missing = Counter("log_missing_requests_total",
                             "Requests whose line never appeared (filters, or lost lines).");
    Family restarts = Counter("log_restarts_total", "Restarts of Traefik, by RequestCount.");
    Family unnamed = Counter("log_unnamed_server_requests_total",
                             "Requests that a server answered, in JSON, and the log names none.");
    Family middles = Counter("log_ambiguous_middles_total",
                             "CLF lines whose path, status and agent can be read in two ways.");
    for (const auto& [name, source] : by_name) {
      const Labels labels = {{"source", name}};
      unnamed.Add(labels, static_cast<double>(source.answered_without_server));
      middles.Add(labels, static_cast<double>(source.ambiguous_middles));
      lines.Add(labels, static_cast<double>(source.lines));
      parsed.Add(labels, static_cast<double>(source.parsed));
      for (size_t i = 0; i < source.unparsed.size(); ++i) {
        unparsed.Add(
            {{"source", name}, {"reason", UnparsedReasonName(static_cast<UnparsedReason>(i))}},
            static_cast<double>(source.unparsed[i]));
      }
      for (size_t i = 0; i < source.skipped.size(); ++i) {
        skipped.Add({{"source", name}, {"reason", SkipReasonName(static_cast<SkipReason>(i))}},
                    static_cast<double>(source.skipped[i]));
      }
      if (source.parsed > 0) last.Add(labels, Seconds(source.last_event.time_since_epoch()));
      missing.Add(labels, static_cast<double>(source.sequences.missing));
      restarts.Add(labels, static_cast<double>(source.sequences.restarts_told));
    }
    for (Family* family :
         {&lines, &parsed, &unparsed, &skipped, &last, &missing, &restarts, &unnamed, &middles})
      Done(*family);
    Family latency("stickyd_line_to_metric_seconds",
                   "From the end of a request (CLF: the reading of its line) until it shows here.",
                   MetricType::Histogram);
    latency.AddHistogram(status_.line_to_metric);
    Done(latency);
  }

  void Table(const std::string& name, const std::string& what, const TableStats& table) {
    Family entries = Gauge(name + "_entries", what + " remembered.");
    entries.Add({}, static_cast<double>(table.entries));
    Family limit = Gauge(name + "_limit", what + " that can be remembered.");
    limit.Add({}, static_cast<double>(table.limit));
    Family bytes = Gauge(name + "_bytes", "Memory in use for them.");
    bytes.Add({}, static_cast<double>(table.bytes));
    Family evictions = Counter(name + "_evictions_total", what + " forgotten, by reason.");
    evictions.Add({{"reason", "idle"}}, static_cast<double>(table.evicted_idle));
    evictions.Add({{"reason", "full"}}, static_cast<double>(table.evicted_full));
    evictions.Add({{"reason", "clock"}}, static_cast<double>(table.evicted_clock));
    for (Family* family : {&entries, &limit, &bytes, &evictions}) Done(*family);
  }

  void Tables() {
    Table("session_table", "Sessions", status_.pipeline.sessions);
    Table("connection_table", "Connections", status_.pipeline.connections);
    Family cut = Counter("session_histories_cut_total",
                         "Changes of server that were forgotten for want of room in a session.");
    cut.Add({}, static_cast<double>(status_.pipeline.sessions.histories_cut));
    Done(cut);
    Family refused = Counter("client_limited_requests_total",
                             "Requests with more of something than one address may have.");
    ForEachValue<Limit>([&](Limit limit) {
      refused.Add({{"limit", std::string(Name(limit))}},
                  static_cast<double>(status_.pipeline.refused[limit]));
    });
    Done(refused);
  }

  void Daemon() {
    Family early =
        Counter("decided_early_total", "Breaks decided before their time for want of room.");
    early.Add({}, static_cast<double>(status_.pipeline.decided_early));
    Family steps = Counter(
        "log_clock_steps_total",
        "Times the log's clock went back; if by more than five minutes, sessions are forgotten.");
    steps.Add({}, static_cast<double>(status_.pipeline.clock_steps));
    Family overflow =
        Counter("services_overflowed_total", "Lookups of services beyond --max-services.");
    overflow.Add({}, static_cast<double>(status_.pipeline.services_overflowed));
    Family events = Counter("events_total", "Break events, by what became of them.");
    events.Add({{"result", "written"}}, static_cast<double>(status_.events_written));
    events.Add({{"result", "suppressed"}}, static_cast<double>(status_.events_suppressed));
    events.Add({{"result", "failed"}}, static_cast<double>(status_.events_failed));
    events.Add({{"result", "dropped"}}, static_cast<double>(status_.events_dropped));
    Family reload =
        Gauge("config_last_reload_successful", "1 if the last reload of the configuration worked.");
    reload.Add({}, status_.last_reload_successful ? 1 : 0);
    Family reloaded =
        Gauge("config_last_reload_timestamp_seconds", "When the configuration was last read.");
    reloaded.Add({}, status_.last_reload_seconds);
    Family build = Gauge("build_info", "1, with the build as labels.");
    build.Add({{"version", status_.version},
               {"revision", status_.revision},
               {"compiler", status_.compiler}},
              1);
    for (Family* family : {&early, &steps, &overflow, &events, &reload, &reloaded, &build})
      Done(*family);
  }

  void Http() {
    Family dropped = Counter("http_connections_dropped_total",
                             "Connections to this server that it gave up, by reason.");
    ForEachValue<HttpDrop>([&](HttpDrop reason) {
      dropped.Add({{"reason", std::string(Name(reason))}}, static_cast<double>(drops_[reason]));
    });
    Done(dropped);
  }

  void Process() {
    const ProcessInfo info = ReadProcessInfo();
    const auto gauge = [&](const char* name, const char* help, double value, MetricType type) {
      Family family(name, help, type);
      family.Add({}, value);
      Done(family);
    };
    gauge("process_cpu_seconds_total", "User and system CPU time.", info.cpu_seconds,
          MetricType::Counter);
    gauge("process_resident_memory_bytes", "Resident memory.", info.resident_bytes,
          MetricType::Gauge);
    gauge("process_virtual_memory_bytes", "Virtual memory.", info.virtual_bytes, MetricType::Gauge);
    gauge("process_open_fds", "Open file descriptors.", info.open_fds, MetricType::Gauge);
    gauge("process_max_fds", "Limit of open file descriptors.", info.max_fds, MetricType::Gauge);
    gauge("process_start_time_seconds", "Start of the process, since 1970.",
          status_.started_seconds, MetricType::Gauge);
  }

  const DaemonStatus& status_;
  const HttpDrops& drops_;
  // Those of the log, then those that only the API knows, with zeros: a counter that begins at one
  // is a first request that no rate() shows.
  std::vector<std::pair<std::string, const ServiceStats*>> services_;
  std::vector<MetricFamily> families_;
};

}  // namespace

std::vector<MetricFamily> MetricsOf(const DaemonStatus& status, const HttpDrops& drops) {
  return Builder(status, drops).Build();
}

}  // namespace stickyd
