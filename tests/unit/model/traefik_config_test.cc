// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/traefik_config.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

std::shared_ptr<const TraefikConfig> ReadAt(int64_t second) {
  auto config = std::make_shared<TraefikConfig>();
  config->time = EventTime(std::chrono::seconds(second));
  return config;
}

TEST(ConfigHistoryTest, WhatIsKnownIsNotAddedAgain) {
  ConfigHistory history;
  EXPECT_TRUE(history.Add(ReadAt(10)));
  EXPECT_TRUE(history.Add(ReadAt(20)));
  for (const int64_t known : {10, 20}) EXPECT_FALSE(history.Add(ReadAt(known))) << known;
  EXPECT_TRUE(history.Add(ReadAt(15)));
  EXPECT_EQ(history.size(), 3U);
  EXPECT_EQ(history[1].time, EventTime(std::chrono::seconds(15)));
}

TEST(ConfigHistoryTest, TheNewestIsInForceUntilItWasLastRead) {
  const EventTime start(std::chrono::hours(1));
  const auto at = [&](int minutes) { return start + std::chrono::minutes(minutes); };
  ConfigHistory history;
  history.Confirm(at(1));  // nothing was read yet
  for (const int minutes : {10, 20}) {
    auto config = std::make_shared<TraefikConfig>();
    config->time = at(minutes);
    ASSERT_TRUE(history.Add(std::move(config)));
    EXPECT_EQ(history.until(history.size() - 1), at(minutes));
    history.Confirm(at(minutes + 5));
    history.Confirm(at(minutes + 3));  // late
  }
  EXPECT_EQ(history.until(0), at(15));
  EXPECT_EQ(history.until(1), at(25));
  EXPECT_EQ(history.IndexAt(at(18)), 0U);
}

TEST(ConfigHistoryTest, WhatWasReadFromOtherTextsIsNotCompared) {
  const auto read_from = [](size_t fingerprint) {
    auto config = std::make_shared<TraefikConfig>();
    config->fingerprint = fingerprint;
    return config;
  };
  ConfigHistory history;
  EXPECT_TRUE(history.Add(read_from(1)));
  EXPECT_TRUE(history.Add(read_from(2)));
  EXPECT_FALSE(history.Add(read_from(1)));
}

TEST(ConfigHistoryTest, TheOldestGoesWhereThereAreTooMany) {
  ConfigHistory history;
  constexpr size_t kMore = 7;
  for (size_t i = 0; i < ConfigHistory::kMost + kMore; ++i) {
    EXPECT_TRUE(history.Add(ReadAt(static_cast<int64_t>(i))));
  }
  EXPECT_EQ(history.size(), ConfigHistory::kMost);
  EXPECT_EQ(history.dropped(), kMore);
  EXPECT_EQ(history[0].time, EventTime(std::chrono::seconds(kMore)));
  EXPECT_FALSE(history.Add(ReadAt(0)));
  EXPECT_EQ(history.IndexAt(EventTime(std::chrono::seconds(kMore + 2))), 2U);
}

TEST(ConfigHistoryTest, SoDoesItWhereTheyAreTooLarge) {
  ConfigHistory history;
  for (int64_t second = 0; second < 5; ++second) {
    auto config = std::make_shared<TraefikConfig>();
    config->time = EventTime(std::chrono::seconds(second));
    config->bytes = ConfigHistory::kMostBytes / 3 + 1;
    EXPECT_TRUE(history.Add(std::move(config)));
  }
  EXPECT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].time, EventTime(std::chrono::seconds(3)));
}

