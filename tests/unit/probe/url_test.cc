// SPDX-License-Identifier: Apache-2.0
// url_test: the parts of URLs, and where a Location leads.
#include "url.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

std::string Text(const std::optional<Url>& url) { return url ? url->Text() : "none"; }

TEST(UrlTest, IsWrittenInOneWay) {
  const struct {
    const char* text;
    const char* same;
  } rows[] = {
      {"http://a", "http://a/"},
      {"HTTP://A.Example:80/X?y#z", "http://a.example/X?y"},
      {"https://a:443", "https://a/"},
      {"https://a:80/", "https://a:80/"},
      {"http://a?b=c", "http://a/?b=c"},
      {"http://[::1]:8080/x", "http://[::1]:8080/x"},
      {"http://a/./b/../c/.", "http://a/c/"},
      {"http://a/../../b", "http://a/b"},
      {"http://a/b/..", "http://a/"},
      {"http://a//b", "http://a//b"},
      {"http://a_b-c.1/", "http://a_b-c.1/"},
      {"http://user@a/", "none"},
      {"ws://a/", "none"},
      {"//a/", "none"},
      {"http://a:/", "none"},
      {"http://[::1/", "none"},
      {"http://[a]/", "none"},
      {"http://a\n/", "none"},
  };
  for (const auto& row : rows) EXPECT_EQ(Text(ParseUrl(row.text)), row.same) << row.text;
  EXPECT_EQ(Text(ParseUrl("http://a/" + std::string(8192, 'x'))), "none");
}

TEST(UrlTest, LocationsLeadOnFromWhereTheyStand) {
  const Url base = *ParseUrl("https://a:8443/b/c?d");
  const struct {
    const char* location;
    const char* to;
  } rows[] = {
      {"http://x/y", "http://x/y"},
      {"//x/y", "https://x/y"},
      {"/y", "https://a:8443/y"},
      {"y", "https://a:8443/b/y"},
      {"../y?z", "https://a:8443/y?z"},
      {"./", "https://a:8443/b/"},
      {"?z", "https://a:8443/b/c?z"},
      {"#z", "https://a:8443/b/c?d"},
      {"", "https://a:8443/b/c?d"},
      {" /y ", "https://a:8443/y"},
      {"y:z", "none"},
      {"mailto:a@b", "none"},
      {"/y:z", "https://a:8443/y:z"},
      {"/\x7f", "none"},
  };
  for (const auto& row : rows) EXPECT_EQ(Text(ResolveUrl(base, row.location)), row.to);
}

TEST(UrlTest, AnotherHostKeepsThePortUnlessItHasOne) {
  const Url url = *ParseUrl("https://a:8443/b?c");
  EXPECT_EQ(Text(WithHost(url, "B")), "https://b:8443/b?c");
  EXPECT_EQ(Text(WithHost(url, "b:1")), "https://b:1/b?c");
  EXPECT_EQ(Text(WithHost(url, "b:443")), "https://b/b?c");
  EXPECT_EQ(Text(WithHost(url, "[::1]")), "https://[::1]:8443/b?c");
  EXPECT_EQ(Text(WithHost(url, "[::1]:1")), "https://[::1]:1/b?c");
  for (const char* wrong : {"", "a b", "a/b", "a@b", ":1", "[x]", "::1"}) {
    EXPECT_EQ(Text(WithHost(url, wrong)), "none") << wrong;
  }
}

TEST(UrlTest, CookiesSeeHostAndPathAlone) {
  const CookieScene scene = ParseUrl("https://[::1]:1/b?c")->Scene();
  EXPECT_TRUE(scene.secure);
  EXPECT_EQ(scene.host, "::1");
  EXPECT_EQ(scene.path, "/b");
}

}  // namespace
}  // namespace stickyd
