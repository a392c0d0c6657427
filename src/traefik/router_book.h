// SPDX-License-Identifier: Apache-2.0
// router_book.h: which scope the requests of a router belong to, whatever service it leads to.
// Role:    the route resolver asks it for each new route.
// Shape:   a router keeps the scope of the first service that it was seen to serve, so that people
//          who are moved to another service still have a session. What it serves later belongs to
//          that scope too, but not for routers that came to the later service first.
// Threads: thread-compatible.
// Source:  docs/DETECTION.md, "Scope".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scope_book.h"
#include "stickyd/model/access_record.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class RouterBook {
 public:
  explicit RouterBook(ScopeBook& scopes) : scopes_(scopes) {}

  bool Knows(std::string_view router) const { return routers_.contains(router); }
  // The operator names scopes otherwise from now on.
  void Clear() { routers_.clear(); }

  // `base`: the service that the router leads to, or what stands for it. `config`: the one that
  // knows the router or the service; null if none does.
  struct Answer {
    ScopeId scope = ScopeId::kNone;
    bool others_move = false;  // routes that were made before may lead elsewhere now
  };
  Answer ScopeFor(const AccessRecord& record, const std::string& base, ServerId server,
                  const TraefikConfig* config);

 private:
  struct State {
    std::vector<std::string> bases;  // that it has led to, the latest last
    ScopeId scope = ScopeId::kNone;
    int records_to_decide = 0;             // whether the latest base is a new name only
    std::vector<ServerId> servers_before;  // the scope had these when it came
  };

  ScopeId Begin(const AccessRecord& record, const std::string& base, const TraefikConfig* config,
                State& state);
  Answer GoOn(const AccessRecord& record, const std::string& base, const TraefikConfig* config,
              State& state);
  ScopeId OwnScope(const AccessRecord& record);
  bool LeavesOthers(std::string_view router, const State& state, const TraefikConfig& config) const;
  bool IsRename(const State& state, ServerId server, const TraefikConfig* config);

  ScopeBook& scopes_;
  StringMap<State> routers_;
};

}  // namespace stickyd
