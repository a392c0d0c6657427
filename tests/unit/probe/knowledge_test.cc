// SPDX-License-Identifier: Apache-2.0
// knowledge_test: what saved answers tell about the service behind a URL, and what the prober makes
// of it.
#include "stickyd/probe/knowledge.h"

#include <gmock/gmock.h>

#include "probing.h"
#include "stickyd/traefik/config_reader.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TraefikConfig Config(const std::string& routers, const std::string& services,
                     const std::string& version = "3.7.9") {
  auto config = ReadConfig({"{\"routers\": {" + routers + "}, \"services\": {" + services + "}}",
                            "",
                            "{\"Version\": \"" + version + "\"}",
                            {}});
  EXPECT_TRUE(config.has_value()) << config.error().message;
  return config ? std::move(*config) : TraefikConfig{};
}

std::string Router(const std::string& name, const std::string& rule, const std::string& service) {
  return fmt::format(R"("{}": {{"service": "{}", "rule": "{}", "status": "enabled"}})", name,
                     service, rule);
}
std::string Pool(const std::string& name, const std::string& more, size_t servers = 3) {
  std::string list;
  for (const std::string& server : FakeServers(servers)) {
    list += fmt::format(R"({}{{"url": "{}"}})", list.empty() ? "" : ", ", server);
  }
  return fmt::format(R"("{}": {{"loadBalancer": {{"servers": [{}]{}}}}})", name, list, more);
}

constexpr const char* kSticky = R"(, "sticky": {"cookie": {"name": "_633ff"}})";

TEST(KnowledgeTest, TheRouterOfTheUrlIsFound) {
  const TraefikConfig config =
      Config(Router("all@file", "Host(`shop.example`)", "all") + "," +
                 Router("api@file", "Host(`shop.example`) && PathPrefix(`/api`)", "api") + "," +
                 Router("two@file", "Host(`a.example`, `b.example`)", "two") + "," +
                 Router("post@file",
                        "Host(`shop.example`) && Method(`POST`) && PathPrefix(`/only`)", "post") +
                 "," + Router("any@file", "PathPrefix(`/any`)", "any"),
             Pool("all@file", "") + "," + Pool("api@file", kSticky) + "," + Pool("two@file", "") +
                 "," + Pool("post@file", "") + "," + Pool("any@file", ""));
  const struct {
    const char* host;
    const char* path;
    const char* service;
  } rows[] = {
      {"shop.example", "/", "all@file"},
      {"shop.example", "/api/x", "api@file"},
      {"SHOP.example", "/", "all@file"},
      {"b.example", "/", "two@file"},
      {"other.example", "/", ""},
      {"shop.example", "/apx", "all@file"},
      {"other.example", "/any", "any@file"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.host) + row.path);
    EXPECT_EQ(KnowledgeOf(config, row.host, row.path).service, row.service);
  }
  const ProbeKnowledge api = KnowledgeOf(config, "shop.example", "/api");
  EXPECT_THAT(api.cookies, ElementsAre("_633ff"));
  EXPECT_THAT(api.bare_levels, IsEmpty());
  EXPECT_EQ(api.pins.size(), 3U);
  EXPECT_EQ(api.ServerOf("_633ff", "df5bd2f9c0180410"), "http://10.0.0.1:80");
  EXPECT_EQ(api.ServerOf("_633ff", "c2e8df179a351d87"), "http://10.0.0.1:80");
  EXPECT_EQ(api.ServerOf("_633ff", "http://10.0.0.1:80"), "http://10.0.0.1:80");
  EXPECT_EQ(api.ServerOf("other", "df5bd2f9c0180410"), "");
  EXPECT_THAT(KnowledgeOf(config, "shop.example", "/").bare_levels, ElementsAre("all@file"));
}

class KnowingTest : public Probing {
 protected:
  void Know(const std::string& services, const std::string& version = "3.7.9") {
    options_.knowledge =
        KnowledgeOf(Config(Router("shop@file", "Host(`shop.example`)", "shop"), services, version),
                    "shop.example", "/");
    EXPECT_TRUE(options_.knowledge.known);
  }
};

TEST_F(KnowingTest, EachServerTakesItsClientsBack) {
  Know(Pool("shop@file", kSticky));
  auto pool = std::make_shared<FakeBalancer>(FakeServers(3), FakeCookie{});
  edge_ = FakePool(pool);
  ExpectSticky();
  EXPECT_EQ(DetailOf("pins"), "3 of 3 servers take their clients back");
  EXPECT_EQ(result_.cookies[0].known_by, "the configuration names it");
  EXPECT_THAT(result_.cookies[0].server, HasSubstr("http://10.0.0."));
  pool->SetUp(2, false);
  ExpectUnsure("http://10.0.0.3:80");
  EXPECT_EQ(ResultOf("pins"), "fail");
}

