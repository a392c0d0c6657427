// SPDX-License-Identifier: Apache-2.0
// visitor_test: redirects, and sites that do what they can: every probe ends, within its bounds,
// and says what happened.
#include <gmock/gmock.h>

#include "probing.h"

namespace stickyd {
namespace {

using testing::HasSubstr;

using VisitorTest = Probing;

TEST_F(VisitorTest, RedirectsAreFollowedWithOneJar) {
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = [pool](const FakeRequest& request) {
    FakeAnswer answer = pool(request);
    if (request.path != "/") return answer;
    answer.status = 302;
    answer.Add("Location", "home/./a/../?x=1#part");
    return answer;
  };
  ExpectSticky();
  EXPECT_EQ(result_.exchanges[1].call.url, "https://shop.example/home/?x=1");
  EXPECT_EQ(result_.exchanges[1].sent.at(0).act, CookieAct::kSent);
}

TEST_F(VisitorTest, CirclesAndLongChainsEnd) {
  edge_ = [](const FakeRequest&) { return Redirect("/"); };
  ExpectUnsure("circle");
  EXPECT_EQ(result_.exchanges.size(), 2U);
  edge_ = [](const FakeRequest& request) { return Redirect(request.path + "x"); };
  ExpectUnsure("more than 10 redirects");
  EXPECT_EQ(result_.exchanges.size(), 11U);
  edge_ = [n = 0](const FakeRequest&) mutable {
    FakeAnswer answer = Redirect("/");
    answer.Add("Set-Cookie", fmt::format("n={}", n++));
    return answer;
  };
  ExpectUnsure("more than 10 redirects");
}

TEST_F(VisitorTest, OtherHostsAreAskedOnlyIfTheyAreNamedOrOfTheSite) {
  for (const char* location :
       {"https://evil.example/", "//evil.example/x", "http://127.0.0.1/", "http://[::1]:8080/"}) {
    SCOPED_TRACE(location);
    edge_ = [&](const FakeRequest& request) {
      EXPECT_EQ(request.host, "shop.example");
      return Redirect(location);
    };
    ExpectUnsure("which is not asked");
    EXPECT_EQ(result_.exchanges.size(), 1U);
  }
  for (const char* location : {"ftp://shop.example/", "javascript:alert(1)", "https://user@x/",
                               "https://", "http://a b/", "/\xc3\xa4", "file:///etc/passwd"}) {
    SCOPED_TRACE(location);
    edge_ = [&](const FakeRequest&) { return Redirect(location); };
    ExpectUnsure("no http or https URL");
  }
  const FakeSite pool = FakePool(FakeCookie{.domain = "shop.example"});
  edge_ = [pool](const FakeRequest& request) {
    return request.host == "shop.example" ? Redirect("https://www.shop.example/") : pool(request);
  };
  EXPECT_EQ(Run(), ProbeVerdict::kSticky);
  EXPECT_THAT(result_.exchanges[0].note, HasSubstr("of the same site"));
  options_.hosts = {"other.test"};
  edge_ = [](const FakeRequest& request) {
    return request.host == "shop.example" ? Redirect("https://other.test/") : FakeAnswer{};
  };
  ExpectBroken(Cause::kNotSticky);
}

TEST_F(VisitorTest, TenThousandCookiesAreBounded) {
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = [pool](const FakeRequest& request) {
    FakeAnswer answer = pool(request);
    for (int i = 0; i < 10'000; ++i) answer.Add("Set-Cookie", fmt::format("c{}=1", i));
    return answer;
  };
  EXPECT_NE(Run(), ProbeVerdict::kSticky) << "the sticky cookie is driven out";
  EXPECT_EQ(result_.exchanges[0].taken.size(), kMostCookieNotes);
  EXPECT_EQ(result_.exchanges[0].set_more, 10'001 - kMostCookieNotes);
  EXPECT_LE(result_.exchanges[1].sent.size(), kMostCookieNotes);
}

TEST_F(VisitorTest, FailuresAreNamed) {
  failure_ = HttpFailure{HttpFault::kTls, "shop.example: certificate has expired"};
  ExpectUnsure("certificate has expired");
  EXPECT_THAT(result_.fix, HasSubstr("--ca"));
  EXPECT_EQ(ResultOf("reachable"), "fail");
  failure_ = HttpFailure{HttpFault::kTooLong, "shop.example: the answer is longer than is allowed"};
  ExpectUnsure("longer than is allowed");
  EXPECT_EQ(result_.exchanges.size(), 1U);
}

TEST_F(VisitorTest, TimeIsBounded) {
  edge_ = FakePool(FakeCookie{});
  each_takes_ = std::chrono::seconds(9);
  ExpectUnsure("no time is left (--timeout)");
  EXPECT_LE(result_.exchanges.size(), 4U);
  EXPECT_LE(result_.took, std::chrono::seconds(39));
}

TEST_F(VisitorTest, AnswersWithoutAServerProveNothing) {
  for (const int status : {401, 403, 429, 503}) {
    edge_ = [&](const FakeRequest&) {
      FakeAnswer answer;
      answer.status = status;
      return answer;
    };
    ExpectUnsure(fmt::format("HTTP {}", status));
  }
  edge_ = [](const FakeRequest&) {
    FakeAnswer answer;
    answer.status = 404;
    answer.body = "404 page not found\n";
    return answer;
  };
  ExpectUnsure("HTTP 404");
}

TEST_F(VisitorTest, ALimitOnRequestsIsNotTakenForACookieThatIsHonoured) {
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = [pool, n = 0](const FakeRequest& request) mutable {
    if (n++ == 0) return pool(request);
    FakeAnswer answer;
    answer.status = 429;
    return answer;
  };
  ExpectUnsure("not answered by a server");
  edge_ = [pool](const FakeRequest& request) {
    FakeAnswer answer = pool(request);
    answer.status = 401;  // the application's own
    return answer;
  };
  ExpectSticky();
}

TEST_F(VisitorTest, AStopEndsTheProbe) {
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = [this, pool, n = 0](const FakeRequest& request) mutable {
    if (++n == 2) failure_ = HttpFailure{HttpFault::kStopped, "shop.example: stopped"};
    return pool(request);
  };
  ExpectUnsure("stopped");
  EXPECT_LE(result_.exchanges.size(), 3U);
}

TEST_F(VisitorTest, UrlsThatCannotBeAskedAreRefused) {
  for (const char* url : {"", "shop.example", "ftp://shop.example/", "http://", "http://a@b/",
                          "http://sh\xc3\xb6p.example/", "http://a:0/", "http://a:99999/",
                          "http://a:x/", "http://[::1", "http://[x]/", "http://a b/"}) {
    options_.url = url;
    EXPECT_NE(ProbeProblem(options_), "") << url;
  }
  for (const char* url :
       {"http://a", "HTTPS://A:8443/x?y#z", "http://[::1]:80/", "http://10.0.0.1"}) {
    options_.url = url;
    EXPECT_EQ(ProbeProblem(options_), "") << url;
  }
  options_.hosts = {"a b"};
  EXPECT_EQ(ProbeProblem(options_), "'a b' is no host");
}

}  // namespace
}  // namespace stickyd
