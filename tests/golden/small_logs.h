// SPDX-License-Identifier: Apache-2.0
// small_logs.h: logs of a few lines, each for one rule of docs/DETECTION.md, with what is true.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "simulated_log.h"

namespace stickyd {

struct SmallLog {
  std::string name;
  std::vector<std::string> options;
  std::string text;
  std::map<uint64_t, Fact> facts;
};

// Times in milliseconds from 09:00; servers a, b, ... are http://10.0.0.<letter>:80.
class SmallLogWriter {
 public:
  SmallLogWriter(const char* name, std::vector<std::string> options)
      : log_{name, std::move(options), {}, {}} {}

  struct Request {
    int64_t start = 0, duration = 5;
    char server = 'a';
    const char* client = "1.1.1.1";
    int port = 5000;
    const char* peer = nullptr;  // null: the client
    int status = 200;
    const char* cookie = nullptr;
    const char* set_cookie = nullptr;
    const char* agent = nullptr;
    const char* service = "shop";  // of the router too, if that is null
    const char* router = nullptr;
    const char* path = "/";
  };

  static std::string Url(char server) { return fmt::format("http://10.0.0.{}:80", server - 'a'); }

  SmallLogWriter& Json(const Request& r, const char* expect, const char* cause = "") {
    log_.text += fmt::format(
        R"({{"ClientAddr":"{}:{}","ClientHost":"{}","Duration":{},"RequestCount":{},)"
        R"("RequestHost":"shop.example.com","RequestMethod":"GET","RequestPath":"{}","RequestScheme":)"
        R"("https","RouterName":"{}@file","ServiceName":"{}@file","ServiceURL":"{}",)"
        R"("DownstreamStatus":{},"OriginStatus":{},"StartUTC":"{}")",
        r.peer != nullptr ? r.peer : r.client, r.port, r.client, r.duration * 1'000'000, ++count_,
        r.path, r.router != nullptr ? r.router : r.service, r.service, Url(r.server), r.status,
        r.status, Time(r.start));
    if (r.cookie != nullptr) log_.text += fmt::format(R"(,"request_Cookie":"{}")", r.cookie);
    if (r.set_cookie != nullptr) {
      log_.text += fmt::format(R"(,"downstream_Set-Cookie":"{}")", r.set_cookie);
    }
    if (r.agent != nullptr) log_.text += fmt::format(R"(,"request_User-Agent":"{}")", r.agent);
    log_.text += "}\n";
    Expect(r, expect, cause);
    return *this;
  }

  SmallLogWriter& Clf(const Request& r, uint64_t count, const char* expect) {
    const int64_t s = r.start / 1000;
    log_.text += fmt::format(
        "{} - - [05/Jan/2026:09:{:02}:{:02} +0000] \"GET / HTTP/1.1\" {} 5 \"-\" \"-\" {} "
        "\"shop@file\" \"{}\" {}ms\n",
        r.client, s / 60, s % 60, r.status, count, Url(r.server), r.duration);
    Expect(r, expect, "");
    return *this;
  }

  SmallLog Done() { return log_; }

