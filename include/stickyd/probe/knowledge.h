// SPDX-License-Identifier: Apache-2.0
// knowledge.h: what Traefik's configuration says about the service behind a URL.
// Role:    names the cookies that the probe looks for, the servers that it forces, and causes.
// Shape:   empty where nothing is known; then cookies are told by name and value.
// Source:  the API's answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stickyd/model/traefik_config.h"

namespace stickyd {

struct ProbeKnowledge {
  struct Pin {
    std::string server;  // its URL, or a child's name
    std::string cookie;  // name
    std::string value;   // that stands for it
    bool up = true;
    CookieEncoding encoding = CookieEncoding::kCount;  // kCount: of a child
    // Names and values of the levels above, which choose the child that has the server.
    std::vector<std::pair<std::string, std::string>> above{};
  };
  std::string service;                   // at the router's root
  std::vector<std::string> cookies;      // names that its levels set
  std::vector<std::string> bare_levels;  // services of it that have no cookie, and choose
  std::vector<Pin> pins;                 // what Traefik writes now
  std::vector<Pin> codes;                // what any version would write
  bool known = false;                    // the router was found
  bool ignores_cookie = false;           // strategy hrw
  bool changes_set_cookie = false;       // a middleware of the router does
  bool unused_twin = false;              // a service like it has the cookie, and no router

  const Pin* Find(std::string_view cookie, std::string_view value) const;
  // The server or child that a value stands for; empty: none that is known.
  std::string_view ServerOf(std::string_view cookie, std::string_view value) const;
};

// What is known of the service that requests of this host and path reach, by the hosts and paths in
// rules: of those that match, the longest rule counts, as it does for Traefik by default.
ProbeKnowledge KnowledgeOf(const TraefikConfig& config, std::string_view host,
                           std::string_view path);

}  // namespace stickyd
