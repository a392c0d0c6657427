// SPDX-License-Identifier: Apache-2.0
// kube_names.h: how Traefik's providers for Kubernetes name what they make.
// Threads: pure functions.
// Source:  Traefik's pkg/provider/kubernetes, v2.11 and v3.7; names of real answers of the API.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

// The first twenty hex digits of the SHA-256 of a rule, which make names of routers unique.
std::string RuleDigest(std::string_view rule);
// `Host("shop.example.com")`: quoted as Go does.
std::string InGoQuotes(std::string_view text);
// "shop-web-0adab3a17b0ffcdc96d7": the router of one route of an IngressRoute, and its service.
std::string RouteName(std::string_view space, std::string_view ingress_route,
                      std::string_view rule);
// A path as the Gateway API and ingress-nginx mean a prefix: of whole elements.
std::string PrefixOfElements(std::string_view path);

}  // namespace stickyd
