// SPDX-License-Identifier: Apache-2.0
// compose_test: labels of Compose files, as Traefik's Docker and Swarm providers would read them.
#include "drafting.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kShop = R"yaml(name: demo
services:
  shop:
    image: shop
    deploy: {replicas: 3}
    labels:
      - traefik.enable=true
      - "traefik.http.routers.shop.rule=Host(`shop.example.com`)"
      - traefik.http.services.shop.loadbalancer.server.port=8080
      - traefik.http.services.shop.loadbalancer.sticky.cookie.name=shop_lb
      - traefik.http.services.shop.loadbalancer.sticky.cookie.httponly=true
)yaml";

// Without the lines that hold this.
std::string Without(const std::string& text, const std::string& part) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    const std::string line = text.substr(at, end - at);
    if (line.find(part) == std::string::npos) out += line;
    at = end;
  }
  return out;
}

TEST(ComposeTest, LabelsMakeARouterAndAServiceOfAsManyServersAsReplicas) {
  const Audited audited = AuditText("compose.yml", kShop);
  EXPECT_THAT(Rules(audited), IsEmpty());
  const ServiceConfig* service = audited.config->FindService("shop@docker");
  ASSERT_NE(service, nullptr);
  ASSERT_THAT(service->servers, SizeIs(3));
  EXPECT_EQ(service->servers[2].url, "http://shop-3:8080");
  ASSERT_TRUE(service->cookie.has_value());
  EXPECT_EQ(service->cookie->name, "shop_lb");
  EXPECT_TRUE(service->cookie->http_only);
  const RouterConfig* router = audited.config->FindRouter("shop@docker");
  ASSERT_NE(router, nullptr);
  EXPECT_EQ(router->service, "shop@docker") << "the only one of the container";
  EXPECT_TRUE(audited.draft.facts.unknown_addresses.contains("shop@docker"));
}

TEST(ComposeTest, WithoutTheCookieItIsNotSticky) {
  const Audited audited = AuditText("compose.yml", Without(kShop, "sticky"));
  EXPECT_THAT(Said(audited, "A1"),
              ElementsAre(StartsWith("A1 compose.yml:9: shop@docker has 3 servers")));
  EXPECT_THAT(Rules(AuditText("compose.yml", Without(Without(kShop, "sticky"), "replicas"))),
              IsEmpty())
      << "one server is not balanced";
  const std::string scaled = With(Without(kShop, "sticky"), "deploy: {replicas: 3}", "scale: 2");
  EXPECT_THAT(Said(AuditText("compose.yml", scaled), "A1"), ElementsAre(HasSubstr("2 servers")));
}

TEST(ComposeTest, ANumberThatAVariableGivesIsNotKnown) {
  const Audited audited =
      AuditText("compose.yml", With(Without(kShop, "sticky"), "replicas: 3", "replicas: \"${N}\""));
  EXPECT_THAT(Said(audited, "A1"), ElementsAre(HasSubstr("nobody can say yet how many")));
  EXPECT_THAT(Rules(audited), IsEmpty()) << "it is for information";
}

TEST(ComposeTest, AMapOfLabelsSaysTheSameAsAList) {
  const Audited audited = AuditText("compose.yml", R"yaml(name: demo
services:
  shop:
    image: shop
    scale: 3
    labels:
      traefik.enable: true
      traefik.http.routers.shop.rule: Host(`shop.example.com`)
      traefik.http.services.shop.loadbalancer.server.port: 8080
      traefik.http.services.shop.loadbalancer.sticky.cookie.name: shop_lb
      traefik.http.services.shop.loadbalancer.sticky.cookie.httponly: "true"
)yaml");
  const Audited list = AuditText("compose.yml", kShop);
  EXPECT_TRUE(*audited.config == *list.config);
}

TEST(ComposeTest, StickyTrueIsNoCookieAndCookieTrueIsOne) {
  const std::string bare =
      With(Without(kShop, "httponly"), "sticky.cookie.name=shop_lb", "sticky=true");
  EXPECT_THAT(Rules(AuditText("compose.yml", bare)), ElementsAre("A3"));
  const std::string cookie =
      With(Without(kShop, "httponly"), "sticky.cookie.name=shop_lb", "sticky.cookie=true");
  const Audited audited = AuditText("compose.yml", cookie);
  EXPECT_THAT(Rules(audited), IsEmpty());
  EXPECT_TRUE(audited.config->FindService("shop@docker")->cookie.has_value());
}

