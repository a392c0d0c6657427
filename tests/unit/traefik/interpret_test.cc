// SPDX-License-Identifier: Apache-2.0
// interpret_test: what a record says of the browser, of its site, and of cookies that are not ours.
#include "routing.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kServerA = "http://10.0.0.1:80";
constexpr const char* kServerB = "http://10.0.0.2:80";

class InterpretTest : public Routing {
 protected:
  static AccessRecord Shop() { return RecordOf("shop@file", "shop@file", kServerA); }
  template <class Change>
  Observation With(const Change& change) {
    AccessRecord record = Shop();
    change(record);
    return See(record);
  }
  BreakSight Examined(const AccessRecord& record) {
    const Observation seen = See(record);
    return interpreter_->Examine(record, seen);
  }
  static std::string Value(const char* url) { return EncodeCookie(CookieEncoding::kSha256, url); }
};

TEST_F(InterpretTest, NumbersAreTheRecords) {
  const Observation seen = With([](AccessRecord& r) {
    r.duration = std::chrono::seconds(2);
    r.request_count = 0x1'0000'0007U;
    r.status = 503;
  });
  EXPECT_EQ(seen.format, LogFormat::kJson);
  EXPECT_EQ(seen.start.low, AtSecond(1));
  EXPECT_EQ(seen.end, AtSecond(3));
  EXPECT_EQ(seen.learnt.low, AtSecond(3));
  EXPECT_EQ(seen.count, 7U);
  EXPECT_EQ(seen.status, 503U);
  EXPECT_EQ(With([](AccessRecord&) {}).status, 0U);
}

TEST_F(InterpretTest, BrowsersSchemeIsTheProxysWordElseTraefiksElseTheRouters) {
  const auto https = [&](const char* forwarded, const char* scheme) {
    return With([&](AccessRecord& r) {
             if (*forwarded != '\0') r.forwarded_proto = Text(forwarded);
             if (*scheme != '\0') r.scheme = Text(scheme);
           })
        .https;
  };
  EXPECT_EQ(https("https", "http"), true);
  EXPECT_EQ(https("wss", ""), true);
  EXPECT_EQ(https("http", "https"), false);
  EXPECT_EQ(https("", "https"), true);
  EXPECT_EQ(https("", "http"), false);
  EXPECT_EQ(https("", ""), std::nullopt);
  Configure(R"({"routers": {"shop@file": {"service": "shop", "tls": {}}}, "services": {
    "shop@file": {"loadBalancer": {"servers": []}}}})");
  EXPECT_EQ(https("", ""), true);
}

TEST_F(InterpretTest, OriginIsHostAndScheme) {
  const auto origin = [&](const char* host, const char* scheme) {
    return With([&](AccessRecord& r) {
             if (*host != '\0') r.host = Text(host);
             if (*scheme != '\0') r.scheme = Text(scheme);
           })
        .origin;
  };
  EXPECT_EQ(origin("", ""), 0U);
  EXPECT_NE(origin("", "https"), 0U);
  EXPECT_NE(origin("a.example", ""), 0U);
  EXPECT_EQ(origin("a.example", "https"), origin("a.example", "http") | kHttpsBit);
  EXPECT_EQ(HostOf(origin("a.example", "https")), HostOf(origin("a.example", "http")));
  EXPECT_NE(HostOf(origin("a.example", "http")), HostOf(origin("b.example", "http")));
  EXPECT_EQ(origin("a.example", "http") & (kHttpsBit | kCrossSiteBit), 0U);
}

TEST_F(InterpretTest, SiteIsTheBrowsersWordElseThatOfOrigin) {
  const auto site = [&](const char* fetch, const char* origin) {
    return With([&](AccessRecord& r) {
             r.host = Text("www.shop.example");
             if (*fetch != '\0') r.sec_fetch_site = Text(fetch);
             if (*origin != '\0') r.origin = Text(origin);
           })
        .site;
  };
  EXPECT_EQ(site("cross-site", "https://www.shop.example"), Site::kCrossSite);
  EXPECT_EQ(site("same-site", ""), Site::kSameSite);
  EXPECT_EQ(site("same-origin", ""), Site::kSame);
  EXPECT_EQ(site("none", ""), Site::kSame);
  EXPECT_EQ(site("", ""), Site::kUnknown);
  EXPECT_EQ(site("", "https://www.shop.example"), Site::kSame);
  EXPECT_EQ(site("", "https://img.shop.example"), Site::kSameSite);
  EXPECT_EQ(site("", "https://evil.example"), Site::kCrossSite);
  EXPECT_EQ(With([](AccessRecord& r) { r.origin = Text("https://evil.example"); }).site,
            Site::kUnknown)
      << "no host";
}

