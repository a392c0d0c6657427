// SPDX-License-Identifier: Apache-2.0
#include "option_table.h"

#include "stickyd/base/listen_address.h"
#include "stickyd/base/timestamp.h"
#include "stickyd/config/option_hints.h"
#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

using namespace option_values;  // NOLINT(google-build-using-namespace): the table is made of them

std::string AddressProblem(const std::string& value) {
  const auto address = ListenAddress::Parse(value);
  return address ? "" : address.error().message;
}

std::string ServerProblem(const std::string& value) {
  const bool is_url = value.find("://") != std::string::npos;
  const bool fine = !NormalizeServerUrl(is_url ? value : "http://" + value).empty() &&
                    value.find(' ') == std::string::npos;
  return fine ? "" : "'" + value + "' is not a server like http://10.0.0.1:80";
}

std::string TakePages(const Values& values, Settings& settings) {
  settings.watch.cause_pages = values.back();
  const bool fine =
      (values.back().starts_with("https://") || values.back().starts_with("http://")) &&
      values.back().find_first_of(" \"<>") == std::string::npos;
  return fine ? "" : "'" + values.back() + "' is not an address like https://host/folder";
}

std::string TakePath(const Values& values, Settings& settings) {
  settings.watch.telemetry_path = values.back();
  const bool fine = values.back().starts_with('/') &&
                    values.back().find_first_of(" ?#%<>\"") == std::string::npos;
  return fine ? "" : "'" + values.back() + "' is not a path like /metrics";
}

std::string Problem(const IdentifierOptions& options) {
  const auto made = Identifier::Create(options, KeyedHash({}));
  return made ? "" : made.error().message;
}

// Values that an Identifier can be made with, one by one.
template <class Get>
Take Identity(Get get) {
  return List([get](Settings& s) -> Values& { return get(s.pipeline.identifier); },
              [get](const std::string& value) {
                IdentifierOptions options;
                get(options) = {value};
                return Problem(options);
              });
}

constexpr std::string_view kSessionKinds[] = {"cookie",      "header", "username",
                                              "tls-subject", "auto",   "none"};

std::string TakeSessions(const Values& values, Settings& settings) {
  const auto get = [](IdentifierOptions& options) -> Values& { return options.sessions; };
  std::string problems = Identity(get)(values, settings);
  if (!problems.empty()) {
    return problems + DidYouMean(values.back().substr(0, values.back().find(':')), kSessionKinds);
  }
  IdentifierOptions together;
  together.sessions = values;
  return Problem(together);
}

std::string TakeServiceMap(const Values& values, Settings& settings) {
  InterpreterOptions options;
  for (const std::string& value : values) {
    const size_t equals = value.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == value.size()) {
      return "'" + value + "' is not ROUTER_RE=NAME";
    }
    options.service_map.push_back({value.substr(0, equals), value.substr(equals + 1)});
  }
  settings.pipeline.interpreter.service_map = options.service_map;
  const auto made = Interpreter::Create(options, KeyedHash({}));
  return made ? "" : made.error().message;
}

Take Moment(std::optional<EventTime> PipelineOptions::*field) {
  return [field](const Values& values, Settings& settings) -> std::string {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto time = ParseTime(
        values.back(), EventTimeFromUnixNanoseconds(
                           std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()));
    if (!time)
      return "'" + values.back() +
             "' is not a time (2026-04-17T14:22:01Z, 2026-04-17, or 2h for two hours ago)";
    settings.pipeline.*field = time;
    return {};
  };
}

std::string TakeFault(const Values& values, Settings& settings) {
  settings.simulate.options.fault.reset();
  if (values.back() == "none") return {};
  settings.simulate.options.fault = CauseFromName(values.back());
  if (settings.simulate.options.fault) return {};
  return "'" + values.back() + "' is neither none nor a cause" + MeantCause(values.back());
}

std::string TakeSpeed(const Values& values, Settings& settings) {
  settings.simulate.speed = 0;
  if (values.back() == "max") return {};
  const auto speed = ParseNumber<double>(values.back());
  if (!speed || !(*speed >= 0.001 && *speed <= 1e6)) {
    return "'" + values.back() + "' is neither max nor a factor from 0.001 to 1000000";
  }
  settings.simulate.speed = *speed;
  return {};
}

