// SPDX-License-Identifier: Apache-2.0
// scope_facts_test: what is kept per server of a scope is bounded, and the newest stay.
#include "stickyd/diagnose/scope_facts.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace stickyd {
namespace {

Observation At(int64_t second, uint16_t server) {
  static const Route kRoute;
  Observation seen;
  seen.route = &kRoute;
  seen.start.low = seen.start.high = EventTime(std::chrono::seconds(second));
  seen.server = ServerId{server};
  return seen;
}

TEST(ScopeFactsTest, EachServerHasItsNumbersHoweverManyThereAre) {
  ScopeFacts facts;
  for (uint16_t round = 0; round < 3; ++round) {
    for (uint16_t server = 1; server <= 900; ++server) {
      facts.Add(At(round * 1000 + server, server), true);
    }
  }
  for (uint16_t server = 1; server <= 900; ++server) {
    const ScopeFacts::Server* known = facts.Find(ServerId{server});
    ASSERT_NE(known, nullptr) << server;
    EXPECT_EQ(known->assignments, 3U) << server;
  }
  EXPECT_EQ(facts.Find(ServerId{901}), nullptr);
}

TEST(ScopeFactsTest, TheServersThatWereSeenLastStay) {
  ScopeFacts facts;
  constexpr uint16_t kAll = 5000;
  for (uint16_t server = 1; server <= kAll; ++server) facts.Add(At(server, server), true);
  EXPECT_LE(facts.servers().size(), ScopeFacts::kMostServers);
  for (uint16_t server = kAll - 500; server <= kAll; ++server) {
    EXPECT_NE(facts.Find(ServerId{server}), nullptr) << server;
  }
  EXPECT_EQ(facts.Find(ServerId{1}), nullptr);
  EXPECT_EQ(facts.assignments(), kAll);
}

}  // namespace
}  // namespace stickyd