class TreeTest : public testing::Test {
 protected:
  ServiceConfig& Balancer(const std::string& name, bool sticky, size_t servers = 2) {
    ServiceConfig& service = config_.services[name];
    service.name = name;
    service.kind = ServiceKind::kLoadBalancer;
    if (sticky) service.cookie.emplace().name = "c-" + name;
    for (size_t i = 0; i < servers; ++i) {
      const std::string url = "http://" + name + std::to_string(i);
      service.servers.push_back({.url = url, .key = url});
    }
    return service;
  }
  void Parent(const std::string& name, const std::vector<std::string>& children) {
    ServiceConfig& service = config_.services[name];
    service.name = name;
    service.kind = ServiceKind::kWeighted;
    for (const std::string& child : children) service.children.emplace_back().name = child;
  }
  void Route(const std::string& name) {
    config_.routers["r-" + name].name = "r-" + name;
    config_.routers["r-" + name].service = name;
  }

  TraefikConfig config_;
};

TEST_F(TreeTest, ServersAndPathsAreFound) {
  Parent("top", {"left", "right", "top"});
  Parent("right", {"deep", "left"});
  Balancer("left", true);
  Balancer("deep", false).servers.push_back({.url = "http://left1", .key = "http://left1"});
  Route("top");
  ASSERT_TRUE(config_.Link());
  const ServiceTree& tree = *config_.Tree("top");
  EXPECT_EQ(tree.nodes().size(), 4U) << "each once, circles end";
  EXPECT_EQ(tree.Find("http://deep1").leaf->name, "deep");
  EXPECT_EQ(tree.Find("http://left1").leaf->name, "left") << "the first one";
  EXPECT_EQ(tree.Find("http://none").leaf, nullptr);
  EXPECT_TRUE(tree.HasCookie("c-left"));
  EXPECT_FALSE(tree.HasCookie("c-deep"));
  const auto path = config_.Path("top", "deep", "");
  ASSERT_EQ(path.size(), 3U);
  EXPECT_EQ(path[1].service->name, "right");
  EXPECT_EQ(path[1].child, &config_.services["top"].children[1]);
  EXPECT_TRUE(config_.Path("top", "none", "").empty());
  EXPECT_EQ(config_.Path("deep", "", "http://deep0").size(), 1U) << "no router leads to it";
  EXPECT_EQ(config_.by_cookie.at("c-left").size(), 1U);
}

TEST_F(TreeTest, LiveServiceHasATwinThatIsStickyAndUnused) {
  Balancer("shop", false);
  Balancer("shops", true, 0);
  Balancer("cart", false);
  Balancer("other", true, 0).servers = config_.services["cart"].servers;
  Balancer("alone", false);
  for (const char* live : {"shop", "cart", "alone"}) Route(live);
  ASSERT_TRUE(config_.Link());
  EXPECT_TRUE(config_.with_unused_twin.contains(&config_.services["shop"])) << "by its name";
  EXPECT_TRUE(config_.with_unused_twin.contains(&config_.services["cart"])) << "by a server";
  EXPECT_FALSE(config_.with_unused_twin.contains(&config_.services["alone"]));
}

TEST_F(TreeTest, ServicesOfACookieComeInOneOrder) {
  for (const char* name : {"d", "b", "a", "c"}) Balancer(name, true, 0).cookie->name = "lb";
  ASSERT_TRUE(config_.Link());
  std::string names;
  for (const ServiceConfig* service : config_.by_cookie.at("lb")) names += service->name;
  EXPECT_EQ(names, "abcd");
}

TEST_F(TreeTest, LargeOnesAreUsedAndThoseThatMultiplyAreRefused) {
  std::vector<std::string> leaves;
  for (int i = 0; i < 2000; ++i) {
    leaves.push_back("leaf" + std::to_string(i));
    Balancer(leaves.back(), true, 20);
  }
  Parent("top", leaves);
  Route("top");
  EXPECT_TRUE(config_.Link());
  EXPECT_GT(config_.bytes, 2000U * 20 * sizeof(PoolServer));
  for (int i = 0; i < 2000; ++i) {
    Parent("top" + std::to_string(i), leaves);
    Route("top" + std::to_string(i));
  }
  EXPECT_FALSE(config_.Link());
}

}  // namespace
}  // namespace stickyd
