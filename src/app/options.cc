#include "stickyd/app/options.h"

#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <functional>
#include <sstream>

#include "stickyd/base/text.h"
#include "stickyd/base/timestamp.h"

extern char** environ;  // NOLINT: POSIX

namespace stickyd {
namespace {

namespace po = boost::program_options;

constexpr const char* kDefaultConfigFile = "/etc/stickyd/stickyd.conf";
constexpr const char* kDefaultLog = "/var/log/traefik/access.log";
constexpr const char* kDefaultListenAddress = "127.0.0.1:10378";

using Values = std::vector<std::string>;
// Takes the values; returns what is wrong with them, or "".
using Take = std::function<std::string(const Values&, Settings&)>;

struct Option {
  const char* name;
  const char* argument;  // "" for a switch
  unsigned groups;
  bool repeatable;
  const char* help;
  Take take;
};

Take Text(std::string Settings::*field) {
  return [field](const Values& values, Settings& settings) {
    settings.*field = values.back();
    return std::string();
  };
}

template <class Get>
Take List(Get get) {
  return [get](const Values& values, Settings& settings) {
    get(settings) = values;
    return std::string();
  };
}

template <class Number, class Set>
Take InRange(Number least, Number most, Set set) {
  return [=](const Values& values, Settings& settings) -> std::string {
    const auto number = ParseNumber<Number>(values.back());
    if (!number || *number < least || *number > most) {
      return "'" + values.back() + "' is not a number from " + std::to_string(least) + " to " +
             std::to_string(most);
    }
    set(settings, *number);
    return {};
  };
}

template <class Set>
Take Duration(std::chrono::milliseconds least, std::chrono::milliseconds most, Set set) {
  return [=](const Values& values, Settings& settings) -> std::string {
    const auto duration = ParseDuration(values.back());
    if (!duration || *duration < least || *duration > most) {
      return "'" + values.back() + "' is not a duration (like 30s, 5m, 1h) from " +
             std::to_string(least.count()) + "ms to " + std::to_string(most.count()) + "ms";
    }
    set(settings, *duration);
    return {};
  };
}

template <class Set>
Take OneOf(const std::vector<std::string>& choices, Set set) {
  return [=](const Values& values, Settings& settings) -> std::string {
    const auto at = std::find(choices.begin(), choices.end(), values.back());
    if (at == choices.end()) {
      std::string message = "'" + values.back() + "' is not one of";
      for (const std::string& choice : choices) message += " " + choice;
      return message;
    }
    set(settings, static_cast<size_t>(at - choices.begin()));
    return {};
  };
}

template <class Set>
Take Switch(Set set) {
  return [=](const Values& values, Settings& settings) -> std::string {
    const std::string& value = values.back();
    const bool on = value.empty() || value == "true" || value == "yes" || value == "1";
    if (!on && value != "false" && value != "no" && value != "0") {
      return "'" + value + "' is neither true nor false";
    }
    set(settings, on);
    return {};
  };
}

std::string TakeServiceMap(const Values& values, Settings& settings) {
  for (const std::string& value : values) {
    const size_t equals = value.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == value.size()) {
      return "'" + value + "' is not ROUTER_RE=NAME";
    }
    settings.pipeline.interpreter.service_map.push_back(
        {value.substr(0, equals), value.substr(equals + 1)});
  }
  return {};
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
  settings.simulate.fault.reset();
  if (values.back() == "none") return {};
  settings.simulate.fault = CauseFromName(values.back());
  return settings.simulate.fault ? "" : "'" + values.back() + "' is neither none nor a cause";
}

std::string TakeSpeed(const Values& values, Settings& settings) {
  settings.speed = 0;
  if (values.back() == "max") return {};
  const auto speed = ParseNumber<double>(values.back());
  if (!speed || !(*speed >= 0.001 && *speed <= 1e6)) {
    return "'" + values.back() + "' is neither max nor a factor from 0.001 to 1000000";
  }
  settings.speed = *speed;
  return {};
}

std::string TakeStart(const Values& values, Settings& settings) {
  settings.simulate_now = values.back() == "now";
  if (settings.simulate_now) return {};
  TimestampParser parser;
  const auto time = parser.ParseRfc3339(values.back());
  if (!time) return "'" + values.back() + "' is neither now nor a time like 2026-04-17T14:22:01Z";
  settings.simulate.start_ns = *time;
  return {};
}

template <class Set>
Take Share(Set set) {
  return [=](const Values& values, Settings& settings) -> std::string {
    const auto share = ParseNumber<double>(values.back());
    if (!share || !(*share >= 0 && *share <= 1)) {
      return "'" + values.back() + "' is not a number from 0 to 1";
    }
    set(settings, *share);
    return {};
  };
}

constexpr unsigned kReadsLogs = kCommonOptions;
constexpr unsigned kEvents = kWatchOptions | kAnalyzeOptions;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::vector<Option>& Table() {
  static const std::vector<Option> table = {
      {"config.file", "FILE", ~0U, false,
       "configuration, key = value under [sections]; a missing default file is no error (default "
       "/etc/stickyd/stickyd.conf)",
       Text(&Settings::config_file)},
      {"log.level", "LEVEL", ~0U, false, "debug, info, warn or error (default info)",
       OneOf({"debug", "info", "warn", "error"},
             [](Settings& s, size_t i) {
               static const char* const kLevels[] = {"debug", "info", "warn", "error"};
               s.log_level = kLevels[i];
             })},
      {"log.format", "FORMAT", ~0U, false, "logfmt or json (default logfmt)",
       OneOf({"logfmt", "json"},
             [](Settings& s, size_t i) {
               s.log_style = i == 0 ? LogStyle::kLogfmt : LogStyle::kJson;
             })},

      {"log", "PATH|GLOB|-", kWatchOptions, true,
       "access log to follow (default /var/log/traefik/access.log)",
       List([](Settings& s) -> Values& { return s.logs; })},
      {"from", "WHERE", kWatchOptions, false,
       "end or beginning: where to start in a file that is there already (default end)",
       OneOf({"end", "beginning"}, [](Settings& s, size_t i) { s.from_beginning = i == 1; })},
      {"poll", "", kWatchOptions, false,
       "look at files four times a second instead of waiting for inotify",
       Switch([](Settings& s, bool on) { s.poll = on; })},
      {"state-dir", "DIR", kReadsLogs, false,
       "where the hash key is kept (default $STATE_DIRECTORY, else a new key at every start)",
       Text(&Settings::state_dir)},
      {"web.listen-address", "ADDRESS", kWatchOptions, true,
       "where to serve metrics and the page (default 127.0.0.1:10378)",
       List([](Settings& s) -> Values& { return s.listen_addresses; })},
      {"web.telemetry-path", "PATH", kWatchOptions, false, "path of the metrics (default /metrics)",
       Text(&Settings::telemetry_path)},
      {"events.per-minute", "N", kWatchOptions, false,
       "break events written per service and minute; more are counted (default 60)",
       InRange<uint32_t>(1, 1'000'000, [](Settings& s, uint32_t n) { s.events_per_minute = n; })},

      {"output", "FORMAT", kAnalyzeOptions | kExplainOptions, false, "text or json (default text)",
       OneOf({"text", "json"},
             [](Settings& s, size_t i) {
               s.output = i == 0 ? ReportFormat::kText : ReportFormat::kJson;
             })},
      {"verdicts", "FILE|-", kAnalyzeOptions, false,
       "write the verdict of every record there, as JSON lines", Text(&Settings::verdicts)},
      {"fail-above", "RATIO", kAnalyzeOptions, false,
       "exit with 1 if a service's break ratio is surely above this",
       Share([](Settings& s, double ratio) { s.fail_above = ratio; })},
      {"no-progress", "", kAnalyzeOptions, false, "no progress on a terminal",
       Switch([](Settings& s, bool on) { s.progress = !on; })},
      {"line", "N", kExplainOptions, false, "explain this line of the file",
       InRange<uint64_t>(1, UINT64_MAX, [](Settings& s, uint64_t n) { s.explain_line = n; })},
      {"count", "N", kExplainOptions, false, "explain the record with this RequestCount",
       InRange<uint64_t>(0, UINT64_MAX, [](Settings& s, uint64_t n) { s.explain_count = n; })},
      {"id", "HASH", kExplainOptions, false,
       "explain all breaks of this session (as verdicts and events name it)",
       Text(&Settings::explain_session)},
      {"since", "TIME", kAnalyzeOptions | kExplainOptions, false,
       "skip records that started before", Moment(&PipelineOptions::since)},
      {"until", "TIME", kAnalyzeOptions | kExplainOptions, false,
       "skip records that started then or later", Moment(&PipelineOptions::until)},

      {"events", "FILE|-", kEvents, false, "write break events there, as JSON lines",
       Text(&Settings::events)},
      {"traefik.snapshot", "DIR", kReadsLogs, false,
       "saved answers of Traefik's API (rawdata.json, ...), or folders of them in order of time",
       Text(&Settings::snapshot_dir)},
      {"session", "SPEC", kReadsLogs, true,
       "what identifies a session: cookie:NAME, header:NAME, username, tls-subject, FIELD~RE2, "
       "auto (session cookies of common frameworks) or none (default auto)",
       List([](Settings& s) -> Values& { return s.pipeline.identifier.sessions; })},
      {"proxy.trusted", "NETWORK", kReadsLogs, true,
       "a proxy in front of Traefik: its address is nobody's",
       List([](Settings& s) -> Values& { return s.pipeline.identifier.trusted_proxies; })},
      {"service.map", "ROUTER_RE=NAME", kReadsLogs, true,
       "routers whose name matches lead to this service; for CLF without an API", TakeServiceMap},
      {"root", "SERVICE", kReadsLogs, true,
       "routers of this name lead to one tree of services; for JSON without an API",
       List([](Settings& s) -> Values& { return s.pipeline.interpreter.roots; })},
      {"exclude.path", "RE2", kReadsLogs, true, "do not judge requests whose path matches",
       List([](Settings& s) -> Values& { return s.pipeline.identifier.exclude.paths; })},
      {"exclude.user-agent", "RE2", kReadsLogs, true,
       "do not judge requests whose User-Agent matches",
       List([](Settings& s) -> Values& { return s.pipeline.identifier.exclude.user_agents; })},
      {"exclude.client", "NETWORK", kReadsLogs, true, "do not judge requests from there",
       List([](Settings& s) -> Values& { return s.pipeline.identifier.exclude.clients; })},
      {"exclude.service", "NAME", kReadsLogs, true, "do not judge requests of this service",
       List([](Settings& s) -> Values& { return s.pipeline.identifier.exclude.services; })},
      {"idle", "DURATION", kReadsLogs, false,
       "a session ends after so long in silence (default 1h)",
       Duration(seconds(1), milliseconds(SessionTable::kLongestIdle),
                [](Settings& s, milliseconds d) {
                  s.pipeline.sessions.idle = std::chrono::duration_cast<seconds>(d);
                })},
      {"max-sessions", "N", kReadsLogs, false,
       "sessions remembered; beyond, the least recently used are forgotten (default 1000000)",
       InRange<uint32_t>(16, SessionTable::kMostSessions,
                         [](Settings& s, uint32_t n) { s.pipeline.sessions.max_sessions = n; })},
      {"max-connections", "N", kReadsLogs, false, "connections remembered (default 262144)",
       InRange<uint32_t>(16, SessionTable::kMostSessions,
                         [](Settings& s, uint32_t n) { s.pipeline.max_connections = n; })},
      {"max-services", "N", kReadsLogs, false,
       "services counted by name; further ones share _other (default 1000)",
       InRange<uint16_t>(1, 60000,
                         [](Settings& s, uint16_t n) { s.pipeline.interpreter.max_services = n; })},
      {"line.max-bytes", "N", kReadsLogs, false,
       "longer lines are counted and thrown away (default 1048576)",
       InRange<size_t>(1024, size_t{64} << 20U,
                       [](Settings& s, size_t n) { s.pipeline.max_line_bytes = n; })},
      {"cause.patience", "DURATION", kReadsLogs, false,
       "how long a cause may wait for evidence, in the log's time (default 30s)",
       Duration(milliseconds(0), hours(1),
                [](Settings& s, milliseconds d) { s.pipeline.causes.patience = d; })},
      {"cause.trust-cycle", "", kReadsLogs, false,
       "call a fixed cycle of servers not_sticky even where only CLF speaks; true if nothing in "
       "front of Traefik takes cookies away",
       Switch([](Settings& s, bool on) { s.pipeline.causes.trust_cycle = on; })},

      {"format", "FORMAT", kSimulateOptions, false,
       "json, json-full, json-redact, clf or clf-full (default json)",
       OneOf({"json", "json-full", "json-redact", "clf", "clf-full"},
             [](Settings& s, size_t i) { s.simulate.format = static_cast<SimulatedFormat>(i); })},
      {"traefik", "VERSION", kSimulateOptions, false, "v1.7, v2.11, v3.3 or v3.7 (default v3.7)",
       OneOf({"v1.7", "v2.11", "v3.3", "v3.7"},
             [](Settings& s, size_t i) { s.simulate.traefik = static_cast<SimulatedTraefik>(i); })},
      {"fault", "CAUSE", kSimulateOptions, false,
       "what goes wrong: a cause (stickyd cause lists them), or none (default none)", TakeFault},
      {"requests", "N", kSimulateOptions, false, "how many, 0: no end (default 100000)",
       InRange<uint64_t>(0, UINT64_MAX, [](Settings& s, uint64_t n) { s.simulate.requests = n; })},
      {"rate", "N", kSimulateOptions, false, "requests a second in the log's time (default 200)",
       InRange<uint32_t>(1, 10'000'000, [](Settings& s, uint32_t n) { s.simulate.rate = n; })},
      {"speed", "FACTOR|max", kSimulateOptions, false,
       "log time against wall time: 1 writes as it happens, max as fast as the disk takes it "
       "(default max)",
       TakeSpeed},
      {"clients", "N", kSimulateOptions, false, "people at a time (default 100)",
       InRange<uint32_t>(1, 10'000'000, [](Settings& s, uint32_t n) { s.simulate.clients = n; })},
      {"services", "N", kSimulateOptions, false,
       "services, of which the first has the fault (default 3)",
       InRange<uint32_t>(1, 200, [](Settings& s, uint32_t n) { s.simulate.services = n; })},
      {"servers", "N", kSimulateOptions, false, "servers of each (default 4)",
       InRange<uint32_t>(2, 200, [](Settings& s, uint32_t n) { s.simulate.servers = n; })},
      {"nat", "SHARE", kSimulateOptions, false,
       "share of people who share an address with others (default 0)",
       Share([](Settings& s, double share) { s.simulate.nat = share; })},
      {"sockets", "SHARE", kSimulateOptions, false,
       "share of page views that open a WebSocket (default 0.02)",
       Share([](Settings& s, double share) { s.simulate.sockets = share; })},
      {"rotate", "BYTES", kSimulateOptions, false,
       "rename the file to FILE.1 at this size and begin a new one (default 0: never)",
       InRange<uint64_t>(0, UINT64_MAX, [](Settings& s, uint64_t n) { s.rotate_bytes = n; })},
      {"seed", "N", kSimulateOptions, false, "same seed, same log (default 1)",
       InRange<uint64_t>(0, UINT64_MAX, [](Settings& s, uint64_t n) { s.simulate.seed = n; })},
      {"start", "TIME|now", kSimulateOptions, false,
       "time of the first request (default 2026-01-05T09:00:00Z)", TakeStart},
      {"log-file", "FILE|-", kSimulateOptions, false, "where to write (default -)",
       Text(&Settings::simulated_log)},
      {"truth", "FILE", kSimulateOptions, false, "write what really happened there, as JSON lines",
       Text(&Settings::truth)},
      {"api", "DIR", kSimulateOptions, false,
       "write what Traefik's API would have said there, as --traefik.snapshot reads it",
       Text(&Settings::simulated_api)},
  };
  return table;
}

po::options_description Describe(unsigned groups) {
  po::options_description all;
  for (const Option& option : Table()) {
    if ((option.groups & groups) == 0) continue;
    auto* value = po::value<Values>();
    if (option.argument[0] == '\0') value->implicit_value(Values{""}, "")->zero_tokens();
    all.add_options()(option.name, value, option.help);
  }
  return all;
}

// In the file and the environment switches have values.
po::options_description DescribeWithValues(unsigned groups) {
  po::options_description all;
  for (const Option& option : Table()) {
    if ((option.groups & groups) != 0) all.add_options()(option.name, po::value<Values>());
  }
  return all;
}

std::string VariableName(std::string_view option) {
  std::string name = "STICKYD_";
  for (const char c : option) {
    name += c == '.' || c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  }
  return name;
}

class Reader {
 public:
  Reader(unsigned groups, SettingsResult& result) : groups_(groups), result_(result) {}

