// SPDX-License-Identifier: Apache-2.0
// made_up_world_test: the simulator's parts: browsers' rules for cookies, Traefik's choice of a
// server, its API's answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../../../src/simulate/api_answers.h"
#include "../../../src/simulate/browser.h"
#include "../../../src/simulate/world.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Pair = std::pair<std::string, std::string>;

// --- Cookies.

JarCookie Baked(const std::string& name, const std::string& path = "/") {
  JarCookie cookie;
  cookie.name = name;
  cookie.value = "v";
  cookie.path = path;
  return cookie;
}

class JarTest : public testing::Test {
 protected:
  JarTest() {
    fetch_.host = "shop.example.com";
    fetch_.path = "/shop/cart";
  }
  std::vector<std::string> Sent(const Fetch& fetch, int64_t now = 100) const {
    Cookies cookies;
    jar_.CookiesFor(fetch, now, cookies);
    std::vector<std::string> names;
    for (const auto& [name, value] : cookies) names.push_back(name);
    return names;
  }
  Jar jar_;
  Fetch fetch_;
};

TEST_F(JarTest, CookieIsOfItsHostAndItsPath) {
  jar_.Store(fetch_, Baked("a"));
  jar_.Store(fetch_, Baked("b", "/shop"));
  jar_.Store(fetch_, Baked("c", "/shop/"));
  EXPECT_THAT(Sent(fetch_), ElementsAre("b", "c", "a")) << "narrow ones first";
  Fetch other = fetch_;
  const auto sent = [&](const char* path) {
    other.path = path;
    return Sent(other);
  };
  EXPECT_THAT(sent("/shop"), ElementsAre("b", "a"));
  EXPECT_THAT(sent("/shop?n=1"), ElementsAre("b", "a"));
  EXPECT_THAT(sent("/shop/"), ElementsAre("b", "c", "a"));
  EXPECT_THAT(sent("/shopping"), ElementsAre("a"));
  EXPECT_THAT(sent("/"), ElementsAre("a"));
  other.host = "www.example.com";
  EXPECT_THAT(Sent(other), IsEmpty());
  jar_.Clear();
  EXPECT_THAT(Sent(fetch_), IsEmpty());
}

TEST_F(JarTest, AnotherOfTheSameNameHostAndPathReplacesIt) {
  jar_.Store(fetch_, Baked("a"));
  JarCookie again = Baked("a");
  again.value = "w";
  jar_.Store(fetch_, again);
  Cookies cookies;
  jar_.CookiesFor(fetch_, 0, cookies);
  EXPECT_THAT(cookies, ElementsAre(Pair("a", "w")));
  jar_.Store(fetch_, Baked("a", "/shop"));
  EXPECT_THAT(Sent(fetch_), ElementsAre("a", "a"));
}

TEST_F(JarTest, CookieExpiresAtItsTime) {
  JarCookie cookie = Baked("a");
  cookie.expires_ns = 50;
  jar_.Store(fetch_, cookie);
  EXPECT_THAT(Sent(fetch_, 49), ElementsAre("a"));
  EXPECT_THAT(Sent(fetch_, 50), IsEmpty());
}

TEST_F(JarTest, SecureCookieGoesOverHttpsOnly) {
  JarCookie cookie = Baked("a");
  cookie.secure = true;
  Fetch plain = fetch_;
  plain.https = false;
  jar_.Store(plain, cookie);
  EXPECT_THAT(Sent(fetch_), IsEmpty()) << "nor is it taken over http";
  jar_.Store(fetch_, cookie);
  EXPECT_THAT(Sent(fetch_), ElementsAre("a"));
  EXPECT_THAT(Sent(plain), IsEmpty());
}

TEST_F(JarTest, FetchWithoutCredentialsNeitherSendsNorStores) {
  Fetch without = fetch_;
  without.credentials = false;
  jar_.Store(without, Baked("a"));
  EXPECT_THAT(Sent(fetch_), IsEmpty());
  jar_.Store(fetch_, Baked("a"));
  EXPECT_THAT(Sent(without), IsEmpty());
}

