// SPDX-License-Identifier: Apache-2.0
// site_rules_test: rules about routers, middlewares, entry points, sites and Traefik itself.
#include "auditing.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kCookie = R"("name": "lb", "secure": true)";

Answers Behind(std::string_view middleware) {
  Answers answers = OneService(kCookie);
  answers.routers = Route("r@file", "shop", "Host(`a.example.com`)",
                          R"("entryPoints": ["web"], "middlewares": ["m"])");
  answers.middlewares = fmt::format(R"("m@file": {{{}}})", middleware);
  return answers;
}

TEST(SiteRulesTest, CrossSiteIsSaidWhereItIsKnown) {
  const Answers answers = OneService(kCookie);
  EXPECT_THAT(Ask("X2", answers), IsEmpty());
  const auto told = [&](const Answers& a, const char* host) {
    return Ask("X2", AuditInput{{Configure(a)}, {}, {host}});
  };
  EXPECT_THAT(told(answers, "a.example.com"),
              ElementsAre(Says("error", "shop@file", "--embedded a.example.com")));
  EXPECT_EQ(told(answers, "example.com").size(), 1U) << "and what is below";
  EXPECT_THAT(told(answers, "b.example.com"), IsEmpty());
  const Answers right = OneService(R"("name": "lb", "secure": true, "sameSite": "none")");
  EXPECT_THAT(told(right, "a.example.com"), ElementsAre(Says("info", "shop@file", "third-party")));
}

TEST(SiteRulesTest, CrossSiteIsReadFromHeadersForOtherSites) {
  const auto cors = [](const char* origin, const char* credentials) {
    return Ask("X2", Behind(fmt::format(
                         R"("headers": {{"accessControlAllowCredentials": {},
                          "accessControlAllowOriginList": ["{}"]}})",
                         credentials, origin)));
  };
  EXPECT_THAT(cors("https://www.partner.net", "true"),
              ElementsAre(Says("error", "shop@file", "https://www.partner.net")));
  EXPECT_THAT(cors("https://www.partner.net", "false"), IsEmpty()) << "no cookies are asked for";
  EXPECT_THAT(cors("https://www.example.com", "true"), IsEmpty()) << "the same site";
  EXPECT_THAT(cors("*", "true"), IsEmpty()) << "nobody in particular";
  EXPECT_THAT(Ask("X2", Behind(R"("headers": {"contentSecurityPolicy":
      "default-src 'self'; frame-ancestors 'self' https://portal.partner.net"})")),
              ElementsAre(Says("error", "shop@file", "https://portal.partner.net")));
}

TEST(SiteRulesTest, OtherSitesOfThisTraefikAreAHint) {
  Answers answers = OneService(kCookie);
  answers.services += "," + Lb("front@file", "-", {"http://10.0.9.1:80"});
  answers.routers += "," + Route("f@file", "front", "Host(`www.partner.net`)");
  EXPECT_THAT(Ask("X2", answers), ElementsAre(Says("info", "shop@file", "www.partner.net")));
  Answers many = answers;
  for (int i = 0; i < 5; ++i) {
    many.routers +=
        "," + Route(fmt::format("m{}@file", i), "front", fmt::format("Host(`m{}.net`)", i));
  }
  EXPECT_THAT(Ask("X2", many), IsEmpty()) << "a host of strangers";
  answers.services = Lb("shop@file", R"("name": "lb", "secure": true, "sameSite": "none")") + "," +
                     Lb("front@file", "-", {"http://10.0.9.1:80"});
  EXPECT_THAT(Ask("X2", answers), IsEmpty());
}

TEST(SiteRulesTest, FrozenExpiresIsOfSomeVersionsOfOneProvider) {
  const auto with = [](const char* service, const char* version) {
    Answers answers;
    answers.routers = Route("r@x", service, "Host(`a`)");
    answers.services = Lb(service, R"("name": "route")");
    answers.version = version;
    return Ask("S5", answers).size();
  };
  EXPECT_EQ(with("s@kubernetesingressnginx", "3.7.0"), 1U);
  EXPECT_EQ(with("s@kubernetesingressnginx", "3.7.12"), 1U);
  EXPECT_EQ(with("s@kubernetesingressnginx", "3.7.13"), 0U);
  EXPECT_EQ(with("s@kubernetesingressnginx", "3.6.9"), 0U);
  EXPECT_EQ(with("s@kubernetes", "3.7.9"), 0U);
}

TEST(SiteRulesTest, DisabledRouterIsNamedWithTraefiksWords) {
  Answers answers = OneService(kCookie);
  EXPECT_THAT(Ask("X1", answers), IsEmpty());
  answers.routers += R"j(, "bad@file": {"service": "nope", "rule": "Host(`b`)",
      "status": "disabled", "error": ["the service \"nope@file\" does not exist"]})j";
  EXPECT_THAT(Ask("X1", answers), ElementsAre(Says("error", "", "does not exist")));
}

TEST(SiteRulesTest, EntryPointThatTrustsAnybody) {
  Answers answers = OneService(kCookie);
  answers.entry_points =
      R"([{"name": "web", "address": ":80", "forwardedHeaders": {"insecure": true}},
          {"name": "other", "address": ":81", "forwardedHeaders": {"insecure": true}}])";
  EXPECT_THAT(Ask("A18", answers), ElementsAre(Says("info", "", "Entry point web")));
  answers.entry_points =
      R"([{"name": "web", "address": ":80", "forwardedHeaders": {"trustedIPs": ["10.0.0.1"]}}])";
  EXPECT_THAT(Ask("A18", answers), IsEmpty());
}

