// SPDX-License-Identifier: Apache-2.0
// http_server_test: the real server on loopback, asked from several threads while the status
// changes.
#include <thread>
#include <vector>

#include "http_fixture.h"
#include "stickyd/expose/http/server.h"

namespace stickyd {
namespace {

using HttpServerTest = HttpFixture;

TEST_F(HttpServerTest, BeforeTheFirstStatusItIsHealthyAndNotReady) {
  EXPECT_NE(Get(address_, "/-/healthy").find(" 200 "), std::string::npos);
  EXPECT_NE(Get(address_, "/-/ready").find(" 503 "), std::string::npos);
  EXPECT_NE(Get(address_, "/metrics").find(" 503 "), std::string::npos);
  Publish(true, 0);
  EXPECT_NE(Get(address_, "/-/ready").find(" 200 "), std::string::npos);
  alive_ = false;
  EXPECT_NE(Get(address_, "/-/healthy").find(" 503 "), std::string::npos);
}

TEST_F(HttpServerTest, CountersOfAKnownServiceAreThereFromTheStart) {
  Publish(true, 0);
  const std::string text = Get(address_, "/metrics");
  EXPECT_NE(text.find("stickyd_breaks_total{service=\"shop@file\",evidence=\"cookie\"} 0"),
            std::string::npos)
      << text.substr(0, 2000);
}

TEST_F(HttpServerTest, AnUnknownPathIs404) {
  Publish(true, 0);
  EXPECT_NE(Get(address_, "/etc/passwd").find(" 404 "), std::string::npos);
  EXPECT_NE(Get(address_, "/../../etc/passwd").find(" 4"), std::string::npos);
}

std::string Reload(const std::string& address, const std::string& headers = "",
                   const std::string& host = "localhost") {
  return Ask(address, "POST /-/reload HTTP/1.0\r\nHost: " + host + "\r\n" + headers +
                          "Content-Length: 3\r\n\r\nabc");
}

TEST_F(HttpServerTest, OnlyReloadTakesPost) {
  options_.enable_lifecycle = true;
  Serve();
  Publish(true, 0);
  EXPECT_TRUE(Has(Ask(address_, "POST /metrics HTTP/1.0\r\n\r\n"), " 405 "));
  EXPECT_TRUE(Has(Get(address_, "/-/reload"), " 405 "));
  EXPECT_EQ(reloads_, 0);
  EXPECT_TRUE(Has(Reload(address_), " 202 "));
  EXPECT_TRUE(Has(Ask(address_, "PUT /-/reload HTTP/1.0\r\n\r\n"), " 202 "));
  EXPECT_EQ(reloads_, 2);
}

TEST_F(HttpServerTest, NobodyReloadsUnlessThatIsSwitchedOn) {
  const std::string answer = Reload(address_);
  EXPECT_TRUE(Has(answer, " 403 "));
  EXPECT_TRUE(Has(answer, "--web.enable-lifecycle")) << answer;
  EXPECT_TRUE(Has(Get(address_, "/-/reload"), " 405 "));
  EXPECT_EQ(reloads_, 0);
}

TEST_F(HttpServerTest, PagesOfOtherSitesDoNotReload) {
  options_.enable_lifecycle = true;
  for (const char* const address : {"127.0.0.1:0", "0.0.0.0:0"}) {
    SCOPED_TRACE(address);
    const auto server = Start(address);
    ASSERT_TRUE(server) << server.error().message;
    const std::string& at = (*server)->addresses()[0];
    const std::string to = "127.0.0.1" + at.substr(at.rfind(':'));
    EXPECT_TRUE(Has(Reload(to, "Origin: http://evil.example\r\n"), " 403 "));
    EXPECT_TRUE(Has(Reload(to, "Origin: null\r\n"), " 403 "));
    EXPECT_TRUE(Has(Reload(to, "Sec-Fetch-Site: cross-site\r\n"), " 403 "));
    EXPECT_TRUE(Has(Reload(to, "Sec-Fetch-Site: same-site\r\n"), " 403 "));
    EXPECT_TRUE(Has(Reload(to, "", "evil.example"), " 403 "));
    EXPECT_TRUE(Has(Reload(to, "Origin: http://evil.example\r\n", "evil.example"), " 403 "));
    EXPECT_EQ(reloads_, 0);
    EXPECT_TRUE(Has(Reload(to, "Origin: http://" + to + "\r\nSec-Fetch-Site: same-origin\r\n", to),
                    " 202 "));
    EXPECT_EQ(reloads_.exchange(0), 1);
  }
}

TEST_F(HttpServerTest, OnLoopbackItAnswersForNoNameOfOthers) {
  Publish(true, 0);
  const auto ask = [&](const std::string& server, const std::string& target,
                       const std::string& host) {
    return Ask(server, "GET " + target + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n");
  };
  for (const std::string path : {"/", "/metrics", "/-/ready"}) {
    EXPECT_TRUE(Has(ask(address_, path, "evil.example:10378"), " 403 ")) << path;
    EXPECT_TRUE(Has(ask(address_, path, "localhost:10378"), " 200 ")) << path;
    EXPECT_TRUE(Has(ask(address_, path, address_), " 200 ")) << path;
  }
  const auto every = Start("0.0.0.0:0");
  ASSERT_TRUE(every) << every.error().message;
  const std::string& at = (*every)->addresses()[0];
  const std::string to = "127.0.0.1" + at.substr(at.rfind(':'));
  EXPECT_TRUE(Has(ask(to, "/metrics", "node1.example.com:10378"), " 200 "));
}

TEST_F(HttpServerTest, HeadHasNoBody) {
  Publish(true, 0);
  const std::string answer = Ask(address_, "HEAD /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_NE(answer.find(" 200 "), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(HttpServerTest, ThePageEscapesNamesAndShowsTheWorstFirst) {
  auto status = std::make_shared<DaemonStatus>();
  for (const char* name : {"calm", "<script>alert(1)</script>\x1b[31m\"'&"}) {
    status->pipeline.services.emplace_back(name, ServiceStats{});
    status->pipeline.recent.emplace_back();
  }
  status->pipeline.recent.front().hour.returning = 100;
  status->pipeline.recent.back().hour.returning = 100;
  status->pipeline.recent.back().hour.breaks = 50;
  status->pipeline.services.back().second.causes[Cause::kServerGone] = 50;
  Publish(status);
  const std::string page = Get(address_, "/");
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  const size_t worst = page.find("&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[31m&quot;");
  ASSERT_NE(worst, std::string::npos);
  EXPECT_LT(worst, page.find("calm"));
  EXPECT_NE(page.find("server_gone"), std::string::npos);
}

TEST_F(HttpServerTest, FormatAndEncodingAreNegotiated) {
  Publish(true, 0);
  const std::string plain = Get(address_, "/metrics");
  EXPECT_NE(plain.find("text/plain; version=0.0.4"), std::string::npos);
  EXPECT_EQ(plain.find("Content-Encoding"), std::string::npos);
  const std::string open =
      Get(address_, "/metrics", "Accept: application/openmetrics-text; version=1.0.0\r\n");
  EXPECT_NE(open.find("application/openmetrics-text; version=1.0.0"), std::string::npos);
  EXPECT_TRUE(open.ends_with("# EOF\n"));
  const std::string gzip = Get(address_, "/metrics", "Accept-Encoding: gzip\r\n");
  EXPECT_NE(gzip.find("Content-Encoding: gzip"), std::string::npos);
  EXPECT_LT(gzip.size(), plain.size() / 2);
}

TEST_F(HttpServerTest, AHugeHeaderIsRefusedAndNothingElseSuffers) {
  Publish(true, 0);
  const std::string answer = Get(address_, "/metrics", "X: " + std::string(100'000, 'a') + "\r\n");
  EXPECT_EQ(answer.find(" 200 "), std::string::npos);
  EXPECT_NE(Get(address_, "/-/healthy").find(" 200 "), std::string::npos);
}

TEST_F(HttpServerTest, ClientsThatSendNoMoreOrReadNothingHoldNobodyUp) {
  Publish(true, 0);
  std::vector<UniqueFd> slow;
  for (int i = 0; i < 40; ++i) {
    slow.push_back(Connect(address_));
    ASSERT_TRUE(slow.back());
    EXPECT_TRUE(Write(slow.back(), i % 2 == 0
                                       ? "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
                                       : "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  }
  EXPECT_NE(Get(address_, "/metrics").find(" 200 "), std::string::npos);
  server_.reset();  // does not wait for them either
  EXPECT_FALSE(Connect(address_));
}

TEST_F(HttpServerTest, ATakenPortIsNamed) {
  const auto second = Start(address_);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find(address_), std::string::npos) << second.error().message;
  EXPECT_NE(second.error().message.find("in use"), std::string::npos) << second.error().message;
}

TEST_F(HttpServerTest, ListensOnIpv6AndOnEveryAddress) {
  Publish(true, 0);
  const auto six = Start("[::1]:0");
  if (!six) GTEST_SKIP() << "no IPv6 here: " << six.error().message;
  EXPECT_NE(Get((*six)->addresses()[0], "/-/ready").find(" 200 "), std::string::npos);
  const auto every = Start(":0");
  ASSERT_TRUE(every) << every.error().message;
  const std::string port = (*every)->addresses()[0].substr((*every)->addresses()[0].rfind(':'));
  EXPECT_NE(Get("127.0.0.1" + port, "/-/ready").find(" 200 "), std::string::npos);
  EXPECT_NE(Get("[::1]" + port, "/-/ready").find(" 200 "), std::string::npos);
}

TEST_F(HttpServerTest, EveryFormatHasAnAnswerOfItsOwnAndANewStatusANewOne) {
  Publish(true, 0, "old@file");
  const char* const kinds[] = {"", "Accept: application/openmetrics-text\r\n"};
  for (int i = 0; i < 2; ++i) {
    for (const char* const kind : kinds) {
      const std::string answer = Get(address_, "/metrics", kind);
      EXPECT_TRUE(Has(answer, "old@file"));
      EXPECT_EQ(answer.ends_with("# EOF\n"), kind != kinds[0]);
    }
    EXPECT_TRUE(Has(Get(address_, "/"), "<html"));
  }
  Publish(true, 0, "new@file");
  for (const char* const kind : kinds) {
    EXPECT_TRUE(Has(Get(address_, "/metrics", kind), "new@file"));
  }
  EXPECT_TRUE(Has(Get(address_, "/"), "new@file"));
}

TEST_F(HttpServerTest, ScrapesWhileTheStatusChanges) {
  Publish(true, 0);
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i) {
      readers.emplace_back([&] {
        for (int k = 0; k < 20; ++k) {
          good += Get(address_, "/metrics").find(" 200 ") != std::string::npos ? 1 : 0;
        }
      });
    }
    for (uint64_t i = 0; i < 200; ++i) Publish(true, i);
  }
  EXPECT_EQ(good, 60);
}

}  // namespace
}  // namespace stickyd
