// SPDX-License-Identifier: Apache-2.0
// http_attack_test: the real server on loopback, and clients that mean no good. Time passes only
// when a test says so: what is not dropped for its age is dropped for its number, or it is a fault.
#include <sys/resource.h>

#include <vector>

#include "http_fixture.h"

namespace stickyd {
namespace {

using std::chrono::seconds;

constexpr const char* kHalf = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n";
constexpr const char* kWhole = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr int kSmallWindow = 4096;

class HttpAttackTest : public HttpFixture {
 protected:
  void SetUp() override {
    options_.limits = {16, seconds(5), seconds(30), size_t{64} << 20U};
    Publish(true, 0);
    Serve();
  }
  // Answers that no buffer of the system holds.
  void PublishMuch(uint64_t records) {
    auto status = std::make_shared<DaemonStatus>();
    status->ready = true;
    status->pipeline.records = records;
    for (int i = 0; i < 60; ++i) {
      status->pipeline.services.emplace_back(std::to_string(i) + std::string(500, 's'),
                                             ServiceStats{});
      status->pipeline.sessions_active.push_back(1);
      status->pipeline.recent.emplace_back();
    }
    Publish(std::move(status));
  }
  // One after the other, so that the server has seen all that was sent before, and what it did.
  void ExpectScrapes() {
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(Has(Get(address_, "/-/healthy"), " 200 "));
  }
  void Pass(std::chrono::milliseconds time) {
    manual_.Advance(time);
    ExpectScrapes();
  }
  // Of the server's metric.
  int Dropped(const std::string& reason) {
    Publish(true, 0);
    const std::string text = Get(address_, "/metrics");
    const std::string series =
        "\nstickyd_http_connections_dropped_total{reason=\"" + reason + "\"} ";
    const size_t at = text.find(series);
    return at == std::string::npos ? -1 : std::stoi(text.substr(at + series.size()));
  }
  // Asks, and reads no more than the first bytes of the answer.
  UniqueFd AskAndReadNothing() {
    UniqueFd client = Connect(address_, kSmallWindow);
    EXPECT_TRUE(Write(client, kWhole));
    EXPECT_EQ(WaitFor(client, POLLIN), POLLIN);
    return client;
  }
};

TEST_F(HttpAttackTest, HoweverManyHoldTheirConnectionsAScrapeIsAnswered) {
  PublishMuch(0);
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 300; ++i) {
    clients.push_back(Connect(address_, kSmallWindow));
    ASSERT_TRUE(clients.back());
    std::string what;  // silent, never whole, or never read
    if (i % 3 == 1) what = kHalf;
    for (int n = 0; i % 3 == 2 && n < 20; ++n) what += kWhole;
    EXPECT_TRUE(Write(clients.back(), what));
    if (i % 50 == 0) {
      EXPECT_TRUE(Has(Get(address_, "/metrics"), " 200 ")) << i;
    }
  }
  EXPECT_TRUE(Has(Get(address_, "/metrics"), " 200 "));
  EXPECT_GE(Dropped("full"), 280);
  server_.reset();  // does not wait for them either
  EXPECT_FALSE(Connect(address_));
}

TEST_F(HttpAttackTest, ScrapesOfOneStatusAreMadeOnceASecond) {
  const std::string series = "stickyd_http_connections_dropped_total{reason=\"full\"} ";
  EXPECT_TRUE(Has(Get(address_, "/metrics"), series + "0\n"));
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 17; ++i) clients.push_back(Connect(address_));
  EXPECT_TRUE(WaitUntilEnded(clients[0]));
  EXPECT_TRUE(Has(Get(address_, "/metrics"), series + "0\n"));
  manual_.Advance(seconds(1));
  EXPECT_FALSE(Has(Get(address_, "/metrics"), series + "0\n"));
}

TEST_F(HttpAttackTest, TheOldestGivesRoom) {
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(Connect(address_));
    ASSERT_TRUE(Write(clients.back(), kHalf));
  }
  const UniqueFd another = Connect(address_);
  EXPECT_TRUE(WaitUntilEnded(clients[0]));
  for (size_t i = 1; i < clients.size(); ++i) EXPECT_FALSE(IsEnded(clients[i])) << i;
  // Who is in may finish.
  ASSERT_TRUE(Write(clients[15], "Connection: close\r\n\r\n"));
  EXPECT_TRUE(Has(ReadAll(clients[15]), " 200 "));
}

