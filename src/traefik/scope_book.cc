#include "scope_book.h"

#include <algorithm>

namespace stickyd {
namespace {

constexpr size_t kMostAliases = 64;

}  // namespace

bool ScopeInfo::Knows(ServerId server) const {
  return std::binary_search(servers.begin(), servers.end(), server);
}

ScopeId ScopeBook::Of(std::string_view base) {
  if (const auto it = renamed_.find(base); it != renamed_.end()) return it->second;
  const ScopeId id = names_.Intern(base);
  if (Index(id) < kOverflowId && Index(id) >= infos_.size()) {
    infos_.resize(Index(id) + size_t{1});
    configs_seen_.resize(infos_.size());
    infos_.back().aliases.emplace_back(base);
  }
  return id;
}

void ScopeBook::Rename(std::string_view base, ScopeId scope) {
  ScopeInfo& known = info(scope);
  if (known.aliases.size() >= kMostAliases) return;
  renamed_.emplace(base, scope);
  known.aliases.emplace_back(base);
  configs_seen_[Index(scope)] = 0;  // the new name's servers belong to it too
}

void ScopeBook::AddServer(ScopeId scope, ServerId server) {
  auto& known = info(scope).servers;
  const auto at = std::lower_bound(known.begin(), known.end(), server);
  if (at == known.end() || *at != server) known.insert(at, server);
}

void ScopeBook::AddConfiguredServers(ScopeId scope, const ConfigHistory& configs, size_t last) {
  if (Index(scope) >= configs_seen_.size()) return;
  size_t& seen = configs_seen_[Index(scope)];  // those dropped among them
  seen = std::max(seen, configs.dropped());
  for (; seen <= last + configs.dropped() && seen < configs.size() + configs.dropped(); ++seen) {
    for (const std::string& alias : info(scope).aliases) {
      for (const ServiceConfig* leaf : configs[seen - configs.dropped()].Leaves(alias)) {
        for (const PoolServer& server : leaf->servers) {
          const ServerId id = servers.Intern(server.key);
          codes.Add(id, server.url);
          codes.Add(id, server.key);
          AddServer(scope, id);
        }
      }
    }
  }
}

}  // namespace stickyd