TEST(ComposeTest, AMisspeltLabelCostsAllLabelsOfTheContainer) {
  EXPECT_THAT(
      Said(AuditText("compose.yml", With(kShop, "sticky.cookie.name", "stickyness.cookie.name")),
           "D2"),
      ElementsAre(AllOf(StartsWith("D2 compose.yml:10: "), HasSubstr("did you mean sticky?"),
                        HasSubstr("ignores every label of the container"))));
  EXPECT_THAT(
      Said(AuditText("compose.yml", With(kShop, "traefik.http.routers", "traefik.routers")), "D2"),
      ElementsAre(HasSubstr("lacks its http: traefik.http.routers")));
  EXPECT_THAT(
      Said(AuditText("compose.yml", With(kShop, "traefik.http.routers", "traefik.htp.routers")),
           "D2"),
      ElementsAre(HasSubstr("did you mean http?")));
}

TEST(ComposeTest, LabelsOfVersionOneAreToldOf) {
  const std::string old =
      std::string(kShop) + "      - traefik.backend.loadbalancer.stickiness=true\n";
  EXPECT_THAT(Said(AuditText("compose.yml", old), "D2"),
              ElementsAre(HasSubstr("is a label of Traefik v1")));
}

TEST(ComposeTest, ALabelForAServiceThatNoRouterUses) {
  const std::string other =
      With(With(kShop, "      - traefik.enable=true\n",
                "      - traefik.enable=true\n      - traefik.http.routers.shop.service=web\n"),
           "services.shop.loadbalancer.server", "services.web.loadbalancer.server");
  const Audited audited = AuditText("compose.yml", other);
  EXPECT_THAT(Rules(audited), ElementsAre("A2", "D4"));
  EXPECT_THAT(Said(audited, "D4"), ElementsAre(HasSubstr("No router leads to shop@docker")));
}

TEST(ComposeTest, ARouterOfAContainerWithTwoServicesNamesItsOwn) {
  const std::string two =
      std::string(kShop) + "      - traefik.http.services.admin.loadbalancer.server.port=9000\n";
  EXPECT_THAT(Said(AuditText("compose.yml", two), "D2"),
              ElementsAre(HasSubstr("The router shop names no service, and the container has 2")));
}

TEST(ComposeTest, ContainersThatShareAServiceMustSayTheSame) {
  const std::string twin = R"yaml(  shop-b:
    image: shop
    labels:
      - traefik.enable=true
      - "traefik.http.routers.shop.rule=Host(`shop.example.com`)"
      - traefik.http.services.shop.loadbalancer.server.port=8080
)yaml";
  const std::string same = twin +
                           "      - traefik.http.services.shop.loadbalancer.sticky.cookie."
                           "httponly=true\n      - traefik.http.services.shop.loadbalancer."
                           "sticky.cookie.name=shop_lb\n";
  EXPECT_THAT(Said(AuditText("compose.yml", kShop + twin), "D3"),
              ElementsAre(AllOf(HasSubstr("Two containers define the service shop@docker"),
                                HasSubstr("Traefik then drops it"))));
  const Audited both = AuditText("compose.yml", kShop + same);
  EXPECT_THAT(Rules(both), IsEmpty());
  EXPECT_THAT(both.config->FindService("shop@docker")->servers, SizeIs(4));
}

TEST(ComposeTest, FlagsOfTraefikSayWhoIsExposedAndWhichVersionItIs) {
  const std::string traefik = R"yaml(  proxy:
    image: docker.io/library/traefik:v3.3.4
    command:
      - --providers.docker.exposedbydefault=false
      - --entrypoints.web.address=:80
      - --accesslog=true
)yaml";
  const Audited audited = AuditText("compose.yml", Without(kShop, "enable") + traefik);
  EXPECT_EQ(audited.config->version, "3.3.4");
  EXPECT_EQ(audited.config->entry_points.size(), 1U);
  EXPECT_EQ(audited.config->writes_access_log, true);
  EXPECT_THAT(Said(audited, "D2"),
              ElementsAre(HasSubstr("not traefik.enable=true, and the provider has "
                                    "exposedByDefault=false")));
  EXPECT_THAT(Rules(AuditText("compose.yml", kShop + traefik)), IsEmpty());
  EXPECT_THAT(
      Said(AuditText("compose.yml", kShop + With(traefik, "web.address", "web.adress")), "D2"),
      ElementsAre(HasSubstr("did you mean address?. Traefik then does not start.")));
  const std::string domain =
      std::string(kShop) +
      "      - traefik.http.services.shop.loadbalancer.sticky.cookie.domain=example.com\n";
  EXPECT_THAT(Said(AuditText("compose.yml", domain + traefik), "D2"),
              ElementsAre(HasSubstr("is read since v3.4, and this is v3.3.4")));
}

