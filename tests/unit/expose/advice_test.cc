// SPDX-License-Identifier: Apache-2.0
// advice_test: each cause is told as what it is, and with what mends it.
#include "stickyd/expose/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Row {
  const char* summary;
  const char* advice;
};

// In the order of the causes; a part of each text that belongs to no other cause.
constexpr std::array<Row, kCountOf<Cause>> kRows = {{
    {"another child of the same service", "leave A while its child is down"},
    {"a level of a nested service", "Every level of shop needs sticky.cookie"},
    {"on a service that no router uses", "Move the sticky block to shop, which the router uses"},
    {"the service has no sticky cookie", "Add loadBalancer.sticky.cookie to shop."},
    {"strategy ignores the sticky cookie", "use wrr or p2c on shop"},
    {"format of another Traefik version", "shop were written by another Traefik version"},
    {"was renamed", "Set sticky.cookie.name on shop explicitly"},
    {"two cookies of that name", "shadows the one of shop. Give sticky.cookie.name a new value"},
    {"out of the pool for a while", "A was down, fenced or at weight 0"},
    {"has left the pool", "A is gone from shop. Drain servers"},
    {"the application sets a cookie of the same name", "that nothing else on its hosts sets"},
    {"removed on its way out of Traefik", "A middleware on the router of shop changes Set-Cookie"},
    {"Secure and the request came over http", "Redirect http to https in front of shop"},
    {"belongs to another host", "set sticky.cookie.domain to their common domain"},
    {"outside the cookie's path", "Set sticky.cookie.path of shop to /."},
    {"SameSite keeps the cookie back", "sameSite of shop to none, together with secure"},
    {"blocks cookies of third parties", "the page that calls shop and shop itself from one site"},
    {"sent without credentials", "credentials: \"include\""},
    {"lifetime was over", "sticky.cookie.maxAge of shop does not slide"},
    {"a proxy in front of Traefik replaces", "make the proxy in front of shop pass"},
    {"this client never sends cookies", "exclude it (--exclude.user-agent)"},
    {"of a live server was not honoured", "Compare the configuration of all Traefik replicas"},
    {"several people share the address", "name the application's session (--session)"},
    {"the log cannot tell", "Log JSON (accessLog.format=json)"},
}};

const AdviceNames kNames = {"shop", "A", "B", {127, true}};

TEST(AdviceTest, EachCauseHasItsOwnTexts) {
  ForEachValue<Cause>([&](Cause cause) {
    SCOPED_TRACE(Name(cause));
    const Row& row = kRows[static_cast<size_t>(cause)];
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
