// SPDX-License-Identifier: Apache-2.0
#include "input_remarks.h"

#include <fmt/format.h>

namespace stickyd {
namespace {

constexpr uint64_t kFewest = 10;
constexpr uint64_t kFewestOfOne = 50;

std::string OfThese(uint64_t part, uint64_t all) {
  return part == all ? fmt::format("all {} requests", all)
                     : fmt::format("{} of {} requests", part, all);
}

}  // namespace

void RemarkOnClientsOf(const SourceStats& source,
                       const std::function<void(const char*, const std::string&)>& add) {
  const uint64_t all = source.of_clients;
  if (all < kFewest) return;
  if (source.client_lists * 4 > all) {
    add("lists",
        fmt::format("{} have a list of addresses as their client, and no proxy is trusted: "
                    "breaks by address are guesses. Name the proxies in front of Traefik "
                    "(--proxy.trusted=NETWORK)",
                    OfThese(source.client_lists, all)));
  }
  if (source.odd_clients * 4 > all) {
    add("clients", fmt::format("{} have a client that is no address: whoever they are, sessions by "
                               "address are none. Does a prefix or a proxy in front change "
                               "ClientHost?",
                               OfThese(source.odd_clients, all)));
  } else if (source.of_first_client == all && all >= kFewestOfOne) {
    add("one client", fmt::format("{} come from one address: where that is a balancer, breaks by "
                                  "address are guesses. Let Traefik take the client's from it "
                                  "(entryPoints.NAME.forwardedHeaders.trustedIPs, or "
                                  "proxyProtocol.trustedIPs)",
                                  OfThese(all, all)));
  }
}

}  // namespace stickyd
