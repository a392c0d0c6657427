// SPDX-License-Identifier: Apache-2.0
// config_changes_test: what two readings of the configuration tell apart, and which breaks name it.
#include "stickyd/model/config_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr EventDuration kMinute = std::chrono::minutes(1);
const EventTime kNoon = EventTimeFromUnixNanoseconds(1'777'032'000'000'000'000);

// Two services, each with a router, a sticky cookie and two servers.
TraefikConfig Base() {
  TraefikConfig config;
  config.time = kNoon;
  config.version = "3.7.9";
  config.started = kNoon;
  for (const std::string name : {"cart", "shop"}) {
    ServiceConfig service;
    service.name = name + "@file";
    service.kind = ServiceKind::kLoadBalancer;
    service.strategy = "wrr";
    service.cookie = StickyCookie{.name = "_" + name, .domain = "", .expires = {}};
    for (const char* host : {"1", "2"}) {
      const std::string url = "http://" + name + host + ":80";
      service.servers.push_back({.url = url, .key = url});
    }
    config.services.emplace(service.name, service);
    RouterConfig router;
    router.name = name + "-router@file";
    router.service = service.name;
    config.routers.emplace(router.name, router);
  }
  return config;
}

TraefikConfig Changed(const std::function<void(TraefikConfig&)>& change) {
  TraefikConfig config = Base();
  config.time += 10 * kMinute;
  change(config);
  config.Link();
  return config;
}

ServiceConfig& Shop(TraefikConfig& config) { return config.services.at("shop@file"); }

std::vector<std::string> Texts(const std::function<void(TraefikConfig&)>& change) {
  TraefikConfig before = Base();
  before.Link();
  std::vector<std::string> texts;
  for (const ConfigChange& found : FindChanges(before, Changed(change))) {
    texts.push_back(found.text);
  }
  return texts;
}

TEST(FindChangesTest, AWeightedServicesWeightsAreNamed) {
  const auto weighted = [](int64_t of_cart) {
    TraefikConfig config = Base();
    ServiceConfig both;
    both.name = "both@file";
    both.kind = ServiceKind::kWeighted;
    both.children = {{"shop", "shop@file", 100, false}, {"cart", "cart@file", of_cart, false}};
    config.services.emplace(both.name, both);
    config.routers.at("shop-router@file").service = both.name;
    config.Link();
    return config;
  };
  const auto changes = FindChanges(weighted(20), weighted(0));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].text, "the weight of cart@file in both@file went from 20 to 0");
  EXPECT_THAT(FindChanges(weighted(20), weighted(20)), IsEmpty());
}

TEST(FindChangesTest, SameConfigurationReadLaterHasNone) {
  EXPECT_THAT(Texts([](TraefikConfig&) {}), IsEmpty());
}

TEST(FindChangesTest, EachKindIsNamed) {
  struct Case {
    const char* name;
    std::function<void(TraefikConfig&)> change;
    std::vector<std::string> texts;
  };
  const std::vector<Case> cases = {
      {"server replaced",
       [](TraefikConfig& c) { Shop(c).servers[0] = {.url = "http://n:80", .key = "http://n:80"}; },
       {"server http://shop1:80 left shop@file", "server http://n:80 joined shop@file"}},
      {"server down",
       [](TraefikConfig& c) { Shop(c).servers[0].status = ServerStatus::kDown; },
       {"server http://shop1:80 of shop@file was taken out (down, fenced or weight 0)"}},
      {"server fenced",
       [](TraefikConfig& c) { Shop(c).servers[0].fenced = true; },
       {"server http://shop1:80 of shop@file was taken out (down, fenced or weight 0)"}},
      {"status first known",
       [](TraefikConfig& c) { Shop(c).servers[0].status = ServerStatus::kUp; },
       {}},
      {"sticky off",
       [](TraefikConfig& c) { Shop(c).cookie.reset(); },
       {"shop@file lost its sticky cookie"}},
      {"cookie renamed",
       [](TraefikConfig& c) { Shop(c).cookie->name = "new"; },
       {"the sticky cookie of shop@file was renamed from _shop to new"}},
      {"strategy",
       [](TraefikConfig& c) { Shop(c).strategy = "hrw"; },
       {"shop@file changed its strategy"}},
      {"strategy first named", [](TraefikConfig& c) { Shop(c).strategy = ""; }, {}},
      {"upgrade",
       [](TraefikConfig& c) {
         c.version = "3.8.0";
         *c.started += kMinute;
       },
       {"Traefik 3.7.9 became 3.8.0"}},
      {"restart",
       [](TraefikConfig& c) { *c.started += kMinute; },
       {"Traefik was restarted at 2026-04-24T12:01:00.000000Z"}},
      {"router disabled",
       [](TraefikConfig& c) { c.routers.at("shop-router@file").enabled = false; },
       {"router shop-router@file was disabled", "shop@file came out of use"}},
      {"service renamed",
       [](TraefikConfig& c) {
         auto node = c.services.extract("shop@file");
         node.key() = node.mapped().name = "shop2@file";
         c.services.insert(std::move(node));
         c.routers.at("shop-router@file").service = "shop2@file";
       },
       {"router shop-router@file went from shop@file to shop2@file", "shop2@file came into use",
        "shop@file came out of use"}},
  };
  for (const Case& at : cases) {
    SCOPED_TRACE(at.name);
    auto expected = at.texts;
    auto found = Texts(at.change);
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, expected);
  }
}

