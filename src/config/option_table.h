// SPDX-License-Identifier: Apache-2.0
// option_table.h: the one table of all options.
// Role:    options.cc reads command line, environment and file by it, and prints help from it.
#pragma once

#include <vector>

#include "option_values.h"

namespace stickyd {

struct Option {
  // Does a daemon that runs take a change of it at a reload, or only when it starts?
  enum class Takes : uint8_t { kAtStart, kAtReload };

  const char* name;
  const char* argument;  // "" for a switch
  unsigned groups;       // OptionGroup bits
  bool repeatable;
  Takes takes;
  const char* help;
  option_values::Take take;
};

const std::vector<Option>& OptionTable();

// And those of traefik_options.cc.
std::vector<Option> WithTraefikOptions(std::vector<Option> table);

// And those of probe_options.cc.
std::vector<Option> WithProbeOptions(std::vector<Option> table);

// The keys of a section [probe.NAME]: those of OptionTable that are for targets, and what only a
// target has. They fill in Settings::probe, and the last of WatchSettings::probes.
const std::vector<Option>& TargetTable();

}  // namespace stickyd
