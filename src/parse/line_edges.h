// SPDX-License-Identifier: Apache-2.0
// line_edges.h: what editors, terminals and truncation leave at the edges of a line.
// Role:    LineParser and PlainParser take it off before they look at the line.
// Threads: pure functions.
// Cost:    a few comparisons for a line that has nothing there.
#pragma once

#include <string_view>

#include "stickyd/base/text.h"

namespace stickyd {

// ESC [ 0 m or ESC [ K: the length of the escape sequence of colour that ends the text.
inline size_t ColourAtEnd(std::string_view text) {
  if (text.empty() || (text.back() != 'm' && text.back() != 'K')) return 0;
  const size_t begin = text.find_last_not_of("0123456789;", text.size() - 2);
  if (text.size() < 3 || begin == npos || begin == 0) return 0;
  return text[begin] == '[' && text[begin - 1] == '\x1b' ? text.size() - begin + 1 : 0;
}

// Without the carriage return of a Windows editor and the NULs that a truncated file begins with.
inline std::string_view WithoutEdges(std::string_view text) {
  if (!text.empty() && text.front() == '\0') {
    const size_t first = text.find_first_not_of('\0');
    text.remove_prefix(first == npos ? text.size() : first);
  }
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// Without what pasting and tools that colour leave at the end.
inline std::string_view WithoutEnd(std::string_view text) {
  for (;;) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
      text.remove_suffix(1);
    }
    const size_t colour = ColourAtEnd(text);
    if (colour == 0 || colour == text.size()) return text;
    text.remove_suffix(colour);
  }
}

}  // namespace stickyd
