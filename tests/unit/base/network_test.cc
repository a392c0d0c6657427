// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/network.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace stickyd
