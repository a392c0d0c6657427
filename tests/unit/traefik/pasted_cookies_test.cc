// SPDX-License-Identifier: Apache-2.0
// pasted_cookies_test: whatever people paste, the cookies in it are found.
#include "stickyd/traefik/pasted_cookies.h"

#include <gtest/gtest.h>

#include <string>

namespace stickyd {
namespace {

// name=value|name=value; a bare value is =value.
std::string CookiesIn(std::string_view line) {
  std::string out;
  for (const PastedCookie& cookie : ReadPasted(line)) {
    out += (out.empty() ? "" : "|") + cookie.name + "=" + cookie.value;
  }
  return out;
}

TEST(PastedCookiesTest, EachFormGivesItsCookies) {
  const struct {
    const char* line;
    const char* cookies;
  } rows[] = {
      {"df5bd2f9c0180410", "=df5bd2f9c0180410"},
      {" \"df5bd2f9c0180410\"\r\n", "=df5bd2f9c0180410"},
      {"'df5bd2f9c0180410'", "=df5bd2f9c0180410"},
      {"df5bd2f9c0180410; Path=/", "=df5bd2f9c0180410"},
      {"http://10.0.0.1:80", "=http://10.0.0.1:80"},
      {"http://10.0.0.1:80/?a=b", "=http://10.0.0.1:80/?a=b"},
      {"http%3A%2F%2F10.0.0.1%3A80", "=http%3A%2F%2F10.0.0.1%3A80"},
      {"http%3A%2F%2F10.0.0.1%3A80%3Fa=b", "=http%3A%2F%2F10.0.0.1%3A80%3Fa=b"},
      {"10.0.0.1:80", "=10.0.0.1:80"},
      {"localhost:80", "=localhost:80"},
      {"blue@file", "=blue@file"},
      {"lb=df5b", "lb=df5b"},
      {"lb=\"df5b\"", "lb=df5b"},
      {"\"lb=df5b\"", "lb=df5b"},
      {"lb=df5b; Path=/; HttpOnly; SameSite=Lax", "lb=df5b"},
      {"lb=df5b;path=/;expires=Thu, 24 Apr 2026 14:22:00 GMT", "lb=df5b"},
      {"lb=df5b; theme=dark", "lb=df5b|theme=dark"},
      {"lb=http://10.0.0.1:80; Path=/", "lb=http://10.0.0.1:80"},
      {"Set-Cookie: lb=df5b; Path=/; Secure", "lb=df5b"},
      {"set-cookie:lb=df5b", "lb=df5b"},
      {"< Set-Cookie: lb=df5b; Path=/\r", "lb=df5b"},
      {"Set-Cookie: lvl1=a; Path=/,lvl2=b; Path=/", "lvl1=a|lvl2=b"},
      {"Cookie: lb=df5b; theme=dark", "lb=df5b|theme=dark"},
      {"> cookie: lb=df5b", "lb=df5b"},
      {"Cookie: path=x; lb=y", "path=x|lb=y"},
      {"'Cookie: lb=df5b'", "lb=df5b"},
      {"\"request_Cookie\":\"lb=df5b; a=b\",", "lb=df5b|a=b"},
      {"\"downstream_Set-Cookie\":\"lb=df5b; Path=/\"", "lb=df5b"},
      {"downstream_Set-Cookie: lb=df5b; Path=/", "lb=df5b"},
      {"lb=df5b; lb=other", "lb=df5b|lb=other"},
      {"a=1;;b=;=c;d", "a=1|b="},
      {"Content-Type: text/html", ""},
      {"Location:", ""},
      {"Not-A-Cookie: lb=df5b", ""},
      {"HTTP/1.1 200 OK", ""},
      {":status: 200", ""},
      {"Cookie:", ""},
      {"", ""},
      {" \r\n", ""},
      {"\"\"", ""},
      {"\"\",", ""},
      {"\",", "=\","},
      {";", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(CookiesIn(row.line), row.cookies) << row.line;
}

TEST(PastedCookiesTest, PercentSignsAreDecodedWhereAllAreWhole) {
  EXPECT_EQ(PercentDecoded("http%3A%2f%2F10.0.0.1%3A80"), "http://10.0.0.1:80");
  EXPECT_EQ(PercentDecoded("%41%4a"), "AJ");
  EXPECT_EQ(PercentDecoded("%20%09%F0"), " \t\xF0");
  for (const char* text : {"", "plain", "100%", "%4", "%zz", "a%4g", "%41%"}) {
    EXPECT_EQ(PercentDecoded(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace stickyd