TEST(SiteRulesTest, ErrorPagesLoseSetCookie) {
  EXPECT_THAT(Ask("A20", Behind(R"("errors": {"service": "pages", "status": ["401", "500-599"]})")),
              ElementsAre(Says("warning", "shop@file", "401 and 500-599")));
  EXPECT_THAT(Ask("A20", Behind(R"("errors": {"service": "pages", "status": ["500-599"]})")),
              ElementsAre(Says("info", "shop@file", "m@file")));
  EXPECT_THAT(Ask("A20", Behind(R"("compress": {})")), IsEmpty());
}

TEST(SiteRulesTest, HeadersThatStickinessNeeds) {
  EXPECT_THAT(Ask("X7", Behind(R"("headers": {"customResponseHeaders": {"set-cookie": ""}})")),
              ElementsAre(Says("error", "shop@file", "Set-Cookie")));
  EXPECT_THAT(Ask("X7", Behind(R"("headers": {"customRequestHeaders": {"Cookie": ""}})")),
              ElementsAre(Says("error", "shop@file", "header Cookie")));
  EXPECT_THAT(Ask("X7", Behind(R"("headers": {"customResponseHeaders": {"Server": ""}})")),
              IsEmpty());
}

TEST(SiteRulesTest, WhatStandsInAChainCounts) {
  Answers answers = Behind(R"("chain": {"middlewares": ["inner", "m"]})");
  answers.middlewares += R"(,"inner@file": {"chain": {"middlewares": ["h@file"]}},
      "h@file": {"headers": {"customResponseHeaders": {"Set-Cookie": ""}}})";
  EXPECT_THAT(Ask("X7", answers), ElementsAre(Says("error", "shop@file", "Set-Cookie")))
      << "once, though the chain stands in itself";
}

TEST(SiteRulesTest, ForwardAuthThatComesBackHereKeepsTheCookie) {
  Answers answers;
  answers.routers = Route("app@file", "app", "Host(`a.example.com`)",
                          R"("entryPoints": ["web"], "middlewares": ["auth"])") +
                    "," + Route("outpost@file", "outpost", "PathPrefix(`/outpost`)");
  answers.services =
      Lb("app@file", "-", {"http://10.0.0.1:80"}) + "," + Lb("outpost@file", R"("name": "ak")");
  answers.entry_points = R"([{"name": "web", "address": "10.9.9.9:8000"}])";
  const auto with = [&](const char* address, const char* more) {
    answers.middlewares =
        fmt::format(R"("auth@file": {{"forwardAuth": {{"address": "{}"{}}}}})", address, more);
    return Ask("S9", answers);
  };
  const auto found = with("http://10.9.9.9:8000/outpost/auth", "");
  ASSERT_THAT(found, ElementsAre(Says("warning", "outpost@file", "auth@file asks outpost@file")));
  EXPECT_THAT(found[0].fix.yaml, HasSubstr("addAuthCookiesToResponse: [ak]"));
  EXPECT_THAT(with("http://10.9.9.9:8000/outpost/auth", R"(, "addAuthCookiesToResponse": ["ak"])"),
              IsEmpty());
  EXPECT_THAT(with("http://10.9.9.9:8000/other", ""), IsEmpty());
  EXPECT_THAT(with("http://10.9.9.9:9000/outpost/auth", ""), IsEmpty()) << "another port";
  EXPECT_THAT(with("http://auth.internal:8000/outpost/auth", ""), IsEmpty()) << "another machine";
}

TEST(SiteRulesTest, MoreServicesThanOnePageHas) {
  Answers answers = OneService(kCookie);
  for (int i = 0; i < 99; ++i) answers.services += "," + Lb(fmt::format("s{}@file", i), "-");
  EXPECT_THAT(Ask("X3", answers), IsEmpty());
  answers.services += "," + Lb("more@file", "-");
  EXPECT_THAT(Ask("X3", answers), ElementsAre(Says("info", "", "101 services")));
}

TEST(SiteRulesTest, AccessLogIsAlwaysSpokenOf) {
  Answers answers = OneService(kCookie);
  EXPECT_THAT(Ask("X5", answers), ElementsAre(Says("info", "", "JSON")));
  answers.overview = R"({"features": {"accessLog": false}})";
  EXPECT_THAT(Ask("X5", answers), ElementsAre(Says("info", "", "no access log")));
  answers.overview = "";
  answers.routers =
      Route("r@file", "shop", "Host(`a`)", R"("observability": {"accessLogs": false})");
  EXPECT_EQ(Ask("X5", answers).size(), 2U);
}

TEST(SiteRulesTest, UpgradesThatMoveEverybody) {
  const auto with = [](const char* version) {
    Answers answers = OneService(kCookie);
    answers.version = version;
    return Ask("X6", answers);
  };
  EXPECT_THAT(with("2.4.0"), ElementsAre(Says("info", "", "v3.0 to v3.3.3 do not")));
  EXPECT_THAT(with("2.11.53"), ElementsAre(Says("info", "", "everybody is moved once")));
  EXPECT_THAT(with("3.3.3"), ElementsAre(Says("info", "", "everybody is moved once")));
  EXPECT_THAT(with("3.7.9"), ElementsAre(Says("info", "", "All later versions")));
  EXPECT_THAT(Ask("X6", OneService("-")), IsEmpty());
}

}  // namespace
}  // namespace stickyd
