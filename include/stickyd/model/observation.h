// SPDX-License-Identifier: Apache-2.0
// observation.h: what one record says, in numbers: no strings, nothing that identifies anybody.
// Role:    traefik (route, cookies) and session (who) fill it from an AccessRecord; diagnose
//          decides on it alone.
// Shape:   plain values; `route` points into the interpreter's cache and stays valid until the next
//          record is interpreted.
// Units:   keys are keyed 64-bit hashes, 0 = nobody; tags are 16 or 32 bits of such hashes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stickyd/model/access_record.h"
#include "stickyd/model/balancer_cookie.h"
#include "stickyd/model/cookie_encoding.h"
#include "stickyd/model/event_time.h"
#include "stickyd/model/ids.h"
#include "stickyd/model/traefik_config.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

// What the balancer's decision was made from, resolved once per (router, service, server) and
// configuration.
struct Route : std::enable_shared_from_this<Route> {
  struct Level {                      // a sticky level above the leaf
    std::string cookie;               // its cookie's name
    std::vector<std::string> values;  // what that cookie holds when it names the child taken
  };
  ScopeId scope = ScopeId::kNone;
  uint64_t scope_key = 0;  // keyed hash of its name
  ServiceId service = ServiceId::kNone;
  ServerId server = ServerId::kNone;
  std::string router;
  std::shared_ptr<const TraefikConfig> config;  // of that time; null without an API
  std::vector<const ServiceConfig*> path;       // root to leaf; empty if the API does not know
  std::vector<Level> upper;
  bool upper_plain = false;                           // a branching level above pins nothing
  std::shared_ptr<const std::vector<ServerId>> pool;  // of the scope, by the API; sorted; or null
  // What a weighted level writes for the service that the log names; null if it names none.
  std::shared_ptr<const std::vector<std::string>> child_values;
  std::optional<bool> secure;  // the router's scheme, where all of it is one
  bool error_page = false;     // the service of an errors middleware answered

  const ServiceConfig* leaf() const { return path.empty() ? nullptr : path.back(); }
  const StickyCookie* leaf_cookie() const {
    return leaf() != nullptr && leaf()->cookie ? &*leaf()->cookie : nullptr;
  }
  bool PoolHas(ServerId of) const {
    return pool != nullptr && std::binary_search(pool->begin(), pool->end(), of);
  }
};

// What a value of a sticky cookie stands for.
struct CookieMeaning {
  ServerId server = ServerId::kNone;  // none: no known server
  CookieEncoding encoding = CookieEncoding::kRawUrl;
};

struct CookieSight {
  bool sent = false;  // the request carried some cookie (or the log says REDACTED)
  bool redacted = false;
  bool sticky = false;         // a sticky cookie of this scope was among them, on any level
  bool leaf_value = false;     // the one that names the server
  bool differing = false;      // it came more than once, with different values
  bool upper_honoured = true;  // every level above the leaf was honoured, or there is none
  bool in_scope = false;       // it names a known server of this scope, of now or before
  bool in_pool = false;        // of now
  uint16_t tag = 0;            // of the value
  CookieMeaning meaning;
  BalancerCookies balancers = 0;  // of other load balancers, that came too
};

struct SetCookieSight {
  bool sent = false;  // the response set some cookie
  bool redacted = false;
  bool sticky = false;   // Traefik's, naming the server that answered
  bool lost = false;     // the service's response had it, the client's had not
  bool foreign = false;  // the sticky name was set with a value that is not Traefik's
  CookieEncoding encoding = CookieEncoding::kRawUrl;
  BalancerCookies balancers = 0;  // of other load balancers, that were set too
};

enum class Site : uint8_t { kUnknown, kSame, kSameSite, kCrossSite };

// An origin is a tag of the host in 14 bits, and the scheme. Equal tags are taken for equal hosts.
inline constexpr uint16_t kHttpsBit = 0x4000;
inline constexpr uint16_t kCrossSiteBit = 0x8000;
constexpr uint16_t HostOf(uint16_t origin) { return origin & 0x3FFFU; }
// The same host over http.
constexpr uint16_t OverHttp(uint16_t origin) { return HostOf(origin); }

struct Observation {
  LogFormat format = LogFormat::kClf;
  Interval start;
  Interval learnt;       // when the client learnt the server (docs/DETECTION.md, "The rule")
  EventTime end;         // about when the line was written
  uint32_t count = 0;    // RequestCount, the low half
  uint8_t sequence = 0;  // counts of one sequence may be compared; 0: they may not
  uint8_t process = 0;   // of Traefik, as far as counts tell; 0: they do not
  uint16_t status = 0;   // 0: unknown

  const Route* route = nullptr;
  ServerId server = ServerId::kNone;
  ExcludeReason excluded = ExcludeReason::kNone;

  uint64_t client = 0;  // address and, where logged, user agent
  uint64_t address = 0;
  uint64_t group = 0;         // of addresses that one holds: an IPv4 address, an IPv6 /64
  bool claimed = false;       // the address is what a peer says that nobody vouches for
  uint64_t identity = 0;      // of the application, from the request
  uint64_t new_identity = 0;  // of the application, from the response
  uint64_t connection = 0;    // 0: unknown, or a proxy's
  bool proxied = false;       // a proxy stands between client and Traefik
  uint16_t agent = 0;         // tag of the user agent, 0: not logged

  std::optional<bool> https;
  uint16_t origin = 0;  // tag of host and scheme, 0: unknown
  Site site = Site::kUnknown;
  bool cookieless_kind = false;  // a fetch that by its kind carries no cookie
  bool outside_cookie_path = false;
  bool upgrade = false;  // it asked for a WebSocket, or for what others got one for

  bool cookies_logged = false;  // this source shows Cookie or Set-Cookie headers
  bool set_cookies_logged = false;
  bool all_headers = false;  // this source shows every header there is
  CookieSight cookie;
  SetCookieSight set_cookie;
  const StickyCookie* sticky_cookie = nullptr;  // configured, else learnt; null: unknown
};

// What else a record that is a break says; looked up only then.
struct BreakSight {
  bool other_format = false;     // its value is in a format that this Traefik does not honour
  bool old_name = false;         // it carries the sticky cookie under an earlier name
  bool other_child = false;      // it carries the one of another child of its tree
  bool balancer_cookie = false;  // it carries another load balancer's cookie
  ScopeId other_scope = ScopeId::kNone;  // its value names a server of this other scope
  CookieMeaning meaning;                 // of the value, servers of any scope
  size_t value_bytes = 0;                // of the value
  Site site = Site::kUnknown;            // by Sec-Fetch-Site, else by Origin or Referer
  bool names_child = false;   // a cookie's value names the child service of a weighted level
  bool auth_request = false;  // forwardAuth asks this, and does not hand the cookie on
  bool set_cookie_middleware = false;  // the router's middlewares touch Set-Cookie
  std::optional<EventTime> expires;    // of the cookie as the scope gave it last
};

}  // namespace stickyd
