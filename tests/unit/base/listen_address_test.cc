// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/listen_address.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

TEST(ListenAddressTest, HostsNamesAndBracketsAreRead) {
  for (const char* text : {"127.0.0.1:10378", "localhost:1", ":0", "[::1]:65535", "0.0.0.0:80"}) {
    const auto address = ListenAddress::Parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->ToString(), text);
  }
}

TEST(ListenAddressTest, WhatIsNoAddressIsNamed) {
  for (const char* text : {"", "10378", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                           "127.0.0.1:80s", "::1:80", "[::1]", "[fish]:80", "[::1:80", "[]:80",
                           "a b:80", "127.0.0.1:1,127.0.0.1:2", "http://localhost:80"}) {
    const auto address = ListenAddress::Parse(text);
    ASSERT_FALSE(address) << text;
    EXPECT_NE(address.error().message.find("'" + std::string(text) + "'"), std::string::npos);
  }
}

TEST(ListenAddressTest, OnlyLoopbackIsLoopback) {
  EXPECT_TRUE(IsLoopback("127.0.0.1:80"));
  EXPECT_TRUE(IsLoopback("[::1]:80"));
  EXPECT_FALSE(IsLoopback("0.0.0.0:80"));
  EXPECT_FALSE(IsLoopback("[::]:80"));
  EXPECT_FALSE(IsLoopback("[::1234]:80"));
}

}  // namespace
}  // namespace stickyd
