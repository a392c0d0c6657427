// SPDX-License-Identifier: Apache-2.0
// balancer_cookie.h: cookies that other load balancers pin with, by name.
// Role:    the cookie reader finds them in logs, the probe in answers.
// Source:  the vendors' manuals.
#pragma once

#include <algorithm>
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

inline bool IsBalancerCookie(std::string_view name) {
  return std::any_of(std::begin(kBalancerCookies), std::end(kBalancerCookies),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

}  // namespace stickyd
