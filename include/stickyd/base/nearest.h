// SPDX-License-Identifier: Apache-2.0
// nearest.h: guesses what somebody meant who typed an unknown word.
// Role:    suggests commands, options, causes and values of closed lists.
// Threads: pure functions.
// Cost:    the length of the word times the number of candidates; nothing for words longer than any
//          name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

// The candidate that is nearest to `word`, or nothing if none is near. Near is a word with a letter
// or two wrong (three in long words), one that is cut short or drawn out (warning for warn), or one
// without its section (listen-address for web.listen-address).
std::optional<std::string> Nearest(std::string_view word,
                                   std::span<const std::string_view> candidates);

// "; did you mean CANDIDATE?", or "". `prefix` stands before the candidate: "--".
std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates,
                       std::string_view prefix = {});

}  // namespace stickyd
