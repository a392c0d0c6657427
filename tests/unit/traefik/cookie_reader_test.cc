// SPDX-License-Identifier: Apache-2.0
// cookie_reader_test: what the cookies of a record say about stickiness.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "stickyd/traefik/config_reader.h"
#include "stickyd/traefik/cookie_codec.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {
namespace {

constexpr const char* kA = "http://10.0.0.1:80";
constexpr const char* kB = "http://10.0.0.2:80";

class CookieReaderTest : public testing::Test {
 protected:
  void Configure(const std::string& services) {
    auto config = ReadConfig(
        {R"({"routers": {"shop@file": {"service": "shop"}}, "services": )" + services + "}",
         "",
         R"({"Version": "3.7.9"})",
         {}});
    ASSERT_TRUE(config.has_value()) << config.error().message;
    interpreter_->AddConfig(std::make_shared<TraefikConfig>(std::move(*config)));
  }

  // A request that `server` answered.
  Observation See(std::string_view server, std::optional<std::string> cookie,
                  std::optional<std::string> set_cookie = std::nullopt,
                  std::string_view service = "shop@file") {
    cookie_ = std::move(cookie);
    set_cookie_ = std::move(set_cookie);
    record_ = AccessRecord{};
    record_.format = LogFormat::kJson;
    record_.router = router_;
    record_.service = service;
    record_.server_url = server;
    if (cookie_) record_.cookie = std::string_view(*cookie_);
    if (set_cookie_) record_.set_cookie = std::string_view(*set_cookie_);
    Observation seen;
    interpreter_->FindRoute(record_, seen);
    interpreter_->Interpret(record_, traits_, seen);
    return seen;
  }
  static std::string Value(const char* url) { return EncodeCookie(CookieEncoding::kSha256, url); }
  std::string NameOf(const Observation& seen) {
    return interpreter_->servers().Name(seen.cookie.meaning.server);
  }

  std::string_view router_ = "shop@file";
  std::unique_ptr<Interpreter> interpreter_ = *Interpreter::Create({}, KeyedHash({}));
  SourceTraits traits_;
  AccessRecord record_;  // of the last request, with views of:
  std::optional<std::string> cookie_, set_cookie_;
};

TEST_F(CookieReaderTest, NameIsLearntFromTheSetCookieThatNamesTheAnsweringServer) {
  EXPECT_TRUE(See(kA, std::nullopt, "lb=" + Value(kA) + "; Path=/,other=1").set_cookie.sticky);
  const Observation seen = See(kA, "x=1; lb=" + Value(kA));
  EXPECT_TRUE(seen.cookie.leaf_value);
  EXPECT_EQ(NameOf(seen), kA);
}

TEST_F(CookieReaderTest, AnotherCookieOfTheNameInOneAnswerIsForeignFromTheFirstOneOn) {
  SetCookieSight seen = See(kA, std::nullopt, "lb=" + Value(kA) + ",lb=mine").set_cookie;
  EXPECT_TRUE(seen.sticky && seen.foreign);
  seen = See(kA, std::nullopt, "lb=" + Value(kA) + ",bl=mine").set_cookie;
  EXPECT_TRUE(seen.sticky);
  EXPECT_FALSE(seen.foreign);
}

TEST_F(CookieReaderTest, OfTheNamesThatAreLearntTheEightLatestStay) {
  const auto learn = [&](int i) {
    return See(kA, std::nullopt, fmt::format("n{}={}", i, Value(kA))).route->scope;
  };
  for (int i = 0; i < 8; ++i) learn(i);
  learn(2);  // seen again
  learn(8);
  const ScopeId scope = learn(9);
  EXPECT_EQ(interpreter_->scope(scope).learnt_names,
            (std::vector<std::string>{"n3", "n4", "n5", "n6", "n7", "n2", "n8", "n9"}));
}

TEST_F(CookieReaderTest, FirstOfANameCountsAndQuotesComeOff) {
  See(kA, std::nullopt, "lb=" + Value(kA));
  See(kB, std::nullopt, "lb=" + Value(kB));
  const Observation seen = See(kA, fmt::format("lb=\"{}\"; lb={}", Value(kA), Value(kB)));
  EXPECT_EQ(NameOf(seen), kA);
  EXPECT_TRUE(seen.cookie.differing);
}

TEST_F(CookieReaderTest, ValuesThatNobodyKnowsNameNothingHoweverOftenTheyCome) {
  Configure(fmt::format(
      R"({{"shop@file": {{"loadBalancer": {{"sticky": {{"cookie": {{"name": "lb"}}}},
                         "servers": [{{"url": "{}"}}, {{"url": "{}"}}]}}}}}})",
      kA, kB));
  for (const char* header : {"lb=x; lb=y", "lb=x; lb=x; lb=y", "lb=; lb", "lb=x; other=1; lb=y"}) {
    const Observation seen = See(kA, header);
    EXPECT_TRUE(seen.cookie.leaf_value) << header;
    EXPECT_EQ(NameOf(seen), "") << header;
    EXPECT_FALSE(seen.cookie.in_scope) << header;
  }
  EXPECT_TRUE(See(kA, "lb=x; lb=y").cookie.differing);
  EXPECT_EQ(NameOf(See(kA, "lb=x; lb=" + Value(kA))), "") << "the first one counts";
}

