// SPDX-License-Identifier: Apache-2.0
// traefik_config.h: Traefik's live configuration at one moment, as its API shows it.
// Role:    traefik reads it from JSON; traefik and diagnose read it.
// Shape:   names are qualified (`shop@docker`). Secrets of rawdata (users, keys) are never kept.
//          Immutable once built.
// Source:  Traefik's /api/rawdata, /api/entrypoints and /api/version, v2.3 to v3.7.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/name_table.h"
#include "stickyd/model/cookie_encoding.h"
#include "stickyd/model/event_time.h"
#include "stickyd/model/route_match.h"
#include "stickyd/model/service_tree.h"

namespace stickyd {

enum class SameSite : uint8_t { kUnset, kNone, kLax, kStrict };
SameSite ToSameSite(std::string_view value);  // any case; kUnset for what is no such value

// The sticky cookie of a service or of a weighted level: configured, or learnt from a Set-Cookie.
struct StickyCookie {
  std::string name;  // sanitised, or the computed default
  bool secure = false;
  bool http_only = false;
  SameSite same_site = SameSite::kUnset;
  std::string path = "/";
  std::string domain;     // without a leading dot; empty: host-only
  int64_t max_age_s = 0;  // 0: a session cookie
  // Seen in a Set-Cookie without Max-Age, which would count instead.
  std::optional<EventTime> expires;
  // Configured ones only:
  bool default_name = false;        // Traefik made it of the service's name
  std::string same_site_written{};  // empty where it is not set
  friend bool operator==(const StickyCookie&, const StickyCookie&) = default;
};

enum class ServiceKind : uint8_t {
  kLoadBalancer,
  kWeighted,
  kHighestRandomWeight,
  kMirroring,
  kFailover,
  kOther
};

enum class ServerStatus : uint8_t { kUnknown, kUp, kDown };

struct PoolServer {
  std::string url;  // as configured: what Traefik hashes
  std::string key;  // normalised: what the log is compared with
  int64_t weight = 1;
  bool fenced = false;
  ServerStatus status = ServerStatus::kUnknown;
  friend bool operator==(const PoolServer&, const PoolServer&) = default;
};

struct ChildService {
  std::string written;  // as in the configuration: what Traefik hashes
  std::string name;     // qualified
  int64_t weight = 1;
  bool fallback = false;
  friend bool operator==(const ChildService&, const ChildService&) = default;
};

// Where the servers of a pool stand, by key.
class ServerIndex {
 public:
  void Make(const std::vector<PoolServer>& servers);
  // The first server of this key; null if there is none. Looks at each until it was made.
  const PoolServer* Find(const std::vector<PoolServer>& servers, std::string_view key) const;
  // Of equal pools it is equal.
  friend bool operator==(const ServerIndex&, const ServerIndex&) { return true; }

 private:
  std::vector<uint32_t> order_;
};

struct ServiceConfig {
  std::string name;
  ServiceKind kind = ServiceKind::kOther;
  std::vector<PoolServer> servers;
  ServerIndex index;  // of them
  std::vector<ChildService> children;
  std::optional<StickyCookie> cookie;
  bool sticky_without_cookie = false;  // `sticky: {}`: accepted, and means nothing
  std::string strategy;
  bool health_check = false;  // active; of weighted and failover: they learn of their children
  bool passive_health_check = false;
  bool enabled = true;
  std::vector<std::string> failover_statuses;  // answers that send a request to the fallback
  std::vector<std::string> errors;             // Traefik's own words

  const PoolServer* FindServer(std::string_view key) const { return index.Find(servers, key); }
  friend bool operator==(const ServiceConfig&, const ServiceConfig&) = default;
};

struct RouterConfig {
  std::string name;
  std::string service;  // qualified; empty for a parent router
  std::string rule;
  std::vector<std::string> entry_points;
  std::vector<std::string> middlewares;  // with those of their chains
  bool tls = false;
  bool enabled = true;
  bool own_tls_options = false;     // named ones, which may ask clients for a certificate
  bool access_logs = true;          // false: its requests are not logged
  RouteMatch match;                 // of the rule
  std::vector<std::string> errors;  // Traefik's own words
  // Computed by Link(), of its entry points and middlewares:
  std::optional<bool> secure;       // its requests come over TLS; nullopt: some do
  bool trusts_forwarded = false;    // an entry point takes the client from a proxy in front
  bool changes_set_cookie = false;  // a middleware touches Set-Cookie
  friend bool operator==(const RouterConfig&, const RouterConfig&) = default;
};

struct MiddlewareConfig {
  std::string type;                         // its kind: `retry`, `headers`; empty: not known
  std::vector<std::string> chain;           // of a `chain`: those that it stands for, qualified
  int64_t retry_attempts = 0;               // of a `retry` middleware
  bool redirects = false;                   // `redirectScheme`, `redirectRegex`
  bool removes_cookie = false;              // a `headers` middleware that touches Cookie
  bool keeps_strangers_out = false;         // it asks who comes, or from which address
  std::vector<std::string> error_statuses;  // of an `errors` middleware
  // Of a `headers` middleware: pages of which origins may call with cookies, or frame.
  std::vector<std::string> credential_origins;
  std::vector<std::string> framing_origins;
  std::string errors_service;       // of an `errors` middleware, qualified
  bool changes_set_cookie = false;  // a `headers` middleware that touches Set-Cookie
  // Of a `forwardAuth` middleware: whom it asks, and the cookies of the answer that it hands on.
  std::string auth_host;
  std::string auth_path;
  std::string auth_port;  // empty: that of the scheme
  std::vector<std::string> auth_cookies;
  friend bool operator==(const MiddlewareConfig&, const MiddlewareConfig&) = default;
};

struct EntryPointConfig {
  bool tls = false;
  bool trusts_forwarded = false;  // forwardedHeaders.insecure or trustedIPs: a proxy is in front
  bool trusts_anybody = false;    // forwardedHeaders.insecure
  bool redirects = false;         // http.redirections: none of its requests reaches a router
  std::string address{};          // "10.0.0.1:8080", ":443"
  friend bool operator==(const EntryPointConfig&, const EntryPointConfig&) = default;
};

struct TraefikConfig {
  EventTime time;                          // when it was read
  std::string version;                     // without a leading v
  std::optional<CookieEncoding> encoding;  // what that version writes
  std::optional<EventTime> started;        // when this process came up
  size_t fingerprint = 0;                  // of the texts it was read from
  StringMap<ServiceConfig> services;
  StringMap<RouterConfig> routers;
  StringMap<MiddlewareConfig> middlewares;
  StringMap<EntryPointConfig> entry_points;
  std::vector<std::string> providers;     // of the overview: "Docker", "KubernetesCRD"
  std::optional<bool> writes_access_log;  // of the overview

