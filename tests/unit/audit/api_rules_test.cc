// SPDX-License-Identifier: Apache-2.0
// api_rules_test: who reaches Traefik's API, in each form that routers and entry points have.
#include "auditing.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kOnTraefik = R"("entryPoints": ["traefik"])";

// A site on `web`, and a router to the API; `more` is the rest of that router.
Answers WithApi(std::string_view more, std::string_view middlewares = "",
                std::string_view service = "api@internal",
                std::string_view rule = "Host(`traefik.example.com`)") {
  Answers answers = OneService(R"("name": "lb")");
  answers.routers += "," + Route("api@file", service, rule, more);
  answers.middlewares = middlewares;
  return answers;
}

std::string EntryPoints(std::string_view web, std::string_view own, std::string_view more = "") {
  return fmt::format(
      R"([{{"name": "web", "address": "{}"{}}}, {{"name": "traefik", "address": "{}"}}])", web,
      more, own);
}

std::vector<Finding> Guarded(std::string_view middleware) {
  return Ask("X8", WithApi(R"("entryPoints": ["web"], "middlewares": ["m@file"])",
                           fmt::format(R"("m@file": {{{}, "status": "enabled"}},
      "users@file": {{"basicAuth": {{"users": ["u:secret"]}}}},
      "out@file": {{"chain": {{"middlewares": ["in"]}}}},
      "in@file": {{"chain": {{"middlewares": ["users"]}}}},
      "ring@file": {{"chain": {{"middlewares": ["m"]}}}})",
                                       middleware)));
}

TEST(ApiRulesTest, AmongTheSitesAndOpenIsAWarning) {
  for (const char* service : {"api@internal", "dashboard@internal"}) {
    const auto found = Ask("X8", WithApi(R"("entryPoints": ["web"])", "", service));
    ASSERT_THAT(found, ElementsAre(Says("warning", "", "api@file answers on web"))) << service;
    EXPECT_THAT(found[0].objects, UnorderedElementsAre(FindingObject{"router", "api@file"},
                                                       FindingObject{"entry point", "web"}));
    EXPECT_NE(found[0].fix.yaml.find("basicAuth"), std::string::npos);
  }
  // By any of its entry points.
  EXPECT_THAT(Ask("X8", WithApi(R"("entryPoints": ["traefik", "web"])")),
              ElementsAre(Says("warning", "", "answers on web")));
}

TEST(ApiRulesTest, MiddlewaresThatAskWhoComesAreAGuard) {
  for (const char* guard :
       {R"("basicAuth": {"users": ["u:x"]})", R"("digestAuth": {"users": ["u:x"]})",
        R"("forwardAuth": {"address": "http://auth"})",
        R"("ipAllowList": {"sourceRange": ["10.0.0.0/8"]})",
        R"("ipWhiteList": {"sourceRange": ["10.0.0.0/8"]})",
        R"("chain": {"middlewares": ["users"]})", R"("chain": {"middlewares": ["out"]})"}) {
    EXPECT_THAT(Guarded(guard), IsEmpty()) << guard;
  }
  for (const char* none :
       {R"("compress": {})", R"("headers": {})", R"("chain": {"middlewares": []})",
        R"("inFlightReq": {"amount": 1})", R"("stripPrefix": {"prefixes": ["/x"]})"}) {
    EXPECT_THAT(Guarded(none), ElementsAre(Says("warning", "", "nobody is asked"))) << none;
  }
}

TEST(ApiRulesTest, WhatOnlyRedirectsServesNobody) {
  EXPECT_THAT(Guarded(R"("redirectScheme": {"scheme": "https"})"), IsEmpty());
  // One of these leaves most paths, and one leaves what came over TLS.
  EXPECT_THAT(Guarded(R"("redirectRegex": {"regex": "^/$"})"),
              ElementsAre(Says("warning", "", "")));
  EXPECT_THAT(
      Ask("X8", WithApi(R"("entryPoints": ["websecure"], "middlewares": ["m@file"]}, "s@file": {
                        "service": "shop", "entryPoints": ["websecure"])",
                        R"("m@file": {"redirectScheme": {"scheme": "https"}})")),
      ElementsAre(Says("warning", "", "on websecure")));
  Answers answers = WithApi(R"("entryPoints": ["web"])");
  answers.entry_points =
      R"([{"name": "web", "address": ":80", "http": {"redirections": {"entryPoint": {"to": "x"}}}}])";
  EXPECT_THAT(Ask("X8", answers), IsEmpty());
}

TEST(ApiRulesTest, WhatTheApiDoesNotTellIsOnlyInformation) {
  for (const char* unsure :
       {R"("plugin": {"oidc": {}})", R"("chain": {"middlewares": ["gone"]})"}) {
    EXPECT_THAT(Guarded(unsure), ElementsAre(Says("info", "", "does not tell"))) << unsure;
  }
  const auto tls = [](const char* options) {
    return Ask("X8", WithApi(fmt::format(R"("entryPoints": ["web"], "tls": {{{}}})", options)));
  };
  EXPECT_THAT(tls(R"("options": "mtls@file")"), ElementsAre(Says("info", "", "TLS options")));
  EXPECT_THAT(tls(""), ElementsAre(Says("warning", "", "")));
}

