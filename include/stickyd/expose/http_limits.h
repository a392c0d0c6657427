// SPDX-License-Identifier: Apache-2.0
// http_limits.h: how much the HTTP server bears from its clients, and what it has dropped beyond.
// Role:    HttpServer's options; the server counts drops, metrics show them.
// Shape:   plain values; names of drops are those of docs/METRICS.md.
// Units:   wall-clock durations; bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "stickyd/model/verdict.h"

namespace stickyd {

struct HttpLimits {
  // At a time, over all addresses. More let slow clients wait longer while others push in; each
  // costs a descriptor and 16 KB.
  size_t connections = 256;
  // From the accept, or the end of the answer before, to the end of the request. Longer ones let
  // slow clients in, and who sends nothing stays as long.
  std::chrono::milliseconds request{5'000};
  // From the end of the request until all of the answer is with the system. Longer ones let slow
  // readers finish, and who reads nothing stays as long.
  std::chrono::milliseconds response{30'000};
  // Of different answers that are under way.
  size_t pending_bytes = size_t{64} << 20U;
};

// Why a connection was given up.
enum class HttpDrop : uint8_t {
  kIdle,    // kept alive, and no next request came: the usual end
  kSlow,    // its request was not whole in time
  kUnread,  // its answer was not read in time
  kMemory,  // answers that nobody reads took too much
  kFull,    // there were too many, and another one came
  kCount
};

std::string_view Name(HttpDrop reason);

using HttpDrops = Tally<HttpDrop>;

}  // namespace stickyd
