// SPDX-License-Identifier: Apache-2.0
// scope_book.h: the scopes that sessions are tracked within, and which names stand for them.
// Role:    the route resolver finds and renames scopes, the cookie reader teaches them names.
// Shape:   a scope is named after the first root service (or router) that stood for it.
// Threads: thread-compatible.
// Cost:    a server of a scope is added in the time of moving its neighbours; a configuration is
//          looked at once per scope.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "code_book.h"
#include "stickyd/base/mix.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class ScopeBook {
 public:
  explicit ScopeBook(const KeyedHash& hash);

  // The scope that `base` stands for, made if there is none.
  ScopeId Of(std::string_view base);
  // `base` belongs to `scope` too. If it is new, it stands for the scope from now on. False: the
  // scope has had too many names.
  bool Join(std::string_view base, ScopeId scope);

  // `scope` has this server; its texts are what Traefik may hash.
  void AddServer(ScopeId scope, ServerId server);
  // Teaches the code book all servers of the configurations up to `last` that belong to `scope`.
  void AddConfiguredServers(ScopeId scope, const ConfigHistory& configs, size_t last);
  // A configuration came between others: all are to be looked at again.
  void LookAgain() { std::fill(configs_seen_.begin(), configs_seen_.end(), 0); }
  // Did a configuration up to `time` give the scope's root, or a load balancer of it, a sticky
  // cookie of this name?
  bool HadCookie(ScopeId scope, std::string_view name, EventTime time) const;
  // Another scope that has this server, by another router; the one that came last.
  ScopeId OtherWith(ServerId server, ScopeId scope, std::string_view router) const;

  ScopeInfo& info(ScopeId id) { return infos_[Index(id) < infos_.size() ? Index(id) : 0]; }
  const ScopeInfo& info(ScopeId id) const {
    return infos_[Index(id) < infos_.size() ? Index(id) : 0];
  }
  // Tells values of clients apart without keeping them; the same in every run.
  uint16_t TagOf(std::string_view value) const { return Tag(hash_(HashUse::kValue, 0, value)); }
  // The same for a host: a log has few of them, each again and again.
  uint16_t TagOfHost(std::string_view host) {
    KnownHost& known = hosts_[MixText(0, host) % hosts_.size()];
    if (known.tag == 0 || known.name != host) {
      known.name.assign(host, 0, kLongestHost);
      known.tag = TagOf(host);
    }
    return known.tag;
  }
  size_t size() const { return infos_.size(); }
  const NameTable<ScopeId>& names() const { return names_; }

  NameTable<ServerId> servers{60000};
  CodeBook codes;

 private:
  void AddService(ScopeId scope, const ServiceConfig& service, EventTime since);

  static constexpr size_t kLongestHost = 256;  // longer ones are never found
  struct KnownHost {
    std::string name;
    uint16_t tag = 0;  // 0: none is known
  };

  const KeyedHash hash_;
  std::array<KnownHost, 64> hosts_;
  NameTable<ScopeId> names_{20000};
  StringMap<ScopeId> joined_;  // bases that have no scope of their own
  std::vector<ScopeInfo> infos_ = std::vector<ScopeInfo>(1);
  std::vector<size_t> configs_seen_ = std::vector<size_t>(1);
  std::vector<std::vector<ScopeId>> scopes_of_;  // by server; those that came last
};

}  // namespace stickyd
