// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/listen_address.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

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

TEST(ListeningTest, SocketHasTheAddressItWasGivenAndAnyFreePort) {
  const auto socket = ListenAddress::Parse("127.0.0.1:0")->Listen();
  ASSERT_TRUE(socket.has_value()) << socket.error().message;
  const std::string address = AddressOf(socket->get());
  EXPECT_THAT(address, StartsWith("127.0.0.1:"));
  EXPECT_NE(address, "127.0.0.1:0");
  EXPECT_NE(::fcntl(socket->get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(socket->get(), F_GETFD) & FD_CLOEXEC, 0);
  int value = 0;
  socklen_t size = sizeof(value);
  EXPECT_EQ(::getsockopt(socket->get(), SOL_SOCKET, SO_ACCEPTCONN, &value, &size), 0);
  EXPECT_EQ(value, 1);
  EXPECT_EQ(::getsockopt(socket->get(), SOL_SOCKET, SO_REUSEADDR, &value, &size), 0);
  EXPECT_EQ(value, 1);
}

TEST(ListeningTest, PortInUseIsNamedAndStillAnAddressOfThisMachine) {
  const auto socket = ListenAddress::Parse("127.0.0.1:0")->Listen();
  ASSERT_TRUE(socket.has_value());
  const std::string taken = AddressOf(socket->get());
  const auto again = ListenAddress::Parse(taken);
  const auto refused = again->Listen();
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message,
              HasSubstr("cannot listen on " + taken + ": Address already in use"));
  EXPECT_TRUE(again->Try().has_value());
}

TEST(ListeningTest, AddressOfAnotherMachineIsRefused) {
  const auto address = ListenAddress::Parse("192.0.2.1:80");  // of nobody, for documents
  for (const Status& status : {address->Try(), address->Listen().map([](const UniqueFd&) {})}) {
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::kIo);
    EXPECT_THAT(status.error().message, HasSubstr("cannot listen on 192.0.2.1:80: "));
  }
}

TEST(ListeningTest, NameMeansItsIpv4AddressAndNoHostEveryAddress) {
  const auto named = ListenAddress::Parse("localhost:0")->Listen();
  ASSERT_TRUE(named.has_value());
  EXPECT_THAT(AddressOf(named->get()), StartsWith("127.0.0.1:"));
  const auto every = ListenAddress::Parse(":0")->Listen();
  ASSERT_TRUE(every.has_value());
  const std::string address = AddressOf(every->get());
  EXPECT_TRUE(address.starts_with("[::]:") || address.starts_with("0.0.0.0:")) << address;
  if (!address.starts_with("[::]:")) return;  // no IPv6 here
  int value = -1;
  socklen_t size = sizeof(value);
  EXPECT_EQ(::getsockopt(every->get(), IPPROTO_IPV6, IPV6_V6ONLY, &value, &size), 0);
  EXPECT_EQ(value, 0);  // IPv4 comes in there, too
}

TEST(ListeningTest, WhatIsNoSocketHasNoAddress) { EXPECT_EQ(AddressOf(-1), "?"); }

TEST(ListeningTest, HostAndPortAreTakenApartAtTheLastColon) {
  const auto v6 = ListenAddress::Parse("[2001:db8::1]:80");
  EXPECT_EQ(v6->host, "2001:db8::1");
  EXPECT_EQ(v6->port, "80");
  const auto every = ListenAddress::Parse(":8080");
  EXPECT_EQ(every->host, "");
  EXPECT_EQ(every->port, "8080");
}

}  // namespace
}  // namespace stickyd
