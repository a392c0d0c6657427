// SPDX-License-Identifier: Apache-2.0
// sticky_cookie_test: which cookies are taken for Traefik's, and how surely.
#include "sticky_cookie.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

TEST(StickyCookieTest, IsKnownByNameOrValue) {
  using R = Resemblance;
  const struct {
    const char* name;
    const char* value;
    Resemblance resemblance;
  } rows[] = {
      {"_633ff", "c2e8df179a351d87", R::kDefaultName},
      {"_633ff", "anything", R::kDefaultName},
      {"_633ff", "", R::kNone},
      {"_TRAEFIK_BACKEND", "http://10.0.0.1:80", R::kDefaultName},
      {"_633fg", "x", R::kNone},
      {"_633f", "x", R::kNone},
      {"lb", "http://10.0.0.1:80", R::kUrl},
      {"lb", "h2c://10.0.0.1:80", R::kUrl},
      {"lb", "https://10.0.0.1", R::kUrl},
      {"lb", "c2e8df179a351d87", R::kHash},
      {"lb", "e8df179a351d87", R::kHash},
      {"lb", "9a351d87", R::kNone},
      {"lb", "c2e8df179a351d870", R::kNone},
      {"lb", "C2E8DF179A351D87", R::kNone},
      {"JSESSIONID", "0A1B2C3D4E5F60718293A4B5C6D7E8F9", R::kNone},
      {"AWSALB", "YWJj+/=", R::kNone},
      {"lb", "t1~c2e8df179a351d87", R::kHash},
      {"lb", "t1~http://10.0.0.1:80", R::kUrl},
      {"lb", "http://10.0.0.1/~c2e8df179a351d87", R::kUrl},
      {"lb", "t1~x", R::kNone},
      {"_633ff", "t1~", R::kNone},
      {"INGRESSCOOKIE", "c2e8df179a351d87", R::kHash},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Resembles(row.name, row.value, {}), row.resemblance) << row.name << "=" << row.value;
  }
}

TEST(StickyCookieTest, NamesThatAreGivenCountAlone) {
  ProbeOptions options;
  options.knowledge.cookies = {"conf"};
  options.knowledge.codes = {{"http://a", "conf", "blue", true}};
  EXPECT_EQ(Resembles("conf", "x", options), Resemblance::kConfigured);
  EXPECT_EQ(Resembles("lb", "c2e8df179a351d87", options), Resemblance::kHash);
  options.cookies = {"my lb"};
  EXPECT_EQ(Resembles("my_lb", "x", options), Resemblance::kNamed) << "as Traefik writes it";
  EXPECT_EQ(Resembles("conf", "x", options), Resemblance::kNone);
  EXPECT_EQ(Resembles("_633ff", "c2e8df179a351d87", options), Resemblance::kNone);
}

TEST(StickyCookieTest, EachHasItsWords) {
  for (const Resemblance each :
       {Resemblance::kHash, Resemblance::kUrl, Resemblance::kDefaultName, Resemblance::kServer,
        Resemblance::kConfigured, Resemblance::kNamed}) {
    EXPECT_NE(KnownBy(each), "");
  }
}

}  // namespace
}  // namespace stickyd
