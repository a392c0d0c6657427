// SPDX-License-Identifier: Apache-2.0
// facts_test: who reaches a service, by which hosts, and what the rules compare.
#include "../../../src/audit/facts.h"

#include "auditing.h"

namespace stickyd {
namespace {

using testing::ElementsAre;

std::vector<std::string> NamesOf(const std::vector<const RouterConfig*>& routers) {
  std::vector<std::string> names;
  for (const RouterConfig* router : routers) names.push_back(router->name);
  return names;
}

TEST(FactsTest, NamesHaveTheirProvidersBehindTheLastAt) {
  EXPECT_EQ(BareName("shop@docker"), "shop");
  EXPECT_EQ(BareName("a@b@file"), "a@b");
  EXPECT_EQ(BareName("shop"), "shop");
  EXPECT_EQ(ProviderOf("shop@docker"), "docker");
  EXPECT_EQ(ProviderOf("a@b@file"), "file");
  EXPECT_EQ(ProviderOf("shop"), "");
}

TEST(FactsTest, ServersThatGetNothingAreNotUsable) {
  ServiceConfig service;
  EXPECT_EQ(UsableServers(service), 0U);
  for (const int64_t weight : {0, 1, 2}) {
    PoolServer server;
    server.url = "http://" + std::to_string(9 - weight);
    server.weight = weight;
    service.servers.push_back(server);
  }
  EXPECT_EQ(UsableServers(service), 2U);
  EXPECT_THAT(ServerUrls(service), ElementsAre("http://7", "http://8", "http://9"));
}

TEST(FactsTest, AServiceIsReachedByTheRoutersOfAllItsTrees) {
  Answers answers;
  answers.routers = Route("b@file", "top", "Host(`b.example`) || Host(`a.example`)") + "," +
                    Route("a@file", "top", "PathPrefix(`/x`)") + "," +
                    Route("c@file", "leaf", "HostRegexp(`.*`)") + "," +
                    Route("off@file", "leaf", "Host(`off.example`)", R"("status": "disabled")") +
                    "," + Route("api@internal", "api@internal", "Host(`api.example`)");
  answers.services = Weighted("top@file", {"leaf", "other"}) + "," + Lb("leaf@file", "-") + "," +
                     Lb("other@file", "-", kOthers) + "," + Lb("unused@file", "-");
  const auto config = Configure(answers);
  const Facts facts(*config);
  std::vector<std::string> live;
  for (const ServiceConfig* service : facts.live()) live.push_back(service->name);
  EXPECT_THAT(live, ElementsAre("leaf@file", "other@file", "top@file"));
  EXPECT_FALSE(facts.IsLive(*config->FindService("unused@file")));
  EXPECT_EQ(facts.trees().size(), 2U);
  const Reach& leaf = facts.Of(*config->FindService("leaf@file"));
  EXPECT_THAT(NamesOf(leaf.routers), testing::UnorderedElementsAre("a@file", "b@file", "c@file"));
  EXPECT_EQ(leaf.serving.size(), 3U);
  EXPECT_THAT(leaf.hosts, ElementsAre("a.example", "b.example"));
  EXPECT_TRUE(leaf.any_host && leaf.unknown_host);
  const Reach& other = facts.Of(*config->FindService("other@file"));
  EXPECT_THAT(NamesOf(other.routers), ElementsAre("a@file", "b@file")) << "in order of name";
  EXPECT_TRUE(other.any_host);
  EXPECT_FALSE(other.unknown_host);
}

TEST(FactsTest, WhatOnlyRedirectsServesNobody) {
  Answers answers;
  answers.entry_points =
      R"([{"name": "web", "http": {"redirections": {"entryPoint": {"to": "websecure"}}}},
          {"name": "websecure", "http": {"tls": {}}}])";
  answers.middlewares = R"("away@file": {"redirectScheme": {"scheme": "https"}},
                           "slow@file": {"rateLimit": {}})";
  const auto route = [](const char* name, const char* more) {
    return Route(name, "shop", fmt::format("Host(`{}.example`)", name[0]), more);
  };
  answers.routers =
      route("a@file", R"("entryPoints": ["web"])") + "," +
      route("b@file", R"("entryPoints": ["web", "websecure"])") + "," +
      route("c@file", R"("entryPoints": ["websecure"], "middlewares": ["away@file"])") + "," +
      route("d@file", R"("entryPoints": ["websecure"], "middlewares": ["slow@file"])") + "," +
      route("e@file", R"("entryPoints": ["unheard-of"])");
  answers.services = Lb("shop@file", "-");
  const auto config = Configure(answers);
  const Facts facts(*config);
  const Reach& shop = facts.Of(*config->FindService("shop@file"));
  EXPECT_THAT(NamesOf(shop.routers), ElementsAre("a@file", "b@file", "c@file", "d@file", "e@file"));
  EXPECT_THAT(NamesOf(shop.serving), ElementsAre("b@file", "d@file", "e@file"));
  EXPECT_THAT(shop.hosts, ElementsAre("b.example", "d.example", "e.example"));
}

