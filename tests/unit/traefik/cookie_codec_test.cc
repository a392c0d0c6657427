// SPDX-License-Identifier: Apache-2.0
// cookie_codec_test: values and names as Traefik's own code makes them, and which of them it reads.
#include "stickyd/traefik/cookie_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stickyd {
namespace {

using E = CookieEncoding;
constexpr std::string_view kUrl = "http://10.0.0.1:80";

TEST(CookieCodecTest, EveryEncodingOfOneServer) {
  EXPECT_EQ(EncodeCookie(E::kRawUrl, kUrl), kUrl);
  EXPECT_EQ(EncodeCookie(E::kFnv1a, kUrl), "c2e8df179a351d87");
  EXPECT_EQ(EncodeCookie(E::kFnv1OfFnv1a, kUrl), "f4256d1ea8f63de1");
  EXPECT_EQ(EncodeCookie(E::kSha256, kUrl), "df5bd2f9c0180410");
  EXPECT_EQ(EncodeCookie(E::kFnv1, kUrl), "6773b9eb3f0631af");
  EXPECT_EQ(EncodeCookie(E::kFnv1Twice, kUrl), "a3882de487ebf0dc");
}

TEST(CookieCodecTest, ValuesOfRealTraefiks) {
  EXPECT_EQ(EncodeCookie(E::kSha256, "http://127.20.1.12:8080"), "bf9701e82ab3c9ee");  // v3.7.9
  EXPECT_EQ(EncodeCookie(E::kFnv1a, "http://127.23.1.12:8080"), "b57eff6d945b0512");   // v2.11.53
}

TEST(CookieCodecTest, EveryByteOfTheUrlCounts) {
  for (const E encoding : {E::kFnv1a, E::kFnv1OfFnv1a, E::kSha256}) {
    EXPECT_NE(EncodeCookie(encoding, "http://a:80"), EncodeCookie(encoding, "http://a:80/"));
    EXPECT_NE(EncodeCookie(encoding, "http://a:80"), EncodeCookie(encoding, "http://a"));
  }
}

TEST(CookieCodecTest, LeadingZerosAreCutAsGoPrintsThem) {
  // FNV-1a of this URL begins with a zero digit.
  EXPECT_EQ(EncodeCookie(E::kFnv1a, "http://10.0.0.9:80").size(), 15U);
}

TEST(CookieCodecTest, NamesOfServicesAreThoseOfTraefik) {
  EXPECT_EQ(DefaultCookieName("whoami@docker"), "_633ff");
  EXPECT_EQ(DefaultCookieName("backend-whoami"), "_e75b7");
}

TEST(CookieCodecTest, ConfiguredNamesAreSanitised) {
  EXPECT_EQ(SanitizeCookieName("shop_lb"), "shop_lb");
  EXPECT_EQ(SanitizeCookieName("a b;c=d\"e@f/g"), "a_b_c_d_e_f_g");
  EXPECT_EQ(SanitizeCookieName("!#$%&'*+-.^`|~"), "!#$%&'*+-.^`|~");
  EXPECT_EQ(SanitizeCookieName("\xc3\xbc"), "__");
}

TEST(CookieCodecTest, EachVersionWritesItsOwn) {
  const std::pair<const char*, E> versions[] = {
      {"v1.7.34", E::kRawUrl}, {"2.4.14", E::kRawUrl},     {"2.5.0", E::kFnv1a},
      {"v2.11.53", E::kFnv1a}, {"3.0.0", E::kFnv1OfFnv1a}, {"3.3.3", E::kFnv1OfFnv1a},
      {"3.3.4", E::kSha256},   {"v3.7.9", E::kSha256},     {"3.4.0-rc1", E::kSha256},
  };
  for (const auto& [version, encoding] : versions) {
    EXPECT_EQ(EncodingOfVersion(version), encoding) << version;
  }
  EXPECT_EQ(EncodingOfVersion("dev"), std::nullopt);
}

TEST(CookieCodecTest, UpgradesThatKeepSessionsAndThoseThatBreakThem) {
  EXPECT_TRUE(Accepts(E::kFnv1a, E::kRawUrl, 18));         // v2.4 -> v2.5
  EXPECT_FALSE(Accepts(E::kFnv1OfFnv1a, E::kRawUrl, 18));  // v2.4 -> v3.0
  EXPECT_TRUE(Accepts(E::kFnv1OfFnv1a, E::kFnv1a, 16));    // v2.11 -> v3.0
  EXPECT_FALSE(Accepts(E::kFnv1OfFnv1a, E::kFnv1a, 15)) << "a zero digit was cut";
  EXPECT_FALSE(Accepts(E::kSha256, E::kFnv1a, 16));        // v2.11 -> v3.3.4
  EXPECT_FALSE(Accepts(E::kSha256, E::kFnv1OfFnv1a, 16));  // v3.3.3 -> v3.3.4
  EXPECT_TRUE(Accepts(E::kSha256, E::kRawUrl, 18));        // v2.4 -> v3.3.4
  for (const E older : {E::kRawUrl, E::kFnv1a, E::kFnv1OfFnv1a}) {
    EXPECT_FALSE(Accepts(older, E::kSha256, 16)) << "a downgrade";
  }
}

TEST(CookieCodecTest, ChildrenOfWeightedServicesInEveryVersion) {
  EXPECT_THAT(ChildCookieValues("shop-blue"),
              testing::ElementsAre("shop-blue", EncodeCookie(E::kFnv1, "shop-blue"),
                                   EncodeCookie(E::kSha256, "shop-blue")));
}

TEST(CookieCodecTest, ServerUrlsLoseWhatIsNotTheServer) {
  EXPECT_EQ(NormalizeServerUrl("http://user:secret@10.0.0.1:8080/app?x=1#y"),
            NormalizeServerUrl("http://10.0.0.1:8080/app"));
  EXPECT_NE(NormalizeServerUrl("http://10.0.0.1:8080"),
            NormalizeServerUrl("https://10.0.0.1:8080"));
  EXPECT_EQ(NormalizeServerUrl("/foo?x"), "");
  EXPECT_EQ(NormalizeServerUrl("http%3A%2F%2F10.0.0.1%3A80"), "");
}

}  // namespace
}  // namespace stickyd