TEST_F(HttpAttackTest, ARequestThatDripsInEndsAtItsDeadline) {
  const UniqueFd client = Connect(address_);
  ASSERT_TRUE(Write(client, kHalf));
  ExpectScrapes();
  for (int i = 0; i < 4; ++i) {
    Pass(seconds(1));
    EXPECT_FALSE(IsEnded(client)) << i;
    ASSERT_TRUE(Write(client, "X: y\r\n"));
  }
  Pass(seconds(1));
  EXPECT_TRUE(WaitUntilEnded(client));
  EXPECT_EQ(Dropped("slow"), 1);
}

TEST_F(HttpAttackTest, ABodyThatDripsInEndsAtTheSameDeadline) {
  const UniqueFd client = Connect(address_);
  ASSERT_TRUE(Write(client,
                    "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "FFFFFFFFFFFFFFFF\r\nabc"));
  ExpectScrapes();
  Pass(seconds(4));
  EXPECT_FALSE(IsEnded(client));
  ASSERT_TRUE(Write(client, "abc"));
  Pass(seconds(1));
  EXPECT_TRUE(WaitUntilEnded(client));
  EXPECT_EQ(Dropped("slow"), 1);
}

TEST_F(HttpAttackTest, AConnectionThatIsKeptHasADeadlineForEachRequest) {
  const UniqueFd client = Connect(address_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Write(client, "GET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    std::string answer;
    char c = 0;
    while (!answer.ends_with("\r\n\r\nready\n") && ::recv(client.get(), &c, 1, 0) == 1) answer += c;
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    ExpectScrapes();
    Pass(seconds(4));
    EXPECT_FALSE(IsEnded(client));
  }
  Pass(seconds(1));
  EXPECT_TRUE(WaitUntilEnded(client));
  EXPECT_EQ(Dropped("idle"), 1);
  EXPECT_EQ(Dropped("slow"), 0);
}

TEST_F(HttpAttackTest, AnAnswerThatIsNotReadEndsAtItsDeadline) {
  PublishMuch(0);
  const UniqueFd client = AskAndReadNothing();
  Pass(seconds(29));
  EXPECT_FALSE(IsEnded(client));
  Pass(seconds(1));
  EXPECT_TRUE(WaitUntilEnded(client));
  EXPECT_EQ(Dropped("unread"), 1);
}

TEST_F(HttpAttackTest, AnswersThatNobodyReadsTakeNoMoreMemoryThanTheyMay) {
  options_.limits.pending_bytes = 3'000'000;
  Serve();
  PublishMuch(0);
  ASSERT_GT(Get(address_, "/metrics").size(), 1'000'000U);
  std::vector<UniqueFd> clients;
  for (uint64_t i = 1; i <= 6; ++i) {
    PublishMuch(i);
    clients.push_back(AskAndReadNothing());
  }
  ExpectScrapes();
  EXPECT_TRUE(WaitUntilEnded(clients.front()));
  EXPECT_FALSE(IsEnded(clients.back()));
  EXPECT_GE(Dropped("memory"), 3);
}

TEST_F(HttpAttackTest, WithoutDescriptorsTheOldestGivesRoom) {
  clock_ = &RealClock();
  options_.limits = {1000, std::chrono::hours(1), std::chrono::hours(1), 1};
  Serve();
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(Connect(address_));
  ExpectScrapes();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{128, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<UniqueFd> all;
  for (int fd = 0; (fd = ::dup(clients.front().get())) >= 0;) all.emplace_back(fd);
  ASSERT_FALSE(all.empty());
  all.pop_back();  // for the client; there is none for the server
  const std::string answer = Get(address_, "/-/healthy");
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(Has(answer, " 200 "));
  EXPECT_TRUE(WaitUntilEnded(clients.front()));
}

}  // namespace
}  // namespace stickyd
