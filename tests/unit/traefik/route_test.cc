// SPDX-License-Identifier: Apache-2.0
// route_test: the scope, the service, the server and the way through Traefik of a record.
#include "routing.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RouteTest : public Routing {};

constexpr const char* kUrlA = "http://10.0.0.1:80";
constexpr const char* kUrlB = "http://10.0.0.2:80";

TEST_F(RouteTest, WithoutTheApiTheLogNamesScopeAndService) {
  EXPECT_EQ(ScopeOf(RecordOf("web@file", "shop@file", kUrlA)), "shop@file");
  EXPECT_EQ(ServiceOf(RecordOf("web@file", "shop@file", kUrlA)), "shop@file");
  EXPECT_EQ(ScopeOf(RecordOf("web2@file", "", kUrlA)), "web2@file");
  EXPECT_EQ(ServiceOf(RecordOf("web2@file", "", kUrlA)), "web2@file");
  EXPECT_EQ(RouteOf(RecordOf("web@file", "shop@file", "")).server, ServerId::kNone);
}

TEST_F(RouteTest, MapsAndRootsOfTheOperatorGoFirst) {
  InterpreterOptions options;
  options.service_map = {{"shop-.*@file", "shop"}, {"shop-a@file", "never"}};
  options.roots = {"site@docker", "other"};
  Use(options);
  EXPECT_EQ(ScopeOf(RecordOf("shop-a@file", "", kUrlA)), "shop");
  EXPECT_EQ(ServiceOf(RecordOf("shop-a@file", "", kUrlA)), "shop");
  EXPECT_EQ(ServiceOf(RecordOf("shop-b@file", "own@file", kUrlA)), "own@file");
  EXPECT_EQ(ScopeOf(RecordOf("shop-b@file", "own@file", kUrlA)), "shop");
  EXPECT_EQ(ScopeOf(RecordOf("my-shop-a@file", "", kUrlA)), "my-shop-a@file") << "the whole name";
  EXPECT_EQ(ScopeOf(RecordOf("site@docker", "x@file", kUrlA)), "site@docker");
  EXPECT_EQ(ScopeOf(RecordOf("site@file", "x@file", kUrlA)), "site@docker");
  EXPECT_EQ(ScopeOf(RecordOf("other@file", "x@file", kUrlA)), "other");
  EXPECT_EQ(ScopeOf(RecordOf("others@file", "y@file", kUrlA)), "y@file");
}

TEST_F(RouteTest, NewMapsCountFromNowOnAndBadOnesChangeNothing) {
  EXPECT_EQ(ScopeOf(RecordOf("web@file", "", kUrlA)), "web@file");
  InterpreterOptions options;
  options.service_map = {{"(", "x"}};
  EXPECT_FALSE(interpreter_->Reconfigure(options).has_value());
  options.service_map = {{"web@file", "mapped"}};
  options.roots = {"root"};
  ASSERT_TRUE(interpreter_->Reconfigure(options).has_value());
  EXPECT_EQ(ServiceOf(RecordOf("web@file", "", kUrlA)), "mapped");
  EXPECT_EQ(ScopeOf(RecordOf("root@file", "z@file", kUrlA)), "root");
}

TEST_F(RouteTest, ReadingTheSameMapsAgainKeepsWhatRoutersLedTo) {
  InterpreterOptions options;
  options.service_map = {{"web@file", "mapped"}};
  options.roots = {"root"};
  Use(options);
  EXPECT_EQ(ScopeOf(RecordOf("shop@file", "blue@file", kUrlA)), "blue@file");
  ASSERT_TRUE(interpreter_->Reconfigure(options).has_value());
  EXPECT_EQ(ScopeOf(RecordOf("shop@file", "green@file", kUrlB)), "blue@file");
  options.roots = {"other"};
  ASSERT_TRUE(interpreter_->Reconfigure(options).has_value());
  EXPECT_EQ(ScopeOf(RecordOf("shop@file", "red@file", kUrlB)), "red@file");
}

