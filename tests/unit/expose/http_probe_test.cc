// SPDX-License-Identifier: Apache-2.0
// http_probe_test: /probe: what is asked for, what is answered when the run is over, and that
// nobody else waits for it.
#include <gmock/gmock.h>

#include <semaphore>

#include "http_fixture.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class HttpProbeTest : public HttpFixture {
 protected:
  using Done = std::function<void(const ProbeAnswer&)>;

  HttpProbeTest() {
    probe_ = [this](const ProbeRequest& request, Done done) {
      const std::lock_guard lock(mutex_);
      request_ = request;
      done_ = std::move(done);
      begun_.release();
      return start_;
    };
  }
  static ProbeAnswer Broken() {
    ProbeAnswer answer;
    answer.status.target = "shop";
    answer.status.verdict = ProbeVerdict::kBroken;
    answer.status.cause = Cause::kNotSticky;
    answer.status.duration_seconds = 1.5;
    answer.status.last_run_seconds = 1.7e9;
    answer.status.runs[ProbeVerdict::kBroken] = 1;
    answer.trace = "1 first visit\n";
    return answer;
  }
  // Asks, and ends the run that begins. The answer.
  std::string Probe(const std::string& query, const std::string& headers = "") {
    const UniqueFd fd = Connect(address_);
    Write(fd, "GET /probe" + query + " HTTP/1.0\r\n" + headers + "\r\n");
    begun_.acquire();
    End();
    return ReadAll(fd);
  }
  void End() {
    Done done;
    {
      const std::lock_guard lock(mutex_);
      done = done_;
    }
    done(Broken());
  }

  std::counting_semaphore<100> begun_{0};
  ProbeStart start_ = ProbeStart::kStarted;
  ProbeRequest request_{};
  Done done_;
};

TEST_F(HttpProbeTest, TheAnswerIsTheMetricsOfTheRun) {
  const std::string answer = Probe("?target=shop");
  EXPECT_EQ(request_.target, "shop");
  EXPECT_EQ(request_.timeout, std::chrono::minutes(2));
  EXPECT_FALSE(request_.trace);
  EXPECT_THAT(answer, HasSubstr(" 200 "));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  for (const char* sample :
       {"\nprobe_success 0\n", "\nprobe_duration_seconds 1.5\n",
        "\nstickyd_probe_success{target=\"shop\"} 0\n",
        "\nstickyd_probe_result{target=\"shop\",verdict=\"broken\",cause=\"not_sticky\"} 1\n"}) {
    EXPECT_THAT(answer, HasSubstr(sample));
  }
  EXPECT_THAT(answer, Not(HasSubstr("first visit")));
  EXPECT_THAT(Probe("?target=shop", "Accept: application/openmetrics-text\r\n"),
              HasSubstr("# EOF"));
}

TEST_F(HttpProbeTest, DebugShowsTheTraceAsText) {
  const std::string answer = Probe("?target=a%20b&debug=true");
  EXPECT_EQ(request_.target, "a b");
  EXPECT_TRUE(request_.trace);
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; charset"));
  EXPECT_THAT(answer, HasSubstr("1 first visit\n\n"));
  EXPECT_THAT(answer, HasSubstr("\nprobe_success 0\n"));
}

