// SPDX-License-Identifier: Apache-2.0
// prober_test: the verdict on sites that are sticky, and on those with every fault that shows from
// outside: the cause, and the check that found it.
#include "stickyd/probe/prober.h"

#include <gmock/gmock.h>

#include "probing.h"

namespace stickyd {
namespace {

using testing::HasSubstr;

using ProberTest = Probing;

FakeAnswer NotFound() {
  FakeAnswer answer;
  answer.status = 404;
  return answer;
}

TEST_F(ProberTest, ACookieThatIsHonouredIsSticky) {
  edge_ = FakePool(FakeCookie{});
  ExpectSticky();
  ASSERT_EQ(result_.cookies.size(), 1U);
  EXPECT_EQ(result_.cookies[0].name, "_633ff");
  EXPECT_EQ(ResultOf("cookie_set"), "pass");
  EXPECT_EQ(ResultOf("cookie_stored"), "pass");
  EXPECT_EQ(ResultOf("cookie_honoured"), "pass");
  EXPECT_EQ(ResultOf("made_up_value"), "pass");
  EXPECT_EQ(ResultOf("servers"), "pass");
  EXPECT_EQ(ResultOf("http/1.1"), "pass");
  EXPECT_EQ(ResultOf("http/2"), "pass");
  EXPECT_EQ(ResultOf("websocket"), "skip");
  EXPECT_LT(result_.exchanges.size(), 20U);
}

TEST_F(ProberTest, EveryVersionsCookieIsKnownAndHonoured) {
  for (const CookieEncoding encoding : {CookieEncoding::kRawUrl, CookieEncoding::kFnv1a,
                                        CookieEncoding::kFnv1OfFnv1a, CookieEncoding::kSha256}) {
    SCOPED_TRACE(Name(encoding));
    edge_ = FakePool(FakeCookie{.name = "lb"}, 3, encoding);
    ExpectSticky();
    ASSERT_EQ(result_.cookies.size(), 1U);
    EXPECT_EQ(result_.cookies[0].name, "lb");
  }
}

TEST_F(ProberTest, AllAttributesThatBrowsersTakeAreFine) {
  edge_ = WithHttpRedirected(FakePool(FakeCookie{.name = "lb",
                                                 .path = "/",
                                                 .domain = "shop.example",
                                                 .max_age_s = 3600,
                                                 .http_only = true,
                                                 .secure = true,
                                                 .same_site = "None"}));
  options_.hosts = {"api.shop.example"};
  ExpectSticky();
  EXPECT_EQ(ResultOf("host api.shop.example"), "pass");
  EXPECT_EQ(ResultOf("cross_site"), "pass");
  EXPECT_THAT(DetailOf("lifetime"), HasSubstr("longer than 1 h"));
  EXPECT_EQ(waited_.count(), 0);
}

TEST_F(ProberTest, NestedLevelsThatAreAllStickyAreSticky) {
  edge_ = FakeNested(FakeCookie{.name = "lvl1"}, FakeCookie{.name = "_aaaaa"},
                     FakeCookie{.name = "_bbbbb"});
  options_.cookies = {"lvl1", "_aaaaa", "_bbbbb"};
  ExpectSticky();
  EXPECT_EQ(result_.cookies.size(), 2U);
}

TEST_F(ProberTest, ALevelWithoutACookieBreaks) {
  edge_ = FakeNested(std::nullopt, FakeCookie{.name = "_aaaaa"}, FakeCookie{.name = "_bbbbb"});
  ExpectBroken(Cause::kNestedLevel);
  EXPECT_THAT(result_.why, HasSubstr("sets _bbbbb"));
}

TEST_F(ProberTest, AServiceWithoutACookieIsNotSticky) {
  edge_ = FakePool(std::nullopt);
  ExpectBroken(Cause::kNotSticky);
  EXPECT_THAT(result_.why, HasSubstr("--direct"));
  options_.direct = "10.0.0.9:80";
  direct_ = edge_;
  ExpectBroken(Cause::kNotSticky);
  EXPECT_EQ(ResultOf("direct"), "pass");
}

TEST_F(ProberTest, ACookieThatIsNamedAndNotSetIsNotSticky) {
  edge_ = FakePool(FakeCookie{});
  options_.cookies = {"lb"};
  ExpectBroken(Cause::kNotSticky);
}

// --- what browsers refuse or keep back

TEST_F(ProberTest, WhatBrowsersRefuseIsNamed) {
  const struct {
    const char* url;
    FakeCookie cookie;
    Cause cause;
  } rows[] = {
      {"http://shop.example/", {.secure = true}, Cause::kInsecureRequest},
      {"https://shop.example/", {.domain = "api.shop.example"}, Cause::kCookieDomain},
      {"https://shop.example/", {.domain = "example"}, Cause::kCookieDomain},
      {"https://shop.example/", {.same_site = "None"}, Cause::kCrossSite},
      {"https://shop.example/",
       {.expires = "Thu, 01 Jan 2026 00:00:00 GMT"},
       Cause::kCookieExpired},
      {"https://shop.example/a", {.path = "/app"}, Cause::kCookiePath},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.cookie.Header("x"));
    options_.url = row.url;
    edge_ = FakePool(row.cookie);
    ExpectBroken(row.cause);
  }
}

TEST_F(ProberTest, ASecureCookieIsLostWhereHttpDoesNotRedirect) {
  edge_ = FakePool(FakeCookie{.secure = true});
  ExpectBroken(Cause::kInsecureRequest);
  EXPECT_EQ(ResultOf("other_scheme"), "fail");
  edge_ = WithHttpRedirected(FakePool(FakeCookie{.secure = true}));
  ExpectSticky();
  EXPECT_EQ(ResultOf("other_scheme"), "pass");
  // The application may redirect as well, behind the balancer.
  const FakeSite pool = FakePool(FakeCookie{.secure = true});
  edge_ = [pool](const FakeRequest& request) {
    FakeAnswer answer = pool(request);
    if (request.secure) return answer;
    answer.status = 301;
    answer.Add("Location", "https://shop.example/");
    return answer;
  };
  ExpectSticky();
  edge_ = WithHttpRedirected(FakePool(FakeCookie{.secure = true}));
  options_.url = "http://shop.example/";
  ExpectSticky();
  EXPECT_EQ(DetailOf("other_scheme"), "http redirects to https");
}

TEST_F(ProberTest, AHostThatTheCookieDoesNotReachIsNamed) {
  edge_ = FakePool(FakeCookie{});
  options_.hosts = {"api.shop.example"};
  ExpectBroken(Cause::kOtherHost);
  EXPECT_THAT(result_.why, HasSubstr("it belongs to shop.example alone"));
}

TEST_F(ProberTest, HostsWithACookieOfTheirOwnAreFineUnlessTheyShareItsName) {
  options_.hosts = {"www.shop.example"};
  const FakeSite here = FakePool(FakeCookie{.domain = "shop.example"});
  const auto with = [&](const FakeCookie& cookie) {
    const FakeSite there =
        FakePool(std::make_shared<FakeBalancer>(FakeServers(2, "10.9.9."), cookie));
    edge_ = [=](const FakeRequest& request) {
      return request.host == "shop.example" ? here(request) : there(request);
    };
  };
  with({.name = "_own00"});
  EXPECT_EQ(Run(), ProbeVerdict::kSticky);
  with({.name = "_0000a"});
  ExpectSticky();
  EXPECT_EQ(DetailOf("host www.shop.example"), "the same cookie is sent and honoured there");
  with({.domain = "shop.example"});
  ExpectBroken(Cause::kSharedCookieName);
}

TEST_F(ProberTest, ThePathOutsideIsAsked) {
  edge_ = FakePool(FakeCookie{.path = "/app"});
  options_.url = "https://shop.example/app/page";
  ExpectBroken(Cause::kCookiePath);
  EXPECT_EQ(ResultOf("path"), "fail");
  const FakeSite pool = FakePool(FakeCookie{.path = "/app"});
  edge_ = [pool](const FakeRequest& request) {
    return request.path.starts_with("/app") ? pool(request) : NotFound();
  };
  ExpectSticky();
  EXPECT_EQ(ResultOf("path"), "skip");
}

TEST_F(ProberTest, AShortLifetimeIsWaitedFor) {
  edge_ = FakePool(FakeCookie{.max_age_s = 10});
  ExpectBroken(Cause::kCookieExpired);
  EXPECT_THAT(result_.why, HasSubstr("ends after 10 s"));
  EXPECT_EQ(waited_.count(), 11'000);
  options_.timeout = std::chrono::seconds(5);
  elapsed_ = waited_ = std::chrono::milliseconds(0);
  EXPECT_EQ(Run(), ProbeVerdict::kSticky);
  EXPECT_EQ(waited_.count(), 0);
}

// --- what is not honoured

TEST_F(ProberTest, ACookieThatIsSetAnewWithEachAnswerIsNotHonoured) {
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = [pool](const FakeRequest& request) {
    FakeRequest other = request;
    other.cookie.clear();
    return pool(other);
  };
  ExpectBroken(Cause::kNotHonoured);
  EXPECT_EQ(result_.exchanges.size(), 6U);
  EXPECT_EQ(result_.exchange, 2);
  const FakeSite one = FakePool(FakeCookie{}, 1);
  edge_ = [one](const FakeRequest& request) {
    FakeRequest other = request;
    other.cookie.clear();
    return one(other);
  };
  ExpectUnsure("to the same value");
}

TEST_F(ProberTest, ReplicasThatDifferAreNotTakenForAnEdgeThatDropsCookies) {
  const FakeSite a = FakePool(std::make_shared<FakeBalancer>(FakeServers(3), FakeCookie{}));
  const FakeSite b =
      FakePool(std::make_shared<FakeBalancer>(FakeServers(3, "10.7.7."), FakeCookie{}));
  edge_ = [=, n = 0](const FakeRequest& request) mutable {
    return n++ % 2 == 0 ? a(request) : b(request);
  };
  direct_ = FakePool(FakeCookie{});
  options_.direct = "10.0.0.9:80";
  ExpectBroken(Cause::kNotHonoured);
  EXPECT_THAT(result_.why, HasSubstr("replicas of Traefik differ"));
}

TEST_F(ProberTest, TwoCookiesOfOneNameAreToldApart) {
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = [pool](const FakeRequest& request) {
    FakeAnswer answer = pool(request);
    answer.Add("Set-Cookie", "_633ff=of-the-application; Path=/");
    return answer;
  };
  ExpectBroken(Cause::kSharedCookieName);
  edge_ = [pool](const FakeRequest& request) {
    FakeAnswer answer = pool(request);
    if (request.cookie.empty()) return answer;
    answer.Add("Set-Cookie", "_633ff=old; Path=/; Domain=shop.example");
    return answer;
  };
  EXPECT_EQ(Run(), ProbeVerdict::kBroken);
}

TEST_F(ProberTest, AnApplicationsSessionIsNotTakenForTraefiks) {
  edge_ = [n = 0x1234567890abcdefULL](const FakeRequest& request) mutable {
    FakeAnswer answer;
    if (request.cookie.find("stickyd-probe") != std::string::npos || request.cookie.empty()) {
      answer.Add("Set-Cookie", fmt::format("sid={:016x}; Path=/", n += 0x9e3779b97f4a7c15ULL));
    }
    return answer;
  };
  ExpectUnsure("looks like a session's id");
  // Beside one of Traefik's it is passed over.
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = [pool](const FakeRequest& request) {
    FakeAnswer answer = pool(request);
    answer.Add("Set-Cookie", "sid=0123456789abcdef; Path=/");
    return answer;
  };
  ExpectSticky();
  ASSERT_EQ(result_.cookies.size(), 1U);
  EXPECT_EQ(result_.cookies[0].name, "_633ff");
}

TEST_F(ProberTest, WhatTakesAnyValueIsNotTraefik) {
  edge_ = [n = 0](const FakeRequest& request) mutable {
    FakeAnswer answer;
    if (request.cookie.empty()) {
      answer.Add("Set-Cookie", fmt::format("_12345={:016x}; Path=/", n++ % 3));
    }
    return answer;
  };
  ExpectUnsure("whatever its value is");
  EXPECT_EQ(ResultOf("made_up_value"), "fail");
}

TEST_F(ProberTest, AServerThatIsSeveralIsSeenByTheirNames) {
  const FakeSite pool = FakePool(FakeCookie{}, 1);
  edge_ = [pool, n = 0](const FakeRequest& request) mutable {
    FakeAnswer answer = pool(request);
    answer.headers.pop_back();
    answer.Add("X-Served-By", fmt::format("pod-{}", n++ % 2));
    return answer;
  };
  EXPECT_EQ(Run(), ProbeVerdict::kSticky);
  EXPECT_EQ(ResultOf("servers"), "skip");
  options_.served_by = "X-Served-By";
  ExpectBroken(Cause::kUnknown);
  EXPECT_THAT(result_.why, HasSubstr("2 servers answered: pod-0, pod-1"));
  EXPECT_THAT(result_.fix, HasSubstr("virtual IP"));
  edge_ = FakePool(FakeCookie{});
  ExpectSticky();
  EXPECT_EQ(ResultOf("served_by"), "pass");
}

TEST_F(ProberTest, AWebSocketIsPinnedToo) {
  options_.url = "https://shop.example/ws";
  edge_ = FakePool(FakeCookie{});
  ExpectSticky();
  EXPECT_EQ(ResultOf("websocket"), "pass");
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = [pool](const FakeRequest& request) {
    FakeRequest passed = request;
    if (request.socket) passed.cookie.clear();
    return pool(passed);
  };
  ExpectBroken(Cause::kNotHonoured);
  EXPECT_EQ(ResultOf("websocket"), "fail");
}

}  // namespace
}  // namespace stickyd
