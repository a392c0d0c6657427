// SPDX-License-Identifier: Apache-2.0
// prefix_names.h: the names in what a shipper puts before lines: hosts, containers, files.
// Role:    LaneIntake tells replicas apart by them.
// Shape:   times, numbers, process ids and punctuation are no names.
// Cost:    linear in the words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stickyd {

size_t CountWords(std::string_view text);
// A hash of the names in the first `words` words.
uint64_t NamesIn(std::string_view text, size_t words);

}  // namespace stickyd
