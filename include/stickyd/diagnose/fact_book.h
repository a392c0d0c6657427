// SPDX-License-Identifier: Apache-2.0
// fact_book.h: what all clients together show: per scope, per address and per client.
// Role:    the pipeline adds every judged record; CaseMaker and CauseFinder look things up.
// Shape:   ScopeFacts by ScopeId (scopes beyond the bound share one), AgentBook, ConnectionBook,
//          PeerBook.
// Threads: pipeline thread only.
// Cost:    allocates for a scope that is new.
#pragma once

#include <memory>
#include <vector>

#include "stickyd/diagnose/agent_book.h"
#include "stickyd/diagnose/connection_book.h"
#include "stickyd/diagnose/peer_book.h"
#include "stickyd/diagnose/scope_facts.h"
#include "stickyd/model/observation.h"

namespace stickyd {

class FactBook {
 public:
  explicit FactBook(EventDuration idle) : agents_(idle) {}

  void Fetch(const Observation& seen) const {
    if (seen.connection != 0) connections_.Fetch(seen.client);
  }
  void Add(const Observation& seen, bool chosen) {
    ScopeFacts& scope = Of(seen.route->scope);
    const size_t servers = scope.servers().size();
    scope.Add(seen, chosen);
    servers_ += scope.servers().size() - servers;  // may wrap: fewer
    if (servers_ > kMostServers) ForgetOldServers();
    if (seen.agent != 0 && seen.address != 0) agents_.Several(seen.address, seen.agent, seen.end);
    if (seen.connection != 0) connections_.Add(seen.client, seen.connection, seen.end);
  }
  ScopeFacts& Of(ScopeId scope) {
    if (Index(scope) < scopes_.size()) return *scopes_[Index(scope)];
    const size_t index = Index(scope) == kOverflowId ? 0 : Index(scope);
    while (scopes_.size() <= index) scopes_.push_back(std::make_unique<ScopeFacts>());
    return *scopes_[index];
  }
  AgentBook& agents() { return agents_; }
  const ConnectionBook& connections() const { return connections_; }
  PeerBook& peers() { return peers_; }

 private:
  static constexpr size_t kMostServers = 65536;  // of all scopes; half a KiB each

  void ForgetOldServers() {
    servers_ = 0;
    for (const auto& scope : scopes_) {
      scope->ForgetOldServers();
      servers_ += scope->servers().size();
    }
  }

  AgentBook agents_;
  ConnectionBook connections_;
  PeerBook peers_;
  std::vector<std::unique_ptr<ScopeFacts>> scopes_;
  size_t servers_ = 0;
};

}  // namespace stickyd