// That of a level above the server is one of stickiness as well, though it names no server.
TEST_F(CookieReaderTest, CookieOfAnUpperLevelAloneIsStickyAndNamesNoServer) {
  const auto leaf = [](const char* name, const char* url) {
    return fmt::format(
        R"("{}@file": {{"loadBalancer": {{"sticky": {{"cookie": {{"name": "inner"}}}},
                           "servers": [{{"url": "{}"}}]}}}})",
        name, url);
  };
  Configure(fmt::format(R"({{"shop@file": {{"weighted": {{"services": [{{"name": "blue"}},
      {{"name": "green"}}], "sticky": {{"cookie": {{"name": "outer"}}}}}}}}, {}, {}}})",
                        leaf("blue", kA), leaf("green", kB)));
  const CookieSight outer = See(kA, "outer=x", std::nullopt, "blue@file").cookie;
  EXPECT_TRUE(outer.sticky);
  EXPECT_FALSE(outer.leaf_value);
  EXPECT_FALSE(outer.upper_honoured);
  const CookieSight none = See(kA, "other=x", std::nullopt, "blue@file").cookie;
  EXPECT_FALSE(none.sticky);
  EXPECT_TRUE(none.sent);
  const CookieSight inner = See(kA, "inner=" + Value(kA), std::nullopt, "blue@file").cookie;
  EXPECT_TRUE(inner.sticky && inner.leaf_value);
}

// v1.7 to v2.4 honour what a client adds to a server's URL, the others do not: it tells nothing.
TEST_F(CookieReaderTest, RawUrlStandsForItsServerAsTraefikWritesItOnly) {
  See(kA, std::nullopt, fmt::format("lb={}; Path=/", kA));
  EXPECT_EQ(NameOf(See(kA, fmt::format("lb={}", kA))), kA);
  for (const char* value : {"http://user@10.0.0.1:80", "http://10.0.0.1:80?x=1",
                            "http://10.0.0.1:80#y", "http://10.0.0.1:80/", "HTTP://10.0.0.1:80"}) {
    EXPECT_EQ(NameOf(See(kA, fmt::format("lb={}", value))), "") << value;
  }
  EXPECT_EQ(NameOf(See(kA, "lb=http%3A%2F%2F10.0.0.1%3A80")), "") << "no version reads that";
}

// The log begins after a rename: no name was learnt, and clients send both.
TEST_F(CookieReaderTest, OfTwoUnknownNamesTheOneThatWasHonouredCounts) {
  See(kA, std::nullopt);
  See(kB, std::nullopt);
  for (const char* const format : {"_old={1}; _new={0}", "_new={0}; _old={1}"}) {
    EXPECT_EQ(NameOf(See(kA, fmt::format(fmt::runtime(format), Value(kA), Value(kB)))), kA);
  }
  // One that is learnt decides, honoured or not.
  See(kA, std::nullopt, "_new=" + Value(kA));
  EXPECT_EQ(NameOf(See(kA, fmt::format("_old={}; _new={}", Value(kA), Value(kB)))), kB);
}

