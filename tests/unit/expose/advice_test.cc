// SPDX-License-Identifier: Apache-2.0
// advice_test: each cause is told as what it is, and with what mends it.
#include "stickyd/expose/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Row {
  const char* summary;
  const char* advice;
};

// A part of each text that belongs to no other cause.
const std::map<Cause, Row> kRows = {
    {Cause::kFailover, {"another child of the same service", "leave A while its child is down"}},
    {Cause::kNestedLevel,
     {"a level of a nested service", "Every level of shop needs sticky.cookie"}},
    {Cause::kStickyOnUnusedService,
     {"on a service that no router uses", "Move the sticky block to shop, which the router uses"}},
    {Cause::kNotSticky,
     {"the service has no sticky cookie", "Add loadBalancer.sticky.cookie to shop."}},
    {Cause::kStrategyIgnoresCookie,
     {"strategy ignores the sticky cookie", "use wrr or p2c on shop"}},
    {Cause::kCookieFormatChanged,
     {"format of another Traefik version", "shop were written by another Traefik version"}},
    {Cause::kCookieRenamed, {"was renamed", "Set sticky.cookie.name on shop explicitly"}},
    {Cause::kDuplicateCookie,
     {"two cookies of that name", "shadows the one of shop. Give sticky.cookie.name a new value"}},
    {Cause::kServerDown, {"out of the pool for a while", "A was down, fenced or at weight 0"}},
    {Cause::kServerGone, {"has left the pool", "A is gone from shop. Drain servers"}},
    {Cause::kSharedCookieName,
     {"the application sets a cookie of the same name", "that nothing else on its hosts sets"}},
    {Cause::kSetCookieLost,
     {"removed on its way out of Traefik",
      "A middleware on the router of shop changes Set-Cookie"}},
    {Cause::kInsecureRequest,
     {"Secure and the request came over http", "Redirect http to https in front of shop"}},
    {Cause::kRouterSwitched,
     {"pointed at another service", "The router of shop leads to another service than before"}},
    {Cause::kReplicasDisagree,
     {"the same servers by other addresses", "Two Traefik processes have other servers for shop"}},
    {Cause::kCookieDomain,
     {"Domain does not cover the host",
      "sticky.cookie.domain of shop to a domain that all its hosts end in"}},
    {Cause::kOtherHost,
     {"belongs to another host", "set sticky.cookie.domain to their common domain"}},
    {Cause::kCookiePath, {"outside the cookie's path", "Set sticky.cookie.path of shop to /."}},
    {Cause::kCrossSite,
     {"SameSite keeps the cookie back", "sameSite of shop to none, together with secure"}},
    {Cause::kThirdPartyBlocked,
     {"blocks cookies of third parties", "the page that calls shop and shop itself from one site"}},
    {Cause::kCredentialsOmitted, {"sent without credentials", "credentials: \"include\""}},
    {Cause::kCookieExpired, {"lifetime was over", "sticky.cookie.maxAge of shop does not slide"}},
    {Cause::kCookieReplacedUpstream,
     {"a proxy in front of Traefik replaces", "make the proxy in front of shop pass"}},
    {Cause::kCookieNotSent,
     {"this client does not send its cookie", "exclude it (--exclude.user-agent)"}},
    {Cause::kNotHonoured,
     {"of a live server was not honoured", "Compare the configuration of all Traefik replicas"}},
    {Cause::kSharedClient,
     {"several people share the address", "name the application's session (--session)"}},
    {Cause::kUnknown, {"the log cannot tell", "Log JSON (accessLog.format=json)"}},
};

const AdviceNames kNames = {"shop", "A", "B", {127, true}};

TEST(AdviceTest, EachCauseHasItsOwnTexts) {
  ForEachValue<Cause>([&](Cause cause) {
    SCOPED_TRACE(Name(cause));
    const Row& row = kRows.at(cause);
    EXPECT_THAT(std::string(Summary(cause)), HasSubstr(row.summary));
    EXPECT_THAT(Advice(cause, kNames), HasSubstr(row.advice));
    EXPECT_THAT(Advice(cause, kNames), Not(HasSubstr("{")));
    ForEachValue<Cause>([&](Cause other) {
      if (other == cause) return;
      EXPECT_THAT(std::string(Summary(other)), Not(HasSubstr(row.summary)));
      EXPECT_THAT(Advice(other, kNames), Not(HasSubstr(row.advice)));
    });
    EXPECT_TRUE(CausePage(cause).starts_with("# " + std::string(Name(cause)) + "\n"));
  });
}

TEST(AdviceTest, WithoutNamesItIsStillASentence) {
  EXPECT_EQ(Advice(Cause::kServerDown, {}).substr(0, 22), "The pinned server was ");
  EXPECT_THAT(Advice(Cause::kNotSticky, {}), HasSubstr(".cookie to the service."));
}

}  // namespace
}  // namespace stickyd
