// SPDX-License-Identifier: Apache-2.0
#include "stickyd/config/options.h"

#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <set>

#include "option_table.h"
#include "probe_sections.h"
#include "stickyd/base/timestamp.h"
#include "stickyd/config/option_hints.h"

extern char** environ;  // NOLINT: POSIX

namespace stickyd {
namespace {

namespace po = boost::program_options;

constexpr const char* kDefaultConfigFile = "/etc/stickyd/stickyd.conf";
constexpr const char* kDefaultLog = "/var/log/traefik/access.log";
constexpr size_t kLongestLine = 4096;   // of the file
constexpr size_t kLongestSection = 64;  // what its name costs, every line in it costs
constexpr size_t kMostHints = 20;
using std::chrono::milliseconds;

constexpr const char* kDefaultListenAddress = "127.0.0.1:10378";

using option_values::Values;

po::options_description Describe(unsigned groups) {
  po::options_description all;
  for (const Option& option : OptionTable()) {
    if ((option.groups & groups) == 0) continue;
    auto* value = po::value<Values>();
    if (option.argument[0] == '\0') value->implicit_value(Values{""}, "")->zero_tokens();
    all.add_options()(option.name, value, option.help);
  }
  return all;
}

// Without blanks and the carriage return of a Windows editor.
std::string_view TrimLine(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\v\f");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\v\f") - begin + 1);
}

// What the names in it begin with. One that is too long has no option.
std::string SectionOf(std::string_view name) {
  if (name.size() > kLongestSection) return "[a section of a long name].";
  return name.empty() || name.ends_with('.') ? std::string(name) : std::string(name) + ".";
}

class Reader {
 public:
  Reader(unsigned groups, SettingsResult& result) : groups_(groups), result_(result) {}

  void CommandLine(const std::vector<std::string>& arguments) {
    const po::options_description options = Describe(groups_);
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
    } catch (const po::unknown_option& error) {
      result_.problems.push_back(
          {"command line", error.what() + MeantOption(error.get_option_name(), groups_)});
    } catch (const po::error& error) {
      result_.problems.push_back({"command line", error.what()});
    }
    result_.usage = !result_.problems.empty();
  }

  void FromEnvironment(const Environment& environment) {
    for (const Option& option : OptionTable()) {
      const std::string variable = VariableName(option.name);
      for (const auto& [name, value] : environment.variables) {
        if (name != variable || value.empty()) continue;
        Values values;
        if (option.repeatable) {
          ForEachPart(value, ' ', [&](std::string_view part) {
            if (!part.empty()) values.emplace_back(part);
          });
          if (values.empty()) values.emplace_back();
        } else {
          values.push_back(value);
        }
        // Variables of other commands' options are none of this one's business.
        if ((option.groups & groups_) != 0) Set(option.name, values, "environment " + variable);
      }
    }
    for (const auto& [name, value] : environment.variables) {
      if (name.starts_with("STICKYD_") && !IsVariable(name)) {
        result_.problems.push_back({"environment " + name, "unknown option" + MeantVariable(name)});
      }
    }
  }

  // Line by line, so that every mistake is found and has its place. Not by Boost: it reads a line
  // anew with all options that there are, and the last section's.
  void File(const std::string& path, const std::string& text) {
    std::map<std::string, Choice> choices;
    ProbeSections probes(result_.problems);
    Settings scratch;
    std::string section;
    int number = 0;
    ForEachPart(text, '\n', [&](std::string_view line) {
      const std::string place = path + ":" + std::to_string(++number);
      line = TrimLine(line.substr(0, line.find('#')));
      if (line.empty()) return;
      if (line.size() > kLongestLine) {
        Complain(place, "has more than " + std::to_string(kLongestLine) + " bytes");
      } else if (line.starts_with('[') && line.ends_with(']')) {
        section = SectionOf(line.substr(1, line.size() - 2));
        probes.Open(section, place);
      } else if (const size_t equals = line.find('='); equals == std::string_view::npos) {
        Complain(place, "is neither key = value nor [section]: '" + std::string(line) + "'");
      } else {
        const std::string name = section + std::string(TrimLine(line.substr(0, equals)));
        const bool hint = result_.problems.size() < kMostHints;
        if (ProbeSections::Has(name)) {
          return probes.Take(name, std::string(TrimLine(line.substr(equals + 1))), place, hint);
        }
        if (Find(name) == nullptr) {
          return Complain(place,
                          "unknown option '" + name + "'" +
                              (hint ? MeantInFile(section, name.substr(section.size())) : ""));
        }
        CheckInFile(name, std::string(TrimLine(line.substr(equals + 1))), {choices[name], scratch},
                    place);
      }
    });
    for (const auto& [name, choice] : choices) chosen_.try_emplace(name, choice);
    probes.Finish(result_.settings);
  }

  void Finish() {
    for (const auto& [name, chosen] : chosen_) {
      const Option* option = Find(name);
      if (option == nullptr || (option->groups & groups_) == 0) continue;
      if (chosen.in_file && told_.contains(name)) continue;
      const bool empty = option->argument[0] != '\0' && chosen.values.back().empty();
      const std::string problem =
          empty ? "has no value" : option->take(chosen.values, result_.settings);
      if (!problem.empty())
        result_.problems.push_back({chosen.places.back(), "--" + name + ": " + problem});
      result_.settings.places[name] = chosen.places;
      result_.settings.values[name] = chosen.values;
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
    std::vector<std::string> places;  // of each value
    bool in_file = false;
  };

  static const Option* Find(std::string_view name) {
    const auto at = std::find_if(OptionTable().begin(), OptionTable().end(),
                                 [&](const Option& option) { return option.name == name; });
    return at == OptionTable().end() ? nullptr : &*at;
  }
  static bool IsVariable(const std::string& name) {
    return std::any_of(OptionTable().begin(), OptionTable().end(),
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
    chosen_.try_emplace(name,
                        Choice{values, std::vector<std::string>(values.size(), place), false});
  }

  struct InFile {
    Choice& so_far;
    Settings& scratch;
  };
  // Values of the file are checked one by one where they stand, also those of other commands.
  void CheckInFile(const std::string& name, const std::string& value, const InFile& file,
                   const std::string& place) {
    const Option& option = *Find(name);
    Choice& so_far = file.so_far;
    std::string problem = value.empty() ? "has no value" : option.take({value}, file.scratch);
    if (!option.repeatable && !so_far.values.empty()) problem = "was given before";
    so_far.values.push_back(value);
    so_far.places.push_back(place);
    so_far.in_file = true;
    if (problem.empty()) return;
    Complain(place, name + ": " + problem);
    told_.insert(name);
  }

  void Complain(const std::string& place, const std::string& problem) {
    result_.problems.push_back({place, problem});
  }

  const unsigned groups_;
  SettingsResult& result_;
  std::map<std::string, Choice> chosen_;
  std::set<std::string> told_;  // options whose mistakes in the file have been named
};

void SetDefaults(const Environment& environment, Settings& settings) {
  if (settings.watch.logs.empty()) settings.watch.logs = {kDefaultLog};
  if (settings.watch.listen_addresses.empty())
    settings.watch.listen_addresses = {kDefaultListenAddress};
  if (settings.state_dir.empty()) {
    settings.state_dir = environment.Get("STATE_DIRECTORY");
    settings.places["state-dir"] = {"environment STATE_DIRECTORY"};
  }
  settings.files = settings.arguments;
}

}  // namespace

