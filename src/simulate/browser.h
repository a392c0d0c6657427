// SPDX-License-Identifier: Apache-2.0
// browser.h: a user's side of the simulation: cookie jar and connections.
// Source:  RFC 6265bis for what is stored and sent; Chromium for third parties and connections.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "world.h"

namespace stickyd {

// What a page asks for, as a browser sees it.
struct Fetch {
  std::string host;
  std::string path;
  bool https = true;
  std::string_view site = "same-origin";  // Sec-Fetch-Site
  std::string_view mode = "no-cors";
  std::string_view dest = "empty";
  std::string origin;       // "": not sent
  std::string referer;      // "": not sent
  bool credentials = true;  // may cookies go along and be stored?
};

struct JarCookie {
  std::string name, value, host, path;
  std::string same_site;
  bool secure = false;
  int64_t expires_ns = 0;  // 0: at the end of the visit
};

class Jar {
 public:
  void Clear() { cookies_.clear(); }
  // In the order in which browsers send them: longer paths first, then older ones.
  void CookiesFor(const Fetch& fetch, int64_t now_ns, Cookies& out) const;
  void Store(const Fetch& fetch, JarCookie cookie);
  bool blocks_third_parties = false;

 private:
  bool Usable(const Fetch& fetch, const JarCookie& cookie) const;
  std::vector<JarCookie> cookies_;
};

// Connections of one browser to one Traefik: one for HTTP/2, up to six for HTTP/1.1.
class Connections {
 public:
  void Clear() { open_.clear(); }
  // The port of a connection that is free at `now_ns`, by scheme; a new one from `port` if none is.
  uint16_t Take(bool https, bool shared, int64_t now_ns, int64_t until_ns, uint16_t port);

 private:
  struct Connection {
    uint16_t port;
    bool https;
    int64_t busy_until_ns;
  };
  std::vector<Connection> open_;
};

}  // namespace stickyd
