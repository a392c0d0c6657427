// SPDX-License-Identifier: Apache-2.0
// route_rule.h: the text of a router's rule -> the hosts and paths it lets through.
// Role:    the configuration reader asks it for each router.
// Shape:   Host, HostHeader, HostRegexp, Path, PathPrefix and PathRegexp with any quotes, joined by
//          &&, || and !, in parentheses. Other matchers say nothing of host or path.
// Errors:  a rule that is none, or has too many alternatives, is not readable.
// Cost:    the length of the rule times its alternatives, which are bounded.
// Source:  Traefik pkg/rules and pkg/muxer/http, v2.0 to v3.7; route_rule_test.cc.
#pragma once

#include <string_view>

#include "stickyd/model/route_match.h"

namespace stickyd {

RouteMatch ReadRouteRule(std::string_view rule);

}  // namespace stickyd
