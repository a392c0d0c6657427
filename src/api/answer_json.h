// SPDX-License-Identifier: Apache-2.0
// answer_json.h: an answer of Traefik's API as JSON that can be changed and written again.
// Shape:   discarded (is_discarded) if the text is no JSON. What is nested deeper than any answer
//          of Traefik's is dropped while it is read.
// Threads: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace stickyd {

inline nlohmann::json ParseAnswer(std::string_view text) {
  constexpr int kMostDepth = 32;
  return nlohmann::json::parse(
      text,
      [](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
        return depth <= kMostDepth;
      },
      /*allow_exceptions=*/false);
}

}  // namespace stickyd
