// SPDX-License-Identifier: Apache-2.0
// nearest.h: what somebody meant who typed a word that there is not.
// Role:    commands, options, causes and values of closed lists are suggested by it.
// Threads: pure functions.
// Cost:    the word times the number of candidates; nothing for words longer than any name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

// The candidate that is nearest to `word`: a letter or two wrong (three in long words), cut short
// or drawn out (warning for warn), or without the section that it stands in (listen-address for
// web.listen-address). Nothing if none is near.
std::optional<std::string> Nearest(std::string_view word,
                                   std::span<const std::string_view> candidates);

// "; did you mean CANDIDATE?", or "". `prefix` stands before the candidate: "--".
std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates,
                       std::string_view prefix = {});

}  // namespace stickyd
