// SPDX-License-Identifier: Apache-2.0
// app.h: the program: sub-commands as rows of one table.
// Errors:  exit codes: 0 fine, 1 something was found or failed, 2 usage, 78 bad configuration,
//          130 ended by Ctrl-C.
#pragma once

#include <string>
#include <vector>

#include "stickyd/config/options.h"

namespace stickyd {

inline constexpr int kExitFine = 0;
inline constexpr int kExitFound = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitConfig = 78;
inline constexpr int kExitInterrupted = 130;

struct Command {
  const char* name;
  const char* summary;
  const char* usage;
  const char* example;
  unsigned options;       // OptionGroup bits
  size_t most_arguments;  // that are no options
  int (*run)(const Settings& settings);
};

const std::vector<Command>& Commands();

// `arguments`: without the program's name.
int Main(const std::vector<std::string>& arguments);

}  // namespace stickyd
