// SPDX-License-Identifier: Apache-2.0
// person.h: somebody who visits the simulated site: browser, address, and what is known of them.
// Role:    the simulator has a number of them at a time; when one leaves, another one comes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "browser.h"
#include "scenario.h"
#include "stickyd/simulate/simulator.h"

namespace stickyd {

struct Person {
  uint64_t visit = 0;
  Habits habits;
  std::string address;
  std::string peer;  // of the connection: a balancer, where there is one
  std::string_view user_agent;
  bool http2 = false;
  uint32_t pages_left = 0;
  Jar jar;
  Connections connections;
  std::vector<std::string> pins;   // by tree: the server learnt last
  std::vector<size_t> in_flight;   // slots of exchanges
  std::vector<int64_t> learnt_ns;  // by tree: when
  std::string balancer_cookie;
  std::map<std::pair<size_t, uint16_t>, std::string> connection_pins;  // the same, by connection
  std::string refused;  // the last cookie value that was not honoured
};

// Somebody new: nothing of the one before is left. `visit`: a number of their own.
void Arrive(uint64_t visit, const SimulatorOptions& options, Scenario& scenario, Person& person);

}  // namespace stickyd
