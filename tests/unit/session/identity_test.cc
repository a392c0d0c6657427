// SPDX-License-Identifier: Apache-2.0
// identity_test: which texts of a record tell its session, and which records are excluded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stickyd/session/identifier.h"

namespace stickyd {
namespace {

using Sessions = std::vector<std::string>;

// Some sixteen bytes, and one less.
constexpr const char* kSecret = "0123456789abcdef";
constexpr const char* kShort = "0123456789abcde";

class IdentityTest : public testing::Test {
 protected:
  void Use(const IdentifierOptions& options) {
    auto made = Identifier::Create(options, KeyedHash({}));
    ASSERT_TRUE(made.has_value()) << made.error().message;
    identifier_ = std::move(*made);
  }
  void UseSessions(const Sessions& sessions) {
    IdentifierOptions options;
    options.sessions = sessions;
    Use(options);
  }
  Observation See() {
    Observation seen;
    seen.route = &route_;
    identifier_->FindClient(record_, seen);
    identifier_->Identify(
        record_, [](const Route&, std::string_view name) { return name == "sticky"; }, seen);
    return seen;
  }
  uint64_t IdentityOf(const char* cookie) {
    record_.cookie = Text(cookie);
    return See().identity;
  }
  uint64_t NewIdentityOf(const char* set_cookie) {
    record_.set_cookie = Text(set_cookie);
    return See().new_identity;
  }
  // By a field that holds this.
  uint64_t UserIdentity(const char* user) {
    record_.user = Text(user);
    return See().identity;
  }
  static std::string Pair(const char* name, const char* value) {
    return std::string(name) + "=" + value;
  }

