// SPDX-License-Identifier: Apache-2.0
// probe_sections.h: the sections [probe.NAME] of the configuration file: each is a target, which
// `watch` probes again and again.
// Role:    options.cc hands it what it finds below such a section; TargetTable has the keys.
// Shape:   a key by its full name, probe.NAME.KEY: so it may stand outside a section, as any other.
// Errors:  every mistake, with its place.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "option_table.h"

namespace stickyd {

class ProbeSections {
 public:
  static constexpr std::string_view kPrefix = "probe.";
  static constexpr size_t kMost = 100;  // targets
  static constexpr size_t kLongestName = 50;

  explicit ProbeSections(std::vector<SettingsProblem>& problems) : problems_(problems) {}

  // Is it one of ours: probe.NAME.KEY?
  static bool Has(std::string_view name);
  // A line [probe.NAME]; `section` with the dot behind it.
  void Open(std::string_view section, const std::string& place);
  // A line that sets `name`. `hint`: an unknown key gets a guess.
  void Take(const std::string& name, const std::string& value, const std::string& place, bool hint);
  // All lines were taken.
  void Finish(Settings& settings);

 private:
  struct Target {
    std::string name;
    std::string place;  // of its first line
    std::vector<std::pair<const Option*, option_values::Values>> chosen;
    std::set<const Option*> wrong;  // told already
  };

  Target* Find(std::string_view name, const std::string& place);
  void Complain(const std::string& place, const std::string& problem) {
    problems_.push_back({place, problem});
  }
  void MakeTarget(const Target& target, Settings& settings);

  std::vector<SettingsProblem>& problems_;
  std::vector<Target> targets_;
  bool too_many_ = false;  // that was told
};

}  // namespace stickyd