TEST_F(InterpretTest, SomeKindsOfFetchesCarryNoCookies) {
  const auto kind = [&](const char* dest, const char* mode, const char* site) {
    return With([&](AccessRecord& r) {
             r.sec_fetch_dest = Text(dest);
             r.sec_fetch_mode = Text(mode);
             r.sec_fetch_site = Text(site);
           })
        .cookieless_kind;
  };
  EXPECT_TRUE(kind("manifest", "", ""));
  EXPECT_TRUE(kind("font", "", ""));
  EXPECT_FALSE(kind("image", "", ""));
  EXPECT_TRUE(kind("empty", "cors", "same-site"));
  EXPECT_FALSE(kind("empty", "cors", "same-origin"));
  EXPECT_FALSE(kind("empty", "no-cors", "same-site"));
}

TEST_F(InterpretTest, WhatASourceLogsIsRememberedFromItsRecords) {
  Observation seen = See(Shop());
  EXPECT_FALSE(seen.cookies_logged || seen.set_cookies_logged || seen.all_headers);
  seen = With([](AccessRecord& r) { r.cookie = Text("a=b"); });
  EXPECT_TRUE(seen.cookies_logged);
  EXPECT_FALSE(seen.set_cookies_logged);
  seen = With([](AccessRecord& r) { r.all_headers = true; });
  EXPECT_TRUE(seen.cookies_logged) << "once is enough";
  EXPECT_TRUE(seen.all_headers);
  seen = With([](AccessRecord& r) { r.origin_set_cookie = Text("a=b"); });
  EXPECT_TRUE(seen.set_cookies_logged);
  traits_ = {};
  seen = With([](AccessRecord& r) { r.set_cookie = Text("a=b"); });
  EXPECT_TRUE(seen.cookies_logged && seen.set_cookies_logged);
}

TEST_F(InterpretTest, CookiesPathIncludesItselfAndWhatIsBelow) {
  const std::string given = "lb=" + Value(kServerA) + "; Path=/app";
  With([&](AccessRecord& r) { r.set_cookie = Text(given); });
  const auto outside = [&](const char* path) {
    return With([&](AccessRecord& r) { r.path = Text(path); }).outside_cookie_path;
  };
  for (const char* path : {"/app", "/app/", "/app/x", "/app?x", "/app/x?y=/z"}) {
    EXPECT_FALSE(outside(path)) << path;
  }
  for (const char* path : {"/", "/apple", "/ap", "/x?/app"}) EXPECT_TRUE(outside(path)) << path;
  EXPECT_FALSE(See(Shop()).outside_cookie_path) << "no path is logged";
  const std::string folder = "lb=" + Value(kServerA) + "; Path=/app/";
  With([&](AccessRecord& r) { r.set_cookie = Text(folder); });
  EXPECT_FALSE(outside("/app/x"));
  EXPECT_TRUE(outside("/app"));
  const std::string root = "lb=" + Value(kServerA) + "; Path=/";
  With([&](AccessRecord& r) { r.set_cookie = Text(root); });
  EXPECT_FALSE(outside("/x"));
}

TEST_F(InterpretTest, WithoutAServerCookiesSayNothing) {
  const std::string cookie = "lb=" + Value(kServerA);
  With([&](AccessRecord& r) { r.set_cookie = Text(cookie); });
  AccessRecord record = RecordOf("shop@file", "shop@file", "");
  record.cookie = Text(cookie);
  const Observation seen = See(record);
  EXPECT_FALSE(seen.cookie.sent);
  EXPECT_EQ(seen.sticky_cookie, nullptr);
}

TEST_F(InterpretTest, CookieThatTheResponseLostOrThatIsForeignIsSeen) {
  const std::string own = "lb=" + Value(kServerA);
  Observation seen = With([&](AccessRecord& r) { r.origin_set_cookie = Text(own); });
  EXPECT_TRUE(seen.set_cookie.lost);
  EXPECT_FALSE(seen.set_cookie.sticky);
  seen = With([&](AccessRecord& r) {
    r.origin_set_cookie = Text(own);
    r.set_cookie = Text(own);
  });
  EXPECT_TRUE(seen.set_cookie.sticky);
  EXPECT_FALSE(seen.set_cookie.lost);
  EXPECT_FALSE(seen.set_cookie.foreign);
  seen = With([&](AccessRecord& r) { r.set_cookie = Text("lb=mine"); });
  EXPECT_TRUE(seen.set_cookie.foreign);
  seen = With([&](AccessRecord& r) { r.set_cookie = Text("x=mine"); });
  EXPECT_FALSE(seen.set_cookie.foreign);
}