TEST_F(RouteTest, WhatTheNewestConfigurationDoesNotHaveIsUnknown) {
  const auto unknown = [&](const AccessRecord& record) {
    RouteOf(record);
    return interpreter_->TakeUnknown();
  };
  EXPECT_FALSE(unknown(RecordOf("web@file", "shop@file", kUrlA))) << "nobody was asked";
  Configure(R"({"routers":{"web@file":{"service":"shop"}},"services":{"shop@file":{"loadBalancer":
      {"servers":[{"url":"http://10.0.0.1:80"}]}}}})");
  EXPECT_FALSE(unknown(RecordOf("web@file", "shop@file", kUrlA)));
  EXPECT_FALSE(unknown(RecordOf("web@file", "shop@file", ""))) << "no server at all";
  EXPECT_TRUE(unknown(RecordOf("web@file", "shop@file", kUrlB)));
  EXPECT_FALSE(unknown(RecordOf("web@file", "shop@file", kUrlB))) << "once";
  EXPECT_TRUE(unknown(RecordOf("new@file", "shop@file", kUrlA)));
  EXPECT_TRUE(unknown(RecordOf("web@file", "new@file", kUrlA)));
  EXPECT_FALSE(unknown(RecordOf("", "shop@file", kUrlB))) << "its router is not logged";
}

// Pinned to a child whose servers are all down, while others are served.
TEST_F(RouteTest, RequestsThatFindNoServerWhileOthersDoAreCountedByRouter) {
  const auto ask = [&](const char* router, const char* url, uint16_t status) {
    AccessRecord record = RecordOf(router, "", url);
    record.status = status;
    See(record);
  };
  const auto turned_away = [&] {
    PipelineStats stats;
    interpreter_->AddTo(stats);
    return std::move(stats.turnaways);
  };
  for (int i = 0; i < 3; ++i) ask("down@file", "", 503);
  EXPECT_THAT(turned_away(), testing::IsEmpty()) << "nobody was served";
  ask("web@file", kUrlA, 503);  // the server's own
  ask("web@file", "", 404);
  EXPECT_THAT(turned_away(), testing::IsEmpty());
  for (int i = 0; i < 2; ++i) {
    ask("web@file", "", 503);
    ask("web@file", "", 503);
    ask("web@file", kUrlA, 200);
  }
  const auto counted = turned_away();
  ASSERT_EQ(counted.size(), 1U);
  EXPECT_EQ(counted[0].first, "web@file");
  EXPECT_EQ(counted[0].second.requests, 4U);
  EXPECT_EQ(counted[0].second.turns, 2U);
}

// v1.7 to v2.4 log what a client adds to a server's URL.
TEST_F(RouteTest, WhatClientsAddToAUrlMakesNoOtherServer) {
  const ServerId server = RouteOf(RecordOf("web@file", "shop@file", kUrlA)).server;
  EXPECT_EQ(NameOf(server), kUrlA);
  for (const char* url : {"http://10.0.0.1:80?x=1", "http://10.0.0.1:80#y", "HTTP://10.0.0.1:80",
                          "http://10.0.0.1:80#y?x", "http://10.0.0.1:80?x#y"}) {
    EXPECT_EQ(RouteOf(RecordOf("web@file", "shop@file", url)).server, server) << url;
  }
  EXPECT_NE(RouteOf(RecordOf("web@file", "shop@file", kUrlB)).server, server);
  EXPECT_EQ(RouteOf(RecordOf("web@file", "shop@file", "://10.0.0.1:80")).server, ServerId::kNone);
}