std::string TakeStart(const Values& values, Settings& settings) {
  settings.simulate.now = values.back() == "now";
  if (settings.simulate.now) return {};
  TimestampParser parser;
  const auto time = parser.ParseRfc3339(values.back());
  if (!time) return "'" + values.back() + "' is neither now nor a time like 2026-04-17T14:22:01Z";
  settings.simulate.options.start_ns = *time;
  return {};
}

constexpr unsigned kReadsLogs = kCommonOptions;
constexpr auto kStart = Option::Takes::kAtStart;
constexpr auto kReload = Option::Takes::kAtReload;
constexpr unsigned kEvents = kWatchOptions | kAnalyzeOptions;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

const std::vector<Option>& OptionTable() {
  static const std::vector<Option> table = WithProbeOptions(WithTraefikOptions({
      {"config.file", "FILE", ~0U, false, kStart,
       "configuration, key = value under [sections]; a missing default file is no error (default "
       "/etc/stickyd/stickyd.conf)",
       String([](Settings& s) -> std::string& { return s.config_file; })},
      {"log.level", "LEVEL", ~0U, false, kReload, "debug, info, warn or error (default info)",
       OneOf({"debug", "info", "warn", "error"},
             [](Settings& s, size_t i) {
               static const char* const kLevels[] = {"debug", "info", "warn", "error"};
               s.log_level = kLevels[i];
             })},
      {"log.format", "FORMAT", ~0U, false, kStart, "logfmt or json (default logfmt)",
       OneOf({"logfmt", "json"},
             [](Settings& s, size_t i) {
               s.log_style = i == 0 ? LogStyle::kLogfmt : LogStyle::kJson;
             })},

      {"log", "PATH|GLOB|-", kWatchOptions | kDecodeOptions, true, kReload,
       "access log to follow (default /var/log/traefik/access.log); decode looks for servers and "
       "services in one that it is given",
       List([](Settings& s) -> Values& { return s.watch.logs; })},
      {"log.optional", "", kWatchOptions, false, kReload,
       "an access log that is not there is fine: /-/ready and check do without it",
       Switch([](Settings& s, bool on) { s.watch.log_optional = on; })},
      {"as", "USER[:GROUP,...]", kCheckOptions, false, kStart,
       "look with the eyes of this user and of these groups, the daemon's: stickyd:adm (needs "
       "root)",
       String([](Settings& s) -> std::string& { return s.check.as_user; })},
      {"from", "WHERE", kWatchOptions, false, kStart,
       "end or beginning: where to start in a file that is there already (default end)",
       OneOf({"end", "beginning"}, [](Settings& s, size_t i) { s.watch.from_beginning = i == 1; })},
      {"poll", "", kWatchOptions, false, kReload,
       "look at files four times a second instead of waiting for inotify",
       Switch([](Settings& s, bool on) { s.watch.poll = on; })},
      {"state-dir", "DIR", kReadsLogs, false, kStart,
       "where the hash key is kept (default $STATE_DIRECTORY, else a new key at every start)",
       String([](Settings& s) -> std::string& { return s.state_dir; })},
      {"web.listen-address", "ADDRESS", kWatchOptions, true, kStart,
       "where to serve metrics and the page (default 127.0.0.1:10378)",
       List([](Settings& s) -> Values& { return s.watch.listen_addresses; }, AddressProblem)},
      {"web.telemetry-path", "PATH", kWatchOptions, false, kStart,
       "path of the metrics (default /metrics)", TakePath},
      {"web.enable-lifecycle", "", kWatchOptions, false, kStart,
       "let POST /-/reload reload, for whoever reaches the listen address",
       Switch([](Settings& s, bool on) { s.watch.enable_lifecycle = on; })},
      {"cause.pages", "URL", kWatchOptions, false, kReload,
       "public folder of docs/causes, for alerts and the page; {cause} in it stands for a cause's "
       "name, else NAME.md follows (default: the installed files)",
       TakePages},
      {"events.per-minute", "N", kWatchOptions, false, kStart,
       "break events written per service and minute; more are counted (default 60)",
       InRange<uint32_t>(1, 1'000'000,
                         [](Settings& s, uint32_t n) { s.watch.events_per_minute = n; })},

      {"output", "FORMAT",
       kAnalyzeOptions | kAuditOptions | kExplainOptions | kDecodeOptions | kProbeOptions, false,
       kStart, "text or json; of probe and audit junit too, of audit sarif (default text)",
       OneOf({"text", "json", "junit", "sarif"},
             [](Settings& s, size_t i) { s.output = static_cast<ReportFormat>(i); })},
      {"verdicts", "FILE|-", kAnalyzeOptions, false, kStart,
       "write the verdict of every record there, as JSON lines",
       String([](Settings& s) -> std::string& { return s.analyze.verdicts; })},
      {"fail-above", "RATIO", kAnalyzeOptions, false, kStart,
       "exit with 1 if a service's break ratio is above this",
       Share([](Settings& s, double ratio) { s.analyze.fail_above = ratio; })},
      {"threads", "N", kAnalyzeOptions, false, kStart,
       "threads that read and parse, the one that decides among them; 0: one for each core. "
       "What is said is the same with any number (default 0)",
       InRange<uint32_t>(0, 64, [](Settings& s, uint32_t n) { s.analyze.threads = n; })},
      {"no-progress", "", kAnalyzeOptions, false, kStart, "no progress on a terminal",
       Switch([](Settings& s, bool on) { s.analyze.progress = !on; })},
      {"color", "WHEN", kAnalyzeOptions | kAuditOptions, false, kStart,
       "auto, always or never: colours in the text report; auto: on a terminal, unless NO_COLOR is "
       "set (default auto)",
       OneOf({"auto", "always", "never"},
             [](Settings& s, size_t i) { s.analyze.color = static_cast<Color>(i); })},
      {"fail-on", "LEVEL", kAuditOptions, false, kStart,
       "exit with 1 for findings from this level on: error, warning, info or none (default error)",
       OneOf({"info", "warning", "error", "none"},
             [](Settings& s, size_t i) {
               s.audit.fail_on.reset();
               if (i < 3) s.audit.fail_on = static_cast<FindingLevel>(i);
             })},
      {"baseline", "FILE", kAuditOptions, false, kStart,
       "findings that were accepted: they are shown as such and do not fail",
       String([](Settings& s) -> std::string& { return s.audit.baseline; })},
      {"write-baseline", "FILE", kAuditOptions, false, kStart,
       "accept all findings, and write them there",
       String([](Settings& s) -> std::string& { return s.audit.write_baseline; })},
      {"save", "DIR", kAuditOptions, false, kStart,
       "write what Traefik answered there, without its secrets, as --traefik.snapshot reads it",
       String([](Settings& s) -> std::string& { return s.audit.save; })},
      {"explain", "ID", kAuditOptions, false, kStart,
       "print the page of a rule (A5, single_server), and read nothing",
       String([](Settings& s) -> std::string& { return s.audit.explain; })},
      {"replica", "DIR", kAuditOptions, true, kStart,
       "saved answers of another replica, which should lead to the same servers",
       List([](Settings& s) -> Values& { return s.audit.replicas; })},
      {"embedded", "HOST", kAuditOptions, true, kStart,
       "pages of other sites embed or call this host, or hosts below it",
       List([](Settings& s) -> Values& { return s.audit.embedded; })},
      {"fix-dry-run", "", kAuditOptions, false, kStart,
       "of files: print the changes that would mend them, as a patch, and change nothing",
       Switch([](Settings& s, bool on) { s.audit.fix_dry_run = on; })},
      {"traefik-version", "VERSION", kAuditOptions, false, kStart,
       "of files: the Traefik that they are for (default: what an image in them says, or any)",
       String([](Settings& s) -> std::string& { return s.audit.traefik_version; })},
      {"line", "N", kExplainOptions, false, kStart, "explain this line of the file",
       InRange<uint64_t>(1, UINT64_MAX, [](Settings& s, uint64_t n) { s.explain.line = n; })},
      {"count", "N", kExplainOptions, false, kStart, "explain the record with this RequestCount",
       InRange<uint64_t>(0, UINT64_MAX, [](Settings& s, uint64_t n) { s.explain.count = n; })},
      {"id", "HASH", kExplainOptions, false, kStart,
       "explain all breaks of this session (as verdicts and events name it)",
       String([](Settings& s) -> std::string& { return s.explain.session; })},
      {"since", "TIME", kAnalyzeOptions | kExplainOptions, false, kStart,
       "skip records that started before", Moment(&PipelineOptions::since)},
      {"until", "TIME", kAnalyzeOptions | kExplainOptions, false, kStart,
       "skip records that started then or later", Moment(&PipelineOptions::until)},

      {"server", "URL", kDecodeOptions, true, kStart,
       "a server that the value may stand for, as Traefik is told of it",
       List([](Settings& s) -> Values& { return s.decode.servers; }, ServerProblem)},
      {"service", "NAME", kDecodeOptions, true, kStart,
       "a service that the value or the cookie's name may stand for: whoami@docker, or whoami for "
       "any provider",
       List([](Settings& s) -> Values& { return s.decode.services; })},

      {"events", "FILE|-", kEvents, false, kStart, "write break events there, as JSON lines",
       String([](Settings& s) -> std::string& { return s.events; })},
      {"traefik.snapshot", "DIR", kReadsLogs | kAuditOptions | kDecodeOptions | kProbeOptions,
       false, kReload,
       "saved answers of Traefik's API (rawdata.json, ...), or folders of them in order of time",
       String([](Settings& s) -> std::string& { return s.snapshot_dir; })},
      {"session", "SPEC", kReadsLogs, true, kReload,
       "what identifies a session: cookie:NAME, header:NAME (in any case), username, tls-subject, "
       "FIELD~RE2, auto (session cookies of common frameworks) or none (default auto)",
       TakeSessions},
      {"proxy.trusted", "NETWORK", kReadsLogs, true, kReload,
       "a proxy in front of Traefik: its address is nobody's",
       Identity([](IdentifierOptions& o) -> Values& { return o.trusted_proxies; })},
      {"service.map", "ROUTER_RE=NAME", kReadsLogs, true, kReload,
       "routers whose name matches lead to this service; for CLF without an API", TakeServiceMap},
      {"root", "SERVICE", kReadsLogs, true, kReload,
       "routers of this name lead to one tree of services; for JSON without an API",
       List([](Settings& s) -> Values& { return s.pipeline.interpreter.roots; })},
      {"exclude.path", "RE2", kReadsLogs, true, kReload, "do not judge requests whose path matches",
       Identity([](IdentifierOptions& o) -> Values& { return o.exclude.paths; })},
      {"exclude.user-agent", "RE2", kReadsLogs, true, kReload,
       "do not judge requests whose User-Agent matches",
       Identity([](IdentifierOptions& o) -> Values& { return o.exclude.user_agents; })},
      {"exclude.client", "NETWORK", kReadsLogs, true, kReload, "do not judge requests from there",
       Identity([](IdentifierOptions& o) -> Values& { return o.exclude.clients; })},
      {"exclude.service", "NAME", kReadsLogs, true, kReload,
       "do not judge requests of this service",
       List([](Settings& s) -> Values& { return s.pipeline.identifier.exclude.services; })},
      {"internal-services", "", kEvents, false, kStart,
       "show Traefik's own services too (api@internal, ping@internal), in report, page and metrics",
       Switch([](Settings& s, bool on) { s.pipeline.internal_services = on; })},
      {"idle", "DURATION", kReadsLogs, false, kStart,
       "a session ends after so long in silence (default 1h)",
       Duration(seconds(1), milliseconds(SessionTable::kLongestIdle),
                [](Settings& s, milliseconds d) {
                  s.pipeline.sessions.idle = std::chrono::duration_cast<seconds>(d);
                })},
      {"max-sessions", "N", kReadsLogs, false, kStart,
       "sessions remembered; beyond, who came once is forgotten first, then the least recently "
       "used "
       "(default 1000000)",
       InRange<uint32_t>(16, SessionTable::kMostSessions,
                         [](Settings& s, uint32_t n) { s.pipeline.sessions.max_sessions = n; })},
      {"max-connections", "N", kReadsLogs, false, kStart, "connections remembered (default 262144)",
       InRange<uint32_t>(16, SessionTable::kMostSessions,
                         [](Settings& s, uint32_t n) { s.pipeline.max_connections = n; })},
      {"max-services", "N", kReadsLogs, false, kStart,
       "services counted by name; further ones share _other (default 1000)",
       InRange<uint16_t>(1, 60000,
                         [](Settings& s, uint16_t n) { s.pipeline.interpreter.max_services = n; })},
      {"line.max-bytes", "N", kReadsLogs | kDecodeOptions, false, kStart,
       "longer lines are counted and thrown away (default 1048576)",
       InRange<size_t>(1024, size_t{64} << 20U,
                       [](Settings& s, size_t n) { s.pipeline.max_line_bytes = n; })},
      {"cause.patience", "DURATION", kReadsLogs, false, kStart,
       "how long a cause may wait for evidence, in the log's time (default 30s)",
       Duration(milliseconds(0), hours(1),
                [](Settings& s, milliseconds d) { s.pipeline.causes.patience = d; })},
      {"cause.trust-cycle", "", kReadsLogs, false, kStart,
       "call a fixed cycle of servers not_sticky even where only CLF speaks; true if nothing in "
       "front of Traefik takes cookies away",
       Switch([](Settings& s, bool on) { s.pipeline.causes.trust_cycle = on; })},

      {"format", "FORMAT", kSimulateOptions, false, kStart,
       "json, json-full, json-redact, clf or clf-full (default json)",
       OneOf({"json", "json-full", "json-redact", "clf", "clf-full"},
             [](Settings& s, size_t i) {
               s.simulate.options.format = static_cast<SimulatedFormat>(i);
             })},
      {"traefik", "VERSION", kSimulateOptions, false, kStart,
       "v1.7, v2.11, v3.3 or v3.7 (default v3.7)",
       OneOf({"v1.7", "v2.11", "v3.3", "v3.7"},
             [](Settings& s, size_t i) {
               s.simulate.options.traefik = static_cast<SimulatedTraefik>(i);
             })},
      {"fault", "CAUSE", kSimulateOptions, false, kStart,
       "what goes wrong: a cause (stickyd cause lists them), or none (default none)", TakeFault},
      {"requests", "N", kSimulateOptions | kProbeOptions, false, kStart,
       "how many, 0: no end (default 100000); of probe: visits with one cookie jar, 2 to 100 "
       "(default 4, with --served-by 10)",
       InRange<uint64_t>(0, UINT64_MAX,
                         [](Settings& s, uint64_t n) {
                           s.simulate.options.requests = n;
                           s.probe.visits =
                               static_cast<uint32_t>(std::min<uint64_t>(n, UINT32_MAX));
                         })},
      {"rate", "N", kSimulateOptions, false, kStart,
       "requests a second in the log's time (default 200)",
       InRange<uint32_t>(1, 10'000'000,
                         [](Settings& s, uint32_t n) { s.simulate.options.rate = n; })},
      {"speed", "FACTOR|max", kSimulateOptions, false, kStart,
       "log time against wall time: 1 writes as it happens, max as fast as the disk takes it "
       "(default max)",
       TakeSpeed},
      {"clients", "N", kSimulateOptions, false, kStart, "people at a time (default 100)",
       InRange<uint32_t>(1, 10'000'000,
                         [](Settings& s, uint32_t n) { s.simulate.options.clients = n; })},
      {"services", "N", kSimulateOptions, false, kStart,
       "services, of which the first has the fault (default 3)",
       InRange<uint32_t>(1, 200, [](Settings& s, uint32_t n) { s.simulate.options.services = n; })},
      {"servers", "N", kSimulateOptions, false, kStart, "servers of each (default 4)",
       InRange<uint32_t>(2, 200, [](Settings& s, uint32_t n) { s.simulate.options.servers = n; })},
      {"nat", "SHARE", kSimulateOptions, false, kStart,
       "share of people who share an address with others (default 0)",
       Share([](Settings& s, double share) { s.simulate.options.nat = share; })},
      {"sockets", "SHARE", kSimulateOptions, false, kStart,
       "share of page views that open a WebSocket (default 0.02)",
       Share([](Settings& s, double share) { s.simulate.options.sockets = share; })},
      {"rotate", "BYTES", kSimulateOptions, false, kStart,
       "rename the file to FILE.1 at this size and begin a new one (default 0: never)",
       InRange<uint64_t>(0, UINT64_MAX,
                         [](Settings& s, uint64_t n) { s.simulate.rotate_bytes = n; })},
      {"seed", "N", kSimulateOptions, false, kStart, "same seed, same log (default 1)",
       InRange<uint64_t>(0, UINT64_MAX,
                         [](Settings& s, uint64_t n) { s.simulate.options.seed = n; })},
      {"start", "TIME|now", kSimulateOptions, false, kStart,
       "time of the first request (default 2026-01-05T09:00:00Z)", TakeStart},
      {"log-file", "FILE|-", kSimulateOptions, false, kStart, "where to write (default -)",
       String([](Settings& s) -> std::string& { return s.simulate.log; })},
      {"truth", "FILE", kSimulateOptions, false, kStart,
       "write what really happened there, as JSON lines",
       String([](Settings& s) -> std::string& { return s.simulate.truth; })},
      {"api", "DIR", kSimulateOptions, false, kStart,
       "write what Traefik's API would have said there, as --traefik.snapshot reads it",
       String([](Settings& s) -> std::string& { return s.simulate.api; })},
  }));
  return table;
}

}  // namespace stickyd
