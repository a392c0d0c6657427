// SPDX-License-Identifier: Apache-2.0
// option_values.h: what an option does with its values: check them and put them into Settings.
// Role:    the rows of option_table.cc are made of these.
// Shape:   a Take gets all values of an option and says what is wrong with them, or "".
// Threads: pure functions.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "stickyd/base/nearest.h"
#include "stickyd/base/text.h"
#include "stickyd/config/options.h"

namespace stickyd::option_values {

using Values = std::vector<std::string>;
using Take = std::function<std::string(const Values&, Settings&)>;

template <class Get>
Take String(Get get) {
  return [get](const Values& values, Settings& settings) {
    get(settings) = values.back();
    return std::string();
  };
}

// `problem` says what is wrong with one value, or "".
template <class Get, class Problem>
Take List(Get get, Problem problem) {
  return [get, problem](const Values& values, Settings& settings) {
    get(settings) = values;
    std::string problems;
    for (const std::string& value : values) {
      const std::string found = problem(value);
      if (!found.empty()) problems += (problems.empty() ? "" : "; ") + found;
    }
    return problems;
  };
}
template <class Get>
Take List(Get get) {
  return List(get, [](const std::string&) { return std::string(); });
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
      return "'" + values.back() + "' is not a duration from " + FormatDuration(least) + " to " +
             FormatDuration(most);
    }
    set(settings, *duration);
    return {};
  };
}

template <class Set>
Take OneOf(const Values& choices, Set set) {
  return [=](const Values& values, Settings& settings) -> std::string {
    const auto at = std::find(choices.begin(), choices.end(), values.back());
    if (at == choices.end()) {
      std::string message = "'" + values.back() + "' is not one of";
      for (const std::string& choice : choices) message += " " + choice;
      return message + DidYouMean(values.back(),
                                  std::vector<std::string_view>(choices.begin(), choices.end()));
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

}  // namespace stickyd::option_values
