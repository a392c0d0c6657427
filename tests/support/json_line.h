// SPDX-License-Identifier: Apache-2.0
// json_line.h: access-log lines in JSON, for tests that care about who sent what and got what.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace stickyd {

struct JsonRequest {
  int64_t start_ms = 0;  // after 09:00
  const char* client = "1.1.1.1";
  char server = 'a';            // http://10.0.0.<letter>:80; '-': none
  const char* cookie = "";      // of the request; names and values
  const char* set_cookie = "";  // of the response; likewise, with attributes
  int status = 200;
  const char* path = "/";
  const char* agent = "Browser";
  const char* method = "GET";
  const char* service = "shop@file";
  const char* router = nullptr;  // null: named as the service
  const char* host = "shop.example";
  const char* more = "";  // fields, each with a comma before it
  int port = 5000;        // of the client: its connection
};

inline std::string JsonLine(const JsonRequest& r, uint64_t count) {
  std::string line = fmt::format(
      R"({{"ClientAddr":"{0}:{13}","ClientHost":"{0}","Duration":5000000,"RequestCount":{1},)"
      R"("RequestHost":"{2}","RequestMethod":"{3}","RequestPath":"{4}","RequestScheme":"https",)"
      R"("RouterName":"{5}","ServiceName":"{6}","DownstreamStatus":{7},"OriginStatus":{7},)"
      R"("StartUTC":"2026-01-05T09:{8:02}:{9:02}.{10:03}Z","request_User-Agent":"{11}"{12})",
      r.client, count, r.host, r.method, r.path, r.router == nullptr ? r.service : r.router,
      r.service, r.status, r.start_ms / 60'000, r.start_ms / 1000 % 60, r.start_ms % 1000, r.agent,
      r.more, r.port);
  if (r.server != '-') line += fmt::format(R"(,"ServiceURL":"http://10.0.0.{}:80")", r.server);
  if (*r.cookie != '\0') line += fmt::format(R"(,"request_Cookie":"{}")", r.cookie);
  if (*r.set_cookie != '\0') line += fmt::format(R"(,"downstream_Set-Cookie":"{}")", r.set_cookie);
  return line + "}\n";
}

}  // namespace stickyd
