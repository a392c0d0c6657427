// SPDX-License-Identifier: Apache-2.0
// file_provider_test: files of the file provider, as Traefik would read them. What it says of each
// was tried on v3.7.9 and v2.11.53.
#include "drafting.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kHealthy = R"yaml(http:
  routers:
    shop:
      rule: Host(`shop.example.com`)
      service: shop
      tls: {}
  services:
    shop:
      loadBalancer:
        sticky:
          cookie:
            name: shop_lb
            secure: true
            httpOnly: true
        healthCheck:
          path: /health
        servers:
          - url: http://10.0.0.1:80
          - url: http://10.0.0.2:80
)yaml";

TEST(FileProviderTest, AHealthyFileIsSilentAndIsWhatTheApiWouldShow) {
  const Audited audited = AuditText("shop.yml", kHealthy);
  EXPECT_THAT(Rules(audited), IsEmpty());
  const ServiceConfig* service = audited.config->FindService("shop@file");
  ASSERT_NE(service, nullptr);
  EXPECT_THAT(service->servers, SizeIs(2));
  ASSERT_TRUE(service->cookie.has_value());
  EXPECT_EQ(service->cookie->name, "shop_lb");
  EXPECT_TRUE(service->cookie->secure);
  EXPECT_TRUE(service->health_check);
  const RouterConfig* router = audited.config->FindRouter("shop@file");
  ASSERT_NE(router, nullptr);
  EXPECT_EQ(router->service, "shop@file");
  EXPECT_TRUE(router->tls);
  EXPECT_TRUE(router->enabled);
}

TEST(FileProviderTest, TomlAndJsonSayTheSameAsYaml) {
  const Audited toml = AuditText("shop.toml", R"toml([http.routers.shop]
  rule = "Host(`shop.example.com`)"
  service = "shop"
  [http.routers.shop.tls]
[http.services.shop.loadBalancer]
  [http.services.shop.loadBalancer.healthCheck]
    path = "/health"
  [http.services.shop.loadBalancer.sticky.cookie]
    name = "shop_lb"
    secure = true
    httpOnly = true
  [[http.services.shop.loadBalancer.servers]]
    url = "http://10.0.0.1:80"
  [[http.services.shop.loadBalancer.servers]]
    url = "http://10.0.0.2:80"
)toml");
  const Audited json = AuditText("shop.json", R"json({"http": {
  "routers": {"shop": {"rule": "Host(`shop.example.com`)", "service": "shop", "tls": {}}},
  "services": {"shop": {"loadBalancer": {"healthCheck": {"path": "/health"},
    "sticky": {"cookie": {"name": "shop_lb", "secure": true, "httpOnly": true}},
    "servers": [{"url": "http://10.0.0.1:80"}, {"url": "http://10.0.0.2:80"}]}}}}})json");
  const Audited yaml = AuditText("shop.yml", kHealthy);
  EXPECT_TRUE(*toml.config == *yaml.config);
  EXPECT_TRUE(*json.config == *yaml.config);
}

TEST(FileProviderTest, KeysAreComparedWithoutCase) {
  const Audited audited = AuditText(
      "shop.yml", With(With(kHealthy, "loadBalancer", "LOADBALANCER"), "httpOnly", "httponly"));
  EXPECT_THAT(Rules(audited), IsEmpty());
  EXPECT_TRUE(audited.config->FindService("shop@file")->cookie->http_only);
}

TEST(FileProviderTest, AKeyThatIsNoneHasItsPlaceAndWhatWasMeant) {
  EXPECT_THAT(
      Said(AuditText("shop.yml", With(kHealthy, "sticky:", "stickyness:")), "D2"),
      ElementsAre("D2 shop.yml:10: Traefik knows no key stickyness in "
                  "http.services.shop.loadBalancer; did you mean sticky?. Traefik then refuses the "
                  "whole file, and with it every file of its directory."));
}

TEST(FileProviderTest, AKeyInTheWrongPlaceIsToldWhereItBelongs) {
  const std::string of_router =
      With(kHealthy, "      tls: {}\n", "      tls: {}\n      sticky: {cookie: {}}\n");
  EXPECT_THAT(Said(AuditText("shop.yml", of_router), "D2"),
              ElementsAre(HasSubstr("sticky does not stand in http.routers.shop: it belongs to "
                                    "http.services.NAME.loadBalancer.sticky")));
  const std::string of_service =
      With(kHealthy, "      loadBalancer:\n", "      sticky: {cookie: {}}\n      loadBalancer:\n");
  EXPECT_THAT(Said(AuditText("shop.yml", of_service), "D2"),
              ElementsAre(HasSubstr("it belongs below http.services.shop.loadBalancer")));
}

TEST(FileProviderTest, ValuesOfTheWrongKindAreRefused) {
  EXPECT_THAT(
      Said(AuditText("shop.yml", With(kHealthy, "secure: true", "secure: yes please")), "D2"),
      ElementsAre(HasSubstr("sticky.cookie.secure takes true or false")));
  EXPECT_THAT(Said(AuditText("shop.yml", With(kHealthy, "name: shop_lb", "maxAge: 10s")), "D2"),
              ElementsAre(HasSubstr("sticky.cookie.maxAge takes a whole number")));
  EXPECT_THAT(
      Said(AuditText("shop.yml", With(kHealthy, "rule: Host(`shop.example.com`)", "rule: [a]")),
           "D2"),
      ElementsAre(HasSubstr("http.routers.shop.rule takes one value")));
  EXPECT_THAT(Said(AuditText("shop.yml", With(kHealthy, "healthCheck:\n          path: /health",
                                              "healthCheck: {}")),
                   "D2"),
              ElementsAre(HasSubstr("loadBalancer.healthCheck has nothing below it")));
  EXPECT_THAT(Said(AuditText("a.yml", With(kHealthy, "secure: true", "secure: \"true\"")), "D2"),
              IsEmpty())
      << "in quotes it is taken as well";
}