// Routes that were asked for just now are found at a glance, by all that tells them apart.
TEST_F(RouteTest, RoutesOfAThousandRecordsAreNotMixedUp) {
  for (int i = 0; i < 1500; ++i) {
    const std::string router = fmt::format("r{}@file", i);
    const std::string url = fmt::format("http://10.0.{}.{}:80", i / 250, i % 250);
    EXPECT_EQ(RouteOf(RecordOf(router.c_str(), "shop@file", url.c_str())).router, router);
    EXPECT_EQ(RouteOf(RecordOf("", "shop@file", url.c_str())).router, "") << url;
    EXPECT_NE(ServiceOf(RecordOf(router.c_str(), "", url.c_str())), "shop@file") << url;
    EXPECT_EQ(RouteOf(RecordOf(router.c_str(), "shop@file", "")).server, ServerId::kNone) << url;
  }
}

TEST_F(RouteTest, ServicesBeyondTheBoundShareOne) {
  InterpreterOptions options;
  options.max_services = 2;
  Use(options);
  for (const char* service : {"a@file", "b@file", "c@file"}) {
    ServiceOf(RecordOf("web@file", service, kUrlA));
  }
  EXPECT_EQ(ServiceOf(RecordOf("web@file", "b@file", kUrlA)), "b@file");
  EXPECT_EQ(ServiceOf(RecordOf("web@file", "c@file", kUrlA)), "_other");
  EXPECT_GE(interpreter_->services().overflows(), 1U);
}

constexpr const char* kShop = R"api({
  "routers": {
    "web@file": {"service": "top", "entryPoints": ["web"], "middlewares": ["pages@file"]},
    "plain@file": {"service": "plain"},
    "over@file": {"service": "over", "tls": {}},
    "one@file": {"service": "one"}},
  "middlewares": {"pages@file": {"errors": {"service": "errors", "status": ["500"]}}},
  "services": {
    "top@file": {"weighted": {"services": [{"name": "blue"}, {"name": "green"}],
                              "sticky": {"cookie": {"name": "outer"}}}},
    "plain@file": {"weighted": {"services": [{"name": "blue"}, {"name": "green"}]}},
    "over@file": {"failover": {"service": "blue", "fallback": "green"}},
    "one@file": {"weighted": {"services": [{"name": "blue"}]}},
    "errors@file": {"loadBalancer": {"servers": [{"url": "http://10.0.0.9:80"}]}},
    "blue@file": {"loadBalancer": {"sticky": {"cookie": {"name": "inner"}},
                                   "servers": [{"url": "http://10.0.0.1:80"}]}},
    "green@file": {"loadBalancer": {"servers": [{"url": "http://10.0.0.2:80"},
                                                {"url": "http://10.0.0.3:80"}]}}}})api";

std::vector<std::string> PathOf(const Route& route) {
  std::vector<std::string> names;
  for (const ServiceConfig* service : route.path) names.push_back(service->name);
  return names;
}

TEST_F(RouteTest, ApiNamesTheScopeByItsRootAndTheWayThere) {
  Configure(kShop);
  const Route& route = RouteOf(RecordOf("web@file", "green@file", kUrlB));
  EXPECT_EQ(interpreter_->scopes().Name(route.scope), "top@file");
  EXPECT_THAT(PathOf(route), ElementsAre("top@file", "green@file"));
  EXPECT_EQ(interpreter_->services().Name(route.service), "green@file");
  EXPECT_FALSE(route.error_page);
  EXPECT_TRUE(route.PoolHas(interpreter_->servers().Find("http://10.0.0.3:80")));
  EXPECT_TRUE(route.PoolHas(interpreter_->servers().Find(kUrlA))) << "of all children";
  EXPECT_FALSE(route.PoolHas(ServerId::kNone));
  // CLF names no service: the server tells.
  EXPECT_EQ(ServiceOf(RecordOf("web@file", "", kUrlB)), "green@file");
  EXPECT_THAT(PathOf(RouteOf(RecordOf("web@file", "", ""))), IsEmpty());
}

