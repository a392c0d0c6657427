// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/version.h"

#include <algorithm>
#include <array>
#include <optional>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

std::optional<std::array<int, 3>> NumbersOf(std::string_view version) {
  std::array<int, 3> out{};
  size_t i = 0;
  for (; i < out.size() && !version.empty(); ++i) {
    const size_t end = std::min(version.find_first_not_of("0123456789"), version.size());
    const auto number = ParseNumber<int>(version.substr(0, end));
    if (!number) break;
    out[i] = *number;
    version.remove_prefix(end);
    if (!version.starts_with('.')) version = {};
    if (!version.empty()) version.remove_prefix(1);
  }
  if (i < 2) return std::nullopt;
  return out;
}

}  // namespace

bool IsAtLeast(std::string_view version, std::string_view least) {
  const auto a = NumbersOf(version);
  const auto b = NumbersOf(least);
  return a && b && *a >= *b;
}

}  // namespace stickyd
