// SPDX-License-Identifier: Apache-2.0
// service_stats.h: what is counted per service, and how sure a ratio is.
// Role:    the pipeline counts, expose shows. docs/METRICS.md says what each number means.
// Shape:   plain counters; ratios of the last five minutes and the last hour in slots of one
//          minute of event time.
// Threads: thread-compatible: the pipeline counts, snapshots are copies.
// Source:  docs/DETECTION.md sections 1 and 6.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "stickyd/model/balancer_cookie.h"
#include "stickyd/model/event_time.h"
#include "stickyd/model/ids.h"
#include "stickyd/model/server_places.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

// Numerator and denominator of a break ratio, and the shares of the servers.
struct RatioCounts {
  static constexpr size_t kMostServers = 512;

  uint64_t returning = 0;
  uint64_t breaks = 0;
  uint64_t unsettled = 0;  // ambiguous or unresolved: not among the returning ones
  uint64_t guessed = 0;    // of the returning ones: by the address of a proxy that nobody named
  uint64_t guessed_breaks = 0;
  std::vector<std::pair<ServerId, uint64_t>> servers;  // assignments; of the first kMostServers
  uint64_t other_servers = 0;                          // those of further ones

  void AddServer(ServerId server, uint64_t count);
  void Add(const RatioCounts& other);
  void NoteGuess(const Judgement& judgement);
  // Of the requests that came back, the share that the log settles; nullopt without any.
  std::optional<double> SettledRatio() const;
  // breaks / returning; nullopt without returning requests.
  std::optional<double> Ratio() const;
  // What the ratio would be if every request went to any server: 1 - sum of squared shares. nullopt
  // with fewer than two servers. Each server beyond the bound is taken to have a small share.
  std::optional<double> ExpectedRatio() const;
  // Ratio / expected ratio: 0 is sticky, 1 is random, above 1 is alternating.
  std::optional<double> Index() const;
  // The lower bound of the ratio's 95 % Wilson interval, guessed breaks not counted; 0 without
  // returning requests.
  double LowerBound() const;

 private:
  ServerPlaces places_;
};

double WilsonLowerBound(uint64_t hits, uint64_t trials);

class RatioWindow {
 public:
  static constexpr std::chrono::minutes kSlot{1};
  static constexpr size_t kSlots = 60;

  void Count(EventTime when, ServerId server, const Judgement& judgement);
  // The sum over the last `minutes` up to `now`.
  RatioCounts Sum(EventTime now, size_t minutes) const;

 private:
  struct Slot {
    int64_t minute = -1;
    RatioCounts counts;
  };
  Slot* At(EventTime when);
  std::array<Slot, kSlots> slots_;
};

struct RecentRatios {
  RatioCounts five_minutes;
  RatioCounts hour;
  std::optional<double> top_break_share;  // of the worst address, of the last half to whole hour
  uint64_t requests_5m = 0;
};

// Traefik's own: api@internal, ping@internal, the redirects of entry points. None has a server.
inline bool IsInternalService(std::string_view name) { return name.ends_with("@internal"); }

// Load balancers beside Traefik that keep the sessions of a service, by their cookies.
struct OtherBalancers {
  BalancerCookies sent = 0;  // by clients
  BalancerCookies set = 0;   // by what is behind Traefik
  uint64_t requests = 0;     // that brought one
};

struct ServiceStats {
  Tally<Evidence> requests;
  Tally<Evidence> returning;
  Tally<Evidence> breaks;
  Tally<Evidence> unpinned;
  Tally<Cause> causes;
  Tally<StickyState> states;
  uint64_t first = 0;
  uint64_t held = 0;
  uint64_t ambiguous = 0;
  uint64_t unresolved = 0;
  uint64_t own_sessions = 0;      // held requests that came with the application's session
  uint64_t new_own_sessions = 0;  // and whose response gave another one
  OtherBalancers other_balancers;
  bool set_cookies_logged = false;  // the log shows what is set
  uint64_t sessions = 0;
  uint64_t broken_sessions = 0;
  std::map<uint16_t, uint64_t> dead_pins;  // by status
  RatioCounts total;                       // since the start
  std::optional<double> top_break_share;   // of the worst address
};

}  // namespace stickyd