TEST_F(InterpretTest, BreakIsLookedAtForOtherBalancersCookies) {
  const auto balancer = [&](const char* cookie) {
    AccessRecord record = Shop();
    record.cookie = Text(cookie);
    return Examined(record).balancer_cookie;
  };
  for (const char* cookie : {"AWSALB=x", "a=b; BIGipServerpool=1", "SERVERID=s1", "KEMPID=1"}) {
    EXPECT_TRUE(balancer(cookie)) << cookie;
  }
  EXPECT_FALSE(balancer("a=AWSALB"));
  EXPECT_FALSE(balancer("MYAWSALB=x"));
}

TEST_F(InterpretTest, CookiesOfOtherBalancersAreSeenOnBothWays) {
  const auto sent = [&](const std::string& cookie) {
    return With([&](AccessRecord& r) { r.cookie = Text(cookie); }).cookie.balancers;
  };
  EXPECT_EQ(sent("a=1; AWSALB=x; BIGipServerpool=1.2"),
            BalancerCookieOf("AWSALB") | BalancerCookieOf("BIGipServer"));
  EXPECT_EQ(sent("Aa=1; AW=2; awsalb=3; xSERVERID=4"), 0U);
  const auto set = [&](const std::string& cookie) {
    return With([&](AccessRecord& r) { r.set_cookie = Text(cookie); }).set_cookie.balancers;
  };
  EXPECT_EQ(set("SERVERID=a1; Path=/"), BalancerCookieOf("SERVERID"));
  EXPECT_EQ(set("SERVERID=" + Value(kServerA)), 0U) << "Traefik's own";
  EXPECT_EQ(sent("SERVERID=" + Value(kServerA)), 0U);
  EXPECT_EQ(NamesOf(BalancerCookieOf("AWSALBCORS") | BalancerCookieOf("GCLB") |
                    BalancerCookieOf("HAPROXY_x")),
            "AWSALB, GCLB and HAPROXY");
}

TEST_F(InterpretTest, BreakIsLookedAtForAnEarlierName) {
  const std::string before = "before=" + Value(kServerA);
  const std::string now = "now=" + Value(kServerA);
  With([&](AccessRecord& r) { r.set_cookie = Text(before); });
  AccessRecord record = Shop();
  record.cookie = Text(before);
  EXPECT_FALSE(Examined(record).old_name);
  With([&](AccessRecord& r) { r.set_cookie = Text(now); });
  EXPECT_TRUE(Examined(record).old_name);
  const std::string both = before + "; " + now;
  record.cookie = Text(both);
  EXPECT_FALSE(Examined(record).old_name) << "the present one came too";
  record.cookie = Text("other=x");
  EXPECT_FALSE(Examined(record).old_name);
}

TEST_F(InterpretTest, BreakIsLookedAtForTheSiteThatItsRefererNames) {
  AccessRecord record = Shop();
  record.host = Text("www.shop.example");
  EXPECT_EQ(Examined(record).site, Site::kUnknown);
  record.referer = Text("https://evil.example/x");
  EXPECT_EQ(Examined(record).site, Site::kCrossSite);
  EXPECT_EQ(See(record).site, Site::kUnknown) << "only then";
  record.referer = Text("https://WWW.shop.example/x");
  EXPECT_EQ(Examined(record).site, Site::kSame);
  record.origin = Text("https://img.shop.example");
  EXPECT_EQ(Examined(record).site, Site::kSameSite);
  record.sec_fetch_site = Text("none");
  EXPECT_EQ(Examined(record).site, Site::kSame);
}

TEST_F(InterpretTest, ValueOfAnotherScopesServerNamesThatScope) {
  const std::string a = "lb=" + Value(kServerA);
  const std::string b = "lb=" + Value(kServerB);
  With([&](AccessRecord& r) { r.set_cookie = Text(a); });
  AccessRecord other = RecordOf("cart@file", "cart@file", kServerB);
  other.set_cookie = Text(b);
  const ScopeId cart = See(other).route->scope;
  AccessRecord record = Shop();
  record.cookie = Text(b);
  const BreakSight sight = Examined(record);
  EXPECT_EQ(sight.other_scope, cart);
  EXPECT_EQ(NameOf(sight.meaning.server), kServerB);
  EXPECT_EQ(sight.value_bytes, 16U);
  record.cookie = Text(a);
  EXPECT_EQ(Examined(record).other_scope, ScopeId::kNone);
  // Two services under one router are one tree.
  const std::string third = "lb=" + Value("http://10.0.0.3:80");
  See(RecordOf("shop@file", "third@file", "http://10.0.0.3:80"));
  record.cookie = Text(third);
  EXPECT_EQ(NameOf(Examined(record).meaning.server), "http://10.0.0.3:80");
  EXPECT_EQ(Examined(record).other_scope, ScopeId::kNone);
}