TEST_F(JarTest, FromAnotherSiteSameSiteDecides) {
  const auto bake = [&](const char* same_site, bool secure) {
    JarCookie cookie = Baked(std::string("c-") + same_site + (secure ? "-secure" : ""));
    cookie.same_site = same_site;
    cookie.secure = secure;
    jar_.Store(fetch_, cookie);
  };
  bake("none", false);  // browsers refuse that one
  bake("none", true);
  bake("lax", false);
  bake("strict", false);
  bake("", false);
  EXPECT_THAT(Sent(fetch_), ElementsAre("c-none-secure", "c-lax", "c-strict", "c-"));
  Fetch other = fetch_;
  other.site = "cross-site";
  EXPECT_THAT(Sent(other), ElementsAre("c-none-secure"));
  other.dest = "document";
  EXPECT_THAT(Sent(other), ElementsAre("c-none-secure", "c-lax", "c-"));
  jar_.blocks_third_parties = true;
  EXPECT_THAT(Sent(other), ElementsAre("c-none-secure", "c-lax", "c-"));
  other.dest = "empty";
  EXPECT_THAT(Sent(other), IsEmpty());
  other.site = "same-site";
  EXPECT_THAT(Sent(other), ElementsAre("c-none-secure", "c-lax", "c-strict", "c-"));
}

// --- Connections.

TEST(ConnectionsTest, ConnectionIsUsedAgainWhereItIsFreeOrShared) {
  Connections open;
  EXPECT_EQ(open.Take(true, false, 0, 10, 1), 1);
  EXPECT_EQ(open.Take(true, false, 5, 20, 2), 2) << "the first is busy";
  EXPECT_EQ(open.Take(true, false, 10, 15, 3), 1) << "free again";
  EXPECT_EQ(open.Take(false, false, 30, 40, 4), 4) << "another scheme";
  EXPECT_EQ(open.Take(true, true, 12, 90, 5), 1) << "HTTP/2 shares";
  EXPECT_EQ(open.Take(true, false, 50, 60, 6), 2) << "the first is busy until 90";
  open.Clear();
  EXPECT_EQ(open.Take(true, false, 100, 110, 7), 7);
}

TEST(ConnectionsTest, AfterAMinuteOfSilenceItIsClosed) {
  Connections open;
  EXPECT_EQ(open.Take(true, false, 0, 10, 1), 1);
  EXPECT_EQ(open.Take(true, false, 10 + 60 * kSecond, 11 + 60 * kSecond, 2), 1);
  EXPECT_EQ(open.Take(true, false, 12 + 120 * kSecond, 13 + 120 * kSecond, 3), 3);
}

// --- Servers.

class AssignTest : public testing::Test {
 protected:
  AssignTest() { world_.trees.push_back({TreeKind::kLeaf, "shop", {Leaf("shop", 3, 'a')}, 0}); }
  static SimService Leaf(const std::string& name, int servers, char first) {
    SimService leaf{name, {}, SimCookie{}, false, false, 0};
    leaf.cookie->name = "sticky";
    for (int i = 0; i < servers; ++i) {
      leaf.servers.push_back(
          MakeServer(std::string("http://10.0.0.") + static_cast<char>(first + i)));
    }
    return leaf;
  }
  SimService& leaf() { return world_.trees[0].leaves[0]; }
  SimAssignment Assign(const Cookies& cookies = {}, uint64_t client = 1) {
    return world_.Assign(0, cookies, client, random_);
  }
  // The last letter of its URL; '-': none.
  char Letter(const Cookies& cookies = {}, uint64_t client = 1) {
    const SimAssignment assignment = Assign(cookies, client);
    return assignment.server == nullptr ? '-' : assignment.server->url.back();
  }
  std::string ValueOf(size_t server) {
    return leaf().servers[server].values[static_cast<size_t>(world_.encoding)];
  }
  World world_;
  Random random_{1};
};

TEST_F(AssignTest, WithoutACookieServersComeInTurnAndOneIsSet) {
  std::string letters;
  for (int i = 0; i < 7; ++i) letters += Letter();
  EXPECT_EQ(letters, "abcabca");
  leaf().servers[1].up = false;
  EXPECT_EQ(Letter(), 'c');
  EXPECT_EQ(Letter(), 'a');
  const SimAssignment assignment = Assign();
  EXPECT_FALSE(assignment.honoured || assignment.stale || assignment.twice);
  EXPECT_EQ(assignment.sent, nullptr);
  ASSERT_NE(assignment.set, nullptr);
  EXPECT_EQ(assignment.set->name, "sticky");
  for (SimServer& server : leaf().servers) server.up = false;
  EXPECT_EQ(Letter(), '-');
  leaf().cookie.reset();
  EXPECT_EQ(Assign().set, nullptr);
}

