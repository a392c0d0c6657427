// SPDX-License-Identifier: Apache-2.0
#include "cause_examples.h"

#include <algorithm>

#include "stickyd/config/options.h"

namespace stickyd {
namespace {

// A command with more files is not for typing.
constexpr size_t kMostOtherFiles = 8;

std::string Quoted(const std::string& word) {
  constexpr const char* kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=:,./@%^";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// Those of the command line that explain has as well; the others come from where they came from.
std::string OptionsForExplain(const std::vector<std::string>& words) {
  const std::vector<OptionInfo> known = ListOptions(OptionsOf("explain"));
  const std::vector<OptionInfo> analyze = ListOptions(kAnalyzeOptions);
  const auto find = [](const std::vector<OptionInfo>& list, const std::string& name) {
    return std::find_if(list.begin(), list.end(),
                        [&](const OptionInfo& option) { return "--" + option.name == name; });
  };
  std::string out;
  for (size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const size_t equals = words[i].find('=');
    const std::string name = words[i].substr(0, equals);
    const auto mine = find(known, name);
    const bool shared = mine != known.end();
    const auto other = shared ? mine : find(analyze, name);
    if (!shared && other == analyze.end()) continue;  // a file
    const bool wanted = shared && name != "--output";
    if (wanted) out += " " + Quoted(words[i]);
    if (equals != std::string::npos || other->argument.empty() || i + 1 >= words.size()) continue;
    ++i;
    if (wanted) out += " " + Quoted(words[i]);
  }
  return out;
}

}  // namespace

std::string ExplainCommand(const Settings& settings, const std::string& file, uint64_t line) {
  if (file == "-") return {};
  std::string command = "stickyd explain" + OptionsForExplain(settings.command_line) + " " +
                        Quoted(file + ":" + std::to_string(line));
  if (settings.files.size() > kMostOtherFiles + 1) return command;
  for (const std::string& other : settings.files) {
    if (other != file && other != "-") command += " " + Quoted(other);
  }
  return command;
}

std::vector<CauseExample> CauseExamples::Examples(const OutcomeNames& names,
                                                  const Settings& settings) const {
  std::vector<CauseExample> examples;
  examples.reserve(first_.size());
  for (const auto& [key, outcome] : first_) {
    const std::string file =
        outcome.file < names.files->size() ? (*names.files)[outcome.file] : std::string("-");
    examples.push_back(
        {names.services->Name(outcome.service), outcome.cause, file == "-" ? std::string() : file,
         outcome.line, outcome.start, names.servers->Name(outcome.judgement.pin),
         names.servers->Name(outcome.server), ExplainCommand(settings, file, outcome.line)});
  }
  return examples;
}

}  // namespace stickyd
