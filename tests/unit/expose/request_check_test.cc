// SPDX-License-Identifier: Apache-2.0
#include "../../../src/expose/http/request_check.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace stickyd {
namespace {

TEST(TargetTest, IsAPathOrAnAddressWithAPath) {
  struct Row {
    const char* target;
    const char* authority;
    const char* path;
  };
  const Row rows[] = {
      {"/metrics", "header", "/metrics"},
      {"", "header", ""},
      {"*", "header", "*"},
      {"http://10.0.0.1:10378/metrics", "10.0.0.1:10378", "/metrics"},
      {"HTTP://localhost/", "localhost", "/"},
      {"http://evil.example", "evil.example", "/"},
      {"http:///metrics", "", "/metrics"},
      {"https://localhost/metrics", "header", "https://localhost/metrics"},
      {"/http://x/", "header", "/http://x/"},
  };
  for (const Row& row : rows) {
    const Target target = Target::Of(row.target, "header");
    EXPECT_EQ(target.authority, row.authority) << row.target;
    EXPECT_EQ(target.path, row.path) << row.target;
  }
}

TEST(HostNamesTest, AddressesLoopbackAndOwnNamesAreKnown) {
  char own[256] = {};
  ASSERT_EQ(::gethostname(own, sizeof(own) - 1), 0);
  const HostNames names({"127.0.0.1:10378", "Metrics.example.com:10378", ":1"});
  for (const std::string& host :
       {std::string(), std::string("127.0.0.1"), std::string("127.0.0.1:10378"),
        std::string("192.0.2.7:80"), std::string("[::1]"), std::string("[::1]:10378"),
        std::string("localhost"), std::string("LocalHost:10378"), std::string("a.localhost"),
        std::string("localhost.localdomain:10378"), std::string("host.docker.internal:10378"),
        std::string("metrics.example.com"), std::string("METRICS.example.com:10378"),
        std::string(own), own + std::string(":10378")}) {
    EXPECT_TRUE(names.Has(host)) << host;
  }
}

TEST(HostNamesTest, AnyOtherNameIsNot) {
  const HostNames names({"127.0.0.1:10378", "metrics.example.com:10378"});
  for (const std::string host :
       {"evil.example", "evil.example:10378", "localhost.evil.example", "notlocalhost",
        "127.0.0.1.evil.example", "metrics.example.com.evil.example", "evil.metrics.example.com",
        "127.0.0.1@evil.example", "127.0.0.1:80@evil.example", "[::1]evil.example", "[::1",
        "[::1]:x", "localhost:", "localhost:80:80", "localhost, evil.example", " ", ":10378",
        "x"}) {
    EXPECT_FALSE(names.Has(host)) << host;
  }
}

TEST(IsCrossSiteTest, BrowsersTellOthersDoNot) {
  EXPECT_FALSE(IsCrossSite("localhost:1", "", ""));
  EXPECT_FALSE(IsCrossSite("localhost:1", "http://localhost:1", ""));
  EXPECT_FALSE(IsCrossSite("localhost:1", "http://LOCALHOST:1", "same-origin"));
  EXPECT_FALSE(IsCrossSite("localhost:1", "", "none"));
  for (const char* const origin :
       {"null", "http://localhost", "http://localhost:2", "https://localhost:1",
        "http://evil.example", "http://localhost:1, http://evil.example", "http://localhost:1/",
        "localhost:1"}) {
    EXPECT_TRUE(IsCrossSite("localhost:1", origin, "")) << origin;
  }
  for (const char* const site : {"cross-site", "same-site", "cross-site, none", "x"}) {
    EXPECT_TRUE(IsCrossSite("localhost:1", "", site)) << site;
    EXPECT_TRUE(IsCrossSite("localhost:1", "http://localhost:1", site)) << site;
  }
  EXPECT_TRUE(IsCrossSite("", "http://", "cross-site"));
}

}  // namespace
}  // namespace stickyd
