// SPDX-License-Identifier: Apache-2.0
#include "probe_sections.h"

#include <algorithm>

#include "stickyd/config/option_hints.h"
#include "stickyd/probe/prober.h"

namespace stickyd {
namespace {

using option_values::Values;

const Option* FindKey(std::string_view key) {
  const auto at = std::find_if(TargetTable().begin(), TargetTable().end(),
                               [&](const Option& option) { return option.name == key; });
  return at == TargetTable().end() ? nullptr : &*at;
}

// Of an unknown key: is it near one of ours, the command's, or another option that came to stand
// below our section?
std::string MeantKey(std::string_view section, std::string_view key) {
  std::vector<std::string_view> names;
  for (const Option& option : TargetTable()) names.emplace_back(option.name);
  std::string meant = DidYouMean(key, names);
  if (!meant.empty()) return meant;
  for (const Option& option : OptionTable()) {
    if (key == option.name && option.groups == kProbeOptions) {
      return "; it is for the command probe only";
    }
  }
  return MeantInFile(section, key);
}

bool IsName(std::string_view name) {
  const auto fine = [](char c) {
    return (ToLower(c) >= 'a' && ToLower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= ProbeSections::kLongestName &&
         std::all_of(name.begin(), name.end(), fine);
}

std::string ShownName(std::string_view name) {
  return Printable(name, ProbeSections::kLongestName);
}

}  // namespace

bool ProbeSections::Has(std::string_view name) {
  return name.starts_with(kPrefix) && name.rfind('.') >= kPrefix.size();
}

void ProbeSections::Open(std::string_view section, const std::string& place) {
  if (Has(section))
    Find(section.substr(kPrefix.size(), section.rfind('.') - kPrefix.size()), place);
}

ProbeSections::Target* ProbeSections::Find(std::string_view name, const std::string& place) {
  const auto at = std::find_if(targets_.begin(), targets_.end(),
                               [&](const Target& target) { return target.name == name; });
  if (at != targets_.end()) return &*at;
  if (targets_.size() == kMost) {
    if (!too_many_) Complain(place, "more than " + std::to_string(kMost) + " probes");
    too_many_ = true;
    return nullptr;
  }
  if (!IsName(name)) {
    Complain(place, "probe." + ShownName(name) + ": a probe's name has up to " +
                        std::to_string(kLongestName) + " letters, digits, dots, - and _");
  }
  targets_.push_back({std::string(name), place, {}, {}});
  return &targets_.back();
}

void ProbeSections::Take(const std::string& name, const std::string& value,
                         const std::string& place, bool hint) {
  const size_t dot = name.rfind('.');
  Target* const target =
      Find(std::string_view(name).substr(kPrefix.size(), dot - kPrefix.size()), place);
  if (target == nullptr) return;
  const std::string key = name.substr(dot + 1);
  const Option* const option = FindKey(key);
  if (option == nullptr) {
    return Complain(place, "unknown option '" + Printable(name) + "'" +
                               (hint ? MeantKey(name.substr(0, dot + 1), key) : ""));
  }
  const auto at = std::find_if(target->chosen.begin(), target->chosen.end(),
                               [&](const auto& chosen) { return chosen.first == option; });
  Settings scratch;
  scratch.watch.probes.resize(1);
  std::string problem = value.empty() ? "has no value" : option->take({value}, scratch);
  if (at == target->chosen.end()) {
    target->chosen.emplace_back(option, Values{value});
  } else {
    if (!option->repeatable) problem = "was given before";
    at->second.push_back(value);
  }
  if (problem.empty()) return;
  target->wrong.insert(option);
  Complain(place, name + ": " + problem);
}

void ProbeSections::Finish(Settings& settings) {
  for (const Target& target : targets_) MakeTarget(target, settings);
}

void ProbeSections::MakeTarget(const Target& target, Settings& settings) {
  const std::string section = "probe." + ShownName(target.name);
  Settings scratch;
  scratch.watch.probes.resize(1);
  ProbeTarget& made = scratch.watch.probes.back();
  for (const auto& [option, values] : target.chosen) {
    if (!target.wrong.contains(option)) option->take(values, scratch);
  }
  made.name = target.name;
  made.options = scratch.probe;
  if (made.url.empty() && !target.wrong.contains(FindKey("url"))) {
    Complain(target.place, section + ": has no url");
  }
  ProbeOptions options;
  options.url = made.url;
  options.hosts = made.options.hosts;
  const std::string problem = made.url.empty() ? "" : ProbeProblem(options);
  if (!problem.empty()) Complain(target.place, section + ": " + problem);
  if (made.options.timeout > made.interval) {
    Complain(target.place, section + ": timeout (" + FormatDuration(made.options.timeout) +
                               ") is longer than interval (" + FormatDuration(made.interval) + ")");
  }
  settings.places[section] = {target.place};
  settings.watch.probes.push_back(made);
}

}  // namespace stickyd
