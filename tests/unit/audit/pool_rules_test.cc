// SPDX-License-Identifier: Apache-2.0
// pool_rules_test: rules about one service and its servers, each with what it must not find.
#include "auditing.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PoolRulesTest, NotStickyNeedsSeveralServersThatNothingAbovePins) {
  const auto found = Ask("A1", OneService("-"));
  ASSERT_THAT(found, ElementsAre(Says("warning", "shop@file", "2 servers")));
  EXPECT_THAT(found[0].fix.yaml, HasSubstr("    shop:\n      loadBalancer:\n        sticky:\n"));
  EXPECT_THAT(found[0].fix.labels,
              HasSubstr("traefik.http.services.shop.loadbalancer.sticky.cookie.name=shop_lb"));
  EXPECT_THAT(found[0].fix.kubernetes, HasSubstr("service.sticky.cookie.name: shop_lb"));
  EXPECT_THAT(found[0].fix.yaml, testing::Not(HasSubstr("secure"))) << "it is on HTTP";
  EXPECT_THAT(Ask("A1", OneService(R"("name": "lb")")), IsEmpty());
  Answers one = OneService("-");
  one.services = Lb("shop@file", "-", {"http://10.0.0.1:80"});
  EXPECT_THAT(Ask("A1", one), IsEmpty());
  one.services = Lb("shop@file", "-", kTwo, R"("strategy": "hrw")");
  EXPECT_THAT(Ask("A1", one), IsEmpty()) << "addresses decide";
  one.services = R"("shop@file": {"loadBalancer": {"servers": [{"url": "http://a:1"},
                    {"url": "http://b:1", "weight": 0}]}})";
  EXPECT_THAT(Ask("A1", one), IsEmpty()) << "only one gets requests";
}

TEST(PoolRulesTest, NotStickyIsNotSaidOfServicesThatNoRouterLeadsTo) {
  Answers answers = OneService(R"("name": "lb")");
  answers.services += "," + Lb("other@file", "-");
  EXPECT_THAT(Ask("A1", answers), IsEmpty());
  answers.routers += ", " + Route("off@file", "other", "Host(`b`)", R"("status": "disabled")");
  EXPECT_THAT(Ask("A1", answers), IsEmpty());
  answers.routers += ", " + Route("on@file", "other", "Host(`b`)");
  EXPECT_THAT(Ask("A1", answers), ElementsAre(Says("warning", "other@file", "on@file")));
}

TEST(PoolRulesTest, UnusedTwinIsTheStickyServiceThatWasMeant) {
  Answers answers;
  answers.routers = Route("r@docker", "shop-web", "Host(`a`)");
  answers.services = Lb("shop-web@docker", "-") + "," + Lb("shop@docker", R"("name": "srv_id")");
  const auto found = Ask("A2", answers);
  ASSERT_THAT(found, ElementsAre(Says("error", "shop-web@docker", "is on shop@docker")));
  EXPECT_THAT(found[0].fix.labels, HasSubstr("cookie.name=srv_id")) << "the name is kept";
  EXPECT_THAT(Ask("A1", answers), IsEmpty()) << "A2 says it better";
  answers.services =
      Lb("shop-web@docker", "-") + "," + Lb("shop-wep@docker", R"("name": "srv_id")", kOthers);
  EXPECT_THAT(Ask("A2", answers), ElementsAre(Says("warning", "shop-web@docker", "shop-wep")))
      << "a like name alone may be chance";
  answers.services =
      Lb("shop-web@docker", "-") + "," + Lb("mail@docker", R"("name": "srv_id")", kOthers);
  EXPECT_THAT(Ask("A2", answers), IsEmpty()) << "neither its name nor its servers";
}

TEST(PoolRulesTest, EmptyStickyIsNotSticky) {
  Answers answers = OneService("-");
  answers.services = R"("shop@file": {"loadBalancer": {"sticky": {}, "servers": [
      {"url": "http://a:1"}, {"url": "http://b:1"}]}})";
  EXPECT_THAT(Ask("A3", answers), ElementsAre(Says("error", "shop@file", "without a cookie")));
  EXPECT_THAT(Ask("A1", answers), IsEmpty());
  EXPECT_THAT(Ask("A3", OneService("")), IsEmpty()) << "`cookie: {}` is one";
}

TEST(PoolRulesTest, StrategyThatIgnoresTheCookie) {
  Answers answers = OneService("-");
  answers.services = Lb("shop@file", R"("name": "lb")", kTwo, R"("strategy": "hrw")");
  EXPECT_THAT(Ask("A4", answers), ElementsAre(Says("error", "shop@file", "hrw")));
  answers.services = Lb("shop@file", R"("name": "lb")", kTwo, R"("strategy": "p2c")");
  EXPECT_THAT(Ask("A4", answers), IsEmpty());
}

TEST(PoolRulesTest, SingleServerIsAWarningWhereOthersMayStandBehindIt) {
  const auto with = [](std::string_view name, std::string_view cookie, const std::string& url) {
    Answers answers;
    answers.routers = Route("r@x", name, "Host(`a`)");
    answers.services = Lb(name, cookie, {url});
    return Ask("A5", answers);
  };
  EXPECT_THAT(with("s@file", R"("name": "lb")", "http://app:80"),
              ElementsAre(Says("warning", "s@file", "http://app:80")));
  EXPECT_THAT(with("s@swarm", R"("name": "lb")", "http://10.0.0.9:80"),
              ElementsAre(Says("warning", "s@swarm", "VIP")));
  EXPECT_THAT(with("s@docker", R"("name": "lb")", "http://10.0.0.9:80"),
              ElementsAre(Says("info", "s@docker", "nothing to pin")));
  EXPECT_THAT(with("s@file", "-", "http://app:80"), ElementsAre(Says("info", "s@file", "app")));
  EXPECT_THAT(with("s@file", "-", "http://10.0.0.9:80"), IsEmpty());
  EXPECT_THAT(with("s@file", R"("name": "lb")", "http://[::1]:80"),
              ElementsAre(Says("info", "s@file", "one server")));
  EXPECT_THAT(Ask("A5", OneService(R"("name": "lb")")), IsEmpty());
}

