// SPDX-License-Identifier: Apache-2.0
// client_finder.h: whose request is it, as far as addresses tell?
// Role:    Identifier asks it first; identities come later.
// Shape:   keys hold the scope, so one client has unrelated keys in two scopes.
// Errors:  Trust fails on what is no network, naming it.
// Threads: pipeline thread only.
// Cost:    a short SipHash, two for IPv6, and one of the user agent; no allocation.
// Source:  docs/DETECTION.md section 3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/hash.h"
#include "stickyd/base/network.h"
#include "stickyd/base/result.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/observation.h"

namespace stickyd {

Status AddNetworks(const std::vector<std::string>& texts, std::vector<Network>& networks);

class ClientFinder {
 public:
  explicit ClientFinder(const KeyedHash& hash) : hash_(hash) {}

  // Proxies in front of Traefik.
  Status Trust(const std::vector<std::string>& networks) { return AddNetworks(networks, trusted_); }

  // REQUIRES: seen.route is set.
  void Find(const AccessRecord& record, Observation& seen) const;
  // The key that this record's client has in another scope; 0: nobody.
  uint64_t KeyIn(uint64_t scope_key, const AccessRecord& record) const;
  // The client's address; empty: nobody's.
  std::string_view TextOf(const AccessRecord& record) const;

 private:
  bool IsTrusted(std::string_view address) const {
    return !trusted_.empty() && AnyContains(trusted_, address);
  }
  bool IsClaimed(std::string_view peer, std::string_view host) const;
  std::string_view ClientOf(std::string_view list) const;
  uint64_t AddressKey(uint64_t scope_key, std::string_view client, bool claimed) const;
  uint64_t AgentHash(const AccessRecord& record) const;  // 0: not logged
  uint64_t GroupKey(const Observation& seen, std::string_view client) const;

  const KeyedHash hash_;
  std::vector<Network> trusted_;
};

}  // namespace stickyd