  void CommandLine(const std::vector<std::string>& arguments) {
    po::options_description options = Describe(groups_);
    options.add_options()("argument", po::value<Values>());
    po::positional_options_description positional;
    positional.add("argument", -1);
    try {
      const auto parsed =
          po::command_line_parser(arguments)
              .options(options)
              .positional(positional)
              .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
              .run();
      Take(parsed, "command line");
    } catch (const po::error& error) {
      result_.problems.push_back({"command line", error.what()});
    }
    result_.usage = !result_.problems.empty();
  }

  void FromEnvironment(const Environment& environment) {
    for (const Option& option : Table()) {
      const std::string variable = VariableName(option.name);
      for (const auto& [name, value] : environment.variables) {
        if (name != variable || value.empty()) continue;
        Values values;
        if (option.repeatable) {
          ForEachPart(value, ' ', [&](std::string_view part) {
            if (!part.empty()) values.emplace_back(part);
          });
        } else {
          values.push_back(value);
        }
        // Variables of other commands' options are none of this one's business.
        if ((option.groups & groups_) != 0) Set(option.name, values, "environment " + variable);
      }
    }
    for (const auto& [name, value] : environment.variables) {
      if (name.starts_with("STICKYD_") && !IsVariable(name)) {
        result_.problems.push_back({"environment " + name, "unknown option"});
      }
    }
  }

