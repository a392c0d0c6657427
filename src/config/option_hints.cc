// SPDX-License-Identifier: Apache-2.0
#include "stickyd/config/option_hints.h"

#include <algorithm>
#include <vector>

#include "option_table.h"
#include "stickyd/base/nearest.h"
#include "stickyd/config/options.h"
#include "stickyd/model/verdict.h"

namespace stickyd {
namespace {

bool IsOption(std::string_view name) {
  return std::any_of(OptionTable().begin(), OptionTable().end(),
                     [&](const Option& option) { return option.name == name; });
}

std::vector<std::string_view> Names(unsigned groups) {
  std::vector<std::string_view> names;
  for (const Option& option : OptionTable()) {
    if ((option.groups & groups) != 0) names.emplace_back(option.name);
  }
  return names;
}

// The commands that know an option: "analyze, explain".
std::string CommandsWith(std::string_view name) {
  std::string commands;
  for (const CommandOptions& row : kCommandOptions) {
    const auto names = Names(row.groups);
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    commands += (commands.empty() ? "" : ", ") + std::string(row.command);
  }
  return commands;
}

}  // namespace

std::string VariableName(std::string_view option) {
  std::string name = "STICKYD_";
  for (const char c : option) {
    name += c == '.' || c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  }
  return name;
}

std::string MeantOption(std::string_view name, unsigned groups) {
  name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
  name = name.substr(0, name.find('='));
  if (IsOption(name)) return "; it is an option of " + CommandsWith(name);
  return DidYouMean(name, Names(groups), "--");
}

std::string MeantVariable(std::string_view name) {
  std::vector<std::string> variables;
  for (const Option& option : OptionTable()) variables.push_back(VariableName(option.name));
  const std::string_view rest = name.substr(std::min(name.find('_'), name.size()));
  for (const std::string& variable : variables) {
    if (rest.size() > 1 && variable.ends_with(rest)) return "; did you mean " + variable + "?";
  }
  return DidYouMean(name, std::vector<std::string_view>(variables.begin(), variables.end()));
}

std::string MeantInFile(std::string_view section, std::string_view key) {
  if (section == "probe." || (section.empty() && key.starts_with("probe."))) {
    return "; a probe has a name: [probe.NAME]";
  }
  if (!section.empty() && IsOption(key) && key.find('.') == std::string_view::npos) {
    return "; " + std::string(key) +
           " is in no section: put it above the first [section], or below a line []";
  }
  std::string places;
  for (const Option& option : OptionTable()) {
    const std::string_view name = option.name;
    const size_t dot = name.find('.');
    if (dot == std::string_view::npos || (key != name && key != name.substr(dot + 1))) continue;
    places += (places.empty() ? "" : " or ") + std::string(name.substr(dot + 1)) + " below [" +
              std::string(name.substr(0, dot)) + "]";
  }
  if (!places.empty()) return "; did you mean " + places + "?";
  const std::string name = std::string(section) + std::string(key);
  const auto near = Nearest(name, Names(~0U));
  if (near && near->starts_with(section)) {
    return "; did you mean " + near->substr(section.size()) + "?";
  }
  return DidYouMean(key, Names(~0U));
}

std::string MeantCause(std::string_view name) {
  std::vector<std::string_view> names;
  ForEachValue<Cause>([&](Cause cause) { names.push_back(Name(cause)); });
  return DidYouMean(name, names);
}

}  // namespace stickyd
