// SPDX-License-Identifier: Apache-2.0
// edge_test: what a proxy in front of Traefik does to its cookie, seen by asking both.
#include <gmock/gmock.h>

#include "probing.h"

namespace stickyd {
namespace {

using testing::HasSubstr;

using EdgeTest = Probing;

TEST_F(EdgeTest, AnEdgeThatTakesTheCookieAwayIsFoundByAskingTraefikItself) {
  direct_ = FakePool(FakeCookie{});
  options_.direct = "http://10.0.0.9:80";
  const struct {
    const char* set_instead;
    const char* why;
  } rows[] = {
      {"", "the edge does not hand it on"},
      {"edge_633ff=0123456789abcdef; Path=/", "may be renamed to edge_633ff"},
      {"AWSALB=abc; Path=/", "AWSALB of another balancer comes instead"},
      {"BIGipServerpool=1.2.3; Path=/", "BIGipServerpool of another balancer comes instead"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.set_instead);
    edge_ = [&, n = 0](const FakeRequest& request) mutable {
      FakeRequest passed = request;
      passed.cookie.clear();
      FakeAnswer answer = direct_(passed);
      answer.headers.clear();
      std::string set = row.set_instead;
      if (set.starts_with("edge")) set[13] = static_cast<char>('0' + n++ % 10);
      if (!set.empty()) answer.Add("Set-Cookie", set);
      return answer;
    };
    ExpectBroken(Cause::kCookieReplacedUpstream);
    EXPECT_THAT(result_.why, HasSubstr(row.why));
    EXPECT_EQ(ResultOf("direct"), "fail");
  }
}

FakeSite WithCookie(FakeSite site, const std::string& set) {
  return [site = std::move(site), set](const FakeRequest& request) {
    FakeAnswer answer = site(request);
    answer.Add("Set-Cookie", set);
    return answer;
  };
}

TEST_F(EdgeTest, AnotherBalancerIsNamedThoughTheSiteIsSticky) {
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = direct_ = pool;
  ExpectSticky();
  EXPECT_EQ(ResultOf("other_balancers"), "pass");
  edge_ = WithCookie(pool, "AWSALB=abc; Path=/");
  ExpectSticky();
  EXPECT_EQ(ResultOf("other_balancers"), "skip");
  EXPECT_THAT(DetailOf("other_balancers"),
              HasSubstr("AWSALB of a balancer in front of Traefik or"));
  options_.direct = "10.0.0.9:80";
  ExpectSticky();
  EXPECT_THAT(DetailOf("other_balancers"), HasSubstr("AWSALB of a balancer in front of Traefik;"));
  edge_ = direct_ = WithCookie(pool, "SERVERID=a1; Path=/");
  ExpectSticky();
  EXPECT_THAT(DetailOf("other_balancers"), HasSubstr("SERVERID of a balancer behind Traefik;"));
  edge_ = WithCookie(pool, "AWSALB=abc; Path=/");
  ExpectSticky();
  EXPECT_EQ(DetailOf("other_balancers"),
            "AWSALB of a balancer in front of Traefik; SERVERID of a balancer behind Traefik, "
            "which the edge takes away; which layer keeps the sessions?");
}

// HAProxy's `cookie NAME prefix`.
TEST_F(EdgeTest, AnEdgeThatWritesItsServerBeforeTheValueIsSticky) {
  direct_ = FakePool(FakeCookie{.name = "lb"});
  options_.direct = "10.0.0.9:80";
  edge_ = [&](const FakeRequest& request) {
    FakeRequest passed = request;
    const size_t prefix = passed.cookie.find("t1~");
    if (prefix != std::string::npos) passed.cookie.erase(prefix, 3);
    FakeAnswer answer = direct_(passed);
    for (HttpHeader& header : answer.headers) {
      if (header.name == "Set-Cookie") header.value.insert(header.value.find('=') + 1, "t1~");
    }
    return answer;
  };
  ExpectSticky();
  EXPECT_EQ(DetailOf("direct"), "Traefik itself sets the same cookie");
}

TEST_F(EdgeTest, ATraefikCookieOfAFamousNameIsNoOtherBalancers) {
  edge_ = FakePool(FakeCookie{.name = "SERVERID"});
  options_.cookies = {"SERVERID"};
  ExpectSticky();
  EXPECT_EQ(ResultOf("other_balancers"), "pass");
}

TEST_F(EdgeTest, AnotherChildsCookieIsNotOneThatTheEdgeTookAway) {
  const auto nested = [] {
    return FakeNested(FakeCookie{.name = "_00000"}, FakeCookie{.name = "_aaaaa"},
                      FakeCookie{.name = "_bbbbb"});
  };
  edge_ = nested();
  direct_ = [site = nested(), n = 0](const FakeRequest& request) mutable {
    if (n++ == 0) site(request);  // the next one gets the other child
    return site(request);
  };
  options_.direct = "10.0.0.9:80";
  ExpectSticky();
  EXPECT_EQ(DetailOf("direct"), "Traefik itself sets the same cookie");
}

TEST_F(EdgeTest, WhatTheEdgeTakesAwayIsTakenAwayThoughTraefikDoesNotHonourItEither) {
  direct_ = [pool = FakePool(FakeCookie{})](const FakeRequest& request) {
    FakeRequest other = request;
    other.cookie.clear();
    return pool(other);
  };
  edge_ = FakePool(std::nullopt);
  options_.direct = "10.0.0.9:80";
  ExpectBroken(Cause::kCookieReplacedUpstream);
}

TEST_F(EdgeTest, AnEdgeThatDropsTheRequestsCookieIsFoundToo) {
  direct_ = FakePool(FakeCookie{});
  options_.direct = "10.0.0.9:80";
  edge_ = [&](const FakeRequest& request) {
    FakeRequest passed = request;
    passed.cookie.clear();
    return direct_(passed);
  };
  ExpectBroken(Cause::kCookieReplacedUpstream);
  EXPECT_THAT(result_.why, HasSubstr("Cookie header does not reach it"));
  options_.direct.clear();
  ExpectBroken(Cause::kNotHonoured);
}

TEST_F(EdgeTest, AttributesThatAnEdgeRewritesAreNamed) {
  direct_ = FakePool(FakeCookie{});
  options_.direct = "10.0.0.9:80";
  edge_ = FakePool(FakeCookie{.domain = "internal.example"});
  ExpectBroken(Cause::kCookieReplacedUpstream);
  EXPECT_THAT(result_.why, HasSubstr("Domain= became Domain=internal.example"));
  // What does no harm is told, and no more.
  edge_ = WithHttpRedirected(FakePool(FakeCookie{.secure = true}));
  EXPECT_EQ(Run(), ProbeVerdict::kSticky);
  EXPECT_THAT(DetailOf("direct"), HasSubstr("Secure=no became Secure=yes"));
}

}  // namespace
}  // namespace stickyd