TEST_F(RouteTest, AServiceLeadsToItsConfigurationThoughItsRouterIsUnknown) {
  Configure(kShop);
  EXPECT_THAT(PathOf(RouteOf(RecordOf("gone@file", "blue@file", kUrlA))), ElementsAre("blue@file"));
  EXPECT_THAT(PathOf(RouteOf(RecordOf("gone@file", "gone@file", kUrlA))), IsEmpty());
  EXPECT_THAT(PathOf(RouteOf(RecordOf("gone@file", "", kUrlA))), IsEmpty());
  EXPECT_THAT(PathOf(RouteOf(RecordOf("one@file", "", kUrlA))),
              ElementsAre("one@file", "blue@file"));
}

TEST_F(RouteTest, LevelsAboveTheLeafPinByTheirCookiesOrNotAtAll) {
  Configure(kShop);
  const Route& sticky = RouteOf(RecordOf("web@file", "green@file", kUrlB));
  ASSERT_EQ(sticky.upper.size(), 1U);
  EXPECT_EQ(sticky.upper[0].cookie, "outer");
  EXPECT_EQ(sticky.upper[0].values, ChildCookieValues("green"));
  EXPECT_FALSE(sticky.upper_plain);
  const Route& plain = RouteOf(RecordOf("plain@file", "green@file", kUrlB));
  EXPECT_TRUE(plain.upper_plain);
  EXPECT_TRUE(plain.upper.empty());
  EXPECT_TRUE(RouteOf(RecordOf("over@file", "blue@file", kUrlA)).upper_plain) << "a failover";
  EXPECT_FALSE(RouteOf(RecordOf("one@file", "blue@file", kUrlA)).upper_plain) << "one child";
}

TEST_F(RouteTest, ErrorPageIsAServiceBesideTheRoutersTree) {
  Configure(kShop);
  EXPECT_TRUE(RouteOf(RecordOf("web@file", "errors@file", "http://10.0.0.9:80")).error_page);
  EXPECT_FALSE(RouteOf(RecordOf("web@file", "unknown@file", kUrlA)).error_page);
  EXPECT_FALSE(RouteOf(RecordOf("unknown@file", "errors@file", "http://10.0.0.9:80")).error_page);
}

TEST_F(RouteTest, RoutersSchemeIsTheRoutes) {
  Configure(kShop);
  EXPECT_EQ(RouteOf(RecordOf("over@file", "blue@file", kUrlA)).secure, true);
  EXPECT_EQ(RouteOf(RecordOf("one@file", "blue@file", kUrlA)).secure, false);
  EXPECT_EQ(RouteOf(RecordOf("none@file", "blue@file", kUrlA)).secure, std::nullopt);
}

TEST_F(RouteTest, ChildValuesAreOfTheNameWithAndWithoutItsProvider) {
  const Route& route = RouteOf(RecordOf("web@file", "shop@file", kUrlA));
  ASSERT_NE(route.child_values, nullptr);
  for (const char* name : {"shop@file", "shop"}) {
    for (const std::string& value : ChildCookieValues(name)) {
      EXPECT_THAT(*route.child_values, testing::Contains(value));
    }
  }
  EXPECT_EQ(RouteOf(RecordOf("web@file", "", kUrlA)).child_values, nullptr);
}

std::string Simple(const char* service, const char* url, const char* router = "web@file") {
  return fmt::format(
      R"({{"routers": {{"{0}": {{"service": "{1}"}}}},
           "services": {{"{1}": {{"loadBalancer": {{"servers": [{{"url": "{2}"}}]}}}}}}}})",
      router, service, url);
}

