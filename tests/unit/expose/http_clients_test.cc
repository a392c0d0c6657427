// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "../../../src/expose/http/clients.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class HttpClientsTest : public testing::Test {
 protected:
  void Make(const HttpLimits& limits) {
    clients_ = std::make_unique<HttpClients>(
        limits, [this](int fd, HttpDrop reason) { dropped_.emplace_back(fd, reason); });
  }
  void SetUp() override { Make({8, seconds(5), seconds(30), 1000}); }
  HttpClients::Client& Enter(int fd) {
    clients_->MakeRoom();
    return clients_->Enter(fd, now_);
  }
  HttpClients::Client& Answering(int fd, const void* body = nullptr, size_t bytes = 0) {
    HttpClients::Client& client = Enter(fd);
    clients_->Answers(client, body, bytes, now_);
    return client;
  }
  // Those that were dropped since the last look.
  std::vector<std::pair<int, HttpDrop>> Dropped() { return std::exchange(dropped_, {}); }
  std::vector<std::pair<int, HttpDrop>> ExpireAfter(milliseconds time) {
    now_ += time;
    clients_->Expire(now_);
    return Dropped();
  }

  std::unique_ptr<HttpClients> clients_;
  std::vector<std::pair<int, HttpDrop>> dropped_;
  HttpClients::Time now_{std::chrono::hours(1)};
};

TEST_F(HttpClientsTest, ARequestHasOneDeadlineFromTheStart) {
  Enter(1);
  EXPECT_THAT(ExpireAfter(seconds(2)), IsEmpty());
  Enter(2);
  EXPECT_THAT(ExpireAfter(milliseconds(2'999)), IsEmpty());
  EXPECT_THAT(ExpireAfter(milliseconds(1)), ElementsAre(Pair(1, HttpDrop::kSlow)));
  EXPECT_THAT(ExpireAfter(seconds(2)), ElementsAre(Pair(2, HttpDrop::kSlow)));
  EXPECT_EQ(clients_->drops()[HttpDrop::kSlow], 2U);
}

TEST_F(HttpClientsTest, AnAnswerHasOneDeadlineAndThenTheNextRequestHas) {
  HttpClients::Client& client = Answering(1);
  EXPECT_THAT(ExpireAfter(seconds(29)), IsEmpty());
  clients_->Answered(client, now_);
  EXPECT_THAT(ExpireAfter(seconds(4)), IsEmpty());
  clients_->Answers(client, nullptr, 0, now_);
  EXPECT_THAT(ExpireAfter(seconds(29)), IsEmpty());
  EXPECT_THAT(ExpireAfter(seconds(1)), ElementsAre(Pair(1, HttpDrop::kUnread)));
}

TEST_F(HttpClientsTest, WhoHadAnAnswerAndAsksNoMoreIsIdle) {
  clients_->Answered(Answering(1), now_);
  EXPECT_THAT(ExpireAfter(seconds(5)), ElementsAre(Pair(1, HttpDrop::kIdle)));
}

TEST_F(HttpClientsTest, TheNextDeadlineIsTheEarliest) {
  EXPECT_EQ(clients_->next_deadline(), std::nullopt);
  Answering(1);
  EXPECT_EQ(clients_->next_deadline(), now_ + seconds(30));
  Enter(2);
  EXPECT_EQ(clients_->next_deadline(), now_ + seconds(5));
  now_ += seconds(27);
  clients_->Expire(now_);
  Enter(3);
  EXPECT_EQ(clients_->next_deadline(), now_ + seconds(3));
}

TEST_F(HttpClientsTest, InAFullHouseTheOldestWithoutARequestGoesFirst) {
  Answering(100);
  for (int fd = 0; fd < 7; ++fd) Enter(fd);
  EXPECT_THAT(Dropped(), IsEmpty());
  Enter(7);
  Enter(8);
  EXPECT_THAT(Dropped(), ElementsAre(Pair(0, HttpDrop::kFull), Pair(1, HttpDrop::kFull)));
  EXPECT_EQ(clients_->size(), 8U);
}

TEST_F(HttpClientsTest, AnswersThatNobodyReadsLeaveAQuarterOfTheRoomForRequests) {
  for (int fd = 0; fd < 8; ++fd) Answering(fd);
  EXPECT_THAT(Dropped(), IsEmpty());
  // 10 and 11 are the quarter. They are not what goes until they are more.
  Enter(10);
  Enter(11);
  Enter(12);
  EXPECT_THAT(Dropped(), ElementsAre(Pair(0, HttpDrop::kFull), Pair(1, HttpDrop::kFull),
                                     Pair(2, HttpDrop::kFull)));
  Enter(13);
  EXPECT_THAT(Dropped(), ElementsAre(Pair(10, HttpDrop::kFull)));
}

TEST_F(HttpClientsTest, OldAnswersGoWhenAllTakeTooMuchAndSharedOnesCountOnce) {
  const char bodies[4] = {};
  Answering(1, &bodies[0], 400);
  Answering(2, &bodies[1], 400);
  Answering(3, &bodies[1], 400);
  EXPECT_THAT(ExpireAfter(seconds(0)), IsEmpty());
  Answering(4, &bodies[2], 400);
  EXPECT_THAT(ExpireAfter(seconds(0)), ElementsAre(Pair(1, HttpDrop::kMemory)));
  Answering(5, &bodies[3], 5000);  // however large, the newest stays
  EXPECT_THAT(ExpireAfter(seconds(0)),
              ElementsAre(Pair(4, HttpDrop::kMemory), Pair(3, HttpDrop::kMemory),
                          Pair(2, HttpDrop::kMemory)));
  EXPECT_EQ(clients_->size(), 1U);
}

TEST_F(HttpClientsTest, WhoWasDroppedIsDroppedOnceAndStaysSo) {
  HttpClients::Client& slow = Enter(1);
  HttpClients::Client& unread = Answering(2);
  EXPECT_THAT(ExpireAfter(seconds(30)),
              ElementsAre(Pair(1, HttpDrop::kSlow), Pair(2, HttpDrop::kUnread)));
  // The library may still tell of them before it closes them.
  clients_->Answers(slow, nullptr, 0, now_);
  clients_->Answered(unread, now_);
  EXPECT_EQ(clients_->size(), 0U);
  EXPECT_THAT(ExpireAfter(seconds(100)), IsEmpty());
  EXPECT_FALSE(clients_->DropOldest());
  clients_->Leave(slow);
  clients_->Leave(unread);
}

}  // namespace
}  // namespace stickyd
