// SPDX-License-Identifier: Apache-2.0
// site_test: which hosts are one site, and the host of a URL.
#include "stickyd/base/site.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace stickyd {
namespace {

TEST(SiteTest, RegistrableDomainIsLowerCaseAndHasNoPort) {
  const std::pair<std::string, std::string> rows[] = {
      {"www.example.com", "example.com"},
      {"WWW.Example.COM:8443", "example.com"},
      {"a.b.example.co.uk.", "example.co.uk"},
      {"localhost", "localhost"},
      {"localhost:80", "localhost"},
      {"co.uk", "co.uk"},
      {"192.0.2.1", "192.0.2.1"},
      {"192.0.2.1:80", "192.0.2.1"},
      {"[2001:db8::1]:80", "2001:db8::1"},
      {"[2001:db8::1]", "2001:db8::1"},
      {"2001:db8::1", "2001:db8::1"},
      {"::1", "::1"},
      {"[broken", "[broken"},
      {"", ""},
      {".", ""},
  };
  for (const auto& [host, domain] : rows) EXPECT_EQ(RegistrableDomain(host), domain) << host;
}

TEST(SiteTest, LongestNameIsLookedUpAndALongerOneIsNot) {
  const std::string end = ".example.com";
  const std::string longest = std::string(253 - end.size(), 'a') + end;
  EXPECT_EQ(RegistrableDomain(longest), "example.com");
  EXPECT_EQ(RegistrableDomain("a" + longest), "a" + longest);
}

TEST(SiteTest, HostsOfOneDomainAreOneSite) {
  EXPECT_TRUE(IsSameSite("shop.example.com:443", "pay.Example.com"));
  EXPECT_FALSE(IsSameSite("shop.example.com", "shop.example.org"));
  EXPECT_FALSE(IsSameSite("a.co.uk", "b.co.uk"));
  EXPECT_FALSE(IsSameSite("10.0.0.1", "10.1.0.1"));
  EXPECT_TRUE(IsSameSite("10.0.0.1:80", "10.0.0.1"));
}

TEST(SiteTest, HostOfAUrlIsBetweenSchemeAndPath) {
  const std::pair<const char*, const char*> rows[] = {
      {"https://shop.example.com/a/b", "shop.example.com"},
      {"https://shop.example.com:8443/a", "shop.example.com"},
      {"http://shop.example.com", "shop.example.com"},
      {"http://shop.example.com?q=a/b", "shop.example.com"},
      {"http://shop.example.com#top", "shop.example.com"},
      {"http://user:pass@shop.example.com:80/", "shop.example.com"},
      {"http://a@b@shop.example.com/", "shop.example.com"},
      {"http://shop.example.com/@other", "shop.example.com"},
      {"http://[::1]:80/", "::1"},
      {"http://", ""},
      {"shop.example.com/a", ""},
      {"", ""},
  };
  for (const auto& [url, host] : rows) EXPECT_EQ(HostOfUrl(url), host) << url;
}

TEST(SiteTest, ADomainCoversItselfAndWhatIsBelowItsDot) {
  for (const char* host : {"shop.example", "SHOP.example", "www.shop.example", "a.b.Shop.Example",
                           "www.shop.example:8080"}) {
    EXPECT_TRUE(DomainCovers("shop.example", host)) << host;
  }
  for (const char* host :
       {"example", "evilshop.example", "shop.example.evil", ".example", "", "x"}) {
    EXPECT_FALSE(DomainCovers("shop.example", host)) << host;
  }
}

}  // namespace
}  // namespace stickyd
