// SPDX-License-Identifier: Apache-2.0
#include "scope_book.h"

#include <algorithm>

namespace stickyd {
namespace {

constexpr size_t kMostAliases = 64;
constexpr size_t kMostCookies = 64;
constexpr size_t kMostScopesOfAServer = 16;

}  // namespace

bool ScopeInfo::Knows(ServerId server) const {
  return std::binary_search(servers.begin(), servers.end(), server);
}

ScopeBook::ScopeBook(const KeyedHash& hash) : hash_(hash) {
  // Scopes beyond the bound are one.
  infos_.front().key = hash_(HashUse::kScope, 0, names_.Name(ScopeId{kOverflowId}));
}

ScopeId ScopeBook::Of(std::string_view base) {
  if (const auto it = joined_.find(base); it != joined_.end()) return it->second;
  const ScopeId id = names_.Intern(base);
  if (Index(id) < kOverflowId && Index(id) >= infos_.size()) {
    infos_.resize(Index(id) + size_t{1});
    configs_seen_.resize(infos_.size());
    infos_.back().aliases.emplace_back(base);
    infos_.back().key = hash_(HashUse::kScope, 0, base);
  }
  return id;
}

bool ScopeBook::Join(std::string_view base, ScopeId scope) {
  ScopeInfo& joined = info(scope);
  if (std::find(joined.aliases.begin(), joined.aliases.end(), base) != joined.aliases.end()) {
    return true;
  }
  if (joined.aliases.size() >= kMostAliases || scope == ScopeId{kOverflowId}) return false;
  if (names_.Find(base) == ScopeId::kNone) joined_.emplace(base, scope);
  joined.aliases.emplace_back(base);
  configs_seen_[Index(scope)] = 0;  // the new name's servers belong to it too
  return true;
}

void ScopeBook::AddServer(ScopeId scope, ServerId server) {
  auto& known = info(scope).servers;
  const auto at = std::lower_bound(known.begin(), known.end(), server);
  if (at != known.end() && *at == server) return;
  known.insert(at, server);
  if (Index(server) == kOverflowId || Index(scope) == kOverflowId) return;
  if (Index(server) >= scopes_of_.size()) scopes_of_.resize(Index(server) + size_t{1});
  auto& scopes = scopes_of_[Index(server)];
  if (scopes.size() >= kMostScopesOfAServer) scopes.erase(scopes.begin());
  scopes.push_back(scope);
}

void ScopeBook::AddService(ScopeId scope, const ServiceConfig& service, EventTime since) {
  for (const PoolServer& server : service.servers) {
    const ServerId id = servers.Intern(server.key);
    codes.Add(id, server.url);
    codes.Add(id, server.key);
    AddServer(scope, id);
  }
  if (!service.cookie) return;
  auto& cookies = info(scope).cookies;
  const auto at = std::find_if(cookies.begin(), cookies.end(), [&](const ScopeInfo::Cookie& known) {
    return known.name == service.cookie->name;
  });
  if (at != cookies.end()) {
    at->since = std::min(at->since, since);
    return;
  }
  if (cookies.size() >= kMostCookies) cookies.erase(cookies.begin());
  cookies.push_back({service.cookie->name, since});
}

void ScopeBook::AddConfiguredServers(ScopeId scope, const ConfigHistory& configs, size_t last) {
  if (Index(scope) >= configs_seen_.size()) return;
  size_t& seen = configs_seen_[Index(scope)];  // those dropped among them
  seen = std::max(seen, configs.dropped());
  for (; seen <= last + configs.dropped() && seen < configs.size() + configs.dropped(); ++seen) {
    const TraefikConfig& config = configs[seen - configs.dropped()];
    // Of what came before the first one, it is the best witness.
    const EventTime since = seen == configs.dropped() ? EventTime::min() : config.time;
    for (const std::string& alias : info(scope).aliases) {
      if (const ServiceTree* tree = config.Tree(alias)) {
        AddService(scope, *tree->nodes().front().service, since);
        for (const ServiceConfig* leaf : tree->leaves()) AddService(scope, *leaf, since);
      } else if (const ServiceConfig* service = config.FindService(alias)) {
        AddService(scope, *service, since);
      }
    }
  }
}

bool ScopeBook::HadCookie(ScopeId scope, std::string_view name, EventTime time) const {
  const auto& cookies = info(scope).cookies;
  return std::any_of(cookies.begin(), cookies.end(), [&](const ScopeInfo::Cookie& cookie) {
    return cookie.name == name && cookie.since <= time;
  });
}

ScopeId ScopeBook::OtherWith(ServerId server, ScopeId scope, std::string_view router) const {
  if (Index(server) >= scopes_of_.size()) return ScopeId::kNone;
  ScopeId other = ScopeId::kNone;
  for (const ScopeId id : scopes_of_[Index(server)]) {
    // Two services under one router are one tree, not two that share a name.
    if (id != scope && info(id).last_router != router) other = std::max(other, id);
  }
  return other;
}

}  // namespace stickyd
