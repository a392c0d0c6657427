// SPDX-License-Identifier: Apache-2.0
// terminal.h: what is known of the terminal that something is printed to: its width, and whether
// colours are wanted there.
// Role:    --help and the text report ask it.
#pragma once

#include <cstdio>
#include <string>

#include "stickyd/config/settings.h"

namespace stickyd {

// Columns of a line: COLUMNS where it is set, else those of the terminal, 80 where `out` is none.
// At least 40, whatever is said.
size_t TerminalWidth(std::FILE* out);

// kAuto: on a terminal that knows colours (TERM), unless NO_COLOR is set and not empty.
bool WantsColor(Color color, std::FILE* out);

}  // namespace stickyd
