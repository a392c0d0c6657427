// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <fmt/format.h>

#include <string>

namespace stickyd {

Progress::Progress(bool on, Time start, std::FILE* terminal)
    : on_(on), start_(start), terminal_(terminal), last_(start) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\033[K", terminal_);
}

void Progress::Show(Time now, uint64_t done, std::optional<uint64_t> total) {
  if (!on_ || now - last_ < std::chrono::milliseconds(250)) return;
  last_ = now;
  shown_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const auto bytes = static_cast<double>(done);
  const auto whole = static_cast<double>(total.value_or(0));
  std::string line = fmt::format("\r{:.0f} MB", bytes / 1e6);
  if (whole > 0) line += fmt::format(" of {:.0f} MB, {:.0f} %", whole / 1e6, 100 * bytes / whole);
  line += fmt::format(", {:.0f} MB/s", bytes / 1e6 / seconds);
  if (whole > bytes && bytes > 0)
    line += fmt::format(", {:.0f} s left", seconds * (whole - bytes) / bytes);
  fmt::print(terminal_, "{}\033[K", line);
}

}  // namespace stickyd
