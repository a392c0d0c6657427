// cookie_codec_test: values that real Traefiks set for real servers.
#include "stickyd/traefik/cookie_codec.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

TEST(CookieCodecTest, ValuesOfRealTraefiks) {
  EXPECT_EQ(EncodeCookie(CookieEncoding::kSha256, "http://127.20.1.12:8080"),
            "bf9701e82ab3c9ee");  // v3.7.9
  EXPECT_EQ(EncodeCookie(CookieEncoding::kFnv1a, "http://127.23.1.12:8080"),
            "b57eff6d945b0512");  // v2.11.53
  EXPECT_EQ(EncodeCookie(CookieEncoding::kRawUrl, "http://127.23.1.12:8080"),
            "http://127.23.1.12:8080");
}

TEST(CookieCodecTest, ServerUrlsLoseWhatIsNotTheServer) {
  EXPECT_EQ(NormalizeServerUrl("http://user:secret@10.0.0.1:8080/app?x=1#y"),
            NormalizeServerUrl("http://10.0.0.1:8080/app"));
  EXPECT_NE(NormalizeServerUrl("http://10.0.0.1:8080"),
            NormalizeServerUrl("https://10.0.0.1:8080"));
}

TEST(CookieCodecTest, DefaultNameIsSixCharacters) {
  EXPECT_EQ(DefaultCookieName("shop@file").size(), 6U);
  EXPECT_EQ(DefaultCookieName("shop@file")[0], '_');
  EXPECT_NE(DefaultCookieName("shop@file"), DefaultCookieName("shop@docker"));
}

}  // namespace
}  // namespace stickyd
