// http_server_test: the real server on loopback, asked from several threads while the status
// changes.
#include "stickyd/expose/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

namespace stickyd {
namespace {

std::string Get(const std::string& address, const std::string& path) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API is like that.
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) return {};
  const std::string request = "GET " + path + " HTTP/1.0\r\nHost: x\r\n\r\n";
  std::string answer;
  if (::send(fd, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size())) {
    char buffer[4096];
    for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof(buffer), 0)) > 0;) {
      answer.append(buffer, static_cast<size_t>(n));
    }
  }
  ::close(fd);
  return answer;
}

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = HttpServer::Start({{"127.0.0.1:0"}, "/metrics"},
                                    {[this] {
                                       const std::lock_guard lock(mutex_);
                                       return status_;
                                     },
                                     [this] { return alive_.load(); }, [this] { ++reloads_; }});
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    address_ = server_->addresses().at(0);
  }
  void Publish(bool ready, uint64_t records) {
    auto status = std::make_shared<DaemonStatus>();
    status->ready = ready;
    status->pipeline.records = records;
    status->pipeline.services.emplace_back("shop@file", ServiceStats{});
    status->pipeline.sessions_active.push_back(1);
    status->pipeline.recent.emplace_back();
    status->pipeline.servers.emplace_back();
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
  }
  std::mutex mutex_;
  std::shared_ptr<const DaemonStatus> status_;
  std::atomic<bool> alive_{true};
  std::atomic<int> reloads_{0};
  std::unique_ptr<HttpServer> server_;
  std::string address_;
};

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
