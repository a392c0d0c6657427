// SPDX-License-Identifier: Apache-2.0
// rawdata.h: other answers of Traefik's API, put into the form of /api/rawdata.
// Role:    api_client.cc, where rawdata cannot be had.
// Shape:   JSON texts in, a JSON text out.
// Errors:  nullopt for what is not such an answer.
// Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

// `pages`: JSON arrays. One array of all their items.
std::optional<std::string> JoinPages(const std::vector<std::string>& pages);
// The lists of /api/http/{routers,services,middlewares}, whole.
std::optional<std::string> RawdataOfLists(std::string_view routers, std::string_view services,
                                          std::string_view middlewares);
// v1.7's /api/providers: frontends are routers, backends are services.
std::optional<std::string> RawdataOfProviders(std::string_view providers);

}  // namespace stickyd