class ChangeBookTest : public testing::Test {
 protected:
  void Read(EventTime time, const std::function<void(TraefikConfig&)>& change) {
    changes_.push_back(change);
    auto next = std::make_shared<TraefikConfig>(Base());
    for (const auto& one : changes_) one(*next);
    next->time = time;
    next->Link();
    configs_.Add(std::move(next));
  }
  std::string Around(EventTime time, std::string_view root, std::string_view pin = "") {
    return std::string(book_.Around(time, root, pin));
  }

  std::vector<std::function<void(TraefikConfig&)>> changes_;
  ConfigHistory configs_;
  ChangeBook book_{configs_};
};

TEST_F(ChangeBookTest, BreaksWithinTheWindowNameItAndOthersDoNot) {
  Read(kNoon, [](TraefikConfig&) {});
  Read(kNoon + 60 * kMinute, [](TraefikConfig& c) { Shop(c).cookie.reset(); });
  const std::string text =
      "shop@file lost its sticky cookie (between 2026-04-24T12:00:00.000000Z and "
      "2026-04-24T13:00:00.000000Z)";
  EXPECT_EQ(Around(kNoon + 54 * kMinute, "shop@file"), "");
  EXPECT_EQ(Around(kNoon + 56 * kMinute, "shop@file"), text);
  EXPECT_EQ(Around(kNoon + 65 * kMinute, "shop@file"), text);
  EXPECT_EQ(Around(kNoon + 66 * kMinute, "shop@file"), "");
  EXPECT_EQ(Around(kNoon + 60 * kMinute, "cart@file"), "") << "another service's";
  EXPECT_EQ(Around(kNoon + 60 * kMinute, ""), "");
}

TEST_F(ChangeBookTest, NoBreakNamesAChangeThatTheReadingBeforeItRulesOut) {
  Read(kNoon, [](TraefikConfig&) {});
  Read(kNoon + kMinute, [](TraefikConfig& c) { Shop(c).cookie.reset(); });
  EXPECT_EQ(Around(kNoon, "shop@file"), "");
  EXPECT_NE(Around(kNoon + kMinute / 2, "shop@file"), "");
}

TEST_F(ChangeBookTest, AChangeCameAfterTheLastReadingWithoutIt) {
  Read(kNoon, [](TraefikConfig&) {});
  configs_.Confirm(kNoon + 50 * kMinute);
  Read(kNoon + 51 * kMinute, [](TraefikConfig& c) { Shop(c).cookie.reset(); });
  EXPECT_EQ(Around(kNoon + 50 * kMinute, "shop@file"), "") << "it was read then, as before";
  EXPECT_EQ(Around(kNoon + 50 * kMinute + kMinute / 2, "shop@file"),
            "shop@file lost its sticky cookie (between 2026-04-24T12:50:00.000000Z and "
            "2026-04-24T12:51:00.000000Z)");
  ASSERT_EQ(book_.All().size(), 1U);
  EXPECT_EQ(book_.All()[0].after, kNoon + 50 * kMinute);
}

TEST_F(ChangeBookTest, RestartConcernsEveryService) {
  Read(kNoon, [](TraefikConfig&) {});
  Read(kNoon + kMinute, [](TraefikConfig& c) { c.started = kNoon + kMinute; });
  EXPECT_THAT(Around(kNoon + kMinute, "cart@file"), HasSubstr("restarted"));
  EXPECT_THAT(Around(kNoon + kMinute, ""), HasSubstr("restarted"));
}

TEST_F(ChangeBookTest, ChangeOfThePinsServerGoesBeforeALaterOne) {
  Read(kNoon, [](TraefikConfig&) {});
  Read(kNoon + kMinute, [](TraefikConfig& c) { Shop(c).servers[0].key = "http://shop3:80"; });
  Read(kNoon + 2 * kMinute, [](TraefikConfig& c) { Shop(c).servers[1].key = "http://shop4:80"; });
  const EventTime at = kNoon + 2 * kMinute + kMinute / 2;
  EXPECT_THAT(Around(at, "shop@file", "http://shop1:80"), HasSubstr("shop1:80 left"));
  EXPECT_THAT(Around(at, "shop@file", "http://shop2:80"), HasSubstr("shop2:80 left"));
  EXPECT_THAT(Around(at, "shop@file", "http://shop1:8"), Not(HasSubstr("shop1:80 left")));
}

TEST_F(ChangeBookTest, ManyChangesAreCounted) {
  Read(kNoon, [](TraefikConfig&) {});
  Read(kNoon + kMinute, [](TraefikConfig& c) {
    for (int i = 0; i < 100; ++i) {
      const std::string url = "http://10.0.0." + std::to_string(i);
      Shop(c).servers.push_back({.url = url, .key = url});
    }
  });
  EXPECT_THAT(Around(kNoon + kMinute, "shop@file"), HasSubstr("and 92 more"));
  ASSERT_EQ(book_.All().size(), 1U);
  EXPECT_EQ(book_.All()[0].by, kNoon + kMinute);
}

TEST(ConfigHistoryTest, ReadingTheSameAnswersAgainAddsNothing) {
  ConfigHistory configs;
  for (int i = 0; i < 3; ++i) configs.Add(std::make_shared<TraefikConfig>(Base()));
  EXPECT_EQ(configs.size(), 1U);
  auto other = std::make_shared<TraefikConfig>(Base());
  other->version = "3.8.0";
  configs.Add(std::move(other));
  EXPECT_EQ(configs.size(), 2U);
}

}  // namespace
}  // namespace stickyd