TEST(ComposeTest, ServicesWithoutLabelsOrDisabledOnesAreNone) {
  const Audited audited =
      AuditText("compose.yml", With(kShop, "traefik.enable=true", "traefik.enable=false"));
  EXPECT_THAT(Rules(audited), IsEmpty());
  EXPECT_TRUE(audited.config->services.empty());
}

TEST(ComposeTest, LabelsOfDeployAreSwarms) {
  const Audited audited = AuditText("stack.yml", R"yaml(services:
  shop:
    image: shop
    deploy:
      replicas: 2
      labels:
        - traefik.swarm.lbswarm=true
        - "traefik.http.routers.shop.rule=Host(`shop.example.com`)"
        - traefik.http.services.shop.loadbalancer.server.port=80
        - traefik.http.services.shop.loadbalancer.sticky.cookie=true
)yaml");
  EXPECT_THAT(Rules(audited), ElementsAre("A5")) << "behind the VIP nothing can pin";
  EXPECT_EQ(audited.config->FindService("shop@swarm")->servers.size(), 1U);
}

TEST(ComposeTest, AnOverrideIsOnTopOfTheFileBesideIt) {
  const std::string above = R"yaml(services:
  shop:
    labels:
      - traefik.http.services.shop.loadbalancer.sticky.cookie.name=other
)yaml";
  const Audited audited = AuditDraft({{"a/compose.yml", kShop}, {"a/compose.override.yml", above}});
  EXPECT_EQ(audited.config->FindService("shop@docker")->cookie->name, "other");
  EXPECT_EQ(audited.config->FindService("shop@docker")->servers.size(), 3U);
}

TEST(ComposeTest, DollarsAndVariables) {
  const std::string text =
      With(With(kShop, "Host(`shop.example.com`)", "Host(`${SHOP_HOST}`)"), "shop_lb", "a$$b");
  const Audited audited = AuditText("compose.yml", text);
  EXPECT_THAT(Said(audited, "D5"), ElementsAre(HasSubstr("compose.yml:8: A variable")));
  EXPECT_THAT(Rules(audited), IsEmpty());
  EXPECT_EQ(audited.config->FindService("shop@docker")->cookie->name, "a$b");
}

TEST(ComposeTest, NamesThatNobodyWroteAreThoseThatTraefikMakes) {
  const Audited audited = AuditText("my_site/compose.yml", R"yaml(services:
  web.app:
    image: shop
    labels: [traefik.enable=true]
)yaml");
  const RouterConfig* router = audited.config->FindRouter("web-app-my-site@docker");
  ASSERT_NE(router, nullptr);
  EXPECT_EQ(router->rule, "Host(`web-app-my-site`)");
  EXPECT_EQ(router->service, "web-app-my-site@docker");
}

TEST(ComposeTest, AMiddlewareStandsWhereItsLabelDoes) {
  const std::string text = R"yaml(services:
  shop:
    image: shop
    labels:
      - traefik.http.routers.shop.rule=Host(`shop.example.com`)
      - traefik.http.routers.shop.middlewares=strip
      - traefik.http.services.shop.loadbalancer.sticky.cookie.name=lb
      - traefik.http.services.shop.loadbalancer.server.port=80
      - traefik.http.middlewares.strip.headers.customresponseheaders.Set-Cookie=no
)yaml";
  std::vector<size_t> lines;
  for (const Finding& finding : AuditText("compose.yml", text).findings) {
    if (finding.rule->id != "X7") continue;
    for (const FileSpot& spot : finding.spots) lines.push_back(spot.line);
  }
  EXPECT_THAT(lines, testing::Contains(9));
}

}  // namespace
}  // namespace stickyd
