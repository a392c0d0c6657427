// SPDX-License-Identifier: Apache-2.0
// balancer_cookie.h: cookies that other load balancers pin with, by name.
// Role:    the cookie reader finds them in logs, the probe in answers; the report names them.
// Shape:   a set of them is a word with a bit for each.
// Cost:    of a name that begins with no letter of theirs, one look into a table.
// Source:  the vendors' manuals.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace stickyd {

// Prefixes: some carry a pool's name after it.
inline constexpr std::string_view kBalancerCookies[] = {
    "AWSALB",       "AWSELB",
    "BIGipServer",  "SERVERID",
    "GCLB",         "GCILB",
    "NSC_",         "ARRAffinity",
    "__cflb",       "INGRESSCOOKIE",
    "citrix_ns_id", "ROUTEID",
    "X-Mapping-",   "barra_counter_session",
    "incap_ses_",   "visid_incap_",
    "KEMPID",       "HAPROXY",
};

// A bit for each of the list.
using BalancerCookies = uint32_t;
static_assert(std::size(kBalancerCookies) <= 32);

inline constexpr std::array<bool, 256> kBalancerCookieBegins = [] {
  std::array<bool, 256> begins{};
  for (const std::string_view name : kBalancerCookies) {
    begins[static_cast<unsigned char>(name.front())] = true;
  }
  return begins;
}();

// The one that a cookie of this name is; 0: none.
inline BalancerCookies BalancerCookieOf(std::string_view name) {
  if (name.empty() || !kBalancerCookieBegins[static_cast<unsigned char>(name.front())]) return 0;
  for (size_t i = 0; i < std::size(kBalancerCookies); ++i) {
    if (name.starts_with(kBalancerCookies[i])) return BalancerCookies{1} << i;
  }
  return 0;
}

inline bool IsBalancerCookie(std::string_view name) { return BalancerCookieOf(name) != 0; }

// "AWSALB and SERVERID"
inline std::string NamesOf(BalancerCookies cookies) {
  std::string names;
  for (size_t i = 0; i < std::size(kBalancerCookies); ++i) {
    if ((cookies >> i & 1U) == 0) continue;
    cookies &= ~(BalancerCookies{1} << i);
    names += names.empty() ? "" : cookies == 0 ? " and " : ", ";
    names += kBalancerCookies[i];
  }
  return names;
}

}  // namespace stickyd
