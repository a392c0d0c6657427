// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/network.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {
namespace {

struct Row {
  const char* network;
  const char* address;
  bool inside;
};

TEST(NetworkTest, ContainsByPrefixAcrossFamilies) {
  const Row rows[] = {
      {"10.0.0.0/8", "10.255.1.2", true},      {"10.0.0.0/8", "11.0.0.1", false},
      {"192.0.2.7", "192.0.2.7", true},        {"192.0.2.7", "192.0.2.8", false},
      {"2001:db8::/32", "2001:db8::1", true},  {"2001:db8::/32", "2001:db9::1", false},
      {"10.0.0.0/8", "::ffff:10.1.1.1", true}, {"fe80::/10", "fe80::1%eth0", true},
      {"0.0.0.0/0", "2001:db8::1", false},     {"10.0.0.0/8", "10.x", false}};
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.network) + " " + row.address);
    const auto network = Network::Parse(row.network);
    ASSERT_TRUE(network);
    EXPECT_EQ(network->Contains(row.address), row.inside);
  }
}

TEST(NetworkTest, WhatIsNoNetworkIsRefused) {
  for (const char* text :
       {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "a", "10.0.0.0/"}) {
    EXPECT_FALSE(Network::Parse(text)) << text;
  }
}

TEST(NetworkTest, EveryPrefixEndsAtItsBit) {
  for (int prefix = 0; prefix <= 32; ++prefix) {
    const auto network = Network::Parse("170.85.170.85/" + std::to_string(prefix));
    ASSERT_TRUE(network);
    for (int bit = 0; bit < 32; ++bit) {  // flipped, from the left
      const uint32_t address = 0xAA55AA55U ^ (0x80000000U >> static_cast<unsigned>(bit));
      const std::string text =
          std::to_string(address >> 24U) + "." + std::to_string((address >> 16U) & 255U) + "." +
          std::to_string((address >> 8U) & 255U) + "." + std::to_string(address & 255U);
      EXPECT_EQ(network->Contains(text), bit >= prefix) << prefix << " " << text;
    }
  }
  EXPECT_TRUE(Network::Parse("::/0")->Contains("ffff::1"));
  EXPECT_TRUE(Network::Parse("2001:db8::1/128")->Contains("2001:db8::1"));
  EXPECT_FALSE(Network::Parse("2001:db8::1/128")->Contains("2001:db8::"));
  EXPECT_FALSE(Network::Parse("2001:db8::1/127")->Contains("2001:db8::2"));
  EXPECT_TRUE(Network::Parse("2001:db8::1/127")->Contains("2001:db8::"));
}

TEST(NetworkTest, UpperHalfIsOfIpv6AddressesOnly) {
  const auto half = Network::UpperHalf("2001:db8:1:2:3:4:5:6");
  ASSERT_TRUE(half);
  EXPECT_EQ(std::string_view(half->data(), half->size()),
            std::string_view("\x20\x01\x0d\xb8\x00\x01\x00\x02", 8));
  EXPECT_EQ(Network::UpperHalf("2001:db8:1:2::9%eth0"), half);
  EXPECT_NE(Network::UpperHalf("2001:db8:1:3::9"), half);
  EXPECT_TRUE(Network::UpperHalf("::1"));
  EXPECT_TRUE(Network::UpperHalf("::fffe:10.0.0.1"));  // not quite a mapped one
  for (const char* text : {"10.0.0.1", "::ffff:10.0.0.1", "", "shop", "::g"}) {
    EXPECT_FALSE(Network::UpperHalf(text)) << text;
  }
}

TEST(NetworkTest, AnyOfSeveralHoldsIt) {
  const std::vector<Network> networks = {*Network::Parse("10.0.0.0/8"),
                                         *Network::Parse("2001:db8::/32")};
  EXPECT_TRUE(AnyContains(networks, "10.1.1.1"));
  EXPECT_TRUE(AnyContains(networks, "2001:db8::1"));
  EXPECT_FALSE(AnyContains(networks, "192.0.2.1"));
  EXPECT_FALSE(AnyContains({}, "10.1.1.1"));
}

TEST(NetworkTest, TextThatIsTooLongIsNoAddress) {
  EXPECT_TRUE(Network::Parse("2001:0db8:1111:2222:3333:4444:255.255.255.255"));
  EXPECT_FALSE(Network::Parse("2001:0db8:1111:2222:3333:4444:255.255.255.2551"));
  EXPECT_FALSE(Network::Parse(std::string(500, '1')));
}

}  // namespace
}  // namespace stickyd
