// scope_book.h: the scopes that sessions are tracked within, and which names stand for them.
// Role:    the route resolver finds and renames scopes, the cookie reader teaches them names.
// Shape:   a scope is named after the first root service (or router) that stood for it.
// Threads: thread-compatible.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "code_book.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class ScopeBook {
 public:
  // The scope that `base` stands for, made if there is none.
  ScopeId Of(std::string_view base);
  // From now on `base` stands for `scope` too.
  void Rename(std::string_view base, ScopeId scope);

  // `scope` has this server; its texts are what Traefik may hash.
  void AddServer(ScopeId scope, ServerId server);
  // Teaches the code book all servers of the configurations up to `last` that belong to `scope`.
  void AddConfiguredServers(ScopeId scope, const ConfigHistory& configs, size_t last);

  ScopeInfo& info(ScopeId id) { return infos_[Index(id) < infos_.size() ? Index(id) : 0]; }
  const ScopeInfo& info(ScopeId id) const {
    return infos_[Index(id) < infos_.size() ? Index(id) : 0];
  }
  size_t size() const { return infos_.size(); }
  const NameTable<ScopeId>& names() const { return names_; }

  NameTable<ServerId> servers{60000};
  CodeBook codes;

 private:
  NameTable<ScopeId> names_{20000};
  StringMap<ScopeId> renamed_;
  std::vector<ScopeInfo> infos_ = std::vector<ScopeInfo>(1);
  std::vector<size_t> configs_seen_ = std::vector<size_t>(1);
};

}  // namespace stickyd
