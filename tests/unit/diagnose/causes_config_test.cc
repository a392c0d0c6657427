// SPDX-License-Identifier: Apache-2.0
// causes_config_test: for each row, a break that it explains, and the nearest ones that it does
// not.
#include "inquiring.h"

namespace stickyd {
namespace {

class CausesConfigTest : public Inquiring {
 protected:
  // `tree` has children a and b, each with a server: 1 is a's, 2 is b's.
  void Tree(ServiceKind kind, bool sticky_tree, bool sticky_children) {
    TraefikConfig config = Config(-100);
    ServiceConfig tree;
    tree.name = "tree";
    tree.kind = kind;
    if (sticky_tree) tree.cookie.emplace().name = "level";
    for (const char* name : {"a", "b"}) {
      tree.children.push_back({name, name, 1, false});
      ServiceConfig child;
      child.name = name;
      child.kind = ServiceKind::kLoadBalancer;
      PoolServer& server = child.servers.emplace_back();
      server.url = server.key = *name == 'a' ? kPinKey : kOtherKey;
      if (sticky_children) child.cookie.emplace().name = "lb";
      config.services.emplace(name, child);
    }
    config.services.emplace("tree", tree);
    config.routers.at("r").service = "tree";
    configs_ = {};
    Add(std::move(config));
    RouteTo({"tree", "b"}, {"tree", "a"});
  }
};

TEST_F(CausesConfigTest, AFailoverSwitchedBetweenChildren) {
  Tree(ServiceKind::kFailover, false, true);
  EXPECT_TRUE(Yes(FindFailover));
  EXPECT_TRUE(No(FindNestedLevel));
  Tree(ServiceKind::kWeighted, true, true);
  EXPECT_TRUE(No(FindFailover));
}

TEST_F(CausesConfigTest, ALevelThatBranchesAndIsNotSticky) {
  Tree(ServiceKind::kWeighted, false, true);
  EXPECT_TRUE(Yes(FindNestedLevel));
  EXPECT_TRUE(No(FindNotSticky));
  Tree(ServiceKind::kWeighted, false, false);
  EXPECT_TRUE(No(FindNestedLevel)) << "nothing at all is sticky";
  EXPECT_TRUE(Yes(FindNotSticky));
  Tree(ServiceKind::kWeighted, true, true);
  EXPECT_TRUE(No(FindNestedLevel));
  Tree(ServiceKind::kWeighted, true, false);
  RouteTo({"tree", "b"}, {"tree", "b"});
  EXPECT_TRUE(Yes(FindNestedLevel)) << "the child pins no server";
}

TEST_F(CausesConfigTest, WithoutTheApiACookieThatNamesTheChildTells) {
  at_.sight.names_child = true;
  EXPECT_TRUE(Yes(FindNestedLevel));
  Serve({.second = -10, .given = true});
  EXPECT_TRUE(No(FindNestedLevel)) << "a server is named, too";
  facts_ = {};
  at_.sight.names_child = false;
  EXPECT_TRUE(No(FindNestedLevel));
}

TEST_F(CausesConfigTest, TheStickyBlockIsOnAServiceThatNoRouterUses) {
  for (const bool twin : {true, false}) {
    TraefikConfig config = Config(-100, false);
    ServiceConfig unused = config.services.at("shop");
    unused.name = "unused";
    if (twin) unused.cookie.emplace().name = "lb";
    config.services.emplace("unused", unused);
    configs_ = {};
    Add(std::move(config));
    RouteTo({"shop"}, {"shop"});
    EXPECT_EQ(Yes(FindStickyOnUnusedService), twin);
    EXPECT_TRUE(Yes(FindNotSticky));
  }
}

TEST_F(CausesConfigTest, TheApiKnowsWhetherTheServiceIsSticky) {
  Add(Config(-100, false));
  RouteTo({"shop"}, {"shop"});
  EXPECT_TRUE(Yes(FindNotSticky));
  EXPECT_TRUE(No(FindStickyOnUnusedService));
  configs_ = {};
  Add(Config(-100));
  RouteTo({"shop"}, {"shop"});
  EXPECT_TRUE(No(FindNotSticky));
}

TEST_F(CausesConfigTest, AServiceWhoseResponsesNeverSetAStickyCookie) {
  Walk(23, {.sets_any = true});
  EXPECT_TRUE(NotYet(FindNotSticky)) << "too few to walk";
  facts_ = {};
  Walk(24, {.sets_any = true});
  EXPECT_TRUE(Yes(FindNotSticky));
  at_.seen.set_cookie.sticky = at_.seen.set_cookie.sent = true;
  EXPECT_TRUE(No(FindNotSticky)) << "this one set it";
}

TEST_F(CausesConfigTest, AServiceThatHasSetOneStickyCookieIsSticky) {
  Walk(60, {.sets_any = true});
  Serve({.second = -10, .given = true});
  at_.seen.set_cookie.sent = true;
  EXPECT_TRUE(No(FindNotSticky));
  at_.seen.set_cookie.sent = false;
  EXPECT_TRUE(Yes(FindNotSticky)) << "but the response that moved the session set none";
}

TEST_F(CausesConfigTest, WhereNoResponseShowsASetCookieNothingIsKnown) {
  Walk(60);
  EXPECT_TRUE(No(FindNotSticky));
  at_.seen.all_headers = true;  // then one would show
  EXPECT_TRUE(Yes(FindNotSticky));
}

TEST_F(CausesConfigTest, OneSetCookieIsEnoughToShowThatTheyAreLogged) {
  Walk(60);
  Serve({.second = -10'000 + 60, .server = ServerId{1}, .sets_any = true});
  EXPECT_TRUE(Yes(FindNotSticky));
}

TEST_F(CausesConfigTest, InClfAWalkIsBelievedWhereTheOperatorSaysSo) {
  Blind();
  Walk(60);
  EXPECT_TRUE(No(FindNotSticky));
  options_.trust_cycle = true;
  EXPECT_TRUE(Yes(FindNotSticky));
  facts_ = {};
  EXPECT_TRUE(No(FindNotSticky));
}

// The API was read before the service lost its sticky block.
TEST_F(CausesConfigTest, ARefusedCookieToWhichTheResponseGivesNoneShowsThatNothingIsSticky) {
  Tree(ServiceKind::kWeighted, true, true);
  RouteTo({"b"}, {"b"});
  Show(kPin);
  EXPECT_TRUE(Yes(FindNotSticky));
  EXPECT_TRUE(No(FindNestedLevel));
  auto route = std::make_shared<Route>(*route_);
  route->upper.push_back({"level", {}});
  route_ = route;
  EXPECT_TRUE(Yes(FindNestedLevel));

  at_.seen.status = 101;
  EXPECT_TRUE(No(FindNestedLevel)) << "headers of an upgrade are not logged";
  at_.seen.status = 200;
  at_.seen.set_cookie.sticky = true;
  EXPECT_TRUE(No(FindNotSticky)) << "it was given another";
  at_.seen.set_cookie.sticky = false;
  at_.seen.set_cookies_logged = false;
  EXPECT_TRUE(No(FindNotSticky)) << "nobody knows what it was given";
  at_.seen.set_cookies_logged = true;
  Show(kOther);
  EXPECT_TRUE(No(FindNotSticky)) << "it was honoured";
  at_.seen.cookie = {};
  EXPECT_TRUE(No(FindNotSticky)) << "none came";
}

// A hit by chance: the client had been moved, and was given no other cookie then.
TEST_F(CausesConfigTest, SoDoesAHitOfAClientThatHadBeenRefusedForNothing) {
  at_.judgement.evidence = Evidence::kCookie;
  at_.facts.Set(SessionFacts::kMoved);
  at_.facts.refused = 77;
  Show(kOther);
  EXPECT_TRUE(Yes(FindNotSticky));
  EXPECT_TRUE(No(FindNestedLevel));
  auto route = std::make_shared<Route>(*route_);
  route->upper.push_back({"level", {}});
  route_ = route;
  EXPECT_TRUE(Yes(FindNestedLevel)) << "a level above is sticky";

  at_.facts.refused = 0;
  EXPECT_TRUE(No(FindNotSticky)) << "a request without the cookie had moved it";
  at_.facts.refused = 77;
  at_.facts.Clear(SessionFacts::kMoved);
  EXPECT_TRUE(No(FindNotSticky)) << "it was given another cookie since";
  at_.facts.Set(SessionFacts::kMoved);
  at_.judgement.evidence = Evidence::kClient;
  EXPECT_TRUE(No(FindNotSticky));
  EXPECT_TRUE(No(FindNestedLevel));
}

TEST_F(CausesConfigTest, CookieOfAnotherServiceWasNotRefusedForNothing) {
  Show(kPin);
  LeadTo(ServiceId{2});
  Serve({.second = -10, .server = kPin});
  EXPECT_TRUE(Yes(FindNotSticky));
  Serve({.second = -9, .server = kPin, .service = ServiceId{1}});
  EXPECT_TRUE(No(FindNotSticky));
  at_.judgement.evidence = Evidence::kCookie;
  at_.facts.Set(SessionFacts::kMoved);
  at_.facts.refused = 77;
  Show(kOther);
  EXPECT_TRUE(No(FindNotSticky));
}

class NeverGivenTest : public CausesConfigTest {
 protected:
  NeverGivenTest() { Serve(999, 200); }
  // To one server, with breaks among them.
  void Serve(int requests, uint64_t breaks) {
    for (int i = 0; i < requests; ++i) Inquiring::Serve({.second = -5000 + i});
    for (uint64_t i = 0; i < breaks; ++i) facts_.AddBreak(kPin, i, At(-10));
  }
};

TEST_F(NeverGivenTest, NoneOfAThousandResponsesSetACookieWhereOthersInTheLogDo) {
  EXPECT_TRUE(No(FindNotSticky)) << "999";
  Serve(1, 0);
  EXPECT_TRUE(Yes(FindNotSticky));
  at_.seen.set_cookies_logged = false;
  EXPECT_TRUE(No(FindNotSticky)) << "the log shows none of others either";
}

TEST_F(NeverGivenTest, WhereFewAreMovedItMayBeSticky) {
  facts_ = {};
  Serve(1000, 199);
  EXPECT_TRUE(No(FindNotSticky));
  Serve(0, 1);
  EXPECT_TRUE(Yes(FindNotSticky)) << "one in five";
  Serve(1, 0);
  EXPECT_TRUE(No(FindNotSticky));
}

TEST_F(NeverGivenTest, OneCookieThatWasGivenReturnedOrHiddenMayBeTraefiks) {
  for (const Served& one :
       {Served{.second = -10, .given = true}, Served{.second = -10, .returned = true},
        Served{.second = -10, .redacted = true}}) {
    const ScopeFacts before = facts_;
    Inquiring::Serve(one);
    EXPECT_TRUE(No(FindNotSticky)) << one.given << one.returned << one.redacted;
    facts_ = before;
  }
  Inquiring::Serve({.second = -10});
  EXPECT_TRUE(Yes(FindNotSticky));
}

TEST_F(NeverGivenTest, WhereTheApiKnowsTheServiceItDecides) {
  Serve(1, 0);
  Add(Config(-100));
  RouteTo({"shop"}, {"shop"});
  EXPECT_TRUE(No(FindNotSticky));
}

TEST_F(CausesConfigTest, AStrategyThatIgnoresTheCookie) {
  for (const char* strategy : {"hrw", "p2c"}) {
    TraefikConfig config = Config(-100);
    config.services.at("shop").strategy = strategy;
    configs_ = {};
    Add(std::move(config));
    RouteTo({"shop"}, {"shop"});
    EXPECT_EQ(Yes(FindStrategyIgnoresCookie), std::string("hrw") == strategy);
  }
  Tree(ServiceKind::kHighestRandomWeight, false, true);
  EXPECT_TRUE(Yes(FindStrategyIgnoresCookie));
  Tree(ServiceKind::kWeighted, false, true);
  EXPECT_TRUE(No(FindStrategyIgnoresCookie));
}

TEST_F(CausesConfigTest, ASetCookieThatIsTakenAway) {
  EXPECT_TRUE(No(FindSetCookieLost));
  at_.seen.set_cookie.lost = true;
  EXPECT_TRUE(Yes(FindSetCookieLost));
  at_.seen.set_cookie.lost = false;
  at_.sight.set_cookie_middleware = true;
  EXPECT_TRUE(Yes(FindSetCookieLost));
  Show(kPin);
  EXPECT_TRUE(No(FindSetCookieLost)) << "the client has it";
}

}  // namespace
}  // namespace stickyd
