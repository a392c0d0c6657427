// SPDX-License-Identifier: Apache-2.0
// hostile_requests.h: the same question asked of every field that a client writes: what a client
// can make of the log with it.
// Role:    hostile_live_test sends them to a real Traefik.
// Shape:   each field with each value that has ever looked like something else: quotes, blanks,
//          control characters, bytes that are no text, whole lines of either format, forged by
//          somebody who knows the names of the site; and those that need a shape of their own.
//          Traefik refuses some; those write no line.
#pragma once

#include <string>
#include <vector>

#include "http2.h"

namespace stickyd {

// What an attacker knows of the site. The RequestCount is not part of it.
struct SiteKnowledge {
  std::string router, server;          // as they are logged
  std::vector<std::string> clients;    // people who have a session
  std::string clf_time, rfc3339_time;  // now
};

struct HostileRequest {
  enum class Protocol { kHttp1, kHttp2 };
  enum class Way { kDirect, kThroughProxy };

  std::string field, what;
  Protocol protocol{};
  Way way{};
  std::string method = "GET", target = "/", host = "shop.test";
  Http2Fields headers;
  std::string forwarded;  // kThroughProxy: what the proxy was told already

  // The bytes of a connection with this request alone. A proxy appends the client's address.
  std::string BytesFor(const std::string& client) const;
};

std::vector<HostileRequest> HostileRequests(const SiteKnowledge& site);

}  // namespace stickyd
