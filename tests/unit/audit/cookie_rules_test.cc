// SPDX-License-Identifier: Apache-2.0
// cookie_rules_test: rules about one cookie and what browsers do with it.
#include "auditing.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Finding> AskVersion(std::string_view rule, std::string_view cookie,
                                const char* version) {
  Answers answers = OneService(cookie);
  answers.version = version;
  return Ask(rule, answers);
}

TEST(CookieRulesTest, SameSiteNoneNeedsSecure) {
  EXPECT_THAT(Ask("A8", OneService(R"("name": "lb", "sameSite": "none")")),
              ElementsAre(Says("error", "shop@file", "without Secure")));
  EXPECT_THAT(Ask("A8", OneService(R"("name": "lb", "sameSite": "none", "secure": true)")),
              IsEmpty());
  EXPECT_THAT(Ask("A8", OneService(R"("name": "lb")")), IsEmpty());
}

TEST(CookieRulesTest, SameSiteMustBeAValueThatTheVersionKnows) {
  EXPECT_THAT(AskVersion("A8", R"("name": "lb", "sameSite": "yes")", "3.7.9"),
              ElementsAre(Says("error", "shop@file", "'yes'")));
  EXPECT_THAT(AskVersion("A8", R"("name": "lb", "sameSite": "Lax")", "3.6.13"),
              ElementsAre(Says("warning", "shop@file", "lower case")));
  EXPECT_THAT(AskVersion("A8", R"("name": "lb", "sameSite": "Lax")", "3.6.14"), IsEmpty());
  EXPECT_THAT(AskVersion("A8", R"("name": "lb", "sameSite": "lax")", "2.11.0"), IsEmpty());
}

TEST(CookieRulesTest, SameSiteOfAWeightedServiceIsNotSentByV2) {
  Answers answers;
  answers.routers = Route("r@file", "shop", "Host(`a`)");
  answers.services = Weighted("shop@file", {"a"}, R"("sticky": {"cookie": {"name": "lb",
      "sameSite": "lax"}})") +
                     "," + Lb("a@file", R"("name": "x")");
  answers.version = "2.11.0";
  EXPECT_THAT(Ask("A8", answers), ElementsAre(Says("warning", "shop@file", "v2")));
  answers.version = "3.0.0";
  EXPECT_THAT(Ask("A8", answers), IsEmpty());
}

TEST(CookieRulesTest, SecureCookieOverHttp) {
  const Answers plain = OneService(R"("name": "lb", "secure": true)");
  EXPECT_THAT(Ask("A9", plain), ElementsAre(Says("error", "shop@file", "nobody is pinned")));
  Answers both = plain;
  both.routers +=
      ", " + Route("s@file", "shop", "Host(`a`)", R"("entryPoints": ["websecure"], "tls": {})");
  EXPECT_THAT(Ask("A9", both), ElementsAre(Says("warning", "shop@file", "router r@file leads")));
  EXPECT_THAT(Ask("A9", OneService(R"("name": "lb")")), IsEmpty());
  Answers secure = plain;
  secure.routers = Route("s@file", "shop", "Host(`a`)", R"("entryPoints": ["websecure"])");
  EXPECT_THAT(Ask("A9", secure), IsEmpty()) << "the entry point has TLS";
  Answers unknown = plain;
  unknown.entry_points = "";
  EXPECT_THAT(Ask("A9", unknown), IsEmpty()) << "who has TLS is not known";
}

TEST(CookieRulesTest, SecureCookieOverHttpIsFineWhereHttpIsRedirectedOrAProxyHasTls) {
  Answers answers = OneService(R"("name": "lb", "secure": true)");
  answers.routers =
      Route("r@file", "shop", "Host(`a`)", R"("entryPoints": ["web"], "middlewares": ["up"])");
  answers.middlewares = R"("up@file": {"redirectScheme": {"scheme": "https"}})";
  EXPECT_THAT(Ask("A9", answers), IsEmpty());
  answers = OneService(R"("name": "lb", "secure": true)");
  answers.entry_points = R"([{"name": "web", "address": ":80", "http": {"redirections":
      {"entryPoint": {"to": "websecure", "scheme": "https"}}}}])";
  EXPECT_THAT(Ask("A9", answers), IsEmpty());
  answers.entry_points =
      R"([{"name": "web", "address": ":80", "forwardedHeaders": {"trustedIPs": ["10.0.0.0/8"]}}])";
  EXPECT_THAT(Ask("A9", answers), ElementsAre(Says("info", "shop@file", "proxy in front")));
  answers.entry_points = R"([{"name": "lan", "address": ":81"}, {"name": "web", "address": ":80",
      "forwardedHeaders": {"trustedIPs": ["10.0.0.0/8"]}}])";
  answers.routers = Route("r@file", "shop", "Host(`a`)", R"("entryPoints": ["lan", "web"])");
  EXPECT_THAT(Ask("A9", answers), ElementsAre(Says("error", "shop@file", "lan and web")));
}

