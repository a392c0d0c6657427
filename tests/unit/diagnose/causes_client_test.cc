// SPDX-License-Identifier: Apache-2.0
// causes_client_test: for each row, a break that it explains, and the nearest ones that it does
// not.
#include "inquiring.h"

namespace stickyd {
namespace {

using CausesClientTest = Inquiring;

TEST_F(CausesClientTest, ASecureCookieDoesNotGoOverHttp) {
  at_.cookie->secure = true;
  at_.seen.https = false;
  EXPECT_TRUE(Yes(FindInsecureRequest));
  at_.cookie->secure = false;
  EXPECT_TRUE(No(FindInsecureRequest));
  at_.cookie->secure = true;
  at_.seen.https.reset();
  EXPECT_TRUE(No(FindInsecureRequest));
  at_.seen.https = false;
  Show(kPin);
  EXPECT_TRUE(No(FindInsecureRequest));
}

TEST_F(CausesClientTest, ASecureCookieThatWasOnlyGivenOverHttpWasRefused) {
  at_.cookie->secure = true;
  Give(-10);
  EXPECT_TRUE(Yes(FindInsecureRequest));
  at_.facts.Set(SessionFacts::kGivenOverHttps);
  EXPECT_TRUE(No(FindInsecureRequest));
  Blind();
  EXPECT_TRUE(No(FindInsecureRequest));
  RememberPin(-10, kHost);
  EXPECT_TRUE(Yes(FindInsecureRequest));
  RememberPin(-10);
  EXPECT_TRUE(No(FindInsecureRequest));
}

TEST_F(CausesClientTest, ACookieOfAnotherHostDoesNotCome) {
  Give(-10, 7);
  EXPECT_TRUE(Yes(FindOtherHost));
  at_.seen.origin = 1 | kHttpsBit;  // any host is one
  EXPECT_TRUE(Yes(FindOtherHost));
  at_.seen.origin = 0;
  EXPECT_TRUE(No(FindOtherHost)) << "the host is not known";
  at_.seen.origin = kHttpsHere;
  at_.domain_covers_host = true;
  EXPECT_TRUE(No(FindOtherHost));
  at_.domain_covers_host = false;
  at_.seen.format = LogFormat::kClf;
  EXPECT_TRUE(No(FindOtherHost));
  at_.seen.format = LogFormat::kJson;
  at_.facts.given[1] = kHost;
  EXPECT_TRUE(No(FindOtherHost)) << "it has one of this host too";
  at_.facts.given = {};
  EXPECT_TRUE(No(FindOtherHost)) << "it was given none";
}

TEST_F(CausesClientTest, WithoutCookiesInTheLogThePinsHostTells) {
  Blind();
  Give(-10, 7);
  EXPECT_TRUE(No(FindOtherHost));
  RememberPin(-10, 7 | kHttpsBit);
  EXPECT_TRUE(Yes(FindOtherHost));
  RememberPin(-10);
  EXPECT_TRUE(No(FindOtherHost));
}

TEST_F(CausesClientTest, AnIdentityWithTwoHonouredCookiesIsPartedByWhatPartsThem) {
  at_.judgement.evidence = Evidence::kSession;
  Show(kOther);
  RememberPin(-10, 7 | kHttpsBit);
  EXPECT_TRUE(Yes(FindOtherHost));
  EXPECT_TRUE(No(FindInsecureRequest));
  EXPECT_TRUE(No(FindCookiePath));
  RememberPin(-10, kHost);
  EXPECT_TRUE(Yes(FindInsecureRequest));
  EXPECT_TRUE(No(FindOtherHost));
  RememberPin(-10);
  EXPECT_TRUE(Yes(FindCookiePath));
  EXPECT_TRUE(No(FindInsecureRequest));
  at_.judgement.evidence = Evidence::kCookie;
  EXPECT_TRUE(No(FindCookiePath));
}

TEST_F(CausesClientTest, ACookieWhoseDomainDoesNotCoverTheHostIsRefused) {
  EXPECT_TRUE(No(FindCookieDomain)) << "it has none";
  at_.cookie->domain = "example.net";
  EXPECT_TRUE(Yes(FindCookieDomain));
  at_.domain_covers_host = true;
  EXPECT_TRUE(No(FindCookieDomain));
  at_.domain_covers_host = false;
  Blind();
  EXPECT_TRUE(Yes(FindCookieDomain)) << "no browser can have kept it";
  at_.seen.origin = 0;
  EXPECT_TRUE(No(FindCookieDomain)) << "the host is not known";
  at_.seen.origin = kHttpsHere;
  at_.seen.format = LogFormat::kClf;
  EXPECT_TRUE(No(FindCookieDomain));
  at_.seen.format = LogFormat::kJson;
  at_.seen.cookies_logged = true;
  Show(kPin);
  EXPECT_TRUE(No(FindCookieDomain)) << "the cookie came";
}

TEST_F(CausesClientTest, APathOutsideTheCookies) {
  EXPECT_TRUE(No(FindCookiePath));
  at_.seen.outside_cookie_path = true;
  EXPECT_TRUE(Yes(FindCookiePath));
  Show(kPin);
  EXPECT_TRUE(No(FindCookiePath));
}

TEST_F(CausesClientTest, FromAnotherSiteSameSiteOrTheBrowserKeepsTheCookieBack) {
  EXPECT_TRUE(No(FindCrossSite));
  EXPECT_TRUE(No(FindThirdPartyBlocked));
  at_.sight.site = Site::kCrossSite;
  EXPECT_TRUE(Yes(FindCrossSite));
  at_.cookie->same_site = SameSite::kNone;
  EXPECT_TRUE(Yes(FindCrossSite)) << "None without Secure counts as Lax";
  at_.cookie->secure = true;
  EXPECT_TRUE(No(FindCrossSite));
  EXPECT_TRUE(Yes(FindThirdPartyBlocked));
  at_.sight.site = Site::kSameSite;
  EXPECT_TRUE(No(FindThirdPartyBlocked));
  Give(-10);
  EXPECT_TRUE(Yes(FindThirdPartyBlocked)) << "only ever given to another site";
  at_.facts.Set(SessionFacts::kGivenFirstParty);
  EXPECT_TRUE(No(FindThirdPartyBlocked));
}

TEST_F(CausesClientTest, AFetchWithoutCredentials) {
  EXPECT_TRUE(No(FindCredentialsOmitted));
  at_.seen.cookieless_kind = true;
  EXPECT_TRUE(Yes(FindCredentialsOmitted));
  at_.seen.cookieless_kind = false;
  Give(-10);
  EXPECT_TRUE(Yes(FindCredentialsOmitted));
  at_.facts.Set(SessionFacts::kGivenToCredentials);
  EXPECT_TRUE(No(FindCredentialsOmitted));
}

TEST_F(CausesClientTest, ACookieThatWasGivenLongerAgoThanItsMaxAge) {
  Give(-10);
  EXPECT_TRUE(No(FindCookieExpired)) << "it has none";
  at_.cookie->max_age_s = 10;
  EXPECT_TRUE(Yes(FindCookieExpired));
  at_.cookie->max_age_s = 11;
  EXPECT_TRUE(No(FindCookieExpired));
  at_.cookie->max_age_s = 1;  // the shortest
  EXPECT_TRUE(Yes(FindCookieExpired));
  at_.cookie->max_age_s = 0;
  at_.sight.expires = at_.seen.start.low + std::chrono::seconds(1);
  EXPECT_TRUE(No(FindCookieExpired));
  at_.sight.expires = at_.seen.start.low;
  EXPECT_TRUE(Yes(FindCookieExpired));
}

TEST_F(CausesClientTest, WithoutCookiesInTheLogMaxAgeIsComparedWithThePin) {
  Blind();
  at_.cookie->max_age_s = 10;
  EXPECT_TRUE(No(FindCookieExpired));
  RememberPin(-10);
  EXPECT_TRUE(Yes(FindCookieExpired));
  RememberPin(-9);
  EXPECT_TRUE(No(FindCookieExpired));
}

TEST_F(CausesClientTest, AProxyThatNobodysCookiePasses) {
  at_.seen.proxied = true;
  for (int i = 0; i < 9; ++i) Serve({.second = -100 + i, .given = i == 0});
  EXPECT_TRUE(NotYet(FindCookieReplacedUpstream));
  final_ = true;
  EXPECT_TRUE(Yes(FindCookieReplacedUpstream));
  final_ = false;
  Serve({.second = -50});
  EXPECT_TRUE(Yes(FindCookieReplacedUpstream));
  at_.seen.proxied = false;
  EXPECT_TRUE(No(FindCookieReplacedUpstream));
  at_.sight.balancer_cookie = true;
  EXPECT_TRUE(Yes(FindCookieReplacedUpstream));
  at_.facts.Set(SessionFacts::kShownSticky);
  EXPECT_TRUE(No(FindCookieReplacedUpstream));
  at_.seen.proxied = true;
  EXPECT_TRUE(Yes(FindCookieReplacedUpstream));
  Serve({.second = -40, .returned = true});
  EXPECT_TRUE(No(FindCookieReplacedUpstream)) << "one does return it";
}

TEST_F(CausesClientTest, AProxyReplacesNothingWhereNothingIsGiven) {
  at_.seen.proxied = true;
  final_ = true;
  for (int i = 0; i < 20; ++i) Serve({.second = -100 + i});
  EXPECT_TRUE(No(FindCookieReplacedUpstream));
}

TEST_F(CausesClientTest, WithoutCookiesInTheLogAProxyAndAWalkTell) {
  Blind();
  EXPECT_TRUE(No(FindCookieReplacedUpstream));
  Walk(60, {.proxied = true});
  EXPECT_TRUE(Yes(FindCookieReplacedUpstream));
  Serve({.second = -10, .server = ServerId{1}, .proxied = true, .sets_any = true});
  EXPECT_TRUE(No(FindCookieReplacedUpstream)) << "the log shows who is given what";
}

TEST_F(CausesClientTest, WithoutAProxyAWalkIsNoProxys) {
  Blind();
  Walk(60);
  EXPECT_TRUE(No(FindCookieReplacedUpstream));
  at_.seen.format = LogFormat::kClf;
  EXPECT_TRUE(No(FindCookieReplacedUpstream));
  at_.entry_trusts_forwarded = true;
  EXPECT_TRUE(Yes(FindCookieReplacedUpstream));
}

TEST_F(CausesClientTest, AClientThatNeverSendsCookies) {
  EXPECT_TRUE(NotYet(FindCookieNotSent));
  Serve({.second = -10, .returned = true});
  EXPECT_TRUE(Yes(FindCookieNotSent));
  at_.seen.cookie.sent = true;
  EXPECT_TRUE(No(FindCookieNotSent));
  at_.seen.cookie.sent = false;
  at_.facts.Set(SessionFacts::kSentCookie);
  EXPECT_TRUE(No(FindCookieNotSent));
  at_.facts = {};
  at_.cookie.reset();
  EXPECT_TRUE(No(FindCookieNotSent));
}

// Everybody's first test is curl without a jar.
TEST_F(CausesClientTest, WhereEachResponseGivesTheCookieAndNobodySendsOneClientsHaveNoJar) {
  final_ = true;
  at_.seen.connection = 77;
  at_.seen.agent = 7;
  for (int i = 0; i < 9; ++i) Serve({.second = -100 + i, .given = true});
  EXPECT_TRUE(No(FindCookieNotSent)) << "too few";
  Serve({.second = -80, .given = true});
  EXPECT_TRUE(Yes(FindCookieNotSent));
  final_ = false;
  EXPECT_TRUE(NotYet(FindCookieNotSent)) << "somebody may send one yet";
  final_ = true;
  at_.seen.proxied = true;
  EXPECT_TRUE(No(FindCookieNotSent)) << "the proxy may take it away";
  at_.seen.proxied = false;
  at_.browser = true;
  EXPECT_TRUE(No(FindCookieNotSent)) << "browsers have a jar: the log may lack the header";
  at_.browser = false;
  at_.shared_agents = true;
  EXPECT_TRUE(No(FindCookieNotSent)) << "so may whoever stands at an address of several agents";
  at_.shared_agents = false;
  at_.seen.connection = 0;
  EXPECT_TRUE(No(FindCookieNotSent)) << "who sent it is not known";
  at_.seen.connection = 77;
  at_.seen.agent = 0;
  EXPECT_TRUE(No(FindCookieNotSent)) << "whether agents are several is not known";
  at_.seen.agent = 7;
  Serve({.second = -70});
  EXPECT_TRUE(No(FindCookieNotSent)) << "somebody was given none: he may have one";
}

TEST_F(CausesClientTest, WhereNobodySendsCookiesItIsNotTheClient) {
  Serve({.second = -10});
  final_ = true;
  EXPECT_TRUE(No(FindCookieNotSent));
}

TEST_F(CausesClientTest, ASecureCookieGivenOverHttpIsNotTheClientsFault) {
  Serve({.second = -10, .returned = true});
  at_.seen.set_cookies_logged = false;
  at_.cookie->secure = true;
  RememberPin(-10);
  EXPECT_TRUE(Yes(FindCookieNotSent));
  RememberPin(-10, kHost);
  EXPECT_TRUE(No(FindCookieNotSent));
  RememberPin(-10, 1);  // any host is one
  EXPECT_TRUE(No(FindCookieNotSent));
  RememberPin(-10, 0);
  EXPECT_TRUE(Yes(FindCookieNotSent)) << "where it came from is not known";
  RememberPin(-10, kHost);
  at_.seen.set_cookies_logged = true;
  EXPECT_TRUE(Yes(FindCookieNotSent));
}

TEST_F(CausesClientTest, AWebSocketWithoutTheCookieThatItsOtherRequestsHave) {
  at_.stray = true;
  at_.facts.Set(SessionFacts::kSentCookie);
  at_.cookie.reset();
  EXPECT_TRUE(Yes(FindCookieNotSent));
  at_.stray = false;
  EXPECT_TRUE(No(FindCookieNotSent));
  at_.stray = true;
  Show(kPin);
  EXPECT_TRUE(No(FindCookieNotSent)) << "it came with it";
  at_.seen.cookie = {};
  Blind();
  EXPECT_TRUE(No(FindCookieNotSent)) << "nobody knows";
}

// Its cookie led it back to where it was before it opened its WebSocket.
TEST_F(CausesClientTest, TheRequestAfterAWebSocketWithoutTheCookie) {
  at_.judgement.evidence = Evidence::kCookie;
  at_.facts.Set(SessionFacts::kMoved);
  Show(kOther);
  EXPECT_TRUE(Yes(FindCookieNotSent));
  at_.facts.refused = 77;
  EXPECT_TRUE(No(FindCookieNotSent)) << "a refusal had moved it";
  at_.facts.refused = 0;
  at_.facts.Clear(SessionFacts::kMoved);
  EXPECT_TRUE(No(FindCookieNotSent));
  at_.facts.Set(SessionFacts::kMoved);
  Show(kPin);
  EXPECT_TRUE(No(FindCookieNotSent)) << "its cookie was refused just now";
  Show(kOther);
  at_.judgement.evidence = Evidence::kSession;
  EXPECT_TRUE(No(FindCookieNotSent));
}

TEST_F(CausesClientTest, TheAddressOfAProxyThatNobodyNamed) {
  at_.judgement.guessed = true;
  EXPECT_TRUE(Yes(FindSharedClient));
  for (const Evidence better : {Evidence::kConnection, Evidence::kCookie, Evidence::kSession}) {
    at_.judgement.evidence = better;
    EXPECT_TRUE(No(FindSharedClient));
  }
}

TEST_F(CausesClientTest, SeveralPeopleBehindAnAddress) {
  EXPECT_TRUE(No(FindSharedClient));
  at_.many_connections = true;
  EXPECT_TRUE(Yes(FindSharedClient));
  at_.many_connections = false;
  at_.shared_agents = true;
  EXPECT_TRUE(Yes(FindSharedClient));
  at_.shared_agents = false;
  at_.facts.Set(SessionFacts::kShared);
  EXPECT_TRUE(Yes(FindSharedClient));
  at_.judgement.evidence = Evidence::kCookie;
  EXPECT_TRUE(No(FindSharedClient)) << "better evidence than the address";
}

}  // namespace
}  // namespace stickyd