TEST(PoolRulesTest, ServersThatAreOutAreNamed) {
  Answers answers = OneService("-");
  answers.services = R"("shop@file": {"loadBalancer": {"sticky": {"cookie": {"name": "lb"}},
      "servers": [{"url": "http://a:1"}, {"url": "http://b:1", "weight": 0},
                  {"url": "http://c:1", "fenced": true}, {"url": "http://d:1"}]},
      "serverStatus": {"http://a:1": "DOWN", "http://d:1": "UP"}})";
  const auto found = Ask("A13", answers);
  ASSERT_THAT(found, ElementsAre(Says("warning", "shop@file", "http://a:1"),
                                 Says("info", "shop@file", "http://b:1 and http://c:1")));
  EXPECT_NE(found[0].fingerprint, found[1].fingerprint);
  EXPECT_THAT(Ask("A13", OneService(R"("name": "lb")")), IsEmpty());
  answers.services = R"("shop@file": {"loadBalancer": {"servers": [{"url": "http://a:1"},
      {"url": "http://b:1"}]}, "serverStatus": {"http://a:1": "DOWN"}})";
  EXPECT_THAT(Ask("A13", answers), IsEmpty()) << "nobody is pinned";
}

TEST(PoolRulesTest, OddServerUrlsAreNamedWithoutTheirCredentials) {
  const auto with = [](const std::vector<std::string>& urls, const char* version) {
    Answers answers = OneService("-");
    answers.services = Lb("shop@file", R"("name": "lb")", urls);
    answers.version = version;
    return Ask("A14", answers);
  };
  EXPECT_THAT(with({"http://a:80", "http://A:80"}, "3.7.9"),
              ElementsAre(Says("warning", "shop@file", "more than once: http://a:80")));
  const auto secret = with({"http://me:secret@a:80", "http://b:80/?x=1"}, "2.11.0");
  ASSERT_THAT(secret, ElementsAre(Says("error", "shop@file", "never finds")));
  EXPECT_THAT(secret[0].text, testing::Not(HasSubstr("secret")));
  EXPECT_THAT(with({"http://a:80/?x=1", "http://b:80"}, "3.7.9"),
              ElementsAre(Says("warning", "shop@file", "query")));
  EXPECT_THAT(with({"http://a:80/x@y", "http://b:80"}, "3.7.9"), IsEmpty()) << "a path";
}

TEST(PoolRulesTest, RetryGoesToTheDeadServerUnlessHealthIsChecked) {
  Answers answers;
  answers.routers = Route("r@file", "shop", "Host(`a`)", R"("middlewares": ["again"])");
  answers.services = Lb("shop@file", R"("name": "lb")");
  answers.middlewares = R"("again@file": {"retry": {"attempts": 3}})";
  EXPECT_THAT(Ask("A15", answers), ElementsAre(Says("warning", "shop@file", "again@file retries")));
  answers.services = Lb("shop@file", R"("name": "lb")", kTwo, R"("healthCheck": {"path": "/"})");
  EXPECT_THAT(Ask("A15", answers), IsEmpty());
  answers.services = Lb("shop@file", R"("name": "lb")", kTwo, R"("passiveHealthCheck": {})");
  EXPECT_THAT(Ask("A15", answers), IsEmpty());
  answers.services = Lb("shop@file", "-");
  EXPECT_THAT(Ask("A15", answers), IsEmpty()) << "the next server gets the retry";
}

TEST(PoolRulesTest, NginxAnnotationsAreUnreadWhereTheProviderFoundNothing) {
  Answers answers;
  answers.routers = Route("r@kubernetes", "shop", "Host(`a`)");
  answers.services = Lb("shop@kubernetes", "-");
  answers.overview = R"({"providers": ["KubernetesIngress", "KubernetesIngressNGINX"]})";
  EXPECT_THAT(Ask("S4", answers), ElementsAre(Says("warning", "", "shop@kubernetes")));
  EXPECT_THAT(Ask("A1", answers), IsEmpty());
  answers.overview = R"({"providers": ["KubernetesIngress"]})";
  EXPECT_THAT(Ask("S4", answers), IsEmpty());
  EXPECT_EQ(Ask("A1", answers).size(), 1U);
  answers.overview = R"({"providers": ["KubernetesIngress", "KubernetesIngressNGINX"]})";
  answers.routers += ", " + Route("n@kubernetesingressnginx", "x", "Host(`b`)");
  EXPECT_THAT(Ask("S4", answers), IsEmpty()) << "it reads some";
}

TEST(PoolRulesTest, GatewayPersistenceIsNotRead) {
  Answers answers;
  answers.routers = Route("r@kubernetesgateway", "shop", "Host(`a`)");
  answers.services = Lb("shop@kubernetesgateway", "-");
  const auto found = Ask("S6", answers);
  ASSERT_THAT(found, ElementsAre(Says("warning", "shop@kubernetesgateway", "sessionPersistence")));
  EXPECT_THAT(found[0].fix.kubernetes, HasSubstr("kind: TraefikService"));
  EXPECT_THAT(Ask("A1", answers), IsEmpty()) << "its fix could not be done";
  answers.services = Lb("shop@kubernetesgateway", "-", {"http://10.0.0.1:80"});
  EXPECT_THAT(Ask("S6", answers), IsEmpty());
}

}  // namespace
}  // namespace stickyd