TEST(FactsTest, OfMoreThanAThousandRoutersAThousandAreLookedAt) {
  Answers answers;
  for (int i = 0; i < 1001; ++i) {
    answers.routers += (i == 0 ? "" : ",") + Route(fmt::format("r{:04}@file", i), "shop",
                                                   fmt::format("Host(`h{:04}`)", i));
  }
  answers.services = Lb("shop@file", "-");
  const auto config = Configure(answers);
  const Facts facts(*config);
  const Reach& shop = facts.Of(*config->FindService("shop@file"));
  EXPECT_EQ(shop.routers.size(), 1000U);
  EXPECT_EQ(shop.hosts.size(), 1000U);
  EXPECT_FALSE(shop.hosts.contains("h1000"));
}

TEST(FactsTest, CookiesAboveAreSeenFromEachLevelBelow) {
  Answers answers;
  answers.routers =
      Route("r@file", "top", "Host(`a`)") + "," + Route("s@file", "bare", "Host(`b`)");
  answers.services = Weighted("top@file", {"mid"}, R"("sticky": {"cookie": {"name": "lb"}})") +
                     "," + Weighted("mid@file", {"leaf"}) + "," + Lb("leaf@file", "-") + "," +
                     Weighted("bare@file", {"other"}) + "," +
                     Lb("other@file", R"("name": "x")", kOthers);
  const auto config = Configure(answers);
  const Facts facts(*config);
  const auto service = [&](const char* name) -> const ServiceConfig& {
    return *config->FindService(name);
  };
  EXPECT_TRUE(facts.HasStickyAbove(service("leaf@file")));
  EXPECT_TRUE(facts.HasStickyAbove(service("mid@file")));
  EXPECT_FALSE(facts.HasStickyAbove(service("top@file"))) << "its own is not above it";
  EXPECT_FALSE(facts.HasStickyAbove(service("other@file")));
  EXPECT_TRUE(facts.AreOneTree(service("top@file"), service("leaf@file")));
  EXPECT_FALSE(facts.AreOneTree(service("leaf@file"), service("other@file")));
}

TEST(FactsTest, AHostThatBothHaveIsNamed) {
  const auto shared = [](const char* one, const char* other) {
    Answers answers;
    answers.routers = Route("a@file", "a", one) + "," + Route("b@file", "b", other);
    answers.services = Lb("a@file", "-") + "," + Lb("b@file", "-", kOthers);
    const auto config = Configure(answers);
    const Facts facts(*config);
    return facts.SharedHost(*config->FindService("a@file"), *config->FindService("b@file"));
  };
  EXPECT_EQ(shared("Host(`x`, `y`)", "Host(`y`, `z`)"), "y");
  EXPECT_EQ(shared("Host(`x`)", "Host(`y`)"), "");
  EXPECT_EQ(shared("Host(`x`)", "PathPrefix(`/p`)"), "x");
  EXPECT_EQ(shared("PathPrefix(`/p`)", "Host(`y`)"), "y");
  EXPECT_EQ(shared("PathPrefix(`/p`)", "PathPrefix(`/q`)"), "*");
  EXPECT_EQ(shared("HostRegexp(`.*`)", "HostRegexp(`.*`)"), "");
  EXPECT_EQ(shared("PathPrefix(`/p`)", "HostRegexp(`.*`)"), "");
}

}  // namespace
}  // namespace stickyd
