// SPDX-License-Identifier: Apache-2.0
// seen.h: what the oracle knows of a record, and what it says of it: plain values that own
// everything they hold.
// Role:    reader.h makes them from a log; oracle.h decides on them.
// Shape:   who is who is plain text; nothing is hashed, packed or forgotten.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "stickyd/model/observation.h"

namespace stickyd::oracle {

struct Seen {
  uint64_t line = 0;
  LogFormat format = LogFormat::kClf;
  Interval start;
  Interval learnt;
  EventTime end;
  EventTime clock;  // the latest end of this and all records before: the time of the log
  std::optional<uint64_t> count;
  uint8_t sequence = 0;  // counts of one may be compared; 0: they may not

  ScopeId scope = ScopeId::kNone;
  ServerId server = ServerId::kNone;
  bool excluded = false;

  std::string client;      // scope, address, user agent; empty: nobody
  std::string address;     // empty: nobody
  std::string agent;       // empty: not logged
  std::string connection;  // scope, address, port; empty: unknown, or a proxy's
  uint64_t identity = 0;
  uint64_t new_identity = 0;

  uint16_t origin = 0;  // host and scheme, 0: unknown
  Site site = Site::kUnknown;
  bool cookieless_kind = false;
  bool outside_cookie_path = false;
  bool cookies_logged = false;
  CookieSight cookie;
  bool other_child = false;   // or another child's
  bool old_name = false;      // it carries the sticky cookie under an earlier name
  bool upgrade = false;       // it asked for a WebSocket, or was refused where others got one
  bool given = false;         // its response gives the cookie
  bool given_none = false;    // its response surely does not
  bool gives_cookie = false;  // its response does; where the log does not tell, every one
  int64_t max_age_s = 0;      // of the sticky cookie; 0: none

  bool judged() const { return !excluded && server != ServerId::kNone; }
};

struct Decision {
  Verdict verdict = Verdict::kNoServer;
  Evidence evidence = Evidence::kClient;
  ServerId pin = ServerId::kNone;  // none where several are possible, or there is none
};

}  // namespace stickyd::oracle
