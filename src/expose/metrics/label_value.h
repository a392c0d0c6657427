// SPDX-License-Identifier: Apache-2.0
// label_value.h: a name from outside -> a label value that is its alone.
// Role:    Family::New of metrics.cc: every label of every series goes through it.
// Shape:   UTF-8 without control characters; a name that is so already stays as it is. Other bytes
//          become \xNN, and so does the backslash of a \x that is in the name itself: what is
//          written can be read back, so two names never look alike. Of a name that takes more than
//          kLabelBytes so, the beginning stays, and "..." and 128 bits of its hash follow: longer
//          than any name that stays whole.
// Threads: pure function.
// Cost:    one pass over at most kLabelBytes; a hash of the whole name if it is longer.
// Source:  Prometheus refuses the scrape for a byte that is not UTF-8, and samples that come twice;
//          names of services are written by whoever labels containers. BLAKE2b of libsodium.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

constexpr size_t kLabelBytes = 512;

std::string LabelValue(std::string_view name);

}  // namespace stickyd
