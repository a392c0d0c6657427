// SPDX-License-Identifier: Apache-2.0
// access_record.h: one line of Traefik's access log, parsed; not yet interpreted.
// Role:    parse fills it, traefik and session read it. One object for all lines
//          of a lane, made anew for each.
// Shape:   views into the line, or into the parser's own buffers: valid until the next line is
//          parsed. Absent fields are absent Text or nullopt, never "" or 0.
// Units:   start and duration on the event clock. In CLF a start is known to the second.
// Source:  Traefik pkg/middlewares/accesslog. Names are Traefik's; the parser maps those of v1.7
//          (Frontend, Backend) to them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "stickyd/base/text.h"
#include "stickyd/model/event_time.h"

namespace stickyd {

inline constexpr size_t kMostExtraFields = 4;

enum class LogFormat : uint8_t { kClf, kJson };

struct AccessRecord {
  LogFormat format = LogFormat::kClf;
  Interval start;                         // JSON: one point; CLF: the second it falls into
  EventDuration duration{0};              // from start to the end of the response
  std::optional<uint16_t> status;         // what the client got
  std::optional<uint64_t> request_count;  // order of arrival within one life of one process

  Text router;      // RouterName / FrontendName; several joined by " -> " with parent routers
  Text service;     // ServiceName / BackendName: JSON only
  Text server_url;  // ServiceURL / BackendURL as logged, absolute URLs only
  Text entry_point;

  Text client_host;  // ClientHost: an address or a forwarded list, possibly forged at the left
  Text client_addr;  // ClientAddr: the TCP peer with its port; JSON only
  Text user;         // ClientUsername: as presented, not as verified
  Text tls_subject;  // TLSClientSubject

  Text method;
  Text scheme;  // RequestScheme: as Traefik saw it
  Text host;    // RequestHost, without port
  Text path;    // RequestPath: with the query
  Text trace_id;

  Text user_agent;
  Text referer;
  Text origin;
  Text via;
  Text forwarded_proto;
  Text upgrade;
  Text sec_fetch_site;
  Text sec_fetch_mode;
  Text sec_fetch_dest;
  Text cookie;             // request_Cookie; "REDACTED" where headers are redacted
  Text set_cookie;         // downstream_Set-Cookie: what the client got
  Text origin_set_cookie;  // origin_Set-Cookie: what the service and the balancer gave
  Text date;               // downstream_Date or origin_Date
  std::array<Text, kMostExtraFields> extra;  // JSON fields that the operator named
  bool all_headers = false;       // headers that nobody asks for are there: the log keeps them all
  bool origin_answered = false;   // OriginStatus is not 0: some server was reached
  uint8_t dropped = 0;            // DroppedFields, where the fate is fields_dropped
  bool middle_ambiguous = false;  // CLF: path, status, Referer and User-Agent had several readings
  bool start_doubtful = false;    // CLF: of several times in the line, one is the start

  // A field by the name Traefik's JSON gives it (RequestPath, request_User-Agent, ...), if it is
  // one of the above; null for other names.
  static const Text AccessRecord::*Field(std::string_view name);

  EventTime end() const { return start.low + duration; }
};

}  // namespace stickyd