// Two services of one pool: app is sticky, rest is not, or has a cookie of its own.
class SetterTest : public CookieReaderTest {
 protected:
  Observation Of(const char* name, const char* server, std::optional<std::string> cookie,
                 std::optional<std::string> set_cookie = std::nullopt) {
    router_ = name;
    return See(server, std::move(cookie), std::move(set_cookie), name);
  }
  bool IsRests(const std::string& cookie) { return Of("rest", kB, cookie).cookie.leaf_value; }
};

TEST_F(SetterTest, NameBelongsToTheServiceThatIsSeenToSetIt) {
  Of("app", kA, std::nullopt);
  Of("rest", kA, std::nullopt);
  EXPECT_TRUE(IsRests("lb=" + Value(kA))) << "nobody was seen to set it";
  Of("app", kA, std::nullopt, "lb=" + Value(kA));
  EXPECT_FALSE(IsRests("lb=" + Value(kA)));
  EXPECT_FALSE(Of("rest", kB, "lb=" + Value(kA)).cookie.sticky);
  EXPECT_TRUE(IsRests("other=" + Value(kA))) << "another name";
  EXPECT_TRUE(IsRests("lb=" + Value(kA) + "; other=" + Value(kA)));
  EXPECT_EQ(NameOf(Of("app", kB, "lb=" + Value(kA))), kA);
}

TEST_F(SetterTest, NameThatBothSetIsBoths) {
  Of("app", kA, std::nullopt, "lb=" + Value(kA));
  Of("rest", kA, std::nullopt, "lb=" + Value(kA));
  EXPECT_TRUE(IsRests("lb=" + Value(kA)));
  EXPECT_TRUE(Of("app", kB, "lb=" + Value(kA)).cookie.leaf_value) << "the first one keeps it";
}

TEST_F(SetterTest, NameThatItHasForgottenIsStillItsSetters) {
  Of("app", kA, std::nullopt, "lb=" + Value(kA));
  Of("rest", kA, std::nullopt);
  Observation seen;
  for (int i = 0; i < 8; ++i) {
    seen = Of("app", kA, std::nullopt, fmt::format("lb{}={}", i, Value(kA)));
  }
  ASSERT_FALSE(interpreter_->IsStickyName(*seen.route, "lb"));
  EXPECT_TRUE(Of("app", kB, "lb=" + Value(kA)).cookie.leaf_value);
  EXPECT_FALSE(IsRests("lb=" + Value(kA)));
}

TEST_F(SetterTest, ValueOfAServerThatItsSetterDoesNotHaveIsNotItsSetters) {
  Of("app", kA, std::nullopt, "lb=" + Value(kA));
  Of("rest", kB, std::nullopt);
  EXPECT_TRUE(IsRests("lb=" + Value(kB)));
  Of("app", kB, std::nullopt);
  EXPECT_FALSE(IsRests("lb=" + Value(kB))) << "by now it has";
}

TEST_F(CookieReaderTest, CommaInExpiresDoesNotHideTheCookieAfterIt) {
  const auto seen =
      See(kA, std::nullopt,
          "id=7; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/,lb=" + Value(kA) + "; Path=/");
  EXPECT_TRUE(seen.set_cookie.sticky);
}

TEST_F(CookieReaderTest, RedactedHeadersSayThatSomethingCameAndNothingElse) {
  const Observation seen = See(kA, "REDACTED", "REDACTED");
  EXPECT_TRUE(seen.cookie.sent && seen.cookie.redacted);
  EXPECT_FALSE(seen.cookie.leaf_value);
  EXPECT_TRUE(seen.set_cookie.sent && seen.set_cookie.redacted);
  EXPECT_FALSE(seen.set_cookie.sticky);
}

