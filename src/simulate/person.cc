// SPDX-License-Identifier: Apache-2.0
#include "person.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace stickyd {
namespace {

constexpr std::string_view kChromeOnWindows =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/125.0.0.0 Safari/537.36";
constexpr std::string_view kChromeOnAndroid =
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 "
    "Mobile Safari/537.36";
constexpr std::string_view kSafari =
    "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Mobile/15E148 Safari/604.1";
constexpr std::string_view kBrowsers[] = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
    kChromeOnWindows, kChromeOnAndroid, kSafari};
constexpr std::string_view kTools[] = {"curl/8.5.0", "python-requests/2.31.0",
                                       "Go-http-client/1.1"};

std::string AddressOf(uint64_t visit) {
  // An odd factor makes a permutation: no address comes twice before all have come.
  const uint64_t mixed = (visit * 0x9e3779b1U) & 0xffffffU;
  return fmt::format("11.{}.{}.{}", mixed >> 16U, (mixed >> 8U) & 0xffU, mixed & 0xffU);
}

}  // namespace

void Arrive(uint64_t visit, const SimulatorOptions& options, Scenario& scenario, Person& person) {
  Random& random = scenario.random();
  person.visit = visit;
  person.habits = scenario.NewHabits();
  const double nat = scenario.Has(Cause::kSharedClient) ? std::max(options.nat, 0.8) : options.nat;
  person.address = random.Chance(nat)
                       ? fmt::format("198.51.100.{}", 1 + random.Below(1 + options.clients / 20))
                       : AddressOf(person.visit);
  person.peer = scenario.world().balancer_in_front ? fmt::format("10.250.0.{}", 1 + random.Below(3))
                                                   : person.address;
  person.user_agent = person.habits.tool ? kTools[random.Below(std::size(kTools))]
                                         : kBrowsers[random.Below(std::size(kBrowsers))];
  person.http2 = !person.habits.tool && !scenario.world().balancer_in_front && random.Chance(0.7);
  person.pages_left = 2 + random.Below(14);
  person.jar.Clear();
  person.jar.blocks_third_parties = scenario.Has(Cause::kThirdPartyBlocked);
  person.connections.Clear();
  person.pins.assign(scenario.world().trees.size(), {});
  person.learnt_ns.assign(scenario.world().trees.size(), 0);
  person.in_flight.clear();
  person.balancer_cookie.clear();
  person.refused.clear();
  person.connection_pins.clear();
}

}  // namespace stickyd
