// SPDX-License-Identifier: Apache-2.0
#include "browser.h"

#include <algorithm>

namespace stickyd {
namespace {

constexpr int64_t kIdleConnection = 60 * kSecond;  // then either end closes it

bool PathMatches(std::string_view path, std::string_view cookie_path) {
  if (!path.starts_with(cookie_path)) return false;
  return cookie_path.ends_with('/') || path.size() == cookie_path.size() ||
         path[cookie_path.size()] == '/' || path[cookie_path.size()] == '?';
}

}  // namespace

bool Jar::Usable(const Fetch& fetch, const JarCookie& cookie) const {
  if (!fetch.credentials || cookie.host != fetch.host || (cookie.secure && !fetch.https)) {
    return false;
  }
  if (fetch.site != "cross-site") return true;
  const bool top_level = fetch.dest == "document";
  if (cookie.same_site == "none") return cookie.secure && (top_level || !blocks_third_parties);
  return top_level && cookie.same_site != "strict";  // Lax, also where nothing is said
}

void Jar::CookiesFor(const Fetch& fetch, int64_t now_ns, Cookies& out) const {
  out.clear();
  const auto send = [&](bool narrow) {
    for (const JarCookie& cookie : cookies_) {
      const bool is_narrow = cookie.path.size() > 1;
      if (is_narrow != narrow || (cookie.expires_ns != 0 && cookie.expires_ns <= now_ns)) continue;
      if (Usable(fetch, cookie) && PathMatches(fetch.path, cookie.path)) {
        out.emplace_back(cookie.name, cookie.value);
      }
    }
  };
  send(true);
  send(false);
}

void Jar::Store(const Fetch& fetch, JarCookie cookie) {
  cookie.host = fetch.host;
  if (!Usable(fetch, cookie) || (cookie.same_site == "none" && !cookie.secure)) return;
  const auto same = std::find_if(cookies_.begin(), cookies_.end(), [&](const JarCookie& other) {
    return other.name == cookie.name && other.host == cookie.host && other.path == cookie.path;
  });
  if (same != cookies_.end()) {
    *same = std::move(cookie);
  } else {
    cookies_.push_back(std::move(cookie));
  }
}

uint16_t Connections::Take(bool https, bool shared, int64_t now_ns, int64_t until_ns,
                           uint16_t port) {
  std::erase_if(open_, [&](const Connection& connection) {
    return connection.busy_until_ns + kIdleConnection < now_ns;
  });
  for (Connection& connection : open_) {
    if (connection.https != https || (!shared && connection.busy_until_ns > now_ns)) continue;
    connection.busy_until_ns = std::max(connection.busy_until_ns, until_ns);
    return connection.port;
  }
  open_.push_back({port, https, until_ns});
  return open_.back().port;
}

}  // namespace stickyd
