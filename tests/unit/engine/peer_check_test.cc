// SPDX-License-Identifier: Apache-2.0
// peer_check_test: what a connection proves if the peer may be a proxy.
#include "../../../src/engine/peer_check.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

using std::chrono::seconds;

class PeerCheckTest : public testing::Test {
 protected:
  static constexpr uint64_t kPeer = 0x1234567800000001U;

  PeerCheckTest() {
    judgement_.verdict = Verdict::kBreak;
    judgement_.evidence = Evidence::kConnection;
  }
  Observation SeenFrom(uint64_t address, uint64_t connection = 2, uint16_t agent = 0) const {
    Observation seen;
    seen.route = &route_;
    seen.address = address;
    seen.connection = connection;
    seen.agent = agent;
    return seen;
  }
  // Is the connection nobody's by now?
  bool IsForgotten(Observation seen) {
    Memories memories;
    memories.connection = &connection_;
    ForgetSharedConnection(facts_, seen, memories);
    EXPECT_EQ(memories.proxy, memories.connection == nullptr);
    EXPECT_EQ(memories.proxy, seen.connection == 0);
    return memories.proxy;
  }
  void Use(uint64_t connections) {
    for (uint64_t i = 0; i < 2 * connections; ++i) {
      SessionMemory nobody;
      facts_.peers().Add(SeenFrom(kPeer, 1 + i / 2), nobody);
    }
  }
  bool MustAwait(uint64_t address = kPeer) {
    return MustAwaitPeer(SeenFrom(address), facts_, judgement_);
  }

  Route route_;
  FactBook facts_{seconds(60)};
  SessionMemory connection_;
  Judgement judgement_;
};

TEST_F(PeerCheckTest, ConnectionOfTwoAgentsIsForgottenFromThenOn) {
  EXPECT_FALSE(IsForgotten(SeenFrom(kPeer, 2, 7)));
  EXPECT_TRUE(IsForgotten(SeenFrom(kPeer, 2, 8)));
  connection_ = {};
  EXPECT_TRUE(IsForgotten(SeenFrom(kPeer, 4, 7))) << "so are its others";
  connection_ = {};
  EXPECT_FALSE(IsForgotten(SeenFrom(kPeer + 1, 6, 7)));
}

TEST_F(PeerCheckTest, WithoutAConnectionNothingIsLearnt) {
  Observation seen = SeenFrom(kPeer, 0, 7);
  Memories memories;
  ForgetSharedConnection(facts_, seen, memories);
  EXPECT_FALSE(memories.proxy);
  EXPECT_FALSE(facts_.peers().IsLone(seen));
}

TEST_F(PeerCheckTest, BreakThatALonePeersConnectionConfirmsWaits) {
  EXPECT_FALSE(MustAwait()) << "nothing was heard";
  Use(1);
  EXPECT_TRUE(MustAwait());
  EXPECT_FALSE(MustAwait(kPeer + 1));
  judgement_.evidence = Evidence::kClient;
  EXPECT_FALSE(MustAwait());
  judgement_.evidence = Evidence::kCookie;
  EXPECT_FALSE(MustAwait());
  judgement_.evidence = Evidence::kConnection;
  judgement_.verdict = Verdict::kHeld;
  EXPECT_FALSE(MustAwait());
}

TEST_F(PeerCheckTest, BreakOfAProxyIsAGuessByTheAddress) {
  for (const uint64_t connections : {6U, 7U}) {
    facts_.peers() = PeerBook();
    Use(connections);
    BreakCase at;
    at.seen = SeenFrom(kPeer);
    at.judgement = judgement_;
    Judgement outcome = judgement_;
    LookAtPeer(facts_, at, outcome);
    const bool proxy = connections > PeerBook::kPerBrowser;
    EXPECT_EQ(at.judgement.guessed, proxy);
    for (const Judgement& judgement : {at.judgement, outcome}) {
      EXPECT_EQ(judgement.guessed, proxy);
      EXPECT_EQ(judgement.evidence, proxy ? Evidence::kClient : Evidence::kConnection);
      EXPECT_EQ(judgement.verdict, Verdict::kBreak);
    }
  }
}

}  // namespace
}  // namespace stickyd
