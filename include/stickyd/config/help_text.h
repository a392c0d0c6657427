// SPDX-License-Identifier: Apache-2.0
// help_text.h: text of --help, folded to the width of a terminal.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

// What is named, and what is said of it, beside it from `column` on; below it where the name is too
// long. With a line feed at the end.
struct HelpEntry {
  std::string head;
  std::string text;
};
std::string Folded(const HelpEntry& entry, size_t column, size_t width);
// A paragraph.
inline std::string Folded(std::string_view text, size_t width) {
  return Folded({"", std::string(text)}, 0, width);
}

}  // namespace stickyd