std::string Settings::PlaceOf(const std::string& option, size_t value) const {
  const auto at = places.find(option);
  return at == places.end() || value >= at->second.size() ? "default" : at->second[value];
}

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
  result.settings.command_line = arguments;
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

std::vector<std::string> NeedRestart(const Settings& before, const Settings& after) {
  const auto of = [](const Settings& settings, const char* option) {
    const auto at = settings.values.find(option);
    return at == settings.values.end() ? Values{} : at->second;
  };
  std::vector<std::string> names;
  for (const Option& option : OptionTable()) {
    if (option.takes == Option::Takes::kAtReload) continue;
    if (of(before, option.name) != of(after, option.name)) names.emplace_back(option.name);
  }
  return names;
}

std::vector<OptionInfo> ListOptions(unsigned groups) {
  std::vector<OptionInfo> options;
  for (const Option& option : OptionTable()) {
    if ((option.groups & groups) != 0) {
      options.push_back({option.name, option.argument, option.help, option.repeatable});
    }
  }
  return options;
}

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  const size_t unit = text.find_first_not_of("0123456789");
  const auto number = ParseNumber<int64_t>(text.substr(0, unit));
  if (!number || unit == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(unit);
  const int64_t factor = name == "ms"  ? 1
                         : name == "s" ? 1000
                         : name == "m" ? 60'000
                         : name == "h" ? 3'600'000
                         : name == "d" ? 86'400'000
                                       : 0;
  // Longer ones are mistakes, and would not fit into an EventDuration.
  constexpr int64_t kLongest = int64_t{1000} * 366 * 86'400'000;  // a thousand years
  if (factor == 0 || *number > kLongest / factor) return std::nullopt;
  return milliseconds(*number * factor);
}

std::string FormatDuration(milliseconds duration) {
  constexpr std::pair<int64_t, const char*> kUnits[] = {
      {86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}};
  for (const auto& [factor, name] : kUnits) {
    if (duration.count() != 0 && duration.count() % factor == 0)
      return std::to_string(duration.count() / factor) + name;
  }
  return std::to_string(duration.count()) + "ms";
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
