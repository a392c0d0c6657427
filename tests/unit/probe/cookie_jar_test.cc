// SPDX-License-Identifier: Apache-2.0
// cookie_jar_test: which cookies a browser keeps and sends where, and the reason that is told.
#include "stickyd/probe/cookie_jar.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace stickyd {
namespace {

constexpr CookieTime kNow{std::chrono::seconds(1'780'000'000)};

// "https://host/path": a scene of the same site.
CookieScene At(std::string_view url) {
  CookieScene scene;
  scene.secure = url.starts_with("https://");
  url.remove_prefix(url.find("//") + 2);
  const size_t slash = url.find('/');
  scene.host = url.substr(0, slash);
  scene.path = url.substr(slash);
  return scene;
}

CookieScene From(Initiator initiator, CookieScene scene) {
  scene.initiator = initiator;
  return scene;
}

class Browsing {
 public:
  CookieDecision Take(std::string_view set_cookie, const CookieScene& scene, int64_t later = 0) {
    return jar_.Take(set_cookie, scene, kNow + std::chrono::seconds(later));
  }
  std::string Sent(const CookieScene& scene, int64_t later = 0) {
    return jar_.Select(scene, kNow + std::chrono::seconds(later)).header;
  }
  // Why the only cookie stays behind.
  CookieDecision KeptBack(const CookieScene& scene, int64_t later = 0) {
    const auto selection = jar_.Select(scene, kNow + std::chrono::seconds(later));
    EXPECT_EQ(selection.header, "");
    return selection.decisions.empty() ? CookieDecision{} : selection.decisions[0];
  }
  CookieJar jar_;
};

struct KeepRow {
  const char* url;
  const char* set_cookie;
  CookieReason reason;
  const char* why;
};

TEST(CookieJarTest, WhatIsRefusedHasItsReason) {
  using R = CookieReason;
  const KeepRow rows[] = {
      {"http://shop.example/", "a=1", R::kNone, ""},
      {"http://www.shop.example/", "a=1; Domain=shop.example", R::kNone, ""},
      {"http://www.shop.example/", "a=1; Domain=.SHOP.example", R::kNone, ""},
      {"http://shop.example/", "a=1; Domain=", R::kNone, ""},
      {"http://shop.example/", "a=1; Domain=www.shop.example", R::kDomain,
       "Domain=www.shop.example does not cover host shop.example"},
      {"http://shop.example/", "a=1; Domain=hop.example", R::kDomain,
       "Domain=hop.example does not cover host shop.example"},
      {"http://shop.example/", "a=1; Domain=other.example", R::kDomain,
       "Domain=other.example does not cover host shop.example"},
      {"http://shop.example/", "a=1; Domain=..shop.example", R::kDomain,
       "Domain=.shop.example does not cover host shop.example"},
      {"http://shop.example/", "a=1; Domain=example", R::kPublicSuffix,
       "Domain=example is a public suffix, which belongs to nobody"},
      {"http://shop.co.uk/", "a=1; Domain=co.uk", R::kPublicSuffix,
       "Domain=co.uk is a public suffix, which belongs to nobody"},
      {"http://me.github.io/", "a=1; Domain=github.io", R::kPublicSuffix,
       "Domain=github.io is a public suffix, which belongs to nobody"},
      {"http://www.ck/", "a=1; Domain=www.ck", R::kNone, ""},
      {"http://localhost/", "a=1; Domain=localhost", R::kNone, ""},
      {"http://shop.example/", "a=1; Domain=sh\xc3\xb6p.example", R::kDomain,
       "Domain has characters that are not ASCII"},
      {"http://10.0.0.1/", "a=1; Domain=10.0.0.1", R::kNone, ""},
      {"http://10.0.0.1/", "a=1; Domain=0.0.1", R::kDomain,
       "Domain=0.0.1 does not cover host 10.0.0.1"},
      {"http://shop.example/", "a=1; Secure", R::kSecureOverHttp,
       "it is Secure, and came over http"},
      {"https://shop.example/", "a=1; Secure", R::kNone, ""},
      {"https://shop.example/", "a=1; SameSite=None; Secure", R::kNone, ""},
      {"https://shop.example/", "a=1; SameSite=None", R::kNoneWithoutSecure,
       "SameSite=None asks for Secure"},
      {"https://shop.example/", "__Secure-a=1; Secure", R::kNone, ""},
      {"https://shop.example/", "__secure-a=1", R::kPrefix, "its prefix asks for Secure"},
      {"https://shop.example/", "__Host-a=1; Secure; Path=/", R::kNone, ""},
      {"https://shop.example/", "__HOST-a=1; Path=/", R::kPrefix, "its prefix asks for Secure"},
      {"https://shop.example/", "__Host-a=1; Secure", R::kPrefix,
       "the prefix __Host- asks for Path=/ and no Domain"},
      {"https://shop.example/x/", "__Host-a=1; Secure; Path=/x", R::kPrefix,
       "the prefix __Host- asks for Path=/ and no Domain"},
      {"https://shop.example/", "__Host-a=1; Secure; Path=/; Domain=shop.example", R::kPrefix,
       "the prefix __Host- asks for Path=/ and no Domain"},
      {"https://shop.example/", "__Host-a=1; Secure; Path=/; Domain=", R::kNone, ""},
      {"https://shop.example/", "=__Host-a=1; Secure; Path=/", R::kPrefix,
       "its value begins as a name with a prefix would"},
      {"https://shop.example/", "__secure-a", R::kPrefix,
       "its value begins as a name with a prefix would"},
      {"https://shop.example/", "__Hosta=1", R::kNone, ""},
      {"http://shop.example/", "a=1; Max-Age=0", R::kExpired, "its lifetime is over when it comes"},
      {"http://shop.example/", "a=1; Max-Age=-1", R::kExpired,
       "its lifetime is over when it comes"},
      {"http://shop.example/", "a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT", R::kExpired,
       "its lifetime is over when it comes"},
      {"http://shop.example/", "a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=5", R::kNone,
       ""},
      {"http://shop.example/", "a=1; Max-Age=99999999999999999999", R::kNone, ""},
      {"http://shop.example/", "a=\x01", R::kMalformed, "it has a control character"},
  };
  for (const KeepRow& row : rows) {
    SCOPED_TRACE(std::string(row.url) + " " + row.set_cookie);
    Browsing browsing;
    const CookieDecision decision = browsing.Take(row.set_cookie, At(row.url));
    EXPECT_EQ(decision.reason, row.reason);
    EXPECT_EQ(decision.why, row.why);
    const bool kept = row.reason == R::kNone;
    EXPECT_EQ(decision.act, kept ? CookieAct::kStored : CookieAct::kRefused);
    EXPECT_EQ(browsing.jar_.cookies().size(), kept ? 1U : 0U);
  }
}

struct SendRow {
  const char* set_at;
  const char* set_cookie;
  const char* asked_at;
  CookieReason reason;
  const char* why;
};

TEST(CookieJarTest, WhatIsKeptBackHasItsReason) {
  using R = CookieReason;
  const SendRow rows[] = {
      {"http://a.example/", "s=1", "http://a.example/x", R::kNone, ""},
      {"http://a.example/", "s=1", "https://a.example/x", R::kNone, ""},
      {"http://a.example/", "s=1", "http://b.example/", R::kHost,
       "it belongs to a.example alone: it has no Domain"},
      {"http://a.example/", "s=1", "http://www.a.example/", R::kHost,
       "it belongs to a.example alone: it has no Domain"},
      {"http://www.a.example/", "s=1; Domain=a.example", "http://api.a.example/", R::kNone, ""},
      {"http://www.a.example/", "s=1; Domain=a.example", "http://a.example/", R::kNone, ""},
      {"http://www.a.example/", "s=1; Domain=a.example", "http://xa.example/", R::kHost,
       "it belongs to a.example"},
      {"http://10.0.0.1/", "s=1; Domain=10.0.0.1", "http://1.10.0.0.1/", R::kHost,
       "it belongs to 10.0.0.1"},
      {"https://a.example/", "s=1; Secure", "http://a.example/", R::kSecureOverHttp,
       "it is Secure, and this is http"},
      {"http://a.example/", "s=1; Path=/app", "http://a.example/app", R::kNone, ""},
      {"http://a.example/", "s=1; Path=/app", "http://a.example/app/x", R::kNone, ""},
      {"http://a.example/", "s=1; Path=/app/", "http://a.example/app/x", R::kNone, ""},
      {"http://a.example/", "s=1; Path=/app", "http://a.example/apple", R::kPath,
       "Path=/app does not cover /apple"},
      {"http://a.example/", "s=1; Path=/app/", "http://a.example/app", R::kPath,
       "Path=/app/ does not cover /app"},
      {"http://a.example/", "s=1; Path=/app", "http://a.example/App", R::kPath,
       "Path=/app does not cover /App"},
      {"http://a.example/one/two", "s=1", "http://a.example/one/three", R::kNone, ""},
      {"http://a.example/one/two", "s=1", "http://a.example/", R::kPath,
       "Path=/one does not cover /"},
      {"http://a.example/one", "s=1", "http://a.example/two", R::kNone, ""},
      {"http://a.example/one/", "s=1; Path=x", "http://a.example/two", R::kPath,
       "Path=/one does not cover /two"},
  };
  for (const SendRow& row : rows) {
    SCOPED_TRACE(std::string(row.set_cookie) + " " + row.asked_at);
    Browsing browsing;
    browsing.Take(row.set_cookie, At(row.set_at));
    if (row.reason == R::kNone) {
      EXPECT_EQ(browsing.Sent(At(row.asked_at)), "s=1");
      continue;
    }
    const CookieDecision decision = browsing.KeptBack(At(row.asked_at));
    EXPECT_EQ(decision.act, CookieAct::kKeptBack);
    EXPECT_EQ(decision.reason, row.reason);
    EXPECT_EQ(decision.why, row.why);
  }
}

TEST(CookieJarTest, AnotherSitesPageGetsWhatSameSiteAllows) {
  const CookieScene call = From(Initiator::kCrossCall, At("https://a.example/"));
  const CookieScene link = From(Initiator::kCrossNavigation, At("https://a.example/"));
  CookieScene form = link;
  form.safe_method = false;
  CookieScene blocked = call;
  blocked.third_parties = ThirdParties::kBlocked;
  const struct {
    const char* set_cookie;
    bool by_call, by_link, by_form;
    const char* why;  // of the call
  } rows[] = {
      {"s=1; Secure", false, true, false,
       "another site's page asks, and without SameSite it is Lax"},
      {"s=1; SameSite=Lax", false, true, false, "another site's page asks, and SameSite=Lax"},
      {"s=1; SameSite=Strict", false, false, false,
       "another site's page asks, and SameSite=Strict"},
      {"s=1; SameSite=None; Secure", true, true, true, ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.set_cookie);
    Browsing browsing;
    browsing.Take(row.set_cookie, At("https://a.example/"));
    EXPECT_EQ(browsing.Sent(call), row.by_call ? "s=1" : "");
    EXPECT_EQ(browsing.Sent(link), row.by_link ? "s=1" : "");
    EXPECT_EQ(browsing.Sent(form), row.by_form ? "s=1" : "");
    EXPECT_EQ(browsing.Sent(blocked), "");
    if (!row.by_call) {
      EXPECT_EQ(browsing.KeptBack(call).reason, CookieReason::kSameSite);
      EXPECT_EQ(browsing.KeptBack(call).why, row.why);
    } else {
      EXPECT_EQ(browsing.KeptBack(blocked).reason, CookieReason::kThirdParty);
    }
    Browsing answered;  // the same rules where an answer sets it
    EXPECT_EQ(answered.Take(row.set_cookie, call).act,
              row.by_call ? CookieAct::kStored : CookieAct::kRefused);
    EXPECT_EQ(answered.Take(row.set_cookie, blocked).act, CookieAct::kRefused);
    EXPECT_NE(answered.Take(row.set_cookie, link).act, CookieAct::kRefused);
  }
}

TEST(CookieJarTest, HttpLeavesSecureCookiesAlone) {
  const CookieScene http = At("http://a.example/login");
  const struct {
    const char* set_cookie;
    CookieReason reason;
  } rows[] = {
      {"s=2; Path=/", CookieReason::kOverSecure},
      {"s=2; Path=/app", CookieReason::kOverSecure},
      {"s=2; Path=/; Domain=a.example", CookieReason::kOverSecure},
      {"t=2; Path=/", CookieReason::kNone},
      {"s=2; Path=/; Secure", CookieReason::kSecureOverHttp},
      {"s=2; Path=/; Max-Age=0", CookieReason::kOverSecure},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.set_cookie);
    Browsing browsing;
    browsing.Take("s=1; Secure; Path=/", At("https://a.example/"));
    EXPECT_EQ(browsing.Take(row.set_cookie, http).reason, row.reason);
    EXPECT_EQ(browsing.Sent(At("https://a.example/")).starts_with("s=1"), true);
  }
  Browsing narrow;  // the Secure one is for another path
  narrow.Take("s=1; Secure; Path=/app", At("https://a.example/"));
  EXPECT_EQ(narrow.Take("s=2; Path=/", http).act, CookieAct::kStored);
  Browsing other;  // and for another host
  other.Take("s=1; Secure", At("https://b.example/"));
  EXPECT_EQ(other.Take("s=2", http).act, CookieAct::kStored);
}

TEST(CookieJarTest, LongerPathsGoFirstThenOlderCookies) {
  Browsing browsing;
  const CookieScene scene = At("http://a.example/one/two/three");
  for (const char* cookie : {"a=1; Path=/", "b=2; Path=/one/two", "c=3; Path=/", "d=4; Path=/one",
                             "nameless", "e=5; Path=/one/two"}) {
    EXPECT_EQ(browsing.Take(cookie, scene).act, CookieAct::kStored);
  }
  EXPECT_EQ(browsing.Sent(scene), "b=2; nameless; e=5; d=4; a=1; c=3");
  // A new value does not make it younger.
  EXPECT_EQ(browsing.Take("a=9; Path=/", scene).act, CookieAct::kReplaced);
  EXPECT_EQ(browsing.Sent(scene), "b=2; nameless; e=5; d=4; a=9; c=3");
}

TEST(CookieJarTest, NameDomainAndPathTellCookiesApart) {
  Browsing browsing;
  const CookieScene scene = At("http://www.a.example/x/");
  EXPECT_EQ(browsing.Take("s=1; Path=/", scene).act, CookieAct::kStored);
  EXPECT_EQ(browsing.Take("s=2; Path=/x", scene).act, CookieAct::kStored);
  EXPECT_EQ(browsing.Take("s=3; Path=/; Domain=a.example", scene).act, CookieAct::kStored);
  EXPECT_EQ(browsing.Take("s=4; Path=/; Domain=www.a.example", scene).act, CookieAct::kStored);
  EXPECT_EQ(browsing.Take("S=5; Path=/", scene).act, CookieAct::kStored);
  EXPECT_EQ(browsing.Sent(scene), "s=2; s=1; s=3; s=4; S=5");
  const CookieDecision gone = browsing.Take("s=; Path=/; Max-Age=0", scene);
  EXPECT_EQ(gone.act, CookieAct::kRemoved);
  EXPECT_EQ(gone.reason, CookieReason::kExpired);
  EXPECT_EQ(browsing.Sent(scene), "s=2; s=3; s=4; S=5");
}

TEST(CookieJarTest, LifetimesEndAndLastNoLongerThan400Days) {
  constexpr int64_t kDay = 86'400;
  const CookieScene scene = At("http://a.example/");
  Browsing browsing;
  browsing.Take("s=1; Max-Age=10", scene);
  EXPECT_EQ(browsing.Sent(scene, 9), "s=1");
  EXPECT_EQ(browsing.KeptBack(scene, 10).reason, CookieReason::kExpired);
  EXPECT_EQ(browsing.KeptBack(scene, 10).why, "its lifetime is over");
  browsing.Take("s=2; Max-Age=999999999", scene);
  EXPECT_EQ(browsing.Sent(scene, 400 * kDay - 1), "s=2");
  EXPECT_EQ(browsing.Sent(scene, 400 * kDay), "");
  browsing.Take("s=3; Expires=Fri, 31 Dec 9999 23:59:59 GMT", scene);
  EXPECT_EQ(browsing.Sent(scene, 400 * kDay), "");
  EXPECT_EQ(browsing.Sent(scene, 399 * kDay), "s=3");
  browsing.Take("s=4", scene);
  EXPECT_EQ(browsing.Sent(scene, 100'000 * kDay), "s=4");
}

TEST(CookieJarTest, AFullJarDropsTheExpiredThenTheInsecureThenTheLeastUsed) {
  Browsing browsing;
  const CookieScene scene = At("https://a.example/");
  browsing.Take("secure=1; Secure", scene);
  browsing.Take("used=1; Path=/used", scene);
  browsing.Take("short=1; Max-Age=5", scene);
  for (size_t i = 3; i < CookieJar::kMostPerDomain; ++i) {
    browsing.Take("c" + std::to_string(i) + "=1; Path=/c", scene);
  }
  const auto has = [&](const char* name) {
    const auto& cookies = browsing.jar_.cookies();
    return std::any_of(cookies.begin(), cookies.end(),
                       [&](const StoredCookie& cookie) { return cookie.set.name == name; });
  };
  browsing.Sent(At("https://a.example/used"));
  browsing.Take("next=1", scene, 10);
  EXPECT_FALSE(has("short"));
  browsing.Take("last=1", scene, 10);
  EXPECT_FALSE(has("c3"));
  EXPECT_TRUE(has("secure") && has("used") && has("c4") && has("next") && has("last"));
  EXPECT_EQ(browsing.jar_.cookies().size(), CookieJar::kMostPerDomain);
  // Another site has room of its own.
  browsing.Take("other=1", At("https://b.example/"));
  EXPECT_EQ(browsing.jar_.cookies().size(), CookieJar::kMostPerDomain + 1);
  EXPECT_TRUE(has("c4"));
}

TEST(CookieJarTest, TenThousandCookiesAreBounded) {
  Browsing browsing;
  for (int site = 0; site < 20; ++site) {
    const CookieScene scene = At("http://s" + std::to_string(site) + ".example/");
    for (int i = 0; i < 500; ++i) browsing.Take("c" + std::to_string(i) + "=1", scene);
  }
  EXPECT_EQ(browsing.jar_.cookies().size(), CookieJar::kMost);
}

TEST(CookieJarTest, ValuesCanBeForged) {
  Browsing browsing;
  const CookieScene scene = At("http://a.example/x/y");
  browsing.Take("s=1", scene);
  browsing.Take("s=2; Path=/", scene);
  browsing.Take("t=3", scene);
  browsing.jar_.Overwrite("s", "made-up");
  EXPECT_EQ(browsing.Sent(scene), "s=made-up; t=3; s=made-up");
}

}  // namespace
}  // namespace stickyd