  std::unique_ptr<Identifier> identifier_;
  AccessRecord record_;
  Route route_;
};

TEST_F(IdentityTest, SessionCookiesOfCommonFrameworksAreIdentitiesIfTheyAreLong) {
  UseSessions({"auto"});
  for (const char* name : {"JSESSIONID", "PHPSESSID", "ASP.NET_SessionId", "connect.sid",
                           "sessionid", "laravel_session", "ci_session", "_session_id", "CFID",
                           "SESSION", ".AspNetCore.Session", "express.sid"}) {
    EXPECT_NE(IdentityOf(Pair(name, kSecret).c_str()), 0U) << name;
    EXPECT_EQ(IdentityOf(Pair(name, kShort).c_str()), 0U) << name;
  }
  EXPECT_EQ(IdentityOf(Pair("jsessionid", kSecret).c_str()), 0U) << "names have a case";
  EXPECT_EQ(IdentityOf(Pair("other", kSecret).c_str()), 0U);
}

TEST_F(IdentityTest, CookieThatTheOperatorNamesMayBeShortButNotEmpty) {
  UseSessions({"cookie:sid"});
  EXPECT_NE(IdentityOf("sid=1"), 0U);
  EXPECT_EQ(IdentityOf("sid="), 0U);
  EXPECT_EQ(IdentityOf("sid"), 0U);
  EXPECT_NE(IdentityOf("a=b; sid=1"), IdentityOf("a=b; sid=2"));
  EXPECT_EQ(IdentityOf("a=b; sid=1"), IdentityOf("sid=1; x=y"));
  EXPECT_EQ(IdentityOf("JSESSIONID=0123456789abcdef"), 0U) << "auto was not asked for";
}

TEST_F(IdentityTest, FirstUsableCookieCountsAndNoStickyOne) {
  UseSessions({"cookie:sid", "cookie:sticky", "cookie:other"});
  const uint64_t sid = IdentityOf("sid=1");
  EXPECT_EQ(IdentityOf("sticky=server; sid=1"), sid);
  EXPECT_EQ(IdentityOf("sid=; sid=1"), sid);
  EXPECT_EQ(IdentityOf("sid=1; other=1"), sid);
  EXPECT_NE(IdentityOf("other=1"), sid) << "the same value of another cookie";
  EXPECT_EQ(IdentityOf("sticky=server"), 0U);
}

TEST_F(IdentityTest, ResponseTellsTheNextIdentity) {
  UseSessions({"cookie:sid"});
  const uint64_t first = IdentityOf("sid=1");
  EXPECT_EQ(NewIdentityOf("sid=2; Path=/"), IdentityOf("sid=2"));
  EXPECT_EQ(NewIdentityOf("x=y; Path=/, sid=1; Path=/"), first);
  EXPECT_EQ(NewIdentityOf("sid=1, sid=2"), first);
  EXPECT_EQ(NewIdentityOf("sid=; Max-Age=0"), 0U);
  EXPECT_EQ(NewIdentityOf("REDACTED"), 0U);
}

TEST_F(IdentityTest, FieldGoesBeforeCookies) {
  UseSessions({"cookie:sid", "username", "tls-subject"});
  record_.cookie = Text("sid=1");
  const uint64_t by_cookie = See().identity;
  const uint64_t by_user = UserIdentity("ann");
  EXPECT_NE(by_user, by_cookie);
  record_.tls_subject = Text("ann");
  EXPECT_EQ(See().identity, by_user);
  record_.user = Text();
  EXPECT_NE(See().identity, by_user) << "the same text of another field";
  EXPECT_NE(See().identity, by_cookie);
  record_.set_cookie = Text("sid=2");
  EXPECT_NE(See().new_identity, 0U) << "a cookie is given all the same";
}

TEST_F(IdentityTest, FieldsThatSayNothingTellNobody) {
  UseSessions({"username"});
  for (const char* nobody : {"-", "REDACTED", ""}) EXPECT_EQ(UserIdentity(nobody), 0U) << nobody;
  EXPECT_NE(UserIdentity("a"), 0U);
}

TEST_F(IdentityTest, PatternTakesItsFirstGroupOrAllThatItMatches) {
  UseSessions({"ClientUsername~^u-([0-9]*)-([a-z]+)"});
  EXPECT_EQ(UserIdentity("u-17-web"), UserIdentity("u-17-app"));
  EXPECT_NE(UserIdentity("u-17-web"), UserIdentity("u-18-web"));
  EXPECT_EQ(UserIdentity("u--web"), 0U) << "an empty group";
  EXPECT_EQ(UserIdentity("x-17-web"), 0U) << "no match";
  UseSessions({"ClientUsername~[0-9]+"});
  EXPECT_EQ(UserIdentity("a17b"), UserIdentity("c17d")) << "anywhere in it";
  EXPECT_NE(UserIdentity("a17b"), UserIdentity("a18b"));
}

TEST_F(IdentityTest, FieldsOfTheirOwnAreFoundInTheirOrder) {
  UseSessions({"header:X-One", "header:X-Two", "TLSVersion~([0-9.]+)"});
  record_.extra[1] = Text("two");
  const uint64_t two = See().identity;
  EXPECT_NE(two, 0U);
  record_.extra[0] = Text("two");
  EXPECT_NE(See().identity, two) << "the first one that there is";
  EXPECT_NE(See().identity, 0U);
  record_.extra[0] = record_.extra[1] = Text();
  record_.extra[2] = Text("TLS 1.3 of one");
  const uint64_t captured = See().identity;
  EXPECT_NE(captured, 0U);
  record_.extra[2] = Text("TLS 1.3 of another");
  EXPECT_EQ(See().identity, captured);
}

TEST_F(IdentityTest, IdentitiesOfTwoScopesAreUnrelated) {
  UseSessions({"cookie:sid"});
  const uint64_t here = IdentityOf("sid=1");
  route_.scope_key = 77;
  EXPECT_NE(IdentityOf("sid=1"), here);
}

TEST_F(IdentityTest, WhatIsNoSessionIsRefusedByItsName) {
  for (const char* text : {"cookie:", "header:", "~x", "ClientUsername~", "nonsense", ""}) {
    IdentifierOptions options;
    options.sessions = {text};
    const auto made = Identifier::Create(options, KeyedHash({}));
    ASSERT_FALSE(made.has_value()) << text;
    EXPECT_THAT(made.error().message, testing::HasSubstr("'" + std::string(text) + "' is not"));
  }
  IdentifierOptions options;
  options.sessions = {"ClientUsername~("};
  EXPECT_FALSE(Identifier::Create(options, KeyedHash({})).has_value());
  options.sessions = {"a~x", "b~x", "c~x", "d~x"};
  EXPECT_TRUE(Identifier::Create(options, KeyedHash({})).has_value());
  options.sessions.emplace_back("e~x");
  EXPECT_FALSE(Identifier::Create(options, KeyedHash({})).has_value()) << "one field too many";
  options.sessions.back() = "username";
  EXPECT_TRUE(Identifier::Create(options, KeyedHash({})).has_value()) << "it is read anyway";
}

TEST_F(IdentityTest, RecordHasASessionWhereverItsNameIs) {
  UseSessions({"cookie:sid", "username", "cookie:other"});
  const auto has = [&] {
    std::vector<size_t> numbers;
    for (size_t i = 0; i < 3; ++i) {
      if (identifier_->HasSession(record_, i)) numbers.push_back(i);
    }
    return numbers;
  };
  EXPECT_THAT(has(), testing::IsEmpty());
  record_.cookie = Text("a=b; sid=; c=d");
  EXPECT_THAT(has(), testing::ElementsAre(0));
  record_.cookie = Text();
  record_.set_cookie = Text("a=b; Path=/, other=1, c=d");
  EXPECT_THAT(has(), testing::ElementsAre(2));
  record_.user = Text("ann");
  EXPECT_THAT(has(), testing::ElementsAre(1, 2));
  record_.cookie = Text("sid=1");
  EXPECT_THAT(has(), testing::ElementsAre(0, 1, 2));
}

TEST_F(IdentityTest, HttpBehindAProxySaysNothingOfTheBrowser) {
  UseSessions({"none"});
  const auto https = [&](bool proxied, bool forwarded, std::optional<bool> shown) {
    record_.forwarded_proto = forwarded ? Text("http") : Text();
    Observation seen;
    seen.route = &route_;
    seen.proxied = proxied;
    seen.https = shown;
    identifier_->Identify(
        record_, [](const Route&, std::string_view) { return false; }, seen);
    return seen.https;
  };
  EXPECT_EQ(https(true, false, false), std::nullopt);
  EXPECT_EQ(https(true, false, true), true);
  EXPECT_EQ(https(true, true, false), false) << "the proxy tells";
  EXPECT_EQ(https(false, false, false), false);
  EXPECT_EQ(https(true, false, {}), std::nullopt);
}

TEST_F(IdentityTest, ExcludedIsWhatTheOperatorNamesAndWhatIsNobodys) {
  IdentifierOptions options;
  options.exclude.paths = {"^/health", "metrics$"};
  options.exclude.user_agents = {"[Bb]ot"};
  options.exclude.clients = {"10.1.0.0/16", "2001:db8::/32"};
  options.exclude.services = {"static@file", "leaf@file", "router@file"};
  Use(options);
  const auto why = [&](const auto& change) {
    record_ = {};
    route_ = Route();
    record_.client_addr = Text("10.2.0.1:5");
    record_.client_host = Text("10.2.0.1");
    record_.method = Text("GET");
    record_.path = Text("/a/health");
    record_.user_agent = Text("Browser");
    change();
    return See().excluded;
  };
  EXPECT_EQ(why([] {}), ExcludeReason::kNone);
  EXPECT_EQ(why([&] { record_.method = Text("OPTIONS"); }), ExcludeReason::kPreflight);
  EXPECT_EQ(why([&] { record_.user_agent = Text("stickyd-probe/1"); }), ExcludeReason::kProbe);
  EXPECT_EQ(why([&] { record_.user_agent = Text("no stickyd-probe/1"); }), ExcludeReason::kNone);
  EXPECT_EQ(why([&] { record_.path = Text("/health"); }), ExcludeReason::kPath);
  EXPECT_EQ(why([&] { record_.path = Text("/a/metrics"); }), ExcludeReason::kPath);
  EXPECT_EQ(why([&] { record_.user_agent = Text("GoodBot"); }), ExcludeReason::kUserAgent);
  EXPECT_EQ(why([&] { record_.client_host = Text("10.1.2.3"); }), ExcludeReason::kClient);
  EXPECT_EQ(why([&] { record_.client_host = Text("2001:db8::7"); }), ExcludeReason::kClient);
  EXPECT_EQ(why([&] { record_.client_host = Text("10.1.2.3, 10.2.0.1"); }), ExcludeReason::kNone);
  EXPECT_EQ(why([&] { record_.service = Text("static@file"); }), ExcludeReason::kService);
  EXPECT_EQ(why([&] { route_.router = "router@file"; }), ExcludeReason::kService);
  ServiceConfig leaf;
  leaf.name = "leaf@file";
  EXPECT_EQ(why([&] { route_.path = {&leaf}; }), ExcludeReason::kService);
  EXPECT_EQ(why([&] {
              route_.path = {&leaf};
              record_.service = Text("other@file");
            }),
            ExcludeReason::kNone)
      << "the log's word goes first";
  route_ = Route();
}

TEST_F(IdentityTest, WhatIsNoPatternOrNetworkIsRefused) {
  for (int kind = 0; kind < 4; ++kind) {
    IdentifierOptions options;
    (kind == 0   ? options.exclude.paths
     : kind == 1 ? options.exclude.user_agents
     : kind == 2 ? options.exclude.clients
                 : options.trusted_proxies) = {"10.0.0.0/8", "("};
    const auto made = Identifier::Create(options, KeyedHash({}));
    ASSERT_FALSE(made.has_value()) << kind;
    EXPECT_THAT(made.error().message, testing::HasSubstr("'('")) << kind;
  }
}

}  // namespace
}  // namespace stickyd
