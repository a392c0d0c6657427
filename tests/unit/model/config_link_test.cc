// SPDX-License-Identifier: Apache-2.0
// config_link_test: what Link finds out about routers, error pages, twins and deep trees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stickyd/model/traefik_config.h"

namespace stickyd {
namespace {

using testing::ElementsAre;

class ConfigLinkTest : public testing::Test {
 protected:
  ServiceConfig& Service(const std::string& name, const std::vector<std::string>& children = {}) {
    ServiceConfig& service = config_.services[name];
    service.name = name;
    service.kind = children.empty() ? ServiceKind::kLoadBalancer : ServiceKind::kWeighted;
    for (const std::string& child : children) service.children.emplace_back().name = child;
    return service;
  }
  RouterConfig& Router(const std::string& name, const std::string& service) {
    RouterConfig& router = config_.routers[name];
    router.name = name;
    router.service = service;
    return router;
  }
  bool IsTwin(const std::string& name) const {
    return config_.with_unused_twin.contains(config_.FindService(name));
  }

  TraefikConfig config_;
};

TEST_F(ConfigLinkTest, RouterIsSecureIfItOrAllOfItsEntryPointsAre) {
  config_.entry_points["web"] = {false, false};
  config_.entry_points["secure"] = {true, false};
  config_.entry_points["front"] = {true, true};
  Router("plain", "s").entry_points = {"web"};
  Router("own", "s").tls = true;
  Router("all", "s").entry_points = {"secure", "front"};
  Router("some", "s").entry_points = {"web", "secure"};
  RouterConfig& both = Router("both", "s");
  both.tls = true;
  both.entry_points = {"web", "secure"};
  Router("unknown", "s").entry_points = {"none"};
  ASSERT_TRUE(config_.Link());
  const auto secure = [&](const char* name) { return config_.routers.at(name).secure; };
  EXPECT_EQ(secure("plain"), false);
  EXPECT_EQ(secure("own"), true);
  EXPECT_EQ(secure("all"), true);
  EXPECT_EQ(secure("some"), std::nullopt);
  EXPECT_EQ(secure("both"), true);
  EXPECT_EQ(secure("unknown"), false);
  EXPECT_TRUE(config_.routers.at("all").trusts_forwarded);
  EXPECT_FALSE(config_.routers.at("some").trusts_forwarded);
}

TEST_F(ConfigLinkTest, ErrorPagesAreReachableAndOfTheirRouter) {
  Service("shop");
  Service("page");
  Service("other");
  config_.middlewares["errors"].errors_service = "page";
  config_.middlewares["clean"].changes_set_cookie = true;
  Router("r", "shop").middlewares = {"none", "clean", "errors"};
  Router("off", "other").enabled = false;
  Router("parent", "");
  ASSERT_TRUE(config_.Link());
  EXPECT_THAT(config_.reachable, ElementsAre("page", "shop"));
  EXPECT_THAT(config_.error_services.at("shop"), ElementsAre("page"));
  EXPECT_THAT(config_.roots_of.at("page"), ElementsAre("shop"));
  EXPECT_TRUE(config_.routers.at("r").changes_set_cookie);
  EXPECT_FALSE(config_.routers.at("off").changes_set_cookie);
  EXPECT_EQ(config_.Tree("other"), nullptr);
}

TEST_F(ConfigLinkTest, RouterIsFoundByWhatIsLoggedOfIt) {
  Router("child@file", "s");
  EXPECT_EQ(config_.FindRouter("child@file")->name, "child@file");
  EXPECT_EQ(config_.FindRouter("up@file -> mid@file -> child@file")->name, "child@file");
  EXPECT_EQ(config_.FindRouter("up@file -> none@file"), nullptr);
  EXPECT_EQ(config_.FindRouter("up@file->child@file"), nullptr);
}

TEST_F(ConfigLinkTest, NamesThatDifferByTwoLettersAreTwins) {
  struct Row {
    const char* live;
    const char* unused;
    bool alike;
  };
  const Row rows[] = {
      {"shop@docker", "shop@file", true},      {"shop@docker", "shopping@file", true},
      {"shop-v2@docker", "shop@file", true},   {"shop@docker", "shps@file", true},
      {"webshop@docker", "shop@file", false},  {"abcdef@docker", "abcdxy@file", true},
      {"abcdef@docker", "abcxyz@file", false}, {"abcdef@docker", "bcdefgh@file", false},
      {"@docker", "shop@file", false},
  };
  for (const Row& row : rows) {
    config_ = {};
    Service(row.live);
    Service(row.unused).cookie.emplace().name = "lb";
    Router("r", row.live);
    ASSERT_TRUE(config_.Link());
    EXPECT_EQ(IsTwin(row.live), row.alike) << row.live << " " << row.unused;
  }
}

TEST_F(ConfigLinkTest, TwinsAreOnlyBesidePlainLiveBalancers) {
  Service("shop").cookie.emplace().name = "lb";
  Service("shop2").cookie.emplace().name = "lb";
  Router("r", "shop");
  ASSERT_TRUE(config_.Link());
  EXPECT_FALSE(IsTwin("shop")) << "it is sticky itself";
  config_.services["shop"].cookie.reset();
  ASSERT_TRUE(config_.Link());
  EXPECT_TRUE(IsTwin("shop"));
  Router("r2", "shop2");
  ASSERT_TRUE(config_.Link());
  EXPECT_FALSE(IsTwin("shop")) << "the other one is used too";
}

TEST_F(ConfigLinkTest, TreesAreCutWhereTheyAreTooDeep) {
  for (int i = 0; i < 40; ++i) {
    Service("s" + std::to_string(i), {"s" + std::to_string(i + 1)});
  }
  Router("r", "s0");
  ASSERT_TRUE(config_.Link());
  EXPECT_EQ(config_.Tree("s0")->nodes().size(), ServiceTree::kDeepest);
  EXPECT_EQ(config_.Path("s0", "s31", "").size(), 32U);
  EXPECT_TRUE(config_.Path("s0", "s32", "").empty());
}

TEST_F(ConfigLinkTest, ServersAreFoundBeforeAndAfterTheyWereIndexed) {
  ServiceConfig& shop = Service("shop");
  for (const char* key : {"c", "a", "b", "a"}) shop.servers.push_back({key, key});
  for (int linked = 0; linked < 2; ++linked) {
    EXPECT_EQ(shop.FindServer("a"), &shop.servers[1]) << "the first one";
    EXPECT_EQ(shop.FindServer("b"), &shop.servers[2]);
    EXPECT_EQ(shop.FindServer("c"), &shop.servers[0]);
    EXPECT_EQ(shop.FindServer("d"), nullptr);
    EXPECT_EQ(shop.FindServer(""), nullptr);
    ASSERT_TRUE(config_.Link());
  }
}

TEST_F(ConfigLinkTest, RootThatNoRouterLeadsToIsItsOwnWay) {
  Service("alone").servers.push_back({"a", "a"});
  ASSERT_TRUE(config_.Link());
  EXPECT_EQ(config_.Path("alone", "alone", "").size(), 1U);
  EXPECT_EQ(config_.Path("alone", "", "a").size(), 1U);
  EXPECT_TRUE(config_.Path("alone", "other", "").empty());
  EXPECT_TRUE(config_.Path("alone", "", "b").empty());
  EXPECT_TRUE(config_.Path("none", "", "a").empty());
}

TEST(SameSiteTest, ValuesAreOfAnyCase) {
  EXPECT_EQ(ToSameSite("None"), SameSite::kNone);
  EXPECT_EQ(ToSameSite("LAX"), SameSite::kLax);
  EXPECT_EQ(ToSameSite("strict"), SameSite::kStrict);
  EXPECT_EQ(ToSameSite("x"), SameSite::kUnset);
  EXPECT_EQ(ToSameSite(""), SameSite::kUnset);
}

TEST(ConfigHistoryIndexTest, IsOfTheLastOneReadByThen) {
  ConfigHistory history;
  for (const int64_t second : {10, 20, 30}) {
    auto config = std::make_shared<TraefikConfig>();
    config->time = EventTime(std::chrono::seconds(second));
    history.Add(std::move(config));
  }
  const auto at = [&](int64_t second) {
    return history.IndexAt(EventTime(std::chrono::seconds(second)));
  };
  EXPECT_THAT((std::vector{at(5), at(10), at(19), at(20), at(29), at(30), at(99)}),
              ElementsAre(0, 0, 0, 1, 1, 2, 2));
}

}  // namespace
}  // namespace stickyd
