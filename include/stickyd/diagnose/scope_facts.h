// SPDX-License-Identifier: Apache-2.0
// scope_facts.h: what all clients of a scope together show: which servers answer, who still gets
// cookies, whether anybody returns them, whether requests walk the servers in a circle.
// Role:    the pipeline adds every assignment; the cause finder asks.
// Shape:   a few numbers per scope, and per server of it. Beyond kMostServers, the servers that
//          were seen last stay.
// Threads: pipeline thread only.
// Cost:    a hash lookup per record; a step per server for a break.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "stickyd/model/observation.h"
#include "stickyd/model/server_places.h"

namespace stickyd {

class ScopeFacts {
 public:
  // A time in which a server was given no request.
  struct Silence {
    EventTime from, to;
    uint64_t clients_left = 0;
    uint64_t last_client = 0;
    uint64_t others_left = 0;  // breaks away from other servers meanwhile

    // Did clients leave it, and hardly any other server? If all servers have breaks it is chance.
    bool Telling() const { return clients_left >= 2 + 2 * others_left; }
  };
  struct Server {
    ServerId id = ServerId::kNone;
    EventTime first_seen;    // start of the first request it answered
    EventTime last_seen;     // start of the latest one
    EventTime last_failure;  // start of the latest one answered with 5xx; epoch: never
    uint64_t assignments = 0;
    uint64_t choices_before = 0;      // of the balancer, before its first assignment
    uint64_t clients_left = 0;        // sessions that broke away from it
    uint64_t last_client = 0;         // the last one of them
    uint64_t last_step = 0;           // assignments of the scope at its latest one
    Silence now;                      // since its latest one
    std::array<Silence, 4> silences;  // much too long for its share of requests; not in order
    // The latest times of more than a second in which it was given no request: a ring.
    std::array<std::pair<EventTime, EventTime>, 16> gaps;
    uint64_t gaps_seen = 0;
    ServiceId service = ServiceId::kNone;  // that gave it the latest request
    // Of Traefik, that chose it most of the time, and how often that one and others did. A count
    // that fits to two processes is taken for the wrong one's at times.
    uint8_t process = 0;
    uint64_t by_process = 0;
    uint64_t by_others = 0;

    bool OfOneProcess() const { return process != 0 && by_others * 20 <= by_process; }
    // Was it silent then, and did that tell?
    bool WasSilent(EventTime time) const;
    // Was it surely given requests within a second before and after, or as good as?
    bool WasBusy(EventTime time) const;
  };

  // A service that a router of the scope leads to.
  struct Service {
    ServiceId id = ServiceId::kNone;
    EventTime first, last;  // starts of requests
    uint64_t assignments = 0;
    uint64_t returns = 0;  // how often it came again, after another one
  };

  static constexpr size_t kMostServers = 1024;
  static constexpr size_t kMostServices = 64;
  static constexpr size_t kMostProcesses = 32;

  // `chosen`: by the balancer, that is, the client was not held.
  void Add(const Observation& seen, bool chosen);
  void AddBreak(ServerId from, uint64_t client, EventTime start);

  // Keeps the half of the servers that was seen last.
  void ForgetOldServers();

  const Server* Find(ServerId server) const;
  // Null: none, or there were too many.
  const Service* FindService(ServiceId service) const;
  bool several_processes() const { return (processes_ & (processes_ - 1U)) != 0; }
  uint64_t AssignmentsBy(uint8_t process) const { return by_process_[process % kMostProcesses]; }
  // Where counts come twice, each from another process that counts alike: do all such pairs show
  // that the two servers are never chosen by one process?
  bool NeverOfOneProcess(ServerId one, ServerId other) const;
  const std::vector<Server>& servers() const { return servers_; }
  uint64_t assignments() const { return assignments_; }
  uint64_t given() const { return given_; }              // sticky cookies set
  uint64_t set_cookies() const { return set_cookies_; }  // responses that set anything
  uint64_t returned() const { return returned_; }        // requests that carried a sticky cookie
  uint64_t foreign_names() const { return foreign_names_; }  // the application set the sticky name
  // Values came that name servers in formats of several Traefik versions.
  bool several_formats() const { return (formats_ & (formats_ - 1U)) != 0; }
  uint64_t breaks() const { return breaks_; }
  bool redacted() const { return redacted_; }  // some header of cookies was
  bool proxied() const { return proxied_ * 2 > assignments_; }

  // Do requests walk the servers in a fixed cycle? As of at most kStale assignments ago.
  bool Walks() const;
  // Do they walk the services that a router leads to?
  bool WalksServices() const;

  // Was it given no request for so long that, with its share, it cannot be chance?
  bool MissesItsTurns(const Server& server) const {
    return server.assignments * (assignments_ - server.last_step) >= kMissedTurns * assignments_;
  }

 private:
  struct Step {
    int64_t order = 0;
    ServerId server = ServerId::kNone;
  };
  static constexpr size_t kSteps = 96;
  static constexpr uint64_t kStale = 8;
  // By chance a server misses so many of its turns once in 160,000. It happens more often where
  // clients send requests in bursts, so clients must have left the server as well.
  static constexpr uint64_t kMissedTurns = 12;

  // The share of steps, in order of arrival, in which the next server is the one that usually
  // follows: 1 when requests walk the servers in a fixed cycle.
  double WalkShare(std::array<Step, kSteps> steps) const;
  static void SortSteps(std::array<Step, kSteps>& steps, size_t count);

  mutable uint64_t walks_at_ = 0;  // assignments
  mutable bool walks_ = false;

  struct Counted {
    uint32_t count = 0;
    ServerId server = ServerId::kNone;
  };
  static constexpr size_t kCounts = 256;
  static constexpr size_t kMostPairs = 256;

  void AddService(const Observation& seen, Server& server);
  void AddCount(const Observation& seen);

  std::vector<Server> servers_;
  std::vector<Service> services_;
  size_t service_ = 0;      // the latest one
  uint32_t processes_ = 0;  // bits
  std::array<uint64_t, kMostProcesses> by_process_{};
  std::vector<Counted> counts_;  // the latest ones, by count; where the log has several processes
  std::vector<std::pair<ServerId, ServerId>> pairs_;  // of one count, by two processes
  uint64_t counted_twice_ = 0;
  bool same_twice_ = false;      // a pair of one server
  mutable ServerPlaces places_;  // guesses
  std::array<Step, kSteps> steps_{};
  uint64_t assignments_ = 0;
  uint64_t choices_ = 0;
  uint64_t given_ = 0;
  uint64_t set_cookies_ = 0;
  uint64_t returned_ = 0;
  uint64_t foreign_names_ = 0;
  uint64_t proxied_ = 0;
  uint64_t breaks_ = 0;
  bool redacted_ = false;
  unsigned formats_ = 0;  // bits by CookieEncoding
};

}  // namespace stickyd