  // Line by line, so that every mistake is found and has its place.
  void File(const std::string& path, const std::string& text) {
    const po::options_description options = DescribeWithValues(~0U);
    std::istringstream in(text);
    std::string section;
    std::string line;
    std::map<std::string, Values> values;
    for (int number = 1; std::getline(in, line); ++number) {
      const std::string_view trimmed = Trim(line);
      const std::string place = path + ":" + std::to_string(number);
      if (trimmed.starts_with('[') && trimmed.ends_with(']')) section = std::string(trimmed) + "\n";
      std::istringstream one(section + line + "\n");
      try {
        for (const auto& option : po::parse_config_file(one, options).options) {
          Values& so_far = values[option.string_key];
          so_far.insert(so_far.end(), option.value.begin(), option.value.end());
          Check(option.string_key, option.value, place);
        }
      } catch (const po::unknown_option& error) {
        result_.problems.push_back({place, "unknown option '" + error.get_option_name() + "'"});
      } catch (const po::error& error) {
        result_.problems.push_back({place, error.what()});
      }
    }
    for (const auto& [name, list] : values) Set(name, list, path);
  }

  void Finish() {
    for (const auto& [name, chosen] : chosen_) {
      const Option* option = Find(name);
      if (option == nullptr || (option->groups & groups_) == 0) continue;
      const std::string problem = option->take(chosen.values, result_.settings);
      if (!problem.empty())
        result_.problems.push_back({chosen.place, "--" + name + ": " + problem});
    }
  }

