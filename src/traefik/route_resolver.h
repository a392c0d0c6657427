// SPDX-License-Identifier: Apache-2.0
// route_resolver.h: router, service and server of a record -> Route, resolved once and cached.
// Role:    the interpreter asks it for every record.
// Shape:   routes live until the generation ends, in a Resolve or a change of configuration. A full
//          cache is emptied: a client of v1.7 to v2.4 can vary the logged URL, and must not make
//          memory grow.
// Errors:  Configure fails on a bad regular expression of the operator's.
// Threads: thread-compatible.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "router_book.h"
#include "scope_book.h"
#include "stickyd/traefik/interpreter.h"

namespace re2 {
class RE2;
}

namespace stickyd {

class RouteResolver {
 public:
  RouteResolver(uint16_t max_services, ScopeBook& scopes);
  ~RouteResolver();
  RouteResolver(const RouteResolver&) = delete;
  RouteResolver& operator=(const RouteResolver&) = delete;
  // The operator's maps and roots. On failure nothing has changed.
  Status Configure(const InterpreterOptions& options);

  const Route* Resolve(const AccessRecord& record);
  // What Resolve gives, if it was asked for lately, else null. Changes nothing.
  const Route* Recall(const AccessRecord& record) const;
  // Another one: all routes that were given have ended.
  uint64_t generation() const { return generation_; }
  // Are its router, service and server known, from records before or from the API?
  bool Knows(const AccessRecord& record) const;
  void AddConfig(std::shared_ptr<const TraefikConfig> config);
  void ConfirmConfig(EventTime time) { configs_.Confirm(time); }
  bool TakeUnknown() { return std::exchange(unknown_, false); }

  const ConfigHistory& configs() const { return configs_; }
  const NameTable<ServiceId>& services() const { return services_; }

 private:
  struct MapEntry {
    std::unique_ptr<re2::RE2> router;
    std::string name;
  };

  void Note(const TraefikConfig& config);
  bool IsConfigured(std::string_view name) const;
  const Route* Find(const AccessRecord& record, size_t epoch);
  void ForgetRoutes();
  std::shared_ptr<Route> Make(const AccessRecord& record, size_t epoch);
  // The configuration that knows this router or service: the last one up to `epoch`, else the
  // first one after it. configs_.size() if none does.
  size_t ConfigFor(const AccessRecord& record, size_t epoch);
  size_t FindConfigFor(const AccessRecord& record, size_t epoch) const;
  void FollowConfig(const AccessRecord& record, const std::shared_ptr<const TraefikConfig>& shared,
                    Route& route) const;
  std::shared_ptr<const std::vector<ServerId>> PoolOf(const TraefikConfig& config,
                                                      const ServiceConfig& root);
  std::shared_ptr<const std::vector<std::string>> ChildValues(std::string_view service);
  std::string_view MappedName(std::string_view router) const;
  std::string BaseName(const AccessRecord& record, const Route& route) const;

  std::vector<std::string> roots_;
  ScopeBook& scopes_;
  std::vector<MapEntry> map_;
  ConfigHistory configs_;
  std::unordered_set<size_t> configured_;  // secret hashes of the names that any of them has had
  bool unknown_ = false;                   // a new route is not in the newest of them
  NameTable<ServiceId> services_;
  RouterBook routers_;
  // The routes asked for last, found without hashing a long key.
  struct Recent {
    size_t epoch = 0;
    LogFormat format = LogFormat::kClf;
    std::string router, service, url;
    const Route* route = nullptr;
  };
  // What a record says of its route.
  struct RouteName {
    size_t epoch = 0;
    LogFormat format = LogFormat::kClf;
    std::string_view router, service, url;
  };
  RouteName NameOf(const AccessRecord& record) const;
  static size_t PlaceOf(const RouteName& name);  // in recent_
  const Recent* FindRecent(const RouteName& name) const;

  StringMap<std::shared_ptr<Route>> cache_;
  size_t cache_bytes_ = 0;  // about
  // What routes share, for as long as the cache holds them.
  StringMap<std::shared_ptr<const std::vector<std::string>>> child_values_;  // by service
  StringMap<size_t> config_for_;  // by epoch, router and service
  std::map<std::pair<const TraefikConfig*, const ServiceConfig*>,
           std::shared_ptr<const std::vector<ServerId>>>
      pools_;
  std::array<Recent, 256> recent_;
  uint64_t generation_ = 0;
  std::string key_;  // scratch
};

}  // namespace stickyd
