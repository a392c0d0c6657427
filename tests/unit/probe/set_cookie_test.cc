// SPDX-License-Identifier: Apache-2.0
// set_cookie_test: what is read out of a Set-Cookie header, and what is passed over.
#include "stickyd/probe/set_cookie.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

SetCookie Parsed(std::string_view header) {
  const auto cookie = ParseSetCookie(header);
  EXPECT_TRUE(cookie.has_value()) << header << ": " << (cookie ? "" : cookie.error());
  return cookie.value_or(SetCookie{});
}
std::string Refused(std::string_view header) {
  const auto cookie = ParseSetCookie(header);
  return cookie ? "taken" : cookie.error();
}

TEST(SetCookieTest, NamesAndValuesAreTrimmedAndNothingElse) {
  const struct {
    const char* header;
    const char* name;
    const char* value;
  } rows[] = {
      {"a=1", "a", "1"},
      {" a = 1 ; Path=/", "a", "1"},
      {"\ta\t=\t1\t", "a", "1"},
      {"a=1=2", "a", "1=2"},
      {"a=\"1 2\"", "a", "\"1 2\""},
      {"a=", "a", ""},
      {"=1", "", "1"},
      {"1", "", "1"},
      {"==1", "", "=1"},
      {"a b=c,d", "a b", "c,d"},
      {"a=1,b=2", "a", "1,b=2"},
      {"a=\xc3\xa4", "a", "\xc3\xa4"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.header);
    const SetCookie cookie = Parsed(row.header);
    EXPECT_EQ(cookie.name, row.name);
    EXPECT_EQ(cookie.value, row.value);
  }
}

TEST(SetCookieTest, WhatBrowsersDropHasAReason) {
  EXPECT_EQ(Refused(""), "it has neither name nor value");
  EXPECT_EQ(Refused(" = ; Path=/"), "it has neither name nor value");
  EXPECT_EQ(Refused("; a=1"), "it has neither name nor value");
  for (const char c : {'\x01', '\n', '\r', '\x1f', '\x7f'}) {
    EXPECT_EQ(Refused(std::string("a=1") + c + "2"), "it has a control character");
    EXPECT_EQ(Refused(std::string("a=1; Path=/") + c), "it has a control character");
  }
  EXPECT_EQ(Refused(std::string_view("a=\0", 3)), "it has a control character");
  EXPECT_EQ(Refused("a=1\t2"), "taken");
  EXPECT_EQ(Refused("a=" + std::string(4095, 'x')), "taken");
  EXPECT_EQ(Refused("a=" + std::string(4096, 'x')), "name and value have more than 4096 bytes");
  EXPECT_EQ(Refused(std::string(4097, 'x')), "name and value have more than 4096 bytes");
}

TEST(SetCookieTest, AttributesComeInAnyCaseAndTheLastOneCounts) {
  const SetCookie cookie = Parsed(
      "a=1; path=/x; PATH = /y ;domain=One.example;Domain=.Shop.Example; secure=no;HTTPONLY;"
      "samesite=STRICT; SameSite=lax; max-age=5; Expires=Sun, 06 Nov 1994 08:49:37 GMT; b=2");
  EXPECT_EQ(cookie.path, "/y");
  EXPECT_EQ(cookie.domain, "shop.example");
  EXPECT_TRUE(cookie.secure);
  EXPECT_TRUE(cookie.http_only);
  EXPECT_EQ(cookie.same_site, SameSite::kLax);
  EXPECT_EQ(cookie.max_age_s, 5);
  EXPECT_EQ(cookie.expires->time_since_epoch().count(), 784'111'777);
  const SetCookie plain = Parsed("a=1; Secured; Pathx=/; =Secure");
  EXPECT_FALSE(plain.secure);
  EXPECT_FALSE(plain.has_path);
  EXPECT_FALSE(plain.expires || plain.max_age_s);
  EXPECT_EQ(plain.same_site, SameSite::kUnset);
}

TEST(SetCookieTest, AttributesThatDoNotCountLeaveTheDefault) {
  EXPECT_EQ(Parsed("a=1; Path=x").path, "");
  EXPECT_EQ(Parsed("a=1; Path=/x; Path").path, "");
  EXPECT_EQ(Parsed("a=1; Domain=x.example; Domain").domain, "");
  EXPECT_EQ(Parsed("a=1; SameSite=None; SameSite=other").same_site, SameSite::kUnset);
  EXPECT_FALSE(Parsed("a=1; Expires=soon").expires);
  EXPECT_EQ(Parsed("a=1; Path=/" + std::string(1024, 'x')).path, "");
  EXPECT_EQ(Parsed("a=1; Path=/" + std::string(1023, 'x')).path.size(), 1024U);
  const struct {
    const char* text;
    std::optional<int64_t> seconds;
  } ages[] = {{"0", 0},    {"-5", 0},    {"-", 0},   {"60", 60},
              {"", {}},    {"1.5", {}},  {"+5", {}}, {"5s", {}},
              {"--5", {}}, {"0x10", {}}, {" 7 ", 7}, {"99999999999999999999", INT64_MAX}};
  for (const auto& age : ages) {
    EXPECT_EQ(Parsed(std::string("a=1; Max-Age=") + age.text).max_age_s, age.seconds) << age.text;
  }
}

}  // namespace
}  // namespace stickyd