TEST_F(CookieReaderTest, HostileHeadersNeitherTeachNamesNorServers) {
  See(kA, std::nullopt, "lb=" + Value(kA));
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += fmt::format("c{}=http://10.66.0.{}:80; ", i, i % 250);
  const size_t servers = interpreter_->servers().size();
  const Observation seen = See(kA, many + "lb=" + Value(kA));
  EXPECT_EQ(NameOf(seen), kA);
  EXPECT_EQ(interpreter_->servers().size(), servers);
  EXPECT_FALSE(See(kA, std::string(1 << 20U, '=')).cookie.leaf_value);
  EXPECT_EQ(interpreter_->scope(seen.route->scope).learnt_names.size(), 1U);
}

TEST_F(CookieReaderTest, CookieOfAnotherChildIsNoEarlierName) {
  const auto leaf = [](const char* name, const char* url) {
    return fmt::format(
        R"("{}": {{"loadBalancer": {{"sticky": {{"cookie": {{}}}}, "servers": [{{"url": "{}"}}]}}}})",
        name, url);
  };
  Configure(R"({"shop@file": {"failover": {"service": "main", "fallback": "spare"}}, )" +
            leaf("main@file", kA) + ", " + leaf("spare@file", kB) + "}");
  const std::string cookie = DefaultCookieName("main@file") + "=" + Value(kA);
  const Observation seen = See(kB, cookie, std::nullopt, "spare@file");
  EXPECT_FALSE(interpreter_->Examine(record_, seen).old_name);
  EXPECT_TRUE(interpreter_->Examine(record_, seen).other_child);
}

TEST_F(CookieReaderTest, ValueWithoutItsZeroIsOfAFormatThatV30DoesNotRead) {
  const char* url = "http://10.0.0.9:80";  // its FNV-1a begins with a zero digit
  const auto own = EncodeCookie(CookieEncoding::kFnv1OfFnv1a, url);
  See(url, std::nullopt, "lb=" + own);
  const auto other = EncodeCookie(CookieEncoding::kFnv1OfFnv1a, kA);
  const auto seen = See(kA, "lb=" + EncodeCookie(CookieEncoding::kFnv1a, url), "lb=" + other);
  EXPECT_TRUE(interpreter_->Examine(record_, seen).other_format);
  const auto read = See(kB, "lb=" + EncodeCookie(CookieEncoding::kFnv1a, kA),
                        "lb=" + EncodeCookie(CookieEncoding::kFnv1OfFnv1a, kB));
  EXPECT_FALSE(interpreter_->Examine(record_, read).other_format);
}

TEST_F(CookieReaderTest, AttributesAreLearntFromTheSetCookie) {
  const auto learnt = [&](const char* attributes) {
    interpreter_ = *Interpreter::Create({}, KeyedHash({}));
    const Observation seen = See(kA, std::nullopt, "lb=" + Value(kA) + attributes);
    EXPECT_NE(seen.sticky_cookie, nullptr) << attributes;
    return seen.sticky_cookie == nullptr ? StickyCookie{} : *seen.sticky_cookie;
  };
  StickyCookie wanted;
  wanted.name = "lb";
  EXPECT_EQ(learnt(""), wanted);
  EXPECT_EQ(learnt("; Path=app; Max-Age=x; Expires=soon; SameSite; other=Secure"), wanted);
  wanted = {"lb", true, true, SameSite::kNone, "/app", "shop.example", 30, {}};
  EXPECT_EQ(
      learnt("; Path=/app; Domain=.Shop.Example; Max-Age=30; Secure; HttpOnly; SameSite=None"),
      wanted);
  EXPECT_EQ(learnt("; SECURE ;httponly; samesite=NONE;path=/app ;domain=shop.example;max-age=30"),
            wanted);
  EXPECT_TRUE(learnt("; Secure").secure);
  EXPECT_FALSE(learnt("; HttpOnly").secure);
  EXPECT_EQ(learnt("; Expires=Thu, 01 Jan 1970 00:00:10 GMT").expires,
            EventTime(std::chrono::seconds(10)));
  EXPECT_FALSE(learnt("; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Max-Age=5").expires);
  EXPECT_FALSE(learnt("; Expires=soon").expires);
}

}  // namespace
}  // namespace stickyd
