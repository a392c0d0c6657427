// SPDX-License-Identifier: Apache-2.0
// log_text.h: access-log lines for tests that care about when and where, not about what.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace stickyd {

// A request of `client` that server 10.0.0.`server` answered, so many seconds after 09:00.
inline std::string ClfLine(int64_t second, uint64_t count, int server,
                           const std::string& client = "1.1.1.1",
                           const std::string& service = "shop@file") {
  const int64_t total = 9 * 3600 + second;
  const int64_t of_day = total % 86'400;
  return fmt::format(
      "{} - - [{:02}/Jan/2026:{:02}:{:02}:{:02} +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" {} "
      "\"{}\" \"http://10.0.0.{}:80\" 0ms\n",
      client, 5 + total / 86'400, of_day / 3600, of_day / 60 % 60, of_day % 60, count, service,
      server);
}

}  // namespace stickyd
