// SPDX-License-Identifier: Apache-2.0
// causes_replica_test: processes of Traefik that know different servers.
#include "inquiring.h"

namespace stickyd {
namespace {

class CausesReplicaTest : public Inquiring {
 protected:
  CausesReplicaTest() {
    Show(kPin);
    at_.seen.process = 2;
  }
  void Choose(int times, uint8_t process, ServerId server, int64_t second = -500) {
    for (int i = 0; i < times; ++i) {
      Serve({.second = second + i, .server = server, .process = process, .count = ++counts_});
    }
  }
  // Each process chose one of its own, by the same count.
  void CountAlike(uint8_t of_pin, uint8_t of_other) {
    ++counts_;
    Serve({.second = -100, .server = kPin, .process = of_pin, .count = counts_});
    Serve({.second = -100, .server = kOther, .process = of_other, .count = counts_});
  }
  void AnswerAgain() { Serve({.second = 2, .server = kPin, .process = 1, .count = ++counts_}); }
  bool Disagree() { return Yes(FindReplicasDisagree); }

  uint32_t counts_ = 0;
};

TEST_F(CausesReplicaTest, EachServerIsOnlyEverChosenByAProcessOfItsOwn) {
  Choose(20, 1, kPin);
  Choose(20, 2, kOther);
  EXPECT_TRUE(NotYet(FindReplicasDisagree)) << "is the pin's server still there?";
  AnswerAgain();
  EXPECT_TRUE(Disagree());
}

TEST_F(CausesReplicaTest, AtTheEndItIsThereIfItMissedNoTurns) {
  Choose(20, 1, kPin);
  Choose(20, 2, kOther);
  final_ = true;
  EXPECT_TRUE(Disagree());
  Choose(30, 2, kOther, -300);
  EXPECT_TRUE(No(FindReplicasDisagree)) << "it answers nobody any more";
  AnswerAgain();
  EXPECT_TRUE(Disagree());
}

TEST_F(CausesReplicaTest, ProcessThatChoosesBothKnowsBoth) {
  Choose(20, 1, kPin);
  Choose(20, 2, kOther);
  Choose(2, 2, kPin);
  AnswerAgain();
  EXPECT_TRUE(NotYet(FindReplicasDisagree));
  final_ = true;
  EXPECT_TRUE(No(FindReplicasDisagree));
  facts_ = {};
  Choose(20, 1, kPin);
  Choose(20, 1, kOther);
  Choose(20, 2, ServerId{3});
  AnswerAgain();
  EXPECT_TRUE(No(FindReplicasDisagree)) << "both are the first one's";
}

TEST_F(CausesReplicaTest, ProcessThatHardlyChoseYetMayKnowBoth) {
  Choose(20, 1, kPin);
  Choose(11, 2, kOther);
  AnswerAgain();
  EXPECT_TRUE(NotYet(FindReplicasDisagree));
  Choose(1, 2, kOther);
  EXPECT_TRUE(Disagree());
}

// Counts that fit to two processes are taken for the wrong one's at times.
TEST_F(CausesReplicaTest, CountsThatComeTwiceTellServersApartToo) {
  for (int i = 0; i < 11; ++i) i % 2 == 0 ? CountAlike(1, 2) : CountAlike(2, 1);
  AnswerAgain();
  EXPECT_TRUE(NotYet(FindReplicasDisagree));
  CountAlike(2, 1);
  EXPECT_TRUE(NotYet(FindReplicasDisagree)) << "the first was counted before two were known";
  CountAlike(1, 2);
  EXPECT_TRUE(Disagree());
}

TEST_F(CausesReplicaTest, LogOfOneProcessOrOfNobodyKnowsWhoseSaysNothing) {
  final_ = true;
  Choose(20, 2, kPin);
  Choose(20, 2, kOther);
  AnswerAgain();  // as another one
  EXPECT_TRUE(No(FindReplicasDisagree));
  facts_ = {};
  Choose(20, 1, kPin);
  Choose(20, 2, kOther);
  EXPECT_TRUE(Disagree());
  at_.seen.process = 0;
  EXPECT_TRUE(No(FindReplicasDisagree));
  at_.seen.process = 2;
  facts_ = {};
  Choose(20, 2, kOther);
  EXPECT_TRUE(No(FindReplicasDisagree)) << "one process, and the pin was never seen";
}

TEST_F(CausesReplicaTest, WhoCameWithoutTheCookieIsNotTheReplicas) {
  Choose(20, 1, kPin);
  Choose(20, 2, kOther);
  AnswerAgain();
  at_.seen.cookie = {};
  EXPECT_TRUE(No(FindReplicasDisagree));
  Blind();
  EXPECT_TRUE(Disagree()) << "the log does not show cookies";
}

}  // namespace
}  // namespace stickyd