 private:
  static std::string Time(int64_t ms) {
    return fmt::format("2026-01-05T09:{:02}:{:02}.{:03}Z", ms / 60'000, ms / 1000 % 60, ms % 1000);
  }
  // "": may be anything.
  void Expect(const Request& r, const char* expect, const char* cause) {
    ++line_;
    if (*expect != '\0') log_.facts[line_] = {expect, cause, Url(r.server), false};
  }

  SmallLog log_;
  uint64_t count_ = 0, line_ = 0;
};

inline std::vector<SmallLog> SmallLogs() {
  using W = SmallLogWriter;
  std::vector<SmallLog> logs;
  // Its line comes after a minute; the client knew a since its first second.
  logs.push_back(
      W("socket", {})
          .Json({.start = 5000, .server = 'b'}, "first")
          .Json({.start = 0, .duration = 60'000, .server = 'a', .port = 5001, .status = 101},
                "first")
          .Json({.start = 70'000, .server = 'b', .port = 5002}, "held")
          .Done());
  // A download: when its head came nobody can tell.
  logs.push_back(
      W("long_response", {})
          .Json({.start = 0, .duration = 20'000, .server = 'a'}, "")
          .Json({.start = 30'000, .server = 'a'}, "held")
          .Json({.start = 31'000, .duration = 20'000, .server = 'b', .port = 5001}, "break")
          .Json({.start = 40'000, .server = 'b', .port = 5002}, "held")
          .Json({.start = 60'000, .server = 'b'}, "held")
          .Done());
  {
    // Two processes count on their own into one file; the second request is the later one.
    W replicas("replicas", {});
    for (uint64_t i = 0; i < 40; ++i) {
      const std::string other = fmt::format("2.2.{}.1", i);
      replicas.Clf({.start = static_cast<int64_t>(i) * 500, .client = other.c_str()}, 100 + i,
                   "first");
      const std::string another = fmt::format("2.3.{}.1", i);
      replicas.Clf({.start = static_cast<int64_t>(i) * 500, .client = another.c_str()}, 100 + i,
                   "first");
    }
    logs.push_back(replicas.Clf({.start = 30'000, .duration = 0, .server = 'a'}, 141, "first")
                       .Clf({.start = 30'000, .duration = 0, .server = 'b'}, 140, "break")
                       .Done());
  }
  // Who shows the cookie keeps showing it: without it, on a fresh connection, it is somebody else.
  logs.push_back(
      W("shown_cookie", {})
          .Json({.start = 0, .set_cookie = "lb=http://10.0.0.0:80; Path=/", .agent = "x"}, "first")
          .Json({.start = 1000, .cookie = "lb=http://10.0.0.0:80", .agent = "x"}, "held")
          .Json({.start = 2000, .cookie = "lb=http://10.0.0.0:80", .agent = "x"}, "held")
          .Json({.start = 3000,
                 .server = 'b',
                 .port = 5001,
                 .set_cookie = "lb=http://10.0.0.1:80; Path=/",
                 .agent = "x"},
                "first")
          .Done());
  // The first person's connection goes on with its server: the fresh one was another person's.
  logs.push_back(W("hold_back", {})
                     .Json({.start = 0}, "first")
                     .Json({.start = 1000}, "held")
                     .Json({.start = 2000, .server = 'b', .port = 5001}, "first")
                     .Json({.start = 3000}, "held")
                     .Done());
  // What stands left of the last address is the client's own invention.
  logs.push_back(W("forged_list", {})
                     .Clf({.start = 0, .client = "9.9.9.9, 1.1.1.1"}, 1, "first")
                     .Clf({.start = 9000, .server = 'b', .client = "8.8.8.8, 1.1.1.1"}, 2, "break")
                     .Done());
  // The proxy's connections carry everybody.
  logs.push_back(
      W("proxy", {"--proxy.trusted", "10.9.9.9"})
          .Json({.start = 0, .peer = "10.9.9.9"}, "first")
          .Json({.start = 1000, .server = 'b', .port = 5001, .peer = "10.9.9.9"}, "break")
          .Json({.start = 2000, .peer = "10.9.9.9"}, "break")
          .Done());
  logs.push_back(
      W("first_of_name", {})
          .Json({.start = 0, .set_cookie = "lb=http://10.0.0.0:80; Path=/"}, "first")
          .Json({.start = 1000,
                 .server = 'b',
                 .client = "1.1.1.2",
                 .set_cookie = "lb=http://10.0.0.1:80; Path=/"},
                "first")
          .Json({.start = 2000, .cookie = "lb=http://10.0.0.0:80; lb=http://10.0.0.1:80"}, "held")
          .Done());
  logs.push_back(W("newest_name", {})
                     .Json({.start = 0, .set_cookie = "old=http://10.0.0.0:80; Path=/"}, "first")
                     .Json({.start = 1000,
                            .server = 'b',
                            .client = "1.1.1.2",
                            .set_cookie = "new=http://10.0.0.1:80; Path=/"},
                           "first")
                     .Json({.start = 2000,
                            .server = 'b',
                            .client = "1.1.1.3",
                            .cookie = "old=http://10.0.0.0:80; new=http://10.0.0.1:80"},
                           "held")
                     .Done());
  // Its cookie was refused while it answered nobody for seconds: a health check may have it so.
  logs.push_back(
      W("refused_in_a_gap", {})
          .Json({.start = 0, .set_cookie = "lb=http://10.0.0.0:80; Path=/"}, "first")
          .Json({.start = 1000, .cookie = "lb=http://10.0.0.0:80"}, "held")
          .Json({.start = 3000,
                 .server = 'b',
                 .cookie = "lb=http://10.0.0.0:80",
                 .set_cookie = "lb=http://10.0.0.b:80; Path=/"},
                "break", "unknown")
          .Json({.start = 5000, .client = "1.1.1.2", .cookie = "lb=http://10.0.0.0:80"}, "held")
          .Done());
  logs.push_back(
      W("refused_in_passing", {})
          .Json({.start = 0, .set_cookie = "lb=http://10.0.0.0:80; Path=/"}, "first")
          .Json({.start = 1000, .cookie = "lb=http://10.0.0.0:80"}, "held")
          .Json({.start = 1500,
                 .server = 'b',
                 .cookie = "lb=http://10.0.0.0:80",
                 .set_cookie = "lb=http://10.0.0.b:80; Path=/"},
                "break", "not_honoured")
          .Json({.start = 1900, .client = "1.1.1.2", .cookie = "lb=http://10.0.0.0:80"}, "held")
          .Done());
  logs.push_back(
      W("error_page", {})
          .Json({.start = 0}, "first")
          .Json({.start = 1000, .server = 'c', .status = 503, .service = "pages", .router = "shop"},
                "no_server")
          .Json({.start = 2000}, "held")
          .Done());
  logs.push_back(
      W("moved_and_back", {})
          .Json({.start = 0, .set_cookie = "lb=http://10.0.0.0:80; Path=/"}, "first")
          .Json({.start = 1000, .server = 'b', .cookie = "lb=http://10.0.0.0:80"}, "break")
          .Json({.start = 2000, .cookie = "lb=http://10.0.0.0:80"}, "break")
          .Done());
  logs.push_back(W("shared_connection", {})
                     .Json({.start = 0, .agent = "x"}, "first")
                     .Json({.start = 1000, .server = 'b', .agent = "y"}, "first")
                     .Json({.start = 2000, .server = 'b', .agent = "x"}, "break", "shared_client")
                     .Done());
  // Seven connections, each used twice: no browser has so many to one host.
  W lone("lone_peer", {});
  for (int i = 0; i < 14; ++i) lone.Json({.start = 100 * i, .port = 1 + i % 7}, "");
  logs.push_back(
      lone.Json({.start = 2000, .server = 'b', .port = 1}, "break", "shared_client").Done());
  logs.push_back(
      W("name_of_its_setter", {})
          .Json({.start = 0, .client = "2.2.2.2", .service = "rest"}, "first")
          .Json({.start = 1000, .set_cookie = "lb=http://10.0.0.0:80; Path=/"}, "first")
          .Json(
              {.start = 2000, .server = 'b', .cookie = "lb=http://10.0.0.0:80", .service = "rest"},
              "first")
          .Done());
  logs.push_back(
      W("socket_without_the_cookie", {})
          .Json({.start = 0, .set_cookie = "lb=http://10.0.0.0:80; Path=/"}, "first")
          .Json({.start = 1000, .cookie = "lb=http://10.0.0.0:80"}, "held")
          .Json({.start = 2000, .server = 'b', .port = 2, .status = 101, .path = "/ws"}, "break",
                "cookie_not_sent")
          .Json({.start = 3000, .cookie = "lb=http://10.0.0.0:80"}, "break", "cookie_not_sent")
          .Done());
  // A browser sends the cookie on its sockets too: this is another person.
  logs.push_back(
      W("socket_of_a_browser", {})
          .Json({.start = 0, .set_cookie = "lb=http://10.0.0.0:80; Path=/"}, "first")
          .Json({.start = 1000, .status = 101, .cookie = "lb=http://10.0.0.0:80", .path = "/ws"},
                "held")
          .Json({.start = 2000, .server = 'b', .port = 2, .status = 101, .path = "/ws"}, "first")
          .Done());
  // Cookies of two servers in turn: two people with one browser behind one address.
  logs.push_back(
      W("shared_hits", {})
          .Json(
              {.start = 0, .port = 1, .set_cookie = "lb=http://10.0.0.0:80; Path=/", .agent = "x"},
              "first")
          .Json({.start = 1000,
                 .server = 'b',
                 .client = "1.1.1.2",
                 .port = 2,
                 .set_cookie = "lb=http://10.0.0.1:80; Path=/",
                 .agent = "x"},
                "first")
          .Json({.start = 2000, .port = 1, .cookie = "lb=http://10.0.0.0:80", .agent = "x"}, "held")
          .Json({.start = 3000,
                 .server = 'b',
                 .port = 2,
                 .cookie = "lb=http://10.0.0.1:80",
                 .agent = "x"},
                "held")
          .Json({.start = 4000, .port = 1, .cookie = "lb=http://10.0.0.0:80", .agent = "x"}, "held")
          .Json({.start = 5000,
                 .server = 'b',
                 .port = 2,
                 .cookie = "lb=http://10.0.0.1:80",
                 .agent = "x"},
                "held")
          .Json({.start = 6000, .server = 'c', .port = 3, .cookie = "lb=", .agent = "x"}, "break",
                "shared_client")
          .Done());
  return logs;
}

}  // namespace stickyd
