// SPDX-License-Identifier: Apache-2.0
// option_hints.h: guesses what somebody meant who wrote an unknown option or cause.
// Role:    complaints about the command line, the environment and the file end with the guess.
// Shape:   "; did you mean ...?", or "" if nothing is near.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

// STICKYD_WEB_LISTEN_ADDRESS for web.listen-address.
std::string VariableName(std::string_view option);

// On the command line of a command with these groups; `name` with or without --.
std::string MeantOption(std::string_view name, unsigned groups);
std::string MeantVariable(std::string_view name);
// `section`: "" or "web."; says where in the file the option belongs that was put below another
// section.
std::string MeantInFile(std::string_view section, std::string_view key);
std::string MeantCause(std::string_view name);

}  // namespace stickyd
