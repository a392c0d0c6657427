// SPDX-License-Identifier: Apache-2.0
// limits.h: how much the HTTP server takes from its clients, and what it dropped beyond that.
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
  // Connections at a time, over all addresses. If raised, slow clients can wait longer while others
  // push in. Each costs a descriptor and 16 KB.
  size_t connections = 256;
  // From the accept, or the end of the answer before, to the end of the request. If raised, slow
  // clients get in, but whoever sends nothing also stays as long.
  std::chrono::milliseconds request{5'000};
  // From the end of the request until the system has all of the answer. If raised, slow readers can
  // finish, but whoever reads nothing also stays as long.
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
