// SPDX-License-Identifier: Apache-2.0
// prober.h: asks a site as browsers do, and tells whether its sessions are sticky, and if not, why.
// Role:    `stickyd probe` runs it, and a daemon's thread can. Who calls it brings the network and
//          the clocks (ProbeWorld), so tests need neither.
// Shape:   the idea: Traefik sets its cookie only if none came that it honours. So a second answer
//          that sets it again proves a break, whatever server answered, and needs no luck. A value
//          that is made up must be set anew; else something other than Traefik sets the cookie.
// Units:   in the types; time points are the wall clock's, `elapsed` is monotonic.
// Errors:  what a site does is a result. At most kMostExchanges requests, kMostRedirects for each
//          visit, and ProbeOptions::timeout for all of it.
// Threads: a Prober belongs to one thread.
// Source:  Traefik v1.7 to v3.7: when a balancer writes its cookie; docs/causes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "stickyd/model/probe_status.h"
#include "stickyd/model/verdict.h"
#include "stickyd/probe/cookie_jar.h"
#include "stickyd/probe/knowledge.h"
#include "stickyd/web/http_client.h"

namespace stickyd {

struct ProbeCall {
  std::string url;
  std::string method = "GET";
  std::vector<HttpHeader> headers;
  HttpVersion version = HttpVersion::kAny;
  std::string connect_to;  // ADDRESS:PORT; empty: where the URL says
  std::chrono::milliseconds timeout{0};
};

struct ProbeWorld {
  std::function<tl::expected<HttpAnswer, HttpFailure>(const ProbeCall&)> ask;
  std::function<CookieTime()> now;
  std::function<std::chrono::milliseconds()> elapsed;
  std::function<bool(std::chrono::milliseconds)> wait;  // false: it was stopped
};

struct ProbeOptions {
  std::string url;
  std::vector<std::string> hosts;    // --host: further ones that lead to the service
  std::string direct;                // [SCHEME://]ADDRESS:PORT of Traefik itself; empty: unknown
  std::string served_by;             // header in which the application names its server
  std::vector<std::string> cookies;  // names; empty: told by configuration or value
  std::vector<HttpHeader> headers;   // of every request
  uint32_t visits = 0;               // with one jar; 0: 4, or 10 where the server is named
  std::chrono::milliseconds timeout{30'000};       // of all of it
  std::chrono::milliseconds each_timeout{10'000};  // of a request
  ProbeKnowledge knowledge;
};

inline constexpr uint32_t kFewestVisits = 2;
inline constexpr uint32_t kMostVisits = 100;
inline constexpr size_t kMostExchanges = 250;
inline constexpr size_t kMostRedirects = 10;
inline constexpr size_t kMostPins = 20;
inline constexpr size_t kMostCookieNotes = 200;  // of an exchange, each way

// A request and its answer, and what the jar did with every cookie.
struct ProbeExchange {
  int number = 0;  // 1, 2, ...
  std::string check;
  ProbeCall call;
  std::vector<CookieDecision> sent;  // or kept back
  size_t sent_more = 0;              // decisions beyond kMostCookieNotes
  std::optional<HttpFailure> failure;
  int status = 0;
  int version = 0;
  std::string location;
  std::string served_by;
  std::string body;                      // its beginning
  std::string note;                      // what else is to be said
  std::vector<std::string> set_cookies;  // headers, as they came
  std::vector<CookieDecision> taken;     // what became of each
  size_t set_more = 0;
  std::chrono::microseconds took{0};
};

enum class CheckResult : uint8_t { kPass, kFail, kSkip };
std::string_view Name(CheckResult result);

struct ProbeCheck {
  std::string name;
  CheckResult result = CheckResult::kSkip;
  std::string detail;
  int exchange = 0;  // the one that shows it; 0: none
};

struct ProbeCookie {
  std::string name;
  std::string value;
  std::string header;    // the Set-Cookie, as it came
  std::string known_by;  // how it is known to be Traefik's
  std::string server;    // that its value stands for; empty: not known
};

struct ProbeResult {
  std::string url;
  ProbeVerdict verdict = ProbeVerdict::kUnsure;
  bool reached = false;        // somebody answered
  std::optional<Cause> cause;  // of what is broken
  std::string why;             // a sentence
  std::string fix;             // instead of the cause's advice; empty: that
  std::string service;         // for the advice; empty: not known
  int exchange = 0;            // the one that proves it
  std::vector<ProbeCookie> cookies;
  std::vector<ProbeCheck> checks;
  std::vector<ProbeExchange> exchanges;
  std::chrono::milliseconds took{0};
};

// What is wrong with options, or "".
std::string ProbeProblem(const ProbeOptions& options);

// REQUIRES: ProbeProblem(options) is "".
ProbeResult Probe(const ProbeOptions& options, const ProbeWorld& world);

// The first and last letters of a value, for whoever need not know it.
std::string ShortValue(std::string_view value);

}  // namespace stickyd
