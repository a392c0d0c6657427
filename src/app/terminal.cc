// SPDX-License-Identifier: Apache-2.0
#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kUsual = 80;
constexpr size_t kLeast = 40;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

size_t TerminalWidth(std::FILE* out) {
  if (const auto columns = ParseNumber<uint16_t>(Variable("COLUMNS")); columns && *columns > 0) {
    return std::max<size_t>(*columns, kLeast);
  }
  winsize size{};
  if (::ioctl(::fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return std::max<size_t>(size.ws_col, kLeast);
}

bool WantsColor(Color color, std::FILE* out) {
  if (color != Color::kAuto) return color == Color::kAlways;
  if (!Variable("NO_COLOR").empty() || Variable("TERM") == "dumb") return false;
  return ::isatty(::fileno(out)) == 1;
}

}  // namespace stickyd
