// SPDX-License-Identifier: Apache-2.0
// rawdata_test: other answers of the API in the form of rawdata.
#include "../../../src/api/rawdata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stickyd/traefik/config_reader.h"

namespace stickyd {
namespace {

TEST(RawdataTest, PagesBecomeOneList) {
  EXPECT_EQ(JoinPages({R"([{"a":1}])", "[]", R"([ {"b":[2]} , 3 ])"}), R"([{"a":1},{"b":[2]},3])");
  EXPECT_EQ(JoinPages({}), "[]");
  for (const char* no_list : {"", "{}", "[1", "<html>"}) {
    EXPECT_EQ(JoinPages({"[]", no_list}), std::nullopt) << no_list;
  }
}

TEST(RawdataTest, ListsBecomeMembersByName) {
  const auto rawdata =
      RawdataOfLists(R"([{"name":"r@file","service":"s"}])",
                     R"([{"name":"s@file","loadBalancer":{"servers":[{"url":"http://a"}]}}])",
                     R"([{"name":"m@file"}])");
  ASSERT_TRUE(rawdata.has_value());
  const auto config = ReadConfig({*rawdata, "", "", EventTime()});
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->routers.at("r@file").service, "s@file");
  EXPECT_EQ(config->services.at("s@file").servers.size(), 1U);
  EXPECT_EQ(config->middlewares.size(), 1U);
  EXPECT_EQ(RawdataOfLists(R"([{"service":"s"}])", "[]", "[]"), std::nullopt) << "no name";
  EXPECT_EQ(RawdataOfLists("[]", R"([{"name":1}])", "[]"), std::nullopt);
  EXPECT_EQ(RawdataOfLists("[]", "[]", "[1]"), std::nullopt);
  EXPECT_EQ(RawdataOfLists("[]", "[]", "{}"), std::nullopt);
}

TEST(RawdataTest, NestingWithoutEndTakesNoRoom) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(JoinPages({deep}), std::nullopt);
  const std::string closed = deep + std::string(100'000, ']');
  const auto joined = JoinPages({closed});
  ASSERT_TRUE(joined.has_value());
  EXPECT_LT(joined->size(), 100U);
}

// --- v1.7

TraefikConfig Old(const std::string& backend) {
  const auto rawdata = RawdataOfProviders(
      R"({"docker":{"backends":{"app":)" + backend +
      R"(},"frontends":{"front":{"backend":"app","entryPoints":["http"],"basicAuth":["me:x"]}}}})");
  EXPECT_TRUE(rawdata.has_value());
  EXPECT_EQ(rawdata->find("basicAuth"), std::string::npos);
  auto config = ReadConfig({*rawdata, "", R"({"Version":"v1.7.34"})", EventTime()});
  EXPECT_TRUE(config.has_value()) << config.error().message;
  return std::move(*config);
}

TEST(RawdataTest, FrontendsAndBackendsAreRoutersAndServices) {
  const TraefikConfig config = Old(
      R"({"servers":{"s0":{"url":"http://10.0.0.1:80","weight":1},"s1":{"url":"http://b","weight":2}},)"
      R"("loadBalancer":{"method":"wrr"}})");
  EXPECT_EQ(config.routers.at("front").service, "app");
  EXPECT_EQ(config.routers.at("front").entry_points, std::vector<std::string>{"http"});
  const ServiceConfig& app = config.services.at("app");
  ASSERT_EQ(app.servers.size(), 2U);
  EXPECT_EQ(app.servers[1].url, "http://b");
  EXPECT_EQ(app.servers[1].weight, 2);
  EXPECT_FALSE(app.cookie.has_value());
  EXPECT_FALSE(app.health_check);
  EXPECT_TRUE(config.reachable.contains("app"));
}

TEST(RawdataTest, StickinessOfOldIsACookie) {
  const auto cookie_of = [](const std::string& balancer) {
    return Old(R"({"healthCheck":{"path":"/"},"loadBalancer":)" + balancer + "}")
        .services.at("app")
        .cookie;
  };
  EXPECT_EQ(cookie_of(R"({"stickiness":{"cookieName":"lb","secure":true}})")->name, "lb");
  EXPECT_TRUE(cookie_of(R"({"stickiness":{"cookieName":"lb","secure":true}})")->secure);
  EXPECT_EQ(cookie_of(R"({"stickiness":{}})")->name.size(), 6U) << "named after the backend";
  EXPECT_EQ(cookie_of(R"({"sticky":true})")->name, "_TRAEFIK_BACKEND");
  EXPECT_FALSE(cookie_of(R"({"sticky":false})").has_value());
  EXPECT_FALSE(cookie_of("{}").has_value());
  EXPECT_TRUE(Old(R"({"healthCheck":{"path":"/"}})").services.at("app").health_check);
}

TEST(RawdataTest, WhatIsNoAnswerOfProvidersIsNone) {
  for (const char* text : {"", "[]", "1", R"({"file":1})", "<html>"}) {
    EXPECT_EQ(RawdataOfProviders(text), std::nullopt) << text;
  }
  EXPECT_TRUE(RawdataOfProviders("{}").has_value());
  EXPECT_TRUE(RawdataOfProviders(R"({"file":{"backends":{"a":1},"frontends":[]}})").has_value());
}

}  // namespace
}  // namespace stickyd