TEST(ApiRulesTest, RuleOfAddressesIsAGuardWhereItAloneDecides) {
  const auto rule = [](const char* text) {
    return Ask("X8", WithApi(R"("entryPoints": ["web"])", "", "api@internal", text));
  };
  EXPECT_THAT(rule("PathPrefix(`/api`) && ClientIP(`10.0.0.0/8`)"), IsEmpty());
  EXPECT_THAT(rule("PathPrefix(`/api`) || ClientIP(`10.0.0.0/8`)"),
              ElementsAre(Says("info", "", "part of the rule")));
  EXPECT_THAT(rule("!ClientIP(`10.0.0.0/8`)"), ElementsAre(Says("info", "", "")));
}

TEST(ApiRulesTest, InsecureIsInformationUnlessItIsBoundToLoopback) {
  // What api.insecure makes, in v2.11 and v3.7.
  const auto insecure = [](std::string_view address) {
    Answers answers = WithApi(kOnTraefik);
    answers.routers =
        Route("r@file", "shop", "Host(`a`)") + "," +
        Route("api@internal", "api@internal", "PathPrefix(`/api`)", kOnTraefik) + "," +
        Route("dashboard@internal", "dashboard@internal", "PathPrefix(`/`)",
              R"("entryPoints": ["traefik"], "middlewares": ["dashboard_redirect@internal",
                 "dashboard_stripprefix@internal"])");
    answers.middlewares = R"("dashboard_redirect@internal": {"redirectRegex": {"regex": "^/$"}},
        "dashboard_stripprefix@internal": {"stripPrefix": {"prefixes": ["/dashboard"]}})";
    answers.entry_points = EntryPoints(":80", address);
    return Ask("X8", answers);
  };
  EXPECT_THAT(insecure(":8080"),
              ElementsAre(Says("info", "", "api@internal and dashboard@internal answer on")));
  EXPECT_THAT(insecure("0.0.0.0:8080").size(), 1U);
  for (const char* address : {"127.0.0.1:8080", "[::1]:8080", "localhost:8080"}) {
    EXPECT_THAT(insecure(address), IsEmpty()) << address;
  }
}

TEST(ApiRulesTest, APluginBeforeThePortOfTheApiIsNoFinding) {
  Answers answers = WithApi(R"("entryPoints": ["traefik"], "middlewares": ["m@file"])",
                            R"("m@file": {"plugin": {"oidc": {}}})");
  answers.entry_points = EntryPoints(":80", ":8080");
  EXPECT_THAT(Ask("X8", answers), IsEmpty());
  answers.middlewares = R"("m@file": {"compress": {}})";
  EXPECT_THAT(Ask("X8", answers), ElementsAre(Says("info", "", "reaches that port")));
}

TEST(ApiRulesTest, EntryPointOfTheApiThatSitesUseTooIsTheirs) {
  Answers answers = WithApi(kOnTraefik);
  answers.entry_points = EntryPoints(":80", ":8080");
  answers.routers += "," + Route("other@file", "shop", "Host(`b`)", kOnTraefik);
  EXPECT_THAT(Ask("X8", answers), ElementsAre(Says("warning", "", "on traefik")));
}

TEST(ApiRulesTest, LoopbackBehindATrustedProxyIsInformation) {
  Answers answers = WithApi(R"("entryPoints": ["web"])");
  answers.entry_points = EntryPoints("127.0.0.1:80", "127.0.0.1:8080");
  EXPECT_THAT(Ask("X8", answers), IsEmpty());
  answers.entry_points = EntryPoints("127.0.0.1:80", "127.0.0.1:8080",
                                     R"(, "forwardedHeaders": {"trustedIPs": ["127.0.0.1"]})");
  EXPECT_THAT(Ask("X8", answers), ElementsAre(Says("info", "", "proxy in front")));
}

TEST(ApiRulesTest, RoutersThatServeNobodyAndOtherServicesAreSilent) {
  EXPECT_THAT(Ask("X8", WithApi(R"("entryPoints": ["web"], "status": "disabled")")), IsEmpty());
  EXPECT_THAT(Ask("X8", WithApi(R"("entryPoints": ["web"])", "", "ping@internal")), IsEmpty());
  EXPECT_THAT(Ask("X8", OneService(R"("name": "lb")")), IsEmpty());
  Answers answers = WithApi(R"("entryPoints": ["web"])");
  answers.routers =
      Route("api@file", "api@internal", "Host(`a`)") + "," +
      Route("old@file", "shop", "Host(`b`)", R"("entryPoints": ["web"], "status": "disabled")");
  EXPECT_THAT(Ask("X8", answers), ElementsAre(Says("info", "", "reaches that port")))
      << "no site is there";
}

}  // namespace
}  // namespace stickyd
