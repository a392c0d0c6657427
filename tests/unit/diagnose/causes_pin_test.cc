// SPDX-License-Identifier: Apache-2.0
// causes_pin_test: for each row, a break that it explains, and the nearest ones that it does not.
#include <functional>
#include <string>

#include "inquiring.h"

namespace stickyd {
namespace {

class CausesPinTest : public Inquiring {
 protected:
  using Change = void (*)(TraefikConfig&, ServiceConfig&);
  // The configuration before the break, and one after it.
  void Api(Change before, Change after = nullptr) {
    configs_ = {};
    TraefikConfig config = Config(-100);
    before(config, config.services.at("shop"));
    Add(std::move(config));
    if (after != nullptr) {
      TraefikConfig next = Config(10);
      after(next, next.services.at("shop"));
      Add(std::move(next));
    }
    RouteTo({"shop"}, {"shop"});
  }
  static void AsItIs(TraefikConfig&, ServiceConfig&) {}
  static void Checked(TraefikConfig&, ServiceConfig& service) { service.health_check = true; }
  static void WithoutPin(TraefikConfig&, ServiceConfig& service) {
    service.servers.erase(service.servers.begin());
  }
  static void PinDown(TraefikConfig&, ServiceConfig& service) {
    service.servers[0].status = ServerStatus::kDown;
  }
  static void PinAtWeight0(TraefikConfig&, ServiceConfig& service) {
    service.servers[0].weight = 0;
  }
  static void PinFenced(TraefikConfig&, ServiceConfig& service) {
    service.servers[0].fenced = true;
  }
};

TEST_F(CausesPinTest, ACookieInAnotherVersionsFormat) {
  EXPECT_TRUE(No(FindCookieFormatChanged));
  at_.sight.other_format = true;
  EXPECT_TRUE(Yes(FindCookieFormatChanged));
  at_.seen.cookie.differing = true;
  EXPECT_TRUE(No(FindCookieFormatChanged));
  EXPECT_TRUE(Yes(FindDuplicateCookie));
  at_.seen.cookie.differing = false;
  EXPECT_TRUE(No(FindDuplicateCookie));
}

TEST_F(CausesPinTest, WithoutCookiesInTheLogTheNewNameOfAServiceTells) {
  const auto explains = [&](const std::function<void()>& change) {
    configs_ = {};
    TraefikConfig before = Config(-100);
    before.services.at("shop").name = "old";
    before.services.emplace("old", before.services.at("shop"));
    before.services.erase("shop");
    before.routers.at("r").service = "old";
    Add(std::move(before));
    Add(Config(-5));
    RouteTo({"shop"}, {"shop"});
    Blind();
    at_.cookie.emplace().name = "_1a2b3";
    at_.renamed = At(-10);
    RememberPin(-20);
    change();
    return Yes(FindCookieRenamed);
  };
  EXPECT_TRUE(explains([] {}));
  EXPECT_FALSE(explains([&] { at_.seen.cookies_logged = true; }));
  EXPECT_FALSE(explains([&] { at_.has_pin_run = false; }));
  EXPECT_FALSE(explains([&] { at_.renamed.reset(); }));
  EXPECT_FALSE(explains([&] { at_.cookie.reset(); }));
  for (const char* own : {"1a2b3c", "_1a2b3c", "_1a2b", "lb"}) {
    EXPECT_FALSE(explains([&] { at_.cookie->name = own; })) << own;
  }
  EXPECT_TRUE(explains([&] { RememberPin(-10); }));
  EXPECT_FALSE(explains([&] { RememberPin(-9); })) << "it has been there since";
  EXPECT_FALSE(explains([&] {
    configs_ = {};
    Add(Config(-100));
    RouteTo({"shop"}, {"shop"});
  })) << "the API knew the name before";
}

TEST_F(CausesPinTest, WithoutCookiesInTheLogAnUpgradeSinceTheLastRequestTells) {
  Blind();
  const auto upgrade = [&](int64_t started) {
    configs_ = {};
    TraefikConfig before = Config(-100);
    before.encoding = CookieEncoding::kRawUrl;
    Add(std::move(before));
    TraefikConfig after = Config(-5);
    after.encoding = CookieEncoding::kFnv1OfFnv1a;  // which takes no URLs
    after.started = At(started);
    Add(std::move(after));
    RouteTo({"shop"}, {"shop"});
  };
  upgrade(-6);
  EXPECT_TRUE(No(FindCookieFormatChanged)) << "the pin is not remembered";
  RememberPin(-7);
  EXPECT_TRUE(Yes(FindCookieFormatChanged));
  RememberPin(-6);
  EXPECT_TRUE(Yes(FindCookieFormatChanged));
  RememberPin(-5);
  EXPECT_TRUE(No(FindCookieFormatChanged)) << "it has been here since";
}

TEST_F(CausesPinTest, ACookieUnderItsFormerNameOrAnAddressWrittenOtherwise) {
  EXPECT_TRUE(No(FindCookieRenamed));
  at_.sight.old_name = true;
  EXPECT_TRUE(Yes(FindCookieRenamed));
  at_.sight.old_name = false;
  Api(AsItIs);
  EXPECT_TRUE(No(FindCookieRenamed));
  at_.pin_key = std::string(kPinKey) + "/";
  EXPECT_TRUE(Yes(FindCookieRenamed));
  at_.pin_key = "http://10.0.0.9/";
  EXPECT_TRUE(No(FindCookieRenamed));
}

TEST_F(CausesPinTest, TheApiShowsThePinsServerOut) {
  Show(kPin);
  Api(AsItIs);
  EXPECT_TRUE(No(FindServerDown));
  for (const Change out : {PinDown, PinAtWeight0, PinFenced}) {
    Api(out);
    EXPECT_TRUE(Yes(FindServerDown));
    EXPECT_TRUE(No(FindNotHonoured));
    Api(AsItIs, out);
    EXPECT_TRUE(Yes(FindServerDown)) << "soon after";
  }
  at_.seen.cookie = {};
  EXPECT_TRUE(No(FindServerDown)) << "who came without the cookie was not sent away by it";
}

// A canary that is withdrawn: its weight is set to 0, its servers go on answering.
TEST_F(CausesPinTest, AWeightOf0OnALevelAboveTakesItsServersOut) {
  Show(kPin);
  for (const int64_t weight : {1, 0}) {
    configs_ = {};
    TraefikConfig config = Config(-100);
    ServiceConfig tree;
    tree.name = "tree";
    tree.kind = ServiceKind::kWeighted;
    tree.children.push_back({"shop", "shop", weight, false});
    config.services.emplace("tree", tree);
    config.routers.at("r").service = "tree";
    Add(std::move(config));
    RouteTo({"tree", "shop"}, {"tree", "shop"});
    EXPECT_EQ(Yes(FindServerDown), weight == 0);
    EXPECT_EQ(No(FindNotHonoured), weight == 0);
  }
}

TEST_F(CausesPinTest, AHealthCheckRefusedTheCookieOfAServerOfThePool) {
  Show(kPin);
  Api(Checked);
  EXPECT_TRUE(Yes(FindServerDown));
  Show(kOther);
  EXPECT_TRUE(No(FindServerDown));
  Api(Checked, WithoutPin);
  Show(kPin);
  EXPECT_TRUE(No(FindServerDown));
  EXPECT_TRUE(Yes(FindServerGone));
}

TEST_F(CausesPinTest, WithAHealthCheckAndWithoutCookiesAPauseThatTwoNoticedTells) {
  Blind();
  Api(Checked);
  Serve({.second = -10});
  facts_.AddBreak(kPin, 71, At(-5));
  EXPECT_TRUE(NotYet(FindServerDown));
  facts_.AddBreak(kPin, 72, At(-5));
  EXPECT_TRUE(Yes(FindServerDown));
  Serve({.second = 0});
  EXPECT_TRUE(NotYet(FindServerDown)) << "it served just now";
  final_ = true;
  EXPECT_TRUE(No(FindServerDown));
}

TEST_F(CausesPinTest, TheApiShowsThePinsServerGone) {
  Show(kPin);
  Api(WithoutPin);
  EXPECT_TRUE(NotYet(FindServerGone)) << "no reading ever had it: another replica's?";
  final_ = true;
  EXPECT_TRUE(Yes(FindServerGone));
  final_ = false;
  configs_ = {};
  Add(Config(-200));
  TraefikConfig after = Config(-100);
  WithoutPin(after, after.services.at("shop"));
  Add(std::move(after));
  RouteTo({"shop"}, {"shop"});
  EXPECT_TRUE(Yes(FindServerGone));
  Api(AsItIs, WithoutPin);
  EXPECT_TRUE(Yes(FindServerGone));
  Api(AsItIs, AsItIs);
  EXPECT_TRUE(No(FindServerGone));
  Api(AsItIs);
  EXPECT_TRUE(NotYet(FindServerGone));
  Serve({.second = 5});
  EXPECT_TRUE(No(FindServerGone));
}

TEST_F(CausesPinTest, AServerThatNoReadingEverHadMayBeAnotherReplicas) {
  Show(kPin);
  Api(WithoutPin, WithoutPin);
  EXPECT_TRUE(NotYet(FindServerGone));
  Serve({.second = 1});
  EXPECT_TRUE(NotYet(FindServerGone)) << "while it answered here";
  Serve({.second = 2});
  EXPECT_TRUE(No(FindServerGone)) << "it answers again";
  final_ = true;
  EXPECT_TRUE(No(FindServerGone));
  Api(WithoutPin, AsItIs);
  EXPECT_TRUE(Yes(FindServerGone)) << "a later reading has it: it left, and came back";
}

TEST_F(CausesPinTest, AServerThatFailedJustBeforeAndCameBackWasDown) {
  Show(kPin);
  Serve({.second = -10, .status = 503});
  EXPECT_TRUE(NotYet(FindServerDown));
  Serve({.second = 2});
  EXPECT_TRUE(No(FindServerDown)) << "that was not just before";
  Serve({.second = -9, .status = 499});
  EXPECT_TRUE(No(FindServerDown)) << "no failure";
  Serve({.second = -9, .status = 500});
  EXPECT_TRUE(Yes(FindServerDown));
  EXPECT_TRUE(No(FindServerGone));
}

TEST_F(CausesPinTest, AServerThatNeverCameBackAndWasReplacedIsGone) {
  Show(kPin);
  final_ = true;
  EXPECT_TRUE(No(FindServerGone)) << "never seen";
  for (int i = 0; i < 60; ++i) {
    Serve({.second = -200 + i, .server = ServerId{static_cast<uint16_t>(1 + i % 2)}});
  }
  facts_.AddBreak(kPin, 71, At(-100));
  facts_.AddBreak(kPin, 72, At(-100));
  for (int i = 0; i < 60; ++i) {
    Serve({.second = -30 + i, .server = ServerId{static_cast<uint16_t>(2 + i % 2)}});
  }
  EXPECT_TRUE(Yes(FindServerGone));
  final_ = false;
  EXPECT_TRUE(NotYet(FindServerGone));
  Serve({.second = 40});
  EXPECT_TRUE(No(FindServerGone)) << "there it is again";
}

TEST_F(CausesPinTest, AnotherOwnerOfTheCookiesName) {
  Show(ServerId::kNone);
  EXPECT_TRUE(No(FindSharedCookieName));
  at_.seen.cookie.in_scope = false;
  EXPECT_TRUE(No(FindSharedCookieName));
  at_.sight.other_scope = ScopeId{1};
  EXPECT_TRUE(Yes(FindSharedCookieName));
  at_.sight.other_scope = ScopeId::kNone;
  Serve({.second = -10, .foreign = true});
  EXPECT_TRUE(Yes(FindSharedCookieName));
  at_.seen.cookie.in_scope = true;
  EXPECT_TRUE(No(FindSharedCookieName));
  at_.rival_visited = true;
  EXPECT_TRUE(No(FindSharedCookieName)) << "the cookie itself tells";
  Blind();
  EXPECT_TRUE(Yes(FindSharedCookieName));
}

TEST_F(CausesPinTest, ACookieOfAServerThatAnswersOthersJustThen) {
  Serve({.second = -1});
  Serve({.second = 0});
  Serve({.second = 1});
  final_ = true;
  EXPECT_TRUE(No(FindNotHonoured)) << "no cookie came";
  Show(kOther);
  EXPECT_TRUE(No(FindNotHonoured));
  Show(kPin);
  EXPECT_TRUE(Yes(FindNotHonoured));
  at_.seen.set_cookies_logged = false;
  EXPECT_TRUE(No(FindNotHonoured));
  facts_ = {};
  at_.seen.set_cookies_logged = true;
  EXPECT_TRUE(No(FindNotHonoured));
  final_ = false;
  EXPECT_TRUE(NotYet(FindNotHonoured));
}

TEST_F(CausesPinTest, ByTheApiTheServerWasThereAndUp) {
  Show(kPin);
  Api(AsItIs, AsItIs);
  EXPECT_TRUE(Yes(FindNotHonoured));
  Api(AsItIs, PinDown);
  EXPECT_TRUE(NotYet(FindNotHonoured));
  Api(WithoutPin);
  EXPECT_TRUE(No(FindNotHonoured));
  Api(AsItIs);
  EXPECT_TRUE(NotYet(FindNotHonoured));
  Serve({.second = 2});
  EXPECT_TRUE(Yes(FindNotHonoured));
}

}  // namespace
}  // namespace stickyd
