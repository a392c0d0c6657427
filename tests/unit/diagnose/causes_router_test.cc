// SPDX-License-Identifier: Apache-2.0
// causes_router_test: a router that was pointed at another service, and one that leads to several
// in turn.
#include "inquiring.h"

namespace stickyd {
namespace {

class RouterByApiTest : public Inquiring {
 protected:
  using Keys = std::vector<const char*>;

  RouterByApiTest() {
    at_.deadline = At(30);
    at_.server_key = kOtherKey;
  }
  // Then the router led to `service`; `shop` and `green` had these servers.
  struct Reading {
    int64_t second;
    const char* service;  // null: there was no router
    Keys shop = {kPinKey};
    Keys green = {kOtherKey};
  };
  void Read(const Reading& reading) {
    TraefikConfig config = Config(reading.second);
    ServiceConfig& shop = config.services.at("shop");
    ServiceConfig green = shop;
    green.name = "green";
    Fill(reading.shop, shop);
    Fill(reading.green, green);
    config.services.emplace("green", green);
    if (reading.service == nullptr) {
      config.routers.clear();
    } else {
      config.routers.at("r").service = reading.service;
    }
    Add(std::move(config));
  }
  static void Fill(const Keys& keys, ServiceConfig& service) {
    service.servers.clear();
    for (const char* key : keys) {
      PoolServer& server = service.servers.emplace_back();
      server.url = server.key = key;
    }
  }
  // What the row says of a break on the way of the router `r` to `service`.
  bool WasSwitched(const std::vector<Reading>& readings, const char* service = "green",
                   const char* router = "r") {
    configs_ = {};
    for (const Reading& reading : readings) Read(reading);
    RouteTo({service}, {});
    auto route = std::make_shared<Route>(*route_);
    route->router = router;
    route_ = route;
    EXPECT_FALSE(NotYet(FindRouterSwitched));
    return Yes(FindRouterSwitched);
  }
};

TEST_F(RouterByApiTest, PinIsInTheReadingBeforeAndTheServerInTheNextOne) {
  EXPECT_TRUE(WasSwitched({{-100, "shop"}, {-50, "green"}}));
  at_.seen.format = LogFormat::kClf;
  EXPECT_TRUE(Yes(FindRouterSwitched)) << "CLF names the router, too";
  EXPECT_FALSE(WasSwitched({{-100, "shop"}, {-50, "shop"}}));
  EXPECT_FALSE(WasSwitched({{-50, "green"}})) << "one reading shows no change";
  EXPECT_FALSE(WasSwitched({{-100, "green"}, {-50, "shop"}})) << "the other way";
}

TEST_F(RouterByApiTest, WhoHasThePinStillOrNeverHadItDidNotLeaveIt) {
  const Keys both = {kPinKey, kOtherKey};
  EXPECT_FALSE(WasSwitched({{-100, "shop"}, {-50, "green", {kPinKey}, both}}));
  EXPECT_FALSE(WasSwitched({{-100, "shop", {kOtherKey}}, {-50, "green"}}));
  EXPECT_FALSE(WasSwitched({{-100, "shop"}, {-50, "green", {kPinKey}, {}}}))
      << "the server is of neither";
  EXPECT_TRUE(WasSwitched({{-100, "shop", both}, {-50, "green"}}))
      << "the server may have been of both";
}

TEST_F(RouterByApiTest, ReadingsWithoutTheRouterSayNothing) {
  EXPECT_TRUE(WasSwitched({{-100, "shop"}, {-70, nullptr}, {-50, "green"}}));
  EXPECT_FALSE(WasSwitched({{-100, "shop"}, {-50, "green"}}, "green", "other"));
}

TEST_F(RouterByApiTest, ItMayBeReadALittleLater) {
  EXPECT_TRUE(WasSwitched({{-100, "shop"}, {30, "green"}}, "shop"));
  EXPECT_FALSE(WasSwitched({{-100, "shop"}, {31, "green"}}, "shop")) << "after the case is closed";
}

TEST_F(RouterByApiTest, OneOfManySwitchesIsEnough) {
  EXPECT_TRUE(WasSwitched({{-100, "green"}, {-90, "shop"}, {-80, "green"}, {-70, "green"}}));
}

class RouterByLogTest : public Inquiring {
 protected:
  static constexpr ServiceId kBlue{1};
  static constexpr ServiceId kGreen{2};