TEST_F(RouteTest, ConfigurationOfItsTimeCountsElseTheNearestThatKnows) {
  Configure(Simple("a@file", kUrlA), 100);
  Configure(Simple("b@file", kUrlA), 200);
  Configure(Simple("c@file", kUrlA, "late@file"), 300);
  const auto root = [&](const char* router, int64_t second) {
    const Route& route = RouteOf(RecordOf(router, "", kUrlA, second));
    return route.leaf() == nullptr ? std::string() : route.leaf()->name;
  };
  EXPECT_EQ(root("web@file", 50), "a@file") << "the first is the best witness of before";
  EXPECT_EQ(root("web@file", 199), "a@file");
  EXPECT_EQ(root("web@file", 200), "b@file");
  EXPECT_EQ(root("web@file", 300), "b@file") << "the latest that had it";
  EXPECT_EQ(root("late@file", 150), "c@file") << "the first that has it";
  EXPECT_EQ(root("none@file", 150), "");
}

class RenameTest : public RouteTest {
 protected:
  ScopeId ScopeIdOf(const char* service, const char* url, int64_t second = 1) {
    return RouteOf(RecordOf("web@file", service, url, second)).scope;
  }
};

TEST_F(RenameTest, RouterThatMovesToANewNameWithAKnownServerIsOneScope) {
  const ScopeId scope = ScopeIdOf("old@file", kUrlA, 10);
  EXPECT_EQ(interpreter_->scope(scope).renamed, std::nullopt);
  EXPECT_EQ(ScopeIdOf("new@file", kUrlA, 20), scope);
  EXPECT_EQ(interpreter_->scope(scope).renamed, AtSecond(20));
  EXPECT_THAT(interpreter_->scope(scope).aliases, ElementsAre("old@file", "new@file"));
  EXPECT_EQ(ScopeIdOf("new@file", kUrlB, 30), scope);
}

TEST_F(RenameTest, NameThatWasThereBeforeIsNone) {
  const ScopeId other = RouteOf(RecordOf("other@file", "new@file", kUrlA)).scope;
  const ScopeId scope = ScopeIdOf("old@file", kUrlA);
  EXPECT_NE(scope, other);
  EXPECT_EQ(ScopeIdOf("new@file", kUrlA), scope) << "the router keeps its scope";
  EXPECT_EQ(interpreter_->scope(scope).renamed, std::nullopt);
  EXPECT_EQ(RouteOf(RecordOf("other@file", "new@file", kUrlB)).scope, other) << "so do others";
}

TEST_F(RenameTest, OneOfItsFirstSixteenRecordsMustShowAKnownServer) {
  for (const int strange : {15, 16}) {
    Use({});
    const ScopeId scope = ScopeIdOf("old@file", kUrlA);
    for (int i = 0; i < strange; ++i) {
      const std::string url = fmt::format("http://10.0.9.{}:80", i);
      EXPECT_EQ(ScopeIdOf("new@file", url.c_str()), scope);
    }
    EXPECT_EQ(ScopeIdOf("new@file", kUrlA), scope);
    EXPECT_EQ(interpreter_->scope(scope).renamed.has_value(), strange < 16) << strange;
  }
}

TEST_F(RenameTest, WhereTheApiHasBothNamesItIsNone) {
  std::string both = Simple("old@file", kUrlA);
  Configure(both, 0);
  const ScopeId scope = ScopeIdOf("old@file", kUrlA, 1);
  Configure(R"({"routers": {"web@file": {"service": "new@file"}}, "services": {
    "old@file": {"loadBalancer": {"servers": [{"url": "http://10.0.0.1:80"}]}},
    "new@file": {"loadBalancer": {"servers": [{"url": "http://10.0.0.1:80"}]}}}})",
            10);
  EXPECT_EQ(ScopeIdOf("new@file", kUrlA, 11), scope) << "the router was pointed elsewhere";
  EXPECT_EQ(interpreter_->scope(scope).renamed, std::nullopt);
}

TEST_F(RenameTest, PoolOfTheNewNameTellsBeforeItsServersAnswer) {
  Configure(Simple("old@file", kUrlA), 0);
  const ScopeId scope = ScopeIdOf("old@file", kUrlA, 1);
  Configure(R"({"routers": {"web@file": {"service": "new@file"}}, "services": {
    "new@file": {"loadBalancer": {"servers": [{"url": "http://10.0.0.1:80"},
                                              {"url": "http://10.0.0.2:80"}]}}}})",
            10);
  EXPECT_EQ(ScopeIdOf("new@file", kUrlB, 11), scope);
}