  // The value chosen so far, "" if none.
  std::string Chosen(const std::string& name) const {
    const auto at = chosen_.find(name);
    return at == chosen_.end() ? std::string() : at->second.values.back();
  }

 private:
  struct Choice {
    Values values;
    std::string place;
  };

  static const Option* Find(std::string_view name) {
    const auto at = std::find_if(Table().begin(), Table().end(),
                                 [&](const Option& option) { return option.name == name; });
    return at == Table().end() ? nullptr : &*at;
  }
  static bool IsVariable(const std::string& name) {
    return std::any_of(Table().begin(), Table().end(),
                       [&](const Option& option) { return VariableName(option.name) == name; });
  }

  template <class Parsed>
  void Take(const Parsed& parsed, const std::string& place) {
    std::map<std::string, Values> values;
    for (const auto& option : parsed.options) {
      Values& so_far = values[option.string_key];
      so_far.insert(so_far.end(), option.value.begin(), option.value.end());
      if (option.value.empty()) so_far.emplace_back();
    }
    for (const auto& [name, list] : values) {
      if (name == "argument") {
        result_.settings.arguments = list;
      } else {
        Set(name, list, place);
      }
    }
  }

  // What was set first stays: command line, then environment, then file.
  void Set(const std::string& name, const Values& values, const std::string& place) {
    const Option* option = Find(name);
    if (option != nullptr && !option->repeatable && values.size() > 1 && place == "command line") {
      result_.problems.push_back({place, "--" + name + " was given more than once"});
    }
    chosen_.try_emplace(name, Choice{values, place});
  }