TEST(FileProviderTest, KeysOfAnotherVersionAreToldOfWhereTheVersionIsKnown) {
  const std::string domain = With(kHealthy, "name: shop_lb", "domain: example.com");
  EXPECT_THAT(Said(AuditText("shop.yml", domain), "D2"), IsEmpty());
  EXPECT_THAT(Said(AuditText("shop.yml", domain, "3.4.0"), "D2"), IsEmpty());
  EXPECT_THAT(Said(AuditText("shop.yml", domain, "3.3.9"), "D2"),
              ElementsAre(HasSubstr("sticky.cookie.domain is read since v3.4, and this is "
                                    "v3.3.9")));
}

TEST(FileProviderTest, RootsAreHisOwnOthersAreSilentlyIgnored) {
  EXPECT_THAT(Said(AuditText("a.yml", "htpp: {routers: {}}\nhttp: {}\n"), "D2"),
              ElementsAre(HasSubstr("did you mean http?. Traefik ignores it silently.")));
  EXPECT_THAT(Said(AuditText("a.yml", "x-cookie: &c {a: 1}\nhttp:\n  services: {}\n"), "D2"),
              IsEmpty());
}

TEST(FileProviderTest, RoutersWithoutTheirServiceOrMiddlewareAreDisabled) {
  EXPECT_THAT(Said(AuditText("a.yml", With(kHealthy, "service: shop", "service: shp")), "X1"),
              ElementsAre(HasSubstr("the service \"shp@file\" does not exist")));
  const std::string guarded =
      With(kHealthy, "      tls: {}\n", "      tls: {}\n      middlewares: [auth]\n");
  EXPECT_THAT(Said(AuditText("a.yml", guarded), "X1"),
              ElementsAre(HasSubstr("middleware \"auth@file\" does not exist")));
  EXPECT_THAT(Rules(AuditText("a.yml", With(kHealthy, "service: shop", "service: shop@docker"))),
              ElementsAre("D4"))
      << "what other providers have is not known";
  EXPECT_THAT(Said(AuditText("a.yml", With(kHealthy, "      service: shop\n", "")), "X1"),
              ElementsAre(HasSubstr("the service is missing on the router")));
}

TEST(FileProviderTest, ChildrenAreFollowedAndMissed) {
  const std::string weighted = std::string(kHealthy) + R"yaml(    both:
      weighted:
        services:
          - {name: shop, weight: 3}
          - {name: gone, weight: 1}
)yaml";
  const Audited audited = AuditText("a.yml", With(weighted, "service: shop\n", "service: both\n"));
  EXPECT_THAT(Said(audited, "X1"), ElementsAre(HasSubstr("\"gone@file\" does not exist")));
  EXPECT_THAT(Said(audited, "D4"), IsEmpty()) << "shop is below both";
}

TEST(FileProviderTest, AStickyServiceThatNobodyReachesIsAWarning) {
  const std::string twice = With(kHealthy, "service: shop\n", "service: images\n") +
                            "    images:\n      loadBalancer:\n        servers: [{url: "
                            "\"http://10.0.1.1\"}, {url: \"http://10.0.1.2\"}]\n";
  const Audited audited = AuditText("a.yml", twice);
  EXPECT_THAT(Said(audited, "D4"), ElementsAre("D4 a.yml:8: No router leads to shop@file, so that "
                                               "its sticky cookie does nothing"
                                               "."));
}

TEST(FileProviderTest, OneNameInTwoFilesIsTheFirstOne) {
  const Audited audited =
      AuditDraft({{"a.yml", kHealthy}, {"b.yml", With(kHealthy, "shop_lb", "other")}});
  EXPECT_THAT(Said(audited, "D3"), SizeIs(2)) << "the router and the service";
  EXPECT_THAT(Said(audited, "D3").back(), HasSubstr("a.yml:"));
  EXPECT_EQ(audited.config->FindService("shop@file")->cookie->name, "shop_lb");
}

TEST(FileProviderTest, WhatATemplateMakesIsNotGuessed) {
  const Audited lines = AuditText("a.yml", "http:\n{{ range $i := until 3 }}\n  routers: {}\n");
  EXPECT_THAT(Said(lines, "D5"), ElementsAre(HasSubstr("a.yml:2: a.yml is a template")));
  const Audited value = AuditText(
      "a.yml", With(kHealthy, "Host(`shop.example.com`)", "'Host(`{{ env \"SHOP\" }}`)'"));
  EXPECT_THAT(Said(value, "D5"), ElementsAre(HasSubstr("a.yml:4: A variable")));
  EXPECT_THAT(Rules(value), IsEmpty());
  EXPECT_TRUE(value.config->FindRouter("shop@file")->enabled);
}

TEST(FileProviderTest, SecretsAreNotCarriedAlong) {
  const std::string users = std::string(kHealthy) +
                            "  middlewares:\n    who:\n      basicAuth:\n        users: "
                            "[\"me:$apr1$secret\"]\n";
  const Audited audited = AuditText("a.yml", users);
  EXPECT_EQ(audited.draft.answers.rawdata.find("secret"), std::string::npos);
  EXPECT_EQ(audited.config->middlewares.at("who@file").type, "basicAuth");
}

}  // namespace
}  // namespace stickyd