TEST(CookieRulesTest, SeveralHostsNeedADomain) {
  constexpr const char* kHosts = "Host(`www.example.com`) || Host(`api.example.com`)";
  const auto found = Ask("A10", OneService(R"("name": "lb")", kHosts));
  ASSERT_THAT(found,
              ElementsAre(Says("warning", "shop@file", "api.example.com and www.example.com")));
  EXPECT_THAT(found[0].fix.yaml, HasSubstr("domain: example.com"));
  EXPECT_THAT(Ask("A10", OneService(R"("name": "lb", "domain": "example.com")", kHosts)),
              IsEmpty());
  EXPECT_THAT(Ask("A10", OneService(R"("name": "lb")")), IsEmpty());
  EXPECT_THAT(Ask("A10", OneService(R"("name": "lb")", "Host(`a.com`, `b.org`)")),
              ElementsAre(Says("info", "shop@file", "a.com and b.org")))
      << "no domain could help";
  EXPECT_THAT(Ask("A10", OneService(R"("name": "lb", "sameSite": "none", "secure": true)", kHosts)),
              ElementsAre(Says("info", "shop@file", "api.example.com")))
      << "pages of others call one host";
  Answers old = OneService(R"("name": "lb")", kHosts);
  old.version = "3.3.0";
  EXPECT_EQ(Ask("A10", old)[0].fix.yaml, "") << "it has no domain option";
}

TEST(CookieRulesTest, HostsThatOnlyRedirectAreNone) {
  Answers answers = OneService(R"("name": "lb")", "Host(`www.example.com`)");
  answers.routers += ", " + Route("apex@file", "shop", "Host(`example.com`)",
                                  R"("entryPoints": ["web"], "middlewares": ["www"])");
  answers.middlewares = R"("www@file": {"redirectRegex": {"regex": "x", "replacement": "y"}})";
  EXPECT_THAT(Ask("A10", answers), IsEmpty());
}

TEST(CookieRulesTest, DomainMustCoverEveryHost) {
  constexpr const char* kHosts = "Host(`shop.example.com`) || Host(`shop.example.net`)";
  EXPECT_THAT(Ask("S8", OneService(R"("name": "lb", "domain": "example.com")", kHosts)),
              ElementsAre(Says("error", "shop@file", "shop.example.net is not below")));
  EXPECT_THAT(Ask("S8", OneService(R"("name": "lb", "domain": ".example.com")")), IsEmpty());
  EXPECT_THAT(Ask("S8", OneService(R"("name": "lb", "domain": "ample.com")")),
              ElementsAre(Says("error", "shop@file", "a.example.com")));
}

TEST(CookieRulesTest, PathMustCoverWhatRoutersMatch) {
  constexpr const char* kApp = R"("name": "lb", "path": "/app")";
  EXPECT_THAT(Ask("A11", OneService(kApp)), ElementsAre(Says("warning", "shop@file", "/app")));
  EXPECT_THAT(Ask("A11", OneService(kApp, "Host(`a`) && PathPrefix(`/app`)")), IsEmpty());
  EXPECT_THAT(Ask("A11", OneService(kApp, "Host(`a`) && PathPrefix(`/app/x`)")), IsEmpty());
  EXPECT_EQ(Ask("A11", OneService(kApp, "Host(`a`) && PathPrefix(`/apple`)")).size(), 1U);
  EXPECT_EQ(Ask("A11", OneService(kApp, "PathPrefix(`/app`) || Path(`/`)")).size(), 1U);
  EXPECT_THAT(Ask("A11", OneService(kApp, "PathRegexp(`^/.*`)")), IsEmpty()) << "not known";
  EXPECT_THAT(Ask("A11", OneService(R"("name": "lb")")), IsEmpty());
}

TEST(CookieRulesTest, LifetimeIsNotRenewed) {
  EXPECT_THAT(Ask("A12", OneService(R"("name": "lb", "maxAge": 3600)")),
              ElementsAre(Says("warning", "shop@file", "1 h after")));
  EXPECT_THAT(Ask("A12", OneService(R"("name": "lb", "maxAge": 2592000)")),
              ElementsAre(Says("info", "shop@file", "30 d after")));
  EXPECT_THAT(Ask("A12", OneService(R"("name": "lb", "maxAge": -1)")),
              ElementsAre(Says("error", "shop@file", "at once")));
  EXPECT_THAT(Ask("A12", OneService(R"("name": "lb")")), IsEmpty());
}

TEST(CookieRulesTest, NamesOfOthersAreFamous) {
  for (const char* name : {"JSESSIONID", "AWSALBCORS", "BIGipServerpool", "PHPSESSID", "sid"}) {
    EXPECT_THAT(Ask("A16", OneService(fmt::format(R"("name": "{}")", name))),
                ElementsAre(Says("warning", "shop@file", name)));
  }
  for (const char* name : {"lb", "shop_sid", "JSESSIONID_LB", "route"}) {
    EXPECT_THAT(Ask("A16", OneService(fmt::format(R"("name": "{}")", name))), IsEmpty()) << name;
  }
}

TEST(CookieRulesTest, DefaultNameHangsOnTheService) {
  const auto found = Ask("A17", OneService(""));
  ASSERT_THAT(found, ElementsAre(Says("info", "shop@file", "has no name")));
  EXPECT_THAT(found[0].fix.yaml, HasSubstr("name: _")) << "the one it has";
  EXPECT_THAT(Ask("A17", OneService(R"("name": "lb")")), IsEmpty());
}

}  // namespace
}  // namespace stickyd