TEST_F(KnowingTest, AnOldFormatIsRewrittenForTheSameServer) {
  Know(Pool("shop@file", kSticky));
  // The first answer is of a Traefik that has gone meanwhile.
  const FakeSite old = FakePool(FakeCookie{}, 3, CookieEncoding::kRawUrl);
  const FakeSite now = FakePool(FakeCookie{});
  edge_ = [=, n = 0](const FakeRequest& request) mutable {
    return n++ == 0 ? old(request) : now(request);
  };
  EXPECT_EQ(Run(), ProbeVerdict::kSticky) << result_.why;
  EXPECT_THAT(DetailOf("cookie_honoured"), HasSubstr("rewritten in a newer format"));
}

TEST_F(KnowingTest, ReplicasOfTwoVersionsAreToldFromOthersThatDisagree) {
  Know(Pool("shop@file", kSticky));
  const FakeSite sha = FakePool(FakeCookie{});
  const auto mixed_with = [&](const FakeSite& other) {
    edge_ = [=, n = 0](const FakeRequest& request) mutable {
      return n++ % 2 == 0 ? other(request) : sha(request);
    };
  };
  mixed_with(FakePool(FakeCookie{}, 3, CookieEncoding::kFnv1a));
  ExpectBroken(Cause::kCookieFormatChanged);
  mixed_with(FakePool(std::make_shared<FakeBalancer>(FakeServers(3, "10.7.7."), FakeCookie{})));
  ExpectBroken(Cause::kReplicasDisagree);
}

TEST_F(KnowingTest, TheConfigurationTellsWhyNoCookieIsSet) {
  edge_ = FakePool(std::nullopt);
  Know(Pool("shop@file", ""));
  ExpectBroken(Cause::kNotSticky);
  EXPECT_EQ(result_.service, "shop@file");
  Know(Pool("shop@file", std::string(kSticky) + R"(, "strategy": "hrw")"));
  ExpectBroken(Cause::kStrategyIgnoresCookie);
  Know(Pool("shop@file", "") + "," + Pool("shop-sticky@file", kSticky));
  ExpectBroken(Cause::kStickyOnUnusedService);
  Know(Pool("shop@file", kSticky));
  ExpectUnsure("no answer sets it");
  EXPECT_THAT(result_.fix, HasSubstr("--direct"));
  options_.direct = "10.0.0.9:80";
  direct_ = edge_;
  ExpectBroken(Cause::kSetCookieLost);
}

TEST_F(KnowingTest, APinBelowALevelIsSentWithTheCookieOfItsChild) {
  const auto pool = [](const char* name, const char* net) {
    return fmt::format(R"("{0}": {{"loadBalancer": {{"servers": [{{"url": "http://{1}1:80"}},
        {{"url": "http://{1}2:80"}}, {{"url": "http://{1}3:80"}}],
        "sticky": {{"cookie": {{"name": "inner"}}}}}}}})",
                       name, net);
  };
  const FakeCookie inner{.name = "inner"};
  edge_ = FakeNested(FakeCookie{.name = "outer"}, inner, inner);
  Know(R"("shop@file": {"weighted": {"services": [{"name": "blue"}, {"name": "green"}],
          "sticky": {"cookie": {"name": "outer"}}}},)" +
       pool("blue@file", "10.0.1.") + "," + pool("green@file", "10.0.2."));
  EXPECT_EQ(Run(), ProbeVerdict::kSticky) << result_.why;
  EXPECT_EQ(DetailOf("pins"), "6 of 6 servers take their clients back");
}

TEST_F(KnowingTest, ALevelThatHasNoCookieIsKnown) {
  Know(R"("shop@file": {"weighted": {"services": [{"name": "blue"}, {"name": "green"}]}},)" +
       Pool("blue@file", R"(, "sticky": {"cookie": {"name": "same"}})") + "," +
       Pool("green@file", R"(, "sticky": {"cookie": {"name": "same"}})"));
  edge_ = FakeNested(std::nullopt, FakeCookie{.name = "same"}, FakeCookie{.name = "same"});
  ExpectBroken(Cause::kNestedLevel);
  EXPECT_THAT(result_.why, HasSubstr("shop@file has no cookie"));
}

TEST_F(KnowingTest, ALevelBelowThatHasNoCookieIsKnownThoughTheOneAboveIsHonoured) {
  const std::string root =
      R"("shop@file": {"weighted": {"services": [{"name": "blue"}, {"name": "green"}],
          "sticky": {"cookie": {"name": "outer"}}}},)";
  edge_ = FakeNested(FakeCookie{.name = "outer"}, std::nullopt, std::nullopt);
  Know(root + Pool("blue@file", "") + "," + Pool("green@file", "", 1));
  ExpectBroken(Cause::kNestedLevel);
  EXPECT_EQ(DetailOf("levels"),
            "without a cookie, and chosen anew each time: the server of blue@file");
  Know(root + Pool("blue@file", "", 1) + "," + Pool("green@file", "", 1));
  ExpectSticky();
  EXPECT_EQ(ResultOf("levels"), "pass");
}

TEST_F(KnowingTest, AFallbackNeedsNoCookie) {
  Know(R"("shop@file": {"failover": {"service": "main", "fallback": "spare"}},)" +
       Pool("main@file", kSticky) + "," + Pool("spare@file", ""));
  edge_ = FakePool(FakeCookie{});
  ExpectSticky();
  EXPECT_EQ(ResultOf("levels"), "pass");
}

}  // namespace
}  // namespace stickyd
