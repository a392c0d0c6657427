// SPDX-License-Identifier: Apache-2.0
#include "router_book.h"

#include <algorithm>

#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

constexpr size_t kMostRouters = 20'000;
constexpr size_t kMostBases = 64;
constexpr int kRecordsToDecideARename = 16;

}  // namespace

RouterBook::Answer RouterBook::ScopeFor(const AccessRecord& record, const std::string& base,
                                        ServerId server, const TraefikConfig* config) {
  const std::string_view router = record.router.value_or("");
  if (router.empty() || (routers_.size() >= kMostRouters && !Knows(router))) {
    return {scopes_.Of(base)};
  }
  State& state = routers_[std::string(router)];
  if (state.bases.empty()) return {Begin(record, base, config, state)};
  Answer answer{state.scope};
  if (std::find(state.bases.begin(), state.bases.end(), base) == state.bases.end()) {
    answer = GoOn(record, base, config, state);
  }
  if (state.records_to_decide > 0 && state.bases.back() == base) {
    const bool renamed = IsRename(state, server, config);
    if (renamed) scopes_.info(state.scope).renamed = record.start.low;
    state.records_to_decide = renamed ? 0 : state.records_to_decide - 1;
  }
  return answer;
}

// Routers of one service are one scope, except where one of them leads elsewhere as well and they
// are not of one site.
ScopeId RouterBook::Begin(const AccessRecord& record, const std::string& base,
                          const TraefikConfig* config, State& state) {
  const uint16_t host = record.host ? scopes_.TagOf(*record.host) : 0;
  state.bases = {base};
  state.scope = scopes_.Of(base);
  ScopeInfo& scope = scopes_.info(state.scope);
  const bool same_site = !scope.host || *scope.host == host;
  if (!same_site && scope.joined && config == nullptr) {
    state.scope = OwnScope(record);
  } else {
    scope.host = host;
    scope.several_sites |= !same_site;
  }
  return state.scope;
}

// It leads to another service now: people who come back have a session all the same.
RouterBook::Answer RouterBook::GoOn(const AccessRecord& record, const std::string& base,
                                    const TraefikConfig* config, State& state) {
  if (!Applies(Rule::kRename) || state.bases.size() >= kMostBases) return {scopes_.Of(base)};
  const bool is_new = scopes_.names().Find(base) == ScopeId::kNone;
  const bool alone = config != nullptr ? !LeavesOthers(*record.router, state, *config)
                                       : !scopes_.info(state.scope).several_sites;
  if (!alone && config != nullptr) return {scopes_.Of(base)};
  if (!alone) state.scope = OwnScope(record);
  if (!scopes_.Join(base, state.scope)) return {scopes_.Of(base)};
  scopes_.info(state.scope).joined = true;
  state.bases.push_back(base);
  state.records_to_decide = is_new ? kRecordsToDecideARename : 0;
  state.servers_before = scopes_.info(state.scope).servers;
  return {state.scope, true};
}

ScopeId RouterBook::OwnScope(const AccessRecord& record) {
  return scopes_.Of("router " + std::string(*record.router));
}

// Do routers stay with the service that this one leaves? Then what is theirs stays apart.
bool RouterBook::LeavesOthers(std::string_view router, const State& state,
                              const TraefikConfig& config) const {
  return std::any_of(config.routers.begin(), config.routers.end(), [&](const auto& item) {
    if (item.first == router || item.second.service != state.bases.back()) return false;
    const auto other = routers_.find(item.first);
    return other != routers_.end() && other->second.scope == state.scope;
  });
}

// A name never seen before, one of whose first servers was the old one's.
bool RouterBook::IsRename(const State& state, ServerId server, const TraefikConfig* config) {
  const std::string& from = state.bases[state.bases.size() - 2];
  const std::string& to = state.bases.back();
  const auto was_there = [&](ServerId id) {
    return id != ServerId::kNone &&
           std::binary_search(state.servers_before.begin(), state.servers_before.end(), id);
  };
  if (config != nullptr) {
    if (config->FindService(from) != nullptr) return false;
    const auto knows = [&](const ServiceConfig* leaf) {
      return std::any_of(leaf->servers.begin(), leaf->servers.end(), [&](const PoolServer& pool) {
        return was_there(scopes_.servers.Find(pool.key));
      });
    };
    if (const ServiceTree* tree = config->Tree(to)) {
      const auto& leaves = tree->leaves();
      if (std::any_of(leaves.begin(), leaves.end(), knows)) return true;
    } else if (const ServiceConfig* service = config->FindService(to)) {
      if (knows(service)) return true;
    }
  }
  return was_there(server);
}

}  // namespace stickyd
