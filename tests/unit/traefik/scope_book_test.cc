// SPDX-License-Identifier: Apache-2.0
// scope_book_test: names that are one scope, and what is known of a scope's servers and cookies.
#include "../../../src/traefik/scope_book.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace stickyd {
namespace {

class ScopeBookTest : public testing::Test {
 protected:
  static EventTime At(int64_t second) { return EventTime(std::chrono::seconds(second)); }
  void AddConfig(int64_t second, const std::string& service, const std::string& server,
                 const std::string& cookie) {
    TraefikConfig config;
    config.time = At(second);
    ServiceConfig& shop = config.services[service];
    shop.name = service;
    shop.kind = ServiceKind::kLoadBalancer;
    shop.servers.push_back({server, server});
    if (!cookie.empty()) shop.cookie.emplace().name = cookie;
    ASSERT_TRUE(config.Link());
    ASSERT_TRUE(configs_.Add(std::make_shared<const TraefikConfig>(std::move(config))));
  }
  ConfigHistory configs_;
  ScopeBook book_{KeyedHash({})};
};

TEST_F(ScopeBookTest, NameIsOneScopeAndHasItsKey) {
  const ScopeId shop = book_.Of("shop");
  EXPECT_EQ(book_.Of("shop"), shop);
  EXPECT_NE(book_.Of("blog"), shop);
  EXPECT_EQ(book_.info(shop).key, KeyedHash({})(HashUse::kScope, 0, "shop"));
  EXPECT_NE(book_.info(book_.Of("blog")).key, book_.info(shop).key);
  EXPECT_EQ(book_.info(ScopeId{kOverflowId}).key, KeyedHash({})(HashUse::kScope, 0, "_other"));
}

TEST_F(ScopeBookTest, NameThatIsJoinedLeadsToTheScopeItJoined) {
  const ScopeId shop = book_.Of("shop");
  EXPECT_TRUE(book_.Join("shop2", shop));
  EXPECT_TRUE(book_.Join("shop2", shop)) << "it is there";
  EXPECT_EQ(book_.Of("shop2"), shop);
  EXPECT_EQ(book_.info(shop).aliases, (std::vector<std::string>{"shop", "shop2"}));
  const ScopeId blog = book_.Of("blog");
  EXPECT_TRUE(book_.Join("blog", shop));
  EXPECT_EQ(book_.Of("blog"), blog) << "it was one of its own before";
}

TEST_F(ScopeBookTest, ScopeHasSixtyFourNames) {
  const ScopeId shop = book_.Of("shop");
  for (int i = 1; i < 64; ++i) EXPECT_TRUE(book_.Join("shop" + std::to_string(i), shop)) << i;
  EXPECT_FALSE(book_.Join("one more", shop));
  EXPECT_NE(book_.Of("one more"), shop);
}

TEST_F(ScopeBookTest, ServerOfOtherScopesIsFoundByTheNewestSixteen) {
  const ServerId server = book_.servers.Intern("http://a");
  std::vector<ScopeId> scopes;
  for (int i = 0; i < 17; ++i) {
    scopes.push_back(book_.Of("shop" + std::to_string(i)));
    book_.info(scopes.back()).last_router = "r" + std::to_string(i);
    book_.AddServer(scopes.back(), server);
    book_.AddServer(scopes.back(), server);
    EXPECT_TRUE(book_.info(scopes.back()).Knows(server));
    EXPECT_EQ(book_.info(scopes.back()).servers.size(), 1U);
  }
  EXPECT_EQ(book_.OtherWith(server, scopes[3], "r3"), scopes[16]);
  EXPECT_EQ(book_.OtherWith(server, scopes[16], "r16"), scopes[15]);
  EXPECT_EQ(book_.OtherWith(server, scopes[3], "r16"), scopes[15]) << "one tree of that router";
  EXPECT_EQ(book_.OtherWith(book_.servers.Intern("http://b"), scopes[3], "r3"), ScopeId::kNone);
  // Two that are known, and the first of them is forgotten for the sixteen after it.
  ScopeBook few(KeyedHash({}));
  const ServerId shared = few.servers.Intern("http://a");
  std::vector<ScopeId> ids;
  for (int i = 0; i < 17; ++i) {
    ids.push_back(few.Of("s" + std::to_string(i)));
    few.info(ids.back()).last_router = i == 0 ? "other" : "r";
    few.AddServer(ids.back(), shared);
    EXPECT_EQ(few.OtherWith(shared, ids.back(), "r"), i == 0 || i == 16 ? ScopeId::kNone : ids[0]);
  }
}

TEST_F(ScopeBookTest, CookiesAndServersAreThoseOfEveryConfigurationUpToNow) {
  AddConfig(100, "shop", "http://a", "one");
  AddConfig(200, "shop", "http://b", "two");
  AddConfig(300, "shop", "http://c", "three");
  const ScopeId shop = book_.Of("shop");
  book_.AddConfiguredServers(shop, configs_, 1);
  EXPECT_TRUE(book_.HadCookie(shop, "one", At(0))) << "nothing is known of what came before";
  EXPECT_FALSE(book_.HadCookie(shop, "two", At(199)));
  EXPECT_TRUE(book_.HadCookie(shop, "two", At(200)));
  EXPECT_FALSE(book_.HadCookie(shop, "three", At(400))) << "it is of later";
  EXPECT_EQ(book_.info(shop).servers.size(), 2U);
  book_.AddConfiguredServers(shop, configs_, 2);
  EXPECT_TRUE(book_.HadCookie(shop, "three", At(300)));
  EXPECT_EQ(book_.info(shop).servers.size(), 3U);
}

TEST_F(ScopeBookTest, ServersOfANameThatJoinsBelongToTheScopeToo) {
  AddConfig(100, "old", "http://a", "one");
  AddConfig(200, "new", "http://b", "two");
  const ScopeId scope = book_.Of("old");
  book_.AddConfiguredServers(scope, configs_, 1);
  EXPECT_EQ(book_.info(scope).servers.size(), 1U);
  ASSERT_TRUE(book_.Join("new", scope));
  book_.AddConfiguredServers(scope, configs_, 1);
  EXPECT_EQ(book_.info(scope).servers.size(), 2U);
  EXPECT_TRUE(book_.HadCookie(scope, "two", At(200)));
}

}  // namespace
}  // namespace stickyd
