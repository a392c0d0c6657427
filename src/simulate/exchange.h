// SPDX-License-Identifier: Apache-2.0
// exchange.h: one request and its response, with all that a log line or the truth needs of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "browser.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

struct Exchange {
  uint64_t number = 0;  // of the simulation, from 1
  uint64_t count = 0;   // RequestCount
  uint32_t person = 0;
  uint64_t visit = 0;  // which of the people who sat there
  int64_t start_ns = 0, head_ns = 0, end_ns = 0;
  Fetch fetch;
  bool http2 = false;
  bool socket = false;
  int status = 200;
  uint32_t size = 0;
  std::string client_host;  // ClientHost
  std::string peer;         // address of ClientAddr
  uint16_t port = 0;
  std::string_view user_agent;
  std::string cookie;        // header as sent, "" for none
  std::string origin_set;    // Set-Cookie header as Traefik made it
  std::string received_set;  // and as the client got it
  std::string service, server, router, entry_point, scope;
  std::string refused;  // the cookie's value, where Traefik did not honour it
  std::string pin;      // what the client knew when it started
  Verdict verdict = Verdict::kFirst;
  Verdict expect = Verdict::kFirst;
  Cause cause = Cause::kUnknown;
  bool overlap = false;  // too close to call for a log
};

}  // namespace stickyd
