// SPDX-License-Identifier: Apache-2.0
// scenario.h: what goes wrong, and who does what: the faults as data.
// Role:    simulator.cc builds its world with it and asks it for the next page.
#pragma once

#include <optional>
#include <vector>

#include "browser.h"
#include "stickyd/simulate/simulator.h"
#include "world.h"

namespace stickyd {

// How one person browses.
struct Habits {
  bool tool = false;  // keeps no cookies, fetches no pictures
};

// A page: the fetches that follow its first, and what they are.
struct Page {
  std::vector<Fetch> fetches;
  bool socket = false;
};

class Scenario {
 public:
  explicit Scenario(const SimulatorOptions& options);

  World& world() { return world_; }
  const World& world() const { return world_; }
  Random& random() { return random_; }
  Habits NewHabits();
  void NewPage(const Habits& habits, Page& page);

  // Time between two changes; 0: nothing ever changes.
  int64_t tick_ns() const { return tick_ns_; }
  // Is Traefik restarted for each change?
  bool restarts() const { return Has(Cause::kCookieFormatChanged); }
  // The n-th change. True: Traefik was restarted for it.
  bool Tick(uint64_t n);
  // The cause of a break under this fault.
  Cause CauseOf(const SimAssignment& assignment) const;
  bool Has(Cause fault) const { return options_.fault == fault; }

 private:
  void BuildServices();
  void BuildFault();
  SimService NewLeaf(const std::string& name, uint32_t pool, uint32_t servers) const;
  SimService& faulty() { return world_.trees[0].leaves[0]; }
  SimServer NewServer(uint32_t pool);
  const SimRoute& RouteOfSomeService();
  void ApiCalls(Page& page, const SimRoute& route, std::string_view site, const char* origin);
  void WholePage(Page& page, const SimRoute& route);

  const SimulatorOptions options_;
  Random random_;
  World world_;
  int64_t tick_ns_ = 0;
  std::vector<uint32_t> servers_made_;  // by pool
};

}  // namespace stickyd
