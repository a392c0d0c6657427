// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/service_stats.h"

#include <gtest/gtest.h>

#include "stickyd/model/server_places.h"

namespace stickyd {
namespace {

TEST(ServerPlacesTest, FindsWhatAPlainSearchFindsWhileTheListGrowsAndIsCleared) {
  std::vector<ServerId> list;
  ServerPlaces places;
  const auto id_of = [](ServerId id) { return id; };
  uint32_t random = 1;
  for (int step = 0; step < 20'000; ++step) {
    random = random * 1'664'525U + 1'013'904'223U;
    const ServerId server{static_cast<uint16_t>(random >> 22U)};
    const auto at = std::find(list.begin(), list.end(), server);
    ASSERT_EQ(places.Find(list, server, id_of), static_cast<size_t>(at - list.begin())) << step;
    if (at == list.end()) list.push_back(server);
    if (step % 7000 == 6999) list.clear();
  }
}

TEST(RatioCountsTest, AssignmentsToServersBeyondTheBoundCountAsSpread) {
  RatioCounts counts;
  constexpr uint16_t kServers = 1000;
  for (uint16_t server = 1; server <= kServers; ++server) counts.AddServer(ServerId{server}, 10);
  uint64_t sum = counts.other_servers;
  for (const auto& [server, count] : counts.servers) sum += count;
  EXPECT_EQ(sum, 10U * kServers);
  EXPECT_EQ(counts.servers.size(), RatioCounts::kMostServers);
  EXPECT_NEAR(*counts.ExpectedRatio(), 1 - 1.0 / kServers, 0.001);
  RatioCounts twice;
  twice.Add(counts);
  twice.Add(counts);
  EXPECT_EQ(twice.other_servers, 2 * counts.other_servers);
}

}  // namespace
}  // namespace stickyd