TEST_F(AssignTest, CookieThatNamesAServerIsHonoured) {
  const Cookies cookies = {{"other", ValueOf(0)}, {"sticky", ValueOf(2)}};
  const SimAssignment assignment = Assign(cookies);
  EXPECT_EQ(assignment.server->url.back(), 'c');
  EXPECT_TRUE(assignment.honoured);
  EXPECT_EQ(assignment.set, nullptr);
  EXPECT_FALSE(assignment.stale);
  EXPECT_EQ(assignment.sent, &cookies[1].second);
}

TEST_F(AssignTest, CookieOfAServerThatIsDownOrGoneIsStale) {
  const std::string value = ValueOf(2);
  leaf().servers[2].up = false;
  for (const std::string& sent : {value, std::string("nobody")}) {
    const SimAssignment assignment = Assign({{"sticky", sent}});
    EXPECT_TRUE(assignment.stale);
    EXPECT_FALSE(assignment.honoured);
    EXPECT_NE(assignment.set, nullptr);
    EXPECT_NE(assignment.server, nullptr);
  }
  world_.encoding = CookieEncoding::kFnv1OfFnv1a;
  EXPECT_TRUE(
      Assign({{"sticky", leaf().servers[0].values[static_cast<size_t>(CookieEncoding::kSha256)]}})
          .stale)
      << "of another version";
}

TEST_F(AssignTest, OfTwoCookiesTheFirstCounts) {
  const SimAssignment assignment = Assign({{"sticky", ValueOf(1)}, {"sticky", ValueOf(2)}});
  EXPECT_TRUE(assignment.twice);
  EXPECT_EQ(assignment.server->url.back(), 'b');
}

TEST_F(AssignTest, CookiesAreIgnoredAtTimesWhereThatIsTheFault) {
  world_.ignores_cookies_at_times = true;
  int ignored = 0;
  for (int i = 0; i < 1000; ++i) ignored += Assign({{"sticky", ValueOf(1)}}).honoured ? 0 : 1;
  EXPECT_GT(ignored, 50);
  EXPECT_LT(ignored, 200);
  world_.trees.push_back(world_.trees[0]);
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(world_.Assign(1, {{"sticky", ValueOf(1)}}, 1, random_).honoured);
  }
}

TEST_F(AssignTest, HashedClientsKeepTheirServerUntilItGoes) {
  leaf().hashes_clients = true;
  std::string letters;
  for (uint64_t client = 0; client < 100; ++client) {
    const char letter = Letter({}, client * 0x1234567);
    EXPECT_EQ(Letter({}, client * 0x1234567), letter);
    letters += letter;
  }
  for (const char c : {'a', 'b', 'c'}) EXPECT_GT(std::count(letters.begin(), letters.end(), c), 10);
  leaf().servers[0].up = false;
  for (uint64_t client = 0; client < 100; ++client) {
    const char letter = Letter({}, client * 0x1234567);
    EXPECT_NE(letter, 'a');
    EXPECT_TRUE(letters[client] == 'a' || letter == letters[client]);
  }
}

TEST_F(AssignTest, BranchesTakeTurnsAndAFallbackWaits) {
  Tree& tree = world_.trees[0];
  tree.leaves.push_back(Leaf("backup", 2, 'x'));
  tree.kind = TreeKind::kWeighted;
  std::string letters;
  for (int i = 0; i < 4; ++i) letters += Letter();
  EXPECT_EQ(letters, "axby");
  tree.kind = TreeKind::kFailover;
  EXPECT_EQ(Letter(), 'c');
  for (SimServer& server : leaf().servers) server.up = false;
  EXPECT_EQ(Letter(), 'x');
  EXPECT_EQ(Assign().leaf->name, "backup");
  leaf().servers[1].up = true;
  EXPECT_EQ(Letter(), 'b');
}

// --- The API.

nlohmann::json Answer(const World& world, const std::string& name, int64_t time_ns = 0,
                      int64_t started_ns = 0) {
  for (const auto& [file, content] : AnswersOf(world, time_ns, started_ns).files) {
    if (file == name) return nlohmann::json::parse(content);
  }
  ADD_FAILURE() << "no " << name;
  return {};
}

