// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/interpreter.h"

#include <gtest/gtest.h>

#include <set>

namespace stickyd {
namespace {

// A service with one server, whose address tells the second.
std::shared_ptr<const TraefikConfig> ReadAt(int64_t second) {
  auto config = std::make_shared<TraefikConfig>();
  config->time = EventTime(std::chrono::seconds(second));
  ServiceConfig& service = config->services["shop@file"];
  service.name = "shop@file";
  service.kind = ServiceKind::kLoadBalancer;
  const std::string url = "http://10.0.0.1:" + std::to_string(1000 + second);
  service.servers.push_back({url, url});
  RouterConfig& router = config->routers["web@file"];
  router.name = "web@file";
  router.service = "shop@file";
  config->Link();
  return config;
}

AccessRecord RecordAt(int64_t second, std::string_view url) {
  AccessRecord record;
  record.start.low = record.start.high = EventTime(std::chrono::seconds(second));
  record.router = std::string_view("web@file");
  record.server_url = std::string_view(url);
  return record;
}

TEST(InterpreterTest, RouteKeepsTheConfigurationThatItPointsInto) {
  auto interpreter = std::move(*Interpreter::Create({}, KeyedHash({})));
  auto config = ReadAt(0);
  const std::weak_ptr<const TraefikConfig> first = config;
  interpreter->AddConfig(std::move(config));
  Observation seen;
  interpreter->FindRoute(RecordAt(1, "http://10.0.0.1:1000"), seen);
  std::shared_ptr<const Route> route = seen.route->shared_from_this();
  for (size_t i = 1; i <= ConfigHistory::kMost; ++i) {
    interpreter->AddConfig(ReadAt(static_cast<int64_t>(i) * 10));
  }
  ASSERT_FALSE(first.expired());
  ASSERT_NE(route->leaf(), nullptr);
  EXPECT_EQ(route->leaf()->name, "shop@file");
  route.reset();
  EXPECT_TRUE(first.expired());
}

TEST(InterpreterTest, ServersOfNewConfigurationsAreLearntAfterOldOnesHaveGone) {
  auto interpreter = std::move(*Interpreter::Create({}, KeyedHash({})));
  Observation seen;
  constexpr int64_t kAll = static_cast<int64_t>(ConfigHistory::kMost) + 10;
  for (int64_t i = 0; i < kAll; ++i) {
    interpreter->AddConfig(ReadAt(i));
    if (i % 100 == 0) interpreter->FindRoute(RecordAt(i, "http://10.0.0.1:1000"), seen);
  }
  interpreter->FindRoute(RecordAt(kAll, "http://10.0.0.1:1000"), seen);
  const ScopeInfo& scope = interpreter->scope(seen.route->scope);
  for (int64_t i = 0; i < kAll; ++i) {
    const ServerId server =
        interpreter->servers().Find("http://10.0.0.1:" + std::to_string(1000 + i));
    EXPECT_TRUE(server != ServerId::kNone && scope.Knows(server)) << i;
  }
}

TEST(InterpreterTest, ConfigurationFromBetweenTwoOthersTeachesItsServers) {
  auto interpreter = std::move(*Interpreter::Create({}, KeyedHash({})));
  for (const int64_t second : {10, 30}) interpreter->AddConfig(ReadAt(second));
  Observation seen;
  interpreter->FindRoute(RecordAt(40, "http://10.0.0.1:1030"), seen);
  interpreter->AddConfig(ReadAt(20));
  interpreter->FindRoute(RecordAt(40, "http://10.0.0.1:1030"), seen);
  const ServerId server = interpreter->servers().Find("http://10.0.0.1:1020");
  EXPECT_NE(server, ServerId::kNone);
  EXPECT_TRUE(interpreter->scope(seen.route->scope).Knows(server));
}

// Parent routers log `parent -> child`.
TEST(InterpreterTest, ConfigurationIsFoundByRouterChildOrServiceAndForNoOther) {
  const auto interpreter = std::move(*Interpreter::Create({}, KeyedHash({})));
  interpreter->AddConfig(ReadAt(1));
  interpreter->AddConfig(ReadAt(2));
  const auto leaf_of = [&](std::string_view router, Text service) {
    AccessRecord record = RecordAt(2, "http://10.0.0.1:1002");
    record.router = router;
    record.service = service;
    Observation seen;
    interpreter->FindRoute(record, seen);
    return seen.route->leaf() == nullptr ? std::string() : seen.route->leaf()->name;
  };
  EXPECT_EQ(leaf_of("web@file", {}), "shop@file");
  EXPECT_EQ(leaf_of("up@file -> web@file", {}), "shop@file");
  EXPECT_EQ(leaf_of("other@file", std::string_view("shop@file")), "shop@file");
  EXPECT_EQ(leaf_of("other@file", {}), "");
}

TEST(InterpreterTest, ScopeThatHasHadTooManyNamesIsRenamedNoMore) {
  const auto interpreter = std::move(*Interpreter::Create({}, KeyedHash({})));
  std::set<ScopeId> scopes;
  for (int i = 0; i < 100; ++i) {
    const std::string service = "s" + std::to_string(i);
    AccessRecord record = RecordAt(i, "http://10.0.0.1:1");
    record.service = std::string_view(service);
    Observation seen;
    interpreter->FindRoute(record, seen);
    scopes.insert(seen.route->scope);
  }
  EXPECT_GT(scopes.size(), 30U);
  EXPECT_LT(scopes.size(), 40U);
}

// Nobody has so many services. Whoever makes them up gets no breaks for it.
TEST(InterpreterTest, BeyondTheBoundNothingMoves) {
  auto interpreter = std::move(*Interpreter::Create({}, KeyedHash({})));
  ScopeId scope = ScopeId::kNone;
  std::set<ServerId> servers;  // that the shared scope went to
  for (int i = 0; i < 25'000; ++i) {
    const std::string router = "r" + std::to_string(i);
    AccessRecord record = RecordAt(1, i % 2 == 0 ? "http://10.0.0.1:1" : "http://10.0.0.2:1");
    record.router = std::string_view(router);
    Observation seen;
    interpreter->FindRoute(record, seen);
    scope = seen.route->scope;
    if (Index(scope) == kOverflowId) servers.insert(seen.server);
  }
  EXPECT_EQ(Index(scope), kOverflowId);
  EXPECT_EQ(servers.size(), 1U);
}

TEST(InterpreterTest, NamesAreKnownOnceTheyWereSeenOrTheApiHasThem) {
  const std::string_view url = "http://10.0.0.1:1000";
  auto interpreter = std::move(*Interpreter::Create({}, KeyedHash({})));
  EXPECT_FALSE(interpreter->Knows(RecordAt(1, url)));
  Observation seen;
  interpreter->FindRoute(RecordAt(1, url), seen);
  EXPECT_TRUE(interpreter->Knows(RecordAt(1, url)));
  EXPECT_FALSE(interpreter->Knows(RecordAt(1, "http://10.0.0.9:1000")));

  interpreter = std::move(*Interpreter::Create({}, KeyedHash({})));
  interpreter->AddConfig(ReadAt(0));
  AccessRecord record = RecordAt(1, url);
  EXPECT_TRUE(interpreter->Knows(record));
  record.service = std::string_view("shop@file");
  EXPECT_TRUE(interpreter->Knows(record));
  record.service = std::string_view("other@file");
  EXPECT_FALSE(interpreter->Knows(record));
  record = RecordAt(1, "http://10.0.0.9:1000");
  EXPECT_FALSE(interpreter->Knows(record));
  record.server_url = Text();
  EXPECT_TRUE(interpreter->Knows(record));
  record.router = std::string_view("other@file");
  EXPECT_FALSE(interpreter->Knows(record));
}

}  // namespace
}  // namespace stickyd