  // Values of the file are checked one by one where they stand, also those of other commands.
  void Check(const std::string& name, const Values& values, const std::string& place) {
    const Option* option = Find(name);
    Settings scratch;
    const std::string problem = option->take(values, scratch);
    if (!problem.empty()) result_.problems.push_back({place, name + ": " + problem});
  }

  const unsigned groups_;
  SettingsResult& result_;
  std::map<std::string, Choice> chosen_;
};

void SetDefaults(const Environment& environment, Settings& settings) {
  if (settings.logs.empty()) settings.logs = {kDefaultLog};
  if (settings.listen_addresses.empty()) settings.listen_addresses = {kDefaultListenAddress};
  if (settings.state_dir.empty()) settings.state_dir = environment.Get("STATE_DIRECTORY");
  settings.files = settings.arguments;
}

}  // namespace

Environment Environment::OfProcess() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::string Environment::Get(std::string_view name) const {
  for (const auto& [key, value] : variables) {
    if (key == name) return value;
  }
  return {};
}

SettingsResult ReadSettings(const std::vector<std::string>& arguments, unsigned groups,
                            const Environment& environment, const FileSystem& files) {
  SettingsResult result;
  Reader reader(groups, result);
  reader.CommandLine(arguments);
  if (result.usage) return result;
  reader.FromEnvironment(environment);
  const std::string named = reader.Chosen("config.file");
  const std::string path = named.empty() ? kDefaultConfigFile : named;
  const auto text = ReadWholeFile(files, path, size_t{1} << 20U);
  if (text) {
    reader.File(path, *text);
  } else if (!named.empty() || text.error().code != ErrorCode::kNotFound) {
    result.problems.push_back({path, text.error().message});
  }
  reader.Finish();
  if (result.settings.config_file.empty()) result.settings.config_file = path;
  SetDefaults(environment, result.settings);
  for (const SettingsProblem& problem : result.problems) {
    result.usage |= problem.place == "command line";
  }
  return result;
}