TEST_F(AssignTest, ApiSaysWhatTheWorldIs) {
  world_.version = "v3.7.9";
  leaf().servers[1].up = false;
  leaf().cookie->secure = true;
  leaf().cookie->same_site = "none";
  leaf().cookie->max_age_s = 15;
  leaf().health_check = true;
  world_.unused.push_back(Leaf("old", 1, 'o'));
  world_.routes = {{"shop", {"shop.example.com", "www.example.com"}, "/s", 0, true}};
  const auto data = Answer(world_, "rawdata.json");
  const auto& service = data["services"]["shop@file"];
  EXPECT_EQ(service["serverStatus"]["http://10.0.0.a"], "UP");
  EXPECT_EQ(service["serverStatus"]["http://10.0.0.b"], "DOWN");
  EXPECT_EQ(service["loadBalancer"]["servers"].size(), 3U);
  EXPECT_EQ(service["loadBalancer"]["strategy"], "wrr");
  EXPECT_TRUE(service["loadBalancer"].contains("healthCheck"));
  EXPECT_EQ(service["loadBalancer"]["sticky"]["cookie"],
            nlohmann::json::parse(R"({"name":"sticky","httpOnly":true,"secure":true,)"
                                  R"("sameSite":"none","maxAge":15,"path":"/"})"));
  EXPECT_FALSE(data["services"]["old@file"].contains("serverStatus"));
  EXPECT_TRUE(data["services"].contains("old@file"));
  const auto& router = data["routers"]["shop@file"];
  EXPECT_EQ(router["rule"],
            "(Host(`shop.example.com`) || Host(`www.example.com`)) && PathPrefix(`/s`)");
  EXPECT_EQ(router["entryPoints"][0], "websecure");
  EXPECT_TRUE(router.contains("tls"));
  EXPECT_EQ(data["routers"]["shop-http@file"]["entryPoints"][0], "web");
  EXPECT_FALSE(data["routers"]["shop-http@file"].contains("tls"));
  EXPECT_EQ(Answer(world_, "version.json", 0, 1'767'603'600'000'000'000)["startDate"],
            "2026-01-05T09:00:00Z");
  EXPECT_EQ(Answer(world_, "time.json", 77)["time_unix_ns"], 77);
}

TEST_F(AssignTest, ApiOfASimplerWorldSaysLess) {
  world_.version = "v2.11.53";
  world_.balancer_in_front = true;
  world_.routes = {{"shop", {"shop.example.com"}, "", 0, false}};
  const auto data = Answer(world_, "rawdata.json");
  const auto& balancer = data["services"]["shop@file"]["loadBalancer"];
  EXPECT_EQ(balancer["sticky"]["cookie"],
            nlohmann::json::parse(R"({"name":"sticky","httpOnly":true})"));
  EXPECT_FALSE(balancer.contains("strategy") || balancer.contains("healthCheck"));
  EXPECT_EQ(data["routers"].size(), 1U);
  EXPECT_EQ(data["routers"]["shop@file"]["rule"], "Host(`shop.example.com`)");
  EXPECT_FALSE(data["routers"]["shop@file"].contains("tls"));
  leaf().cookie.reset();
  leaf().hashes_clients = true;
  world_.version = "v3.7.9";
  const auto bare = Answer(world_, "rawdata.json")["services"]["shop@file"]["loadBalancer"];
  EXPECT_FALSE(bare.contains("sticky"));
  EXPECT_EQ(bare["strategy"], "hrw");
}

TEST_F(AssignTest, ApiHasTheTrees) {
  Tree& tree = world_.trees[0];
  tree.leaves[0].name = "main";
  tree.leaves.push_back(Leaf("backup", 2, 'x'));
  tree.kind = TreeKind::kFailover;
  auto services = Answer(world_, "rawdata.json")["services"];
  EXPECT_EQ(services["shop@file"]["failover"]["service"], "main");
  EXPECT_EQ(services["shop@file"]["failover"]["fallback"], "backup");
  tree.kind = TreeKind::kWeighted;
  services = Answer(world_, "rawdata.json")["services"];
  EXPECT_EQ(services["shop@file"]["weighted"]["services"].size(), 2U);
  EXPECT_EQ(services["shop@file"]["weighted"]["services"][1]["name"], "backup");
  EXPECT_EQ(services["shop@file"]["weighted"]["services"][1]["weight"], 1);
}

}  // namespace
}  // namespace stickyd