  // Computed by Link(): the graph from enabled routers to leaves.
  std::set<std::string, std::less<>> reachable;            // services
  StringMap<std::set<std::string, std::less<>>> roots_of;  // service -> root services above it
  StringMap<std::set<std::string, std::less<>>> error_services;  // of a root's routers: error pages
  StringMap<std::vector<const ServiceConfig*>> by_cookie;        // sticky services, by cookie name
  // Live services that are not sticky and have a twin that is, which no router reaches: a shared
  // server, or a similar name.
  std::set<const ServiceConfig*> with_unused_twin;
  size_t bytes = 0;  // about, all in

  TraefikConfig() = default;
  TraefikConfig(TraefikConfig&&) = default;
  TraefikConfig& operator=(TraefikConfig&&) = default;
  TraefikConfig(const TraefikConfig&) = delete;  // trees point into it
  TraefikConfig& operator=(const TraefikConfig&) = delete;
  ~TraefikConfig() = default;

  // Does a forwardAuth middleware ask this, and not hand the cookie on to the client?
  bool KeepsAuthCookie(std::string_view host, std::string_view path, std::string_view cookie) const;
  // REQUIRES: services, routers and middlewares are complete. False: its services share each other
  // in so many ways that following them all would take too long; it must not be used then.
  bool Link();

  const ServiceConfig* FindService(std::string_view name) const;
  // The router of a logged name. Parent routers log `parent -> child`; the child has the service.
  const RouterConfig* FindRouter(std::string_view logged) const;
  // The services at and below `root`; error pages of its routers are not among them. Null: nothing
  // is there, or no router leads to it.
  const ServiceTree* Tree(std::string_view root) const;
  // From `root` down to `leaf`; empty if it is not below. With an empty `leaf`: to the first load
  // balancer whose pool holds `server_key`. Of a root that no router leads to, only itself.
  std::vector<ServiceTree::Node> Path(std::string_view root, std::string_view leaf,
                                      std::string_view server_key) const;
  // What Link computes follows from the rest.
  friend bool operator==(const TraefikConfig& a, const TraefikConfig& b);

 private:
  void AddRoot(const std::string& root, std::string_view start, size_t& budget);
  void FindTwins();
  void LinkRouter(RouterConfig& router) const;
  void AddChains(RouterConfig& router) const;
  size_t CountBytes() const;

  StringMap<ServiceTree> trees_;  // of root services and error pages
};

// Configurations in order of time. If there are more than kMost, or more bytes than kMostBytes, the
// oldest goes. Whoever points into a configuration shares it.
class ConfigHistory {
 public:
  static constexpr size_t kMost = 1000;
  static constexpr size_t kMostBytes = size_t{256} << 20U;
  // False if it is not added: it is there already (folders are read anew on every reload), or the
  // history is full and all of it is newer.
  bool Add(std::shared_ptr<const TraefikConfig> config);
  // The newest configuration was read again then, and is still the same.
  void Confirm(EventTime time);
  size_t size() const { return configs_.size(); }
  bool empty() const { return configs_.empty(); }
  const TraefikConfig& operator[](size_t i) const { return *configs_[i].config; }
  const std::shared_ptr<const TraefikConfig>& Share(size_t i) const { return configs_[i].config; }
  // When it was last read; at first that is its own time.
  EventTime until(size_t i) const { return configs_[i].until; }
  // How many have gone. For one configuration, index + dropped() always stays the same.
  size_t dropped() const { return dropped_; }
  // Index of the last one read at or before `time`; of the first one if all are later.
  // REQUIRES: !empty().
  size_t IndexAt(EventTime time) const;

 private:
  struct Entry {
    std::shared_ptr<const TraefikConfig> config;
    EventTime until;
  };
  void DropOldest();

  std::vector<Entry> configs_;
  size_t bytes_ = 0;
  size_t dropped_ = 0;
};

}  // namespace stickyd
