// SPDX-License-Identifier: Apache-2.0
// option_table_test: what each option sets. Every option has a row; each row tells the default and
// the given value apart. What those of the pipeline then do: option_effects_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "stickyd/config/options.h"

namespace stickyd {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using S = const Settings&;

struct OptionRow {
  const char* option;
  const char* value;  // "": a switch
  bool (*is_set)(S);
};

bool Has(const std::vector<std::string>& list, const char* value) {
  return list == std::vector<std::string>{value};
}
EventTime At(int64_t second) { return EventTime(seconds(second)); }
constexpr int64_t kNewYear = 1'767'225'600;  // 2026

const OptionRow kRows[] = {
    {"config.file", "/dev/null", [](S s) { return s.config_file == "/dev/null"; }},
    {"log.level", "debug", [](S s) { return s.log_level == "debug"; }},
    {"log.format", "json", [](S s) { return s.log_style == LogStyle::kJson; }},
    {"log", "/a.log", [](S s) { return Has(s.watch.logs, "/a.log"); }},
    {"log.optional", "", [](S s) { return s.watch.log_optional; }},
    {"as", "stickyd:adm", [](S s) { return s.check.as_user == "stickyd:adm"; }},
    {"from", "beginning", [](S s) { return s.watch.from_beginning; }},
    {"poll", "", [](S s) { return s.watch.poll; }},
    {"state-dir", "/state", [](S s) { return s.state_dir == "/state"; }},
    {"web.listen-address", ":1", [](S s) { return Has(s.watch.listen_addresses, ":1"); }},
    {"web.telemetry-path", "/m", [](S s) { return s.watch.telemetry_path == "/m"; }},
    {"web.enable-lifecycle", "", [](S s) { return s.watch.enable_lifecycle; }},
    {"cause.pages", "https://a", [](S s) { return s.watch.cause_pages == "https://a"; }},
    {"events.per-minute", "7", [](S s) { return s.watch.events_per_minute == 7; }},
    {"output", "json", [](S s) { return s.output == ReportFormat::kJson; }},
    {"verdicts", "-", [](S s) { return s.analyze.verdicts == "-"; }},
    {"fail-above", "0.5", [](S s) { return s.analyze.fail_above == 0.5; }},
    {"threads", "3", [](S s) { return s.analyze.threads == 3; }},
    {"no-progress", "", [](S s) { return !s.analyze.progress; }},
    {"color", "never", [](S s) { return s.analyze.color == Color::kNever; }},
    {"fail-on", "warning", [](S s) { return s.audit.fail_on == FindingLevel::kWarning; }},
    {"baseline", "/b", [](S s) { return s.audit.baseline == "/b"; }},
    {"write-baseline", "/b", [](S s) { return s.audit.write_baseline == "/b"; }},
    {"save", "/d", [](S s) { return s.audit.save == "/d"; }},
    {"explain", "A5", [](S s) { return s.audit.explain == "A5"; }},
    {"replica", "/r", [](S s) { return Has(s.audit.replicas, "/r"); }},
    {"embedded", "a.example.com", [](S s) { return Has(s.audit.embedded, "a.example.com"); }},
    {"line", "7", [](S s) { return s.explain.line == 7U; }},
    {"count", "7", [](S s) { return s.explain.count == 7U; }},
    {"id", "abc", [](S s) { return s.explain.session == "abc"; }},
    {"server", "http://a:1", [](S s) { return Has(s.decode.servers, "http://a:1"); }},
    {"service", "a@file", [](S s) { return Has(s.decode.services, "a@file"); }},
    {"since", "2026-01-01", [](S s) { return s.pipeline.since == At(kNewYear); }},
    {"until", "2026-01-01", [](S s) { return s.pipeline.until == At(kNewYear); }},
    {"events", "/e", [](S s) { return s.events == "/e"; }},
    {"traefik.snapshot", "/t", [](S s) { return s.snapshot_dir == "/t"; }},
    {"traefik.url", "http://t:1/base", [](S s) { return Has(s.traefik.urls, "http://t:1/base"); }},
    {"traefik.interval", "7s", [](S s) { return s.traefik.interval == seconds(7); }},
    {"traefik.timeout", "7s", [](S s) { return s.traefik.timeout == seconds(7); }},
    {"traefik.host", "t", [](S s) { return s.traefik.host == "t"; }},
    {"traefik.basic-file", "/b", [](S s) { return s.traefik.basic_file == "/b"; }},
    {"traefik.bearer-file", "/b", [](S s) { return s.traefik.bearer_file == "/b"; }},
    {"traefik.ca", "/c", [](S s) { return s.traefik.ca == "/c"; }},
    {"traefik.cert", "/c", [](S s) { return s.traefik.cert == "/c"; }},
    {"traefik.key", "/k", [](S s) { return s.traefik.key == "/k"; }},
    {"traefik.insecure", "", [](S s) { return s.traefik.insecure; }},
    {"session", "none", [](S s) { return Has(s.pipeline.identifier.sessions, "none"); }},
    {"proxy.trusted", "10.0.0.0/8",
     [](S s) { return Has(s.pipeline.identifier.trusted_proxies, "10.0.0.0/8"); }},
    {"service.map", "r=s",
     [](S s) {
       const auto& map = s.pipeline.interpreter.service_map;
       return map.size() == 1 && map[0].router == "r" && map[0].name == "s";
     }},
    {"root", "shop", [](S s) { return Has(s.pipeline.interpreter.roots, "shop"); }},
    {"exclude.path", "p", [](S s) { return Has(s.pipeline.identifier.exclude.paths, "p"); }},
    {"exclude.user-agent", "u",
     [](S s) { return Has(s.pipeline.identifier.exclude.user_agents, "u"); }},
    {"exclude.client", "1.1.1.1",
     [](S s) { return Has(s.pipeline.identifier.exclude.clients, "1.1.1.1"); }},
    {"exclude.service", "s", [](S s) { return Has(s.pipeline.identifier.exclude.services, "s"); }},
    {"internal-services", "", [](S s) { return s.pipeline.internal_services; }},
    {"idle", "90s", [](S s) { return s.pipeline.sessions.idle == seconds(90); }},
    {"max-sessions", "17", [](S s) { return s.pipeline.sessions.max_sessions == 17; }},
    {"max-connections", "17", [](S s) { return s.pipeline.max_connections == 17; }},
    {"max-services", "17", [](S s) { return s.pipeline.interpreter.max_services == 17; }},
    {"line.max-bytes", "1024", [](S s) { return s.pipeline.max_line_bytes == 1024; }},
    {"cause.patience", "2m", [](S s) { return s.pipeline.causes.patience == minutes(2); }},
    {"cause.trust-cycle", "", [](S s) { return s.pipeline.causes.trust_cycle; }},
    {"format", "clf-full",
     [](S s) { return s.simulate.options.format == SimulatedFormat::kClfFull; }},
    {"traefik", "v2.11",
     [](S s) { return s.simulate.options.traefik == SimulatedTraefik::kV2_11; }},
    {"fault", "cookie_path", [](S s) { return s.simulate.options.fault == Cause::kCookiePath; }},
    {"requests", "7", [](S s) { return s.simulate.options.requests == 7 && s.probe.visits == 7; }},
    {"rate", "7", [](S s) { return s.simulate.options.rate == 7; }},
    {"speed", "2.5", [](S s) { return s.simulate.speed == 2.5; }},
    {"clients", "7", [](S s) { return s.simulate.options.clients == 7; }},
    {"services", "7", [](S s) { return s.simulate.options.services == 7; }},
    {"servers", "7", [](S s) { return s.simulate.options.servers == 7; }},
    {"nat", "0.25", [](S s) { return s.simulate.options.nat == 0.25; }},
    {"sockets", "0.25", [](S s) { return s.simulate.options.sockets == 0.25; }},
    {"rotate", "7", [](S s) { return s.simulate.rotate_bytes == 7; }},
    {"seed", "7", [](S s) { return s.simulate.options.seed == 7; }},
    {"start", "2026-01-01T00:00:00Z",
     [](S s) { return s.simulate.options.start_ns == kNewYear * 1'000'000'000; }},
    {"log-file", "/l", [](S s) { return s.simulate.log == "/l"; }},
    {"truth", "/t", [](S s) { return s.simulate.truth == "/t"; }},
    {"api", "/a", [](S s) { return s.simulate.api == "/a"; }},
    {"host", "a:1", [](S s) { return Has(s.probe.hosts, "a:1"); }},
    {"fix-dry-run", "", [](S s) { return s.audit.fix_dry_run; }},
    {"traefik-version", "3.7.9", [](S s) { return s.audit.traefik_version == "3.7.9"; }},
    {"direct", "https://a:1", [](S s) { return s.probe.direct == "https://a:1"; }},
    {"served-by", "X", [](S s) { return s.probe.served_by == "X"; }},
    {"cookie", "lb", [](S s) { return Has(s.probe.cookies, "lb"); }},
    {"header", "A:b", [](S s) { return Has(s.probe.headers, "A:b"); }},
    {"timeout", "7s", [](S s) { return s.probe.timeout == seconds(7); }},
    {"resolve", "a:1:b", [](S s) { return Has(s.probe.resolve, "a:1:b"); }},
    {"ca", "/ca", [](S s) { return s.probe.ca_file == "/ca"; }},
    {"insecure", "", [](S s) { return s.probe.insecure; }},
    {"trace", "", [](S s) { return s.probe.trace; }},
    {"replay", "/r", [](S s) { return s.probe.replay == "/r"; }},
    {"allow-unsure", "", [](S s) { return s.probe.allow_unsure; }},
};

SettingsResult Read(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--config.file", "/dev/null"});
  return ReadSettings(arguments, ~0U, {}, RealFileSystem());
}

TEST(OptionTableTest, EachOptionSetsItsOwnAndNothingElse) {
  const Settings defaults;
  for (const OptionRow& row : kRows) {
    SCOPED_TRACE(row.option);
    const std::string option = std::string("--") + row.option;
    std::vector<std::string> arguments;
    if (row.option != std::string("config.file")) {
      arguments = {*row.value == '\0' ? option : option + "=" + row.value};
    }
    const SettingsResult result = Read(arguments);
    ASSERT_TRUE(result.problems.empty()) << result.problems[0].message;
    EXPECT_FALSE(row.is_set(defaults));
    EXPECT_TRUE(row.is_set(result.settings));
    EXPECT_EQ(result.settings.PlaceOf(row.option), "command line");
    for (const OptionRow& other : kRows) {
      if (&other == &row || &other == &kRows[0]) continue;
      EXPECT_FALSE(other.is_set(result.settings)) << "sets " << other.option;
    }
  }
}

TEST(OptionTableTest, EveryOptionHasARow) {
  std::vector<std::string> options;
  for (const OptionInfo& option : ListOptions(~0U)) options.push_back(option.name);
  std::vector<std::string> rows;
  for (const OptionRow& row : kRows) rows.emplace_back(row.option);
  EXPECT_THAT(rows, testing::UnorderedElementsAreArray(options));
}

TEST(OptionTableTest, AnyOfTheChoicesMayBeGivenAndTheOthersMayNot) {
  const auto is = [](const char* option, const char* value, auto is_set) {
    const SettingsResult result = Read({option, value});
    EXPECT_TRUE(result.problems.empty()) << option << " " << value;
    EXPECT_TRUE(is_set(result.settings)) << option << " " << value;
  };
  const char* const formats[] = {"json", "json-full", "json-redact", "clf", "clf-full"};
  for (size_t i = 0; i < std::size(formats); ++i) {
    is("--format", formats[i],
       [i](S s) { return s.simulate.options.format == static_cast<SimulatedFormat>(i); });
  }
  const char* const versions[] = {"v1.7", "v2.11", "v3.3", "v3.7"};
  for (size_t i = 0; i < std::size(versions); ++i) {
    is("--traefik", versions[i],
       [i](S s) { return s.simulate.options.traefik == static_cast<SimulatedTraefik>(i); });
  }
  const char* const colors[] = {"auto", "always", "never"};
  for (size_t i = 0; i < std::size(colors); ++i) {
    is("--color", colors[i], [i](S s) { return s.analyze.color == static_cast<Color>(i); });
  }
  for (const char* level : {"debug", "info", "warn", "error"}) {
    is("--log.level", level, [level](S s) { return s.log_level == level; });
  }
  is("--log.format", "logfmt", [](S s) { return s.log_style == LogStyle::kLogfmt; });
  is("--output", "text", [](S s) { return s.output == ReportFormat::kText; });
  is("--output", "sarif", [](S s) { return s.output == ReportFormat::kSarif; });
  is("--output", "junit", [](S s) { return s.output == ReportFormat::kJunit; });
  is("--fail-on", "info", [](S s) { return s.audit.fail_on == FindingLevel::kInfo; });
  is("--fail-on", "error", [](S s) { return s.audit.fail_on == FindingLevel::kError; });
  is("--fail-on", "none", [](S s) { return !s.audit.fail_on; });
  is("--from", "end", [](S s) { return !s.watch.from_beginning; });
  is("--fault", "none", [](S s) { return !s.simulate.options.fault; });
  is("--speed", "max", [](S s) { return s.simulate.speed == 0; });
  is("--start", "now", [](S s) { return s.simulate.now; });
}

// The least and the most that an option takes, and what is just beyond.
TEST(OptionTableTest, NumbersHaveTheirBounds) {
  const struct {
    const char* option;
    std::vector<std::string> fine, wrong;
  } rows[] = {
      {"--events.per-minute", {"1", "1000000"}, {"0", "1000001", "x", "-1"}},
      {"--fail-above", {"0", "1"}, {"-0.1", "1.1", "nan", "x"}},
      {"--threads", {"0", "1", "64"}, {"-1", "65", "x"}},
      {"--line", {"1"}, {"0"}},
      {"--count", {"0"}, {"-1"}},
      {"--idle", {"1s", "8h"}, {"999ms", "9h", "5"}},
      {"--max-sessions", {"16", "16000000"}, {"15", "16000001"}},
      {"--max-connections", {"16", "16000000"}, {"15", "16000001"}},
      {"--max-services", {"1", "60000"}, {"0", "60001"}},
      {"--line.max-bytes", {"1024", "67108864"}, {"1023", "67108865"}},
      {"--cause.patience", {"0s", "1h"}, {"61m", "-1s"}},
      {"--timeout", {"100ms", "1h"}, {"99ms", "61m", "5"}},
      {"--header", {"A:b", "A: b: c"}, {"A", ":b", "A b: c", "cookie:a=b", "A:b\r\nC:d"}},
      {"--resolve", {"a:1:127.0.0.1", "a:1:[::1]"}, {"a", "a:1", "a:1:", ":1:b", "a:b:c"}},
      {"--direct", {"a:1", "http://a:1", "https://[::1]:1"}, {"a", ":1", "ftp://a:1", "a:1/x"}},
      {"--rate", {"1", "10000000"}, {"0", "10000001"}},
      {"--clients", {"1"}, {"0"}},
      {"--services", {"1", "200"}, {"0", "201"}},
      {"--servers", {"2", "200"}, {"1", "201"}},
      {"--speed", {"0.001", "1000000"}, {"0.0009", "1000001", "nan", "fast"}},
  };
  for (const auto& row : rows) {
    for (const auto& value : row.fine) {
      EXPECT_TRUE(Read({row.option, value}).problems.empty()) << row.option << " " << value;
    }
    for (const auto& value : row.wrong) {
      EXPECT_EQ(Read({std::string(row.option) + "=" + value}).problems.size(), 1U)
          << row.option << " " << value;
    }
  }
}

}  // namespace
}  // namespace stickyd
