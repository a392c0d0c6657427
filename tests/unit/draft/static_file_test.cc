// SPDX-License-Identifier: Apache-2.0
#include "drafting.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kStatic = R"yaml(entryPoints:
  web:
    address: ":80"
    http: {redirections: {entryPoint: {to: websecure, scheme: https}}}
  websecure:
    address: ":443"
    http: {tls: {}}
    forwardedHeaders: {trustedIPs: [10.0.0.0/8]}
accessLog: {}
providers: {file: {directory: /etc/traefik/dynamic}}
)yaml";

TEST(StaticFileTest, EntryPointsAreThoseOfTheApi) {
  const Audited audited =
      AuditDraft({{"traefik.yml", kStatic},
                  {"a.yml",
                   "http: {routers: {a: {rule: 'Host(`a`)', service: a}}, services: {a: "
                   "{loadBalancer: {servers: [{url: 'http://10.0.0.1'}]}}}}\n"}});
  EXPECT_THAT(Rules(audited), IsEmpty());
  ASSERT_EQ(audited.config->entry_points.size(), 2U);
  EXPECT_TRUE(audited.config->entry_points.at("web").redirects);
  EXPECT_TRUE(audited.config->entry_points.at("websecure").tls);
  EXPECT_TRUE(audited.config->entry_points.at("websecure").trusts_forwarded);
  EXPECT_EQ(audited.config->writes_access_log, true);
  EXPECT_THAT(audited.config->FindRouter("a@file")->entry_points, ElementsAre("web", "websecure"));
}

TEST(StaticFileTest, AnEntryPointAsDefaultTakesTheRoutersThatNameNone) {
  const Audited audited = AuditDraft(
      {{"traefik.yml",
        "entryPoints: {web: {address: ':80'}, ws: {address: ':443', asDefault: "
        "true}}\napi: {}\n"},
       {"a.yml",
        "http: {routers: {a: {rule: 'Host(`a`)', service: a}, b: {rule: 'Host(`b`)', "
        "service: a, entryPoints: [wsx]}}, services: {a: {loadBalancer: {servers: [{url: "
        "'http://10.0.0.1'}]}}}}\n"}});
  EXPECT_THAT(audited.config->FindRouter("a@file")->entry_points, ElementsAre("ws"));
  EXPECT_THAT(Said(audited, "X1"), ElementsAre(HasSubstr("entryPoint \"wsx\" doesn't exist")));
}

TEST(StaticFileTest, MiddlewaresOfAnEntryPointStandInFront) {
  const Audited audited =
      AuditDraft({{"traefik.yml",
                   "entryPoints: {web: {address: ':80', http: {middlewares: [first@file]}}}\n"
                   "api: {}\n"},
                  {"a.yml",
                   "http: {routers: {a: {rule: 'Host(`a`)', service: a, middlewares: [second]}}, "
                   "middlewares: {first: {compress: {}}, second: {compress: {}}}, services: {a: "
                   "{loadBalancer: {servers: [{url: 'http://10.0.0.1'}]}}}}\n"}});
  EXPECT_THAT(audited.config->FindRouter("a@file")->middlewares,
              ElementsAre("first@file", "second@file"));
}

TEST(StaticFileTest, AWrongKeyKeepsTraefikFromStarting) {
  std::string text = kStatic;
  text.replace(text.find("address"), 7, "adress");
  EXPECT_THAT(Said(AuditText("traefik.yml", text), "D2"),
              ElementsAre("D2 traefik.yml:3: Traefik knows no key adress in entryPoints.web; did "
                          "you mean address?. Traefik then does not start."));
}

TEST(StaticFileTest, TheDynamicConfigurationHasNoPlaceInIt) {
  const Audited audited =
      AuditText("traefik.yml", std::string(kStatic) + "http:\n  routers: {a: {rule: x}}\n");
  EXPECT_THAT(Said(audited, "D2"),
              ElementsAre(HasSubstr("traefik.yml:11: http belongs to the dynamic configuration")));
}

TEST(StaticFileTest, TomlIsReadToo) {
  const Audited audited = AuditText(
      "traefik.toml", "[entryPoints.web]\naddress = \":80\"\n[api]\n[providers.docker]\n");
  EXPECT_THAT(Rules(audited), IsEmpty());
  EXPECT_EQ(audited.config->entry_points.at("web").address, ":80");
}

}  // namespace
}  // namespace stickyd
