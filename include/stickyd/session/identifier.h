// SPDX-License-Identifier: Apache-2.0
// identifier.h: who is this? It turns a record's addresses and identities into keyed hashes.
// Role:    third stage of the pipeline; fills the who-is-this parts of an Observation.
// Shape:   keys hold the scope, so one client has unrelated keys in two scopes.
// Errors:  Create fails on a malformed specification, naming it.
// Threads: pipeline thread only.
// Cost:    per record a SipHash of the address (two for IPv6), of the user agent and of the
//          identity, as far as there are any; no allocation.
// Source:  docs/DETECTION.md section 3.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/hash.h"
#include "stickyd/base/result.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/observation.h"

namespace stickyd {

struct IdentifierOptions {
  // cookie:NAME, header:NAME, username, tls-subject, FIELD~RE2, or auto / none alone. The first
  // that a record has counts. Names of headers may be in any case.
  std::vector<std::string> sessions = {"auto"};
  std::vector<std::string> trusted_proxies;  // networks, 10.0.0.0/8
  struct Exclude {
    std::vector<std::string> paths;        // RE2, matching anywhere
    std::vector<std::string> user_agents;  // RE2, matching anywhere
    std::vector<std::string> clients;      // networks
    std::vector<std::string> services;     // names
  } exclude;
};

class Identifier {
 public:
  // Is this cookie a sticky cookie of the record's route, and so no identity?
  using IsStickyName = std::function<bool(const Route&, std::string_view)>;

  static Result<std::unique_ptr<Identifier>> Create(const IdentifierOptions& options,
                                                    const KeyedHash& hash);
  ~Identifier();
  Identifier(const Identifier&) = delete;
  Identifier& operator=(const Identifier&) = delete;

  // JSON fields that must be parsed for the configured identities.
  const std::vector<std::string>& extra_fields() const;

  // Fills in who sent it, as far as addresses tell. REQUIRES: observation.route is set.
  void FindClient(const AccessRecord& record, Observation& observation) const;
  // Fills in the application's identity, and whether the record is excluded. REQUIRES: the
  // interpreter has filled `observation`.
  void Identify(const AccessRecord& record, const IsStickyName& is_sticky_name,
                Observation& observation) const;
  // Does the record have the identity that this entry of the option --session names? REQUIRES: the
  // entry is not auto or none.
  bool HasSession(const AccessRecord& record, size_t session) const;
  // The key that this record's client has in another scope; 0: nobody.
  uint64_t ClientKeyIn(uint64_t scope_key, const AccessRecord& record) const;

 private:
  class Impl;
  explicit Identifier(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