TEST_F(HttpProbeTest, TheScrapersPatienceBoundsTheRun) {
  const std::pair<const char*, int> rows[] = {
      {"10", 9500}, {"1.25", 750}, {"0.5", 250}, {"1e9", 120'000}};
  for (const auto& [header, patience] : rows) {
    Probe("?target=shop", std::string("X-Prometheus-Scrape-Timeout-Seconds: ") + header + "\r\n");
    EXPECT_EQ(request_.timeout, milliseconds(patience)) << header;
  }
  for (const char* header : {"ten", "0", "-1", "nan", "10s"}) {
    EXPECT_THAT(Get(address_, "/probe?target=shop",
                    std::string("X-Prometheus-Scrape-Timeout-Seconds: ") + header + "\r\n"),
                HasSubstr(" 400 "))
        << header;
  }
}

TEST_F(HttpProbeTest, WhatIsNotRunSaysWhy) {
  EXPECT_THAT(Get(address_, "/probe"), HasSubstr("which target? /probe?target=NAME"));
  EXPECT_THAT(Get(address_, "/probe?target="), HasSubstr(" 400 "));
  EXPECT_THAT(Ask(address_, "POST /probe?target=shop HTTP/1.0\r\n\r\n"), HasSubstr(" 405 "));
  EXPECT_THAT(Get(address_, "/probe?target=shop", "Origin: http://evil.example\r\n"),
              HasSubstr(" 403 "));
  EXPECT_THAT(Get(address_, "/probe?target=shop", "Host: evil.example\r\n"), HasSubstr(" 403 "));
  EXPECT_FALSE(begun_.try_acquire());
  start_ = ProbeStart::kUnknown;
  const std::string unknown = Get(address_, "/probe?target=%1b%3Cb%3E");
  EXPECT_THAT(unknown, HasSubstr(" 400 "));
  EXPECT_THAT(unknown, HasSubstr("no section [probe.\\x1b<b>] is in the configuration\n"));
  EXPECT_THAT(unknown, HasSubstr("nosniff"));
  start_ = ProbeStart::kBusy;
  const std::string busy = Get(address_, "/probe?target=shop");
  EXPECT_THAT(busy, HasSubstr(" 503 "));
  EXPECT_THAT(busy, HasSubstr("is under way"));
}

TEST_F(HttpProbeTest, WithoutProbesThereIsNoSuchPage) {
  probe_ = nullptr;
  Serve();
  Publish(true, 1);
  EXPECT_THAT(Get(address_, "/probe?target=shop"), HasSubstr(" 404 "));
}

// The run takes longer than any client may take for its request or its answer.
TEST_F(HttpProbeTest, NobodyElseWaitsAndWhoAskedStaysConnected) {
  Publish(true, 1);
  const UniqueFd fd = Connect(address_);
  Write(fd, "GET /probe?target=shop HTTP/1.1\r\nHost: localhost\r\n\r\n");
  begun_.acquire();
  for (int i = 0; i < 3; ++i) {
    manual_.Advance(std::chrono::minutes(1));
    EXPECT_THAT(Get(address_, "/metrics"), HasSubstr(" 200 "));
    EXPECT_THAT(Get(address_, "/-/healthy"), HasSubstr(" 200 "));
  }
  EXPECT_FALSE(IsEnded(fd));
  End();
  ASSERT_NE(WaitFor(fd, POLLIN), 0);
  // The connection is as good as before: the next request on it is answered.
  Write(fd, "GET /-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string all = ReadAll(fd);
  EXPECT_THAT(all, HasSubstr("probe_success 0\n"));
  EXPECT_THAT(all, HasSubstr("ready\n"));
}

TEST_F(HttpProbeTest, ItMakesNoRoomForOthersWhileItWaits) {
  options_.limits.connections = 2;
  Serve();
  const UniqueFd fd = Connect(address_);
  Write(fd, "GET /probe?target=shop HTTP/1.0\r\n\r\n");
  begun_.acquire();
  for (int i = 0; i < 10; ++i) EXPECT_THAT(Get(address_, "/-/healthy"), HasSubstr(" 200 "));
  EXPECT_FALSE(IsEnded(fd));
  End();
  EXPECT_THAT(ReadAll(fd), HasSubstr("probe_success 0\n"));
}

TEST_F(HttpProbeTest, WhoHasGoneIsNotAnswered) {
  for (int i = 0; i < 3; ++i) {
    {
      const UniqueFd fd = Connect(address_);
      Write(fd, "GET /probe?target=shop HTTP/1.0\r\n\r\n");
      begun_.acquire();
    }
    End();
  }
  EXPECT_THAT(Probe("?target=shop"), HasSubstr(" 200 "));
}

TEST_F(HttpProbeTest, TheServerEndsWhileARunIsUnderWayAndWhatComesThenIsForNobody) {
  const UniqueFd fd = Connect(address_);
  Write(fd, "GET /probe?target=shop HTTP/1.0\r\n\r\n");
  begun_.acquire();
  server_.reset();
  EXPECT_EQ(ReadAll(fd), "");
  End();
}

}  // namespace
}  // namespace stickyd
