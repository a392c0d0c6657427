// SPDX-License-Identifier: Apache-2.0
#include "stickyd/source/log_name.h"

#include <algorithm>

namespace stickyd {
namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

constexpr const char* kOfDates = "0123456789-_";

bool BeginsDate(std::string_view text) { return text.size() >= 8 && IsDigits(text.substr(0, 4)); }

// 20260417, 2026-04-17, with an hour or a number after it.
bool IsDate(std::string_view text) {
  return BeginsDate(text) && text.find_first_not_of(kOfDates) == std::string_view::npos;
}

}  // namespace

std::string_view WithoutCompression(std::string_view path) {
  for (const std::string_view ending : {".gz", ".zst", ".xz", ".bz2"}) {
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
  }
  return path;
}

LogName ParseLogName(std::string_view path) {
  path = WithoutCompression(path);
  const auto split = [&](size_t at) {
    return LogName{std::string(path.substr(0, at)), std::string(path.substr(at + 1))};
  };
  const size_t slash = path.rfind('/');
  const size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  const size_t dot = path.rfind('.');
  if (dot != std::string_view::npos && dot > name &&
      (IsDigits(path.substr(dot + 1)) || IsDate(path.substr(dot + 1)))) {
    return split(dot);
  }
  // A date reaches to the end. Where all is of dates, npos + 1 is 0.
  const size_t dates = path.find_last_not_of(kOfDates) + 1;
  for (size_t dash = path.find('-', std::max(name + 1, dates)); dash != std::string_view::npos;
       dash = path.find('-', dash + 1)) {
    if (BeginsDate(path.substr(dash + 1))) return split(dash);
  }
  return {std::string(path), ""};
}

bool IsOlderRotation(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return !a.empty();
  if (IsDate(a) != IsDate(b)) return IsDate(a);
  if (IsDate(a)) return a < b;
  return a.size() != b.size() ? a.size() > b.size() : a > b;  // numbers
}

}  // namespace stickyd