class RouterScopeTest : public RenameTest {
 protected:
  ScopeId ScopeOf(const char* router, const char* service, const char* host = "h") {
    AccessRecord record = RecordOf(router, service, kUrlA);
    record.host = Text(host);
    return RouteOf(record).scope;
  }
};

TEST_F(RouterScopeTest, RoutersOfOneServiceAreOneScope) {
  EXPECT_EQ(ScopeOf("http@file", "shop@file"), ScopeOf("https@file", "shop@file"));
  EXPECT_EQ(ScopeOf("http@file", "shop@file"), ScopeOf("other@file", "shop@file", "other"));
}

TEST_F(RouterScopeTest, ServicesOfRoutersOfOneHostAreOneScope) {
  const ScopeId scope = ScopeOf("http@file", "blue@file");
  EXPECT_EQ(ScopeOf("https@file", "blue@file"), scope);
  EXPECT_EQ(ScopeOf("https@file", "green@file"), scope);
  EXPECT_EQ(ScopeOf("http@file", "green@file"), scope);
}

// One of them leads to a tree, the other straight to a service of it: two sites.
TEST_F(RouterScopeTest, RouterThatSharesAServiceWithAnotherHostHasItsOwnScopeOnceItLeadsElsewhere) {
  const ScopeId scope = ScopeOf("preview@file", "blue@file", "preview");
  EXPECT_EQ(ScopeOf("main@file", "blue@file", "www"), scope);
  const ScopeId own = ScopeOf("main@file", "green@file", "www");
  EXPECT_NE(own, scope);
  EXPECT_EQ(ScopeOf("main@file", "blue@file", "www"), own);
  EXPECT_EQ(ScopeOf("preview@file", "blue@file", "preview"), scope);
}

TEST_F(RouterScopeTest, RouterThatComesToAServiceOfATreeOfAnotherHostHasItsOwnScope) {
  const ScopeId tree = ScopeOf("main@file", "blue@file", "www");
  EXPECT_EQ(ScopeOf("main@file", "green@file", "www"), tree);
  EXPECT_NE(ScopeOf("preview@file", "blue@file", "preview"), tree);
  EXPECT_EQ(ScopeOf("http@file", "blue@file", "www"), tree);
}

TEST_F(RouterScopeTest, ByTheApiARouterKeepsItsScopeUnlessItLeavesOthersBehind) {
  const auto both = [](const char* first, const char* second) {
    return fmt::format(
        R"({{"routers": {{"a@file": {{"service": "{}"}}, "b@file": {{"service": "{}"}}}},
             "services": {{"old@file": {{"loadBalancer": {{"servers": [{{"url": "{}"}}]}}}},
                           "new@file": {{"loadBalancer": {{"servers": [{{"url": "{}"}}]}}}}}}}})",
        first, second, kUrlA, kUrlB);
  };
  Configure(both("old@file", "old@file"), 0);
  const ScopeId scope = RouteOf(RecordOf("a@file", "old@file", kUrlA, 1)).scope;
  EXPECT_EQ(RouteOf(RecordOf("b@file", "old@file", kUrlA, 1)).scope, scope);
  Configure(both("new@file", "old@file"), 10);
  EXPECT_NE(RouteOf(RecordOf("a@file", "new@file", kUrlB, 11)).scope, scope);
  Use({});
  Configure(both("old@file", "old@file"), 0);
  const ScopeId again = RouteOf(RecordOf("a@file", "old@file", kUrlA, 1)).scope;
  Configure(both("new@file", "new@file"), 10);
  EXPECT_EQ(RouteOf(RecordOf("a@file", "new@file", kUrlB, 11)).scope, again);
}

}  // namespace
}  // namespace stickyd
