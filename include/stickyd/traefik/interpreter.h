// SPDX-License-Identifier: Apache-2.0
// interpreter.h: what a record means in Traefik's terms: which router led to which pool, and what
// its cookies say about stickiness.
// Role:    second stage of the pipeline, after parse; fills the route and cookie parts of an
//          Observation. Knows Traefik's configuration (saved or live) and what the log has taught.
// Shape:   routes are resolved once per (router, service, server, configuration) and cached; the
//          cache and all name tables are bounded.
// Errors:  none; what a record does not say stays unknown.
// Threads: pipeline thread only.
// Cost:    one hash lookup and one SipHash of the host per record, plus one pass over the Cookie
//          header where there is one.
// Source:  docs/DETECTION.md sections 1 and 4.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/hash.h"
#include "stickyd/base/name_table.h"
#include "stickyd/base/result.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/observation.h"
#include "stickyd/model/pipeline_stats.h"
#include "stickyd/model/traefik_config.h"

namespace stickyd {

// What one source has shown so far. Which headers it has is a matter of its logging configuration.
struct SourceTraits {
  bool cookies = false;  // Cookie or Set-Cookie headers are kept
  bool set_cookies = false;
  bool all_headers = false;  // accessLog.fields.headers.defaultMode=keep (v1.7's default)
};

// What is known of a scope beyond the configuration of the moment.
struct ScopeInfo {
  uint64_t key = 0;                       // keyed hash of its name: the same in every run
  std::vector<std::string> aliases;       // root services (or routers) that belong to it
  std::string last_router;                // that led here
  std::vector<ServerId> servers;          // of its pools, now and before; sorted
  std::vector<std::string> learnt_names;  // sticky cookie names seen in Set-Cookie, newest last
  std::optional<StickyCookie> learnt;     // the attributes of the last one
  std::optional<EventTime> renamed;       // when its service last got a new name
  std::optional<uint16_t> host;           // tag of a host that a router of it was asked for
  bool several_sites = false;             // its routers are of several hosts
  bool joined = false;                    // a router of it has led to several services
  // Without the API: the services that its routers lead to.
  struct Service {
    ServiceId id = ServiceId::kNone;
    bool answered = false;  // with a status below 400: it is not the service of error pages alone
    bool seen = false;      // as the current one
  };
  std::vector<Service> services;
  size_t current = 0;       // the one that came last
  EventTime current_since;  // start of its first request in a row
  // The last two returns to a service that was there before.
  EventTime last_return = EventTime::min();
  EventTime return_before = EventTime::min();
  // A router leads to its services in turn, as of the latest record: a level above them chooses.
  bool in_turn = false;
  std::vector<uint16_t> upgraded;  // tags of paths for which WebSockets were opened
  Turnaways turnaways;
  struct Cookie {
    std::string name;
    EventTime since;  // of the first configuration that had it
  };
  std::vector<Cookie> cookies;  // that configurations gave it, newest last
  bool Knows(ServerId server) const;
};

struct InterpreterOptions {
  struct ServiceMap {
    std::string router;  // RE2, matching the whole router name
    std::string name;    // the scope and the service
  };
  std::vector<ServiceMap> service_map;
  std::vector<std::string> roots;  // --root: routers of this name lead to one scope
  uint16_t max_services = 1000;    // further ones share "_other"
};

class Interpreter {
 public:
  // Fails on a bad regular expression.
  static Result<std::unique_ptr<Interpreter>> Create(const InterpreterOptions& options,
                                                     const KeyedHash& hash);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // Takes other maps and roots from now on. On failure nothing has changed.
  Status Reconfigure(const InterpreterOptions& options);
  void AddConfig(std::shared_ptr<const TraefikConfig> config);
  // The newest one was read again then, unchanged.
  void ConfirmConfig(EventTime time);
  // Since the last call: did a record name a router, service or server that the newest
  // configuration does not?
  bool TakeUnknown();
  const ConfigHistory& configs() const;
  // Adds what it knows of services and scopes to `stats`.
  void AddTo(PipelineStats& stats) const;

  // Were the names of its router, service and server seen before, or does the API know them?
  bool Knows(const AccessRecord& record) const;
  // Sets route and server. REQUIRES: `observation` is freshly made.
  void FindRoute(const AccessRecord& record, Observation& observation);
  // The same for a route that was asked for lately. False: it is another one. Changes nothing that
  // can be seen, so that records can be looked at ahead of their turn. What it set is what
  // FindRoute would set for as long as route_generation() stays.
  bool RecallRoute(const AccessRecord& record, Observation& observation) const;
  uint64_t route_generation() const;
  // Fills in all that the record says, except who sent it. REQUIRES: FindRoute.
  void Interpret(const AccessRecord& record, SourceTraits& traits, Observation& observation);
  // Fills in the rest, for a break. REQUIRES: it is the last record that was given to Interpret.
  BreakSight Examine(const AccessRecord& record, const Observation& observation) const;

  const ScopeInfo& scope(ScopeId id) const;
  // Scopes whose sticky cookie has the same name as this route's: they can overwrite each other's.
  std::vector<ScopeId> Rivals(const Route& route) const;
  // Do the router's entry points take the client's address from a proxy in front?
  bool EntryTrustsForwarded(const Route& route) const;
  // Is this the name of a sticky cookie on this route? An application's session cookie is not.
  bool IsStickyName(const Route& route, std::string_view cookie) const;

  const NameTable<ServerId>& servers() const;
  const NameTable<ServiceId>& services() const;
  const NameTable<ScopeId>& scopes() const;

 private:
  class Impl;
  explicit Interpreter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