TEST_F(InterpretTest, ValueThatNamesTheChildIsSeen) {
  AccessRecord record = Shop();
  const std::string cookie = "outer=" + EncodeCookie(CookieEncoding::kFnv1, "shop");
  record.cookie = Text(cookie);
  EXPECT_TRUE(Examined(record).names_child);
  record.cookie = Text("outer=x");
  EXPECT_FALSE(Examined(record).names_child);
}

constexpr const char* kRivals = R"api({
  "routers": {"shop@file": {"service": "shop", "middlewares": ["clean@file"],
                            "entryPoints": ["web"]},
              "cart@file": {"service": "cart"}, "blog@file": {"service": "blog"}},
  "middlewares": {"clean@file": {"headers": {"customResponseHeaders": {"Set-Cookie": ""}}}},
  "services": {
    "shop@file": {"loadBalancer": {"sticky": {"cookie": {"name": "lb"}},
                                   "servers": [{"url": "http://10.0.0.1:80"}]}},
    "cart@file": {"loadBalancer": {"sticky": {"cookie": {"name": "lb"}},
                                   "servers": [{"url": "http://10.0.0.2:80"}]}},
    "blog@file": {"loadBalancer": {"sticky": {"cookie": {"name": "own"}},
                                   "servers": [{"url": "http://10.0.0.3:80"}]}}}})api";

TEST_F(InterpretTest, ServicesWithACookieOfOneNameAreRivals) {
  Configure(kRivals, 0, "", R"([{"name": "web", "forwardedHeaders": {"insecure": true}}])");
  const auto rivals = [&](const char* router, const char* url) {
    return interpreter_->Rivals(*See(RecordOf(router, router, url)).route);
  };
  EXPECT_THAT(rivals("shop@file", kServerA), IsEmpty()) << "nobody has asked for the cart yet";
  const ScopeId cart = See(RecordOf("cart@file", "cart@file", kServerB)).route->scope;
  See(RecordOf("blog@file", "blog@file", "http://10.0.0.3:80"));
  EXPECT_THAT(rivals("shop@file", kServerA), ElementsAre(cart));
  EXPECT_THAT(rivals("blog@file", "http://10.0.0.3:80"), IsEmpty());
  const Observation shop = See(Shop());
  EXPECT_TRUE(interpreter_->EntryTrustsForwarded(*shop.route));
  EXPECT_TRUE(interpreter_->Examine(Shop(), shop).set_cookie_middleware);
  const AccessRecord record = RecordOf("cart@file", "cart@file", kServerB);
  const Observation other = See(record);
  EXPECT_FALSE(interpreter_->EntryTrustsForwarded(*other.route));
  EXPECT_FALSE(interpreter_->Examine(record, other).set_cookie_middleware);
}

TEST_F(InterpretTest, FormatThatThisTraefikDoesNotReadIsToldByTheApiWhereNoSetCookieIsLogged) {
  Configure(kRivals, 0, R"({"Version": "3.7.9"})");
  AccessRecord record = Shop();
  const std::string old = "lb=" + EncodeCookie(CookieEncoding::kFnv1a, kServerA);
  const std::string good = "lb=" + Value(kServerA);
  record.cookie = Text(old);
  EXPECT_TRUE(Examined(record).other_format);
  record.cookie = Text(good);
  EXPECT_FALSE(Examined(record).other_format);
  record.cookie = Text("lb=nonsense");
  EXPECT_FALSE(Examined(record).other_format);
  traits_.set_cookies = true;  // then the responses tell, and this one does not
  record.cookie = Text(old);
  EXPECT_FALSE(Examined(record).other_format);
}

TEST_F(InterpretTest, ApplicationsCookiesAreNotSticky) {
  Configure(kRivals);
  const Route& route = *See(Shop()).route;
  EXPECT_TRUE(interpreter_->IsStickyName(route, "lb"));
  EXPECT_FALSE(interpreter_->IsStickyName(route, "own"));
  EXPECT_FALSE(interpreter_->IsStickyName(route, "JSESSIONID"));
}

}  // namespace
}  // namespace stickyd