std::vector<OptionInfo> ListOptions(unsigned groups) {
  std::vector<OptionInfo> options;
  for (const Option& option : Table()) {
    if ((option.groups & groups) != 0) {
      options.push_back({option.name, option.argument, option.help, option.repeatable});
    }
  }
  return options;
}

std::string OptionsHelp(unsigned groups) {
  constexpr size_t kColumn = 36;
  constexpr size_t kWidth = 100;
  std::string out;
  for (const OptionInfo& option : ListOptions(groups)) {
    std::string line =
        "  --" + option.name + (option.argument.empty() ? "" : " " + option.argument);
    if (line.size() + 2 > kColumn) {
      out += line + "\n";
      line.clear();
    }
    line.resize(kColumn, ' ');
    std::istringstream words(option.description + (option.repeatable ? " [repeatable]" : ""));
    std::string word;
    while (words >> word) {
      if (line.size() + word.size() + 1 > kWidth) {
        out += line + "\n";
        line.assign(kColumn, ' ');
      }
      line += word + " ";
    }
    while (line.ends_with(' ')) line.pop_back();
    out += line + "\n";
  }
  return out;
}

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  const size_t unit = text.find_first_not_of("0123456789");
  const auto number = ParseNumber<int64_t>(text.substr(0, unit));
  if (!number || unit == std::string_view::npos || *number > int64_t{1} << 40U) return std::nullopt;
  const std::string_view name = text.substr(unit);
  const int64_t factor = name == "ms"  ? 1
                         : name == "s" ? 1000
                         : name == "m" ? 60'000
                         : name == "h" ? 3'600'000
                         : name == "d" ? 86'400'000
                                       : 0;
  if (factor == 0) return std::nullopt;
  return milliseconds(*number * factor);
}

std::optional<EventTime> ParseTime(std::string_view text, EventTime now) {
  if (const auto back = ParseDuration(text)) return now - *back;
  std::string full(text);
  if (full.size() == 10) full += "T00:00:00Z";
  if (full.size() == 19) full += "Z";
  const auto ns = TimestampParser().ParseRfc3339(full);
  if (!ns) return std::nullopt;
  return EventTimeFromUnixNanoseconds(*ns);
}

}  // namespace stickyd