  RouterByLogTest() {
    LeadTo(kGreen);
    final_ = true;
  }
  void Serve(int requests, int64_t second, ServerId server, ServiceId service) {
    for (int i = 0; i < requests; ++i) {
      Inquiring::Serve({.second = second + i, .server = server, .service = service});
    }
  }
  void Blue(int requests, int64_t second) { Serve(requests, second, kPin, kBlue); }
  void Green(int requests, int64_t second) { Serve(requests, second, kOther, kGreen); }
  // One to each, again and again.
  void InTurn(int requests) {
    for (int i = 0; i < requests; ++i) i % 2 == 0 ? Blue(1, i - 1000) : Green(1, i - 1000);
  }
};

TEST_F(RouterByLogTest, FromOneMomentOnItLedToTheOtherService) {
  Blue(5, -100);
  Green(5, -10);
  EXPECT_TRUE(Yes(FindRouterSwitched));
  EXPECT_TRUE(No(FindNestedLevel));
  final_ = false;
  EXPECT_TRUE(NotYet(FindRouterSwitched)) << "it may lead to the one of before again";
  Blue(1, 5);
  EXPECT_TRUE(No(FindRouterSwitched));
}

TEST_F(RouterByLogTest, FewRequestsDoNotTell) {
  Blue(4, -100);
  Green(4, -10);
  EXPECT_TRUE(No(FindRouterSwitched));
  Blue(1, -50);
  EXPECT_TRUE(No(FindRouterSwitched)) << "four of the new one";
  Green(1, 5);
  EXPECT_TRUE(Yes(FindRouterSwitched));
  facts_ = {};
  Blue(4, -100);
  Green(5, -10);
  EXPECT_TRUE(No(FindRouterSwitched)) << "four of the old one";
}

// A weighted service, one child of which was set to weight 0 soon after the log began.
TEST_F(RouterByLogTest, ServicesThatTookTurnsWithinASecondWereNotSwitched) {
  const auto within = [&](int times) {
    facts_ = {};
    for (int i = 0; i < 5; ++i) Blue(1, -100);
    for (int i = 0; i < times; ++i) {
      Green(1, -100);
      Blue(1, -100);
    }
    for (int i = 0; i < 5; ++i) Green(1, -50);
  };
  within(3);
  EXPECT_TRUE(Yes(FindRouterSwitched)) << "requests in flight";
  within(4);
  EXPECT_TRUE(No(FindRouterSwitched));
}

TEST_F(RouterByLogTest, RequestsInFlightMayCrossTheSwitch) {
  Blue(8, -100);
  Green(8, -95);
  EXPECT_TRUE(Yes(FindRouterSwitched)) << "two seconds";
  Blue(1, -92);
  EXPECT_TRUE(No(FindRouterSwitched));
}

TEST_F(RouterByLogTest, ServicesInTurnAreALevelThatBranches) {
  final_ = false;
  InTurn(23);
  EXPECT_TRUE(No(FindRouterSwitched));
  EXPECT_TRUE(NotYet(FindNestedLevel)) << "too few to walk";
  final_ = true;
  EXPECT_TRUE(No(FindNestedLevel));
  final_ = false;
  facts_ = {};
  InTurn(24);
  EXPECT_TRUE(Yes(FindNestedLevel));
  EXPECT_TRUE(No(FindNotSticky));
}

TEST_F(RouterByLogTest, PinOfTheSameServiceWasMovedByNoRouter) {
  final_ = false;
  InTurn(40);
  Serve(5, -10, kPin, kGreen);
  EXPECT_TRUE(No(FindRouterSwitched));
  EXPECT_TRUE(No(FindNestedLevel));
  facts_ = {};
  Green(5, -10);
  EXPECT_TRUE(No(FindRouterSwitched)) << "the pin is not known";
}

TEST_F(RouterByLogTest, ServiceThatOnlyGotANewNameIsTheSame) {
  Blue(5, -100);
  Green(5, -10);
  at_.renamed = At(-10);
  EXPECT_TRUE(No(FindRouterSwitched));
}

TEST_F(RouterByLogTest, ClfNamesNoServices) {
  Blue(5, -100);
  Green(5, -10);
  at_.seen.format = LogFormat::kClf;
  EXPECT_TRUE(No(FindRouterSwitched));
}

TEST_F(RouterByLogTest, WhatTheApiKnowsItsReadingsDecide) {
  Blue(5, -100);
  Green(5, -10);
  Add(Config(-100));
  RouteTo({"shop"}, {"shop"});
  LeadTo(kGreen);
  EXPECT_TRUE(No(FindRouterSwitched));
  pin_path_.clear();
  EXPECT_TRUE(No(FindRouterSwitched));
}

}  // namespace
}  // namespace stickyd
