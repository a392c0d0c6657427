// SPDX-License-Identifier: Apache-2.0
// client_finder_test: whose request is it, by the peer's address and what proxies report?
#include <gtest/gtest.h>

#include <string>

#include "stickyd/session/identifier.h"

namespace stickyd {
namespace {

class ClientFinderTest : public testing::Test {
 protected:
  void Trust(const std::vector<std::string>& networks) {
    IdentifierOptions options;
    options.trusted_proxies = networks;
    identifier_ = *Identifier::Create(options, KeyedHash({}));
  }
  // Empty texts are not logged.
  Observation See(const char* peer, const char* host, const char* agent = "agent",
                  const char* via = "") {
    const auto text = [](const char* of) { return *of == '\0' ? Text() : Text(of); };
    AccessRecord record;
    record.client_addr = text(peer);
    record.client_host = text(host);
    record.user_agent = text(agent);
    record.via = text(via);
    Observation seen;
    seen.route = &route_;
    identifier_->FindClient(record, seen);
    EXPECT_EQ(seen.client, identifier_->ClientKeyIn(route_.scope_key, record)) << peer << host;
    return seen;
  }

  std::unique_ptr<Identifier> identifier_ = *Identifier::Create({}, KeyedHash({}));
  Route route_;
};

TEST_F(ClientFinderTest, ConnectionIsAPortOfAnAddress) {
  const Observation seen = See("1.2.3.4:5000", "1.2.3.4");
  EXPECT_NE(seen.connection, 0U);
  EXPECT_EQ(See("1.2.3.4:5000", "1.2.3.4", "another").connection, seen.connection);
  EXPECT_NE(See("1.2.3.4:5001", "1.2.3.4").connection, seen.connection);
  EXPECT_NE(See("1.2.3.5:5000", "1.2.3.5").connection, seen.connection);
  EXPECT_EQ(See("1.2.3.4:5001", "1.2.3.4").client, seen.client);
  EXPECT_NE(See("[2001:db8::1]:5", "2001:db8::1").connection,
            See("[2001:db8::1]:6", "2001:db8::1").connection);
  EXPECT_EQ(See("1.2.3.4:5000", "").client, seen.client) << "the peer alone is logged";
  EXPECT_EQ(See("1.2.3.4:5000", "").connection, seen.connection);
}

TEST_F(ClientFinderTest, ProxysConnectionsAreNobodys) {
  EXPECT_EQ(See("10.0.0.1:5000", "1.2.3.4").connection, 0U);
  EXPECT_EQ(See("", "1.2.3.4").connection, 0U);
  Trust({"10.0.0.0/8"});
  EXPECT_EQ(See("10.0.0.1:5000", "1.2.3.4").connection, 0U);
  EXPECT_EQ(See("10.0.0.1:5000", "10.0.0.1").connection, 0U);
  EXPECT_NE(See("1.2.3.4:5000", "1.2.3.4").connection, 0U);
}

TEST_F(ClientFinderTest, UserAgentsOfOneAddressAreClients) {
  const Observation one = See("1.2.3.4:5", "1.2.3.4", "one");
  const Observation two = See("1.2.3.4:5", "1.2.3.4", "two");
  const Observation none = See("1.2.3.4:5", "1.2.3.4", "");
  EXPECT_NE(one.client, two.client);
  EXPECT_NE(one.client, none.client);
  EXPECT_EQ(one.address, two.address);
  EXPECT_EQ(one.group, none.group);
  EXPECT_NE(one.agent, 0U);
  EXPECT_NE(one.agent, two.agent);
  EXPECT_EQ(none.agent, 0U);
}

TEST_F(ClientFinderTest, ClientIsTheRightmostOfAListThatIsNoTrustedProxy) {
  Trust({"10.0.0.0/8", "fd00::/8"});
  const uint64_t client = See("1.2.3.4:5", "1.2.3.4").client;
  for (const char* list : {"1.2.3.4", "6.6.6.6, 1.2.3.4", "6.6.6.6,1.2.3.4, 10.1.1.1",
                           "1.2.3.4, 10.1.1.1, 10.2.2.2", "1.2.3.4, , fd00::1", "1.2.3.4:80"}) {
    EXPECT_EQ(See("10.0.0.1:5", list).client, client) << list;
  }
  EXPECT_NE(See("10.0.0.1:5", "1.2.3.4, 6.6.6.6").client, client);
  for (const char* nobody : {"10.1.1.1", "10.1.1.1, 10.2.2.2", ", ,"}) {
    const Observation seen = See("10.0.0.1:5", nobody);
    EXPECT_EQ(seen.client, 0U) << nobody;
    EXPECT_EQ(seen.group, 0U) << nobody;
  }
}

TEST_F(ClientFinderTest, WithoutAnyAddressThereIsNobody) {
  const Observation seen = See("", "", "agent");
  EXPECT_EQ(seen.client, 0U);
  EXPECT_EQ(seen.address, 0U);
  EXPECT_FALSE(seen.claimed);
  EXPECT_FALSE(seen.proxied);
  EXPECT_NE(seen.agent, 0U);
}

TEST_F(ClientFinderTest, AddressThatAStrangerReportsIsAClaim) {
  EXPECT_FALSE(See("1.2.3.4:5", "1.2.3.4").claimed);
  EXPECT_TRUE(See("9.9.9.9:5", "1.2.3.4").claimed);
  EXPECT_FALSE(See("", "1.2.3.4").claimed) << "CLF does not tell the peer";
  Trust({"10.0.0.0/8"});
  EXPECT_FALSE(See("10.0.0.1:5", "1.2.3.4").claimed);
  EXPECT_TRUE(See("9.9.9.9:5", "1.2.3.4").claimed);
}

TEST_F(ClientFinderTest, ClaimedNetworkIsAGroupOfItsOwn) {
  const Observation own = See("[2001:db8::1]:5", "2001:db8::1");
  const Observation claim = See("9.9.9.9:5", "2001:db8::1");
  EXPECT_NE(claim.group, own.group);
  EXPECT_EQ(claim.group, See("9.9.9.9:5", "2001:db8::2").group);
  EXPECT_NE(own.group, own.address);
}

TEST_F(ClientFinderTest, ProxyIsSeenByItsHeaderAnotherPeerOrAList) {
  EXPECT_FALSE(See("1.2.3.4:5", "1.2.3.4").proxied);
  EXPECT_TRUE(See("1.2.3.4:5", "1.2.3.4", "agent", "1.1 proxy").proxied);
  EXPECT_TRUE(See("9.9.9.9:5", "1.2.3.4").proxied);
  EXPECT_FALSE(See("", "1.2.3.4").proxied);
  EXPECT_TRUE(See("", "6.6.6.6, 1.2.3.4").proxied);
}

TEST_F(ClientFinderTest, KeysOfTwoScopesAreUnrelated) {
  const Observation here = See("[2001:db8::1]:5", "2001:db8::1");
  route_.scope_key = 77;
  const Observation there = See("[2001:db8::1]:5", "2001:db8::1");
  EXPECT_NE(here.client, there.client);
  EXPECT_NE(here.address, there.address);
  EXPECT_NE(here.group, there.group);
  EXPECT_NE(here.connection, there.connection);
}

}  // namespace
}  // namespace stickyd
