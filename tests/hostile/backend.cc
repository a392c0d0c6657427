// SPDX-License-Identifier: Apache-2.0
#include "backend.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <map>
#include <vector>

#include "loopback.h"

namespace stickyd {

Backend::Backend() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  constexpr int kWaiting = 64;
  const bool listens = BindTo(listener_, LoopbackAddress("127.0.0.1", 0)) &&
                       ::listen(listener_.get(), kWaiting) == 0;
  EXPECT_TRUE(listens);
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  stopped_.Reset(ends[0]);
  stop_.Reset(ends[1]);
  url_ = "http://127.0.0.1:" + std::to_string(PortOf(listener_));
  thread_ = std::thread([this] { Serve(); });
}

Backend::~Backend() {
  stop_.Reset();
  thread_.join();
}

void Backend::Serve() {
  const std::string answer =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(url_.size()) +
      "\r\n\r\n" + url_;
  struct Client {
    UniqueFd fd;
    std::string head;
  };
  std::map<int, Client> clients;  // by descriptor
  std::vector<char> buffer(1U << 16U);
  for (;;) {
    std::vector<pollfd> polled = {{stopped_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const auto& [fd, client] : clients) polled.push_back({fd, POLLIN, 0});
    if (::poll(polled.data(), polled.size(), -1) < 0) return;
    if (polled[0].revents != 0) return;
    if (polled[1].revents != 0) {
      UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const int number = fd.get();
      if (fd) clients[number].fd = std::move(fd);
    }
    for (size_t i = 2; i < polled.size(); ++i) {
      if (polled[i].revents == 0) continue;
      Client& client = clients[polled[i].fd];
      const ssize_t count = ::recv(polled[i].fd, buffer.data(), buffer.size(), 0);
      if (count > 0) client.head.append(buffer.data(), static_cast<size_t>(count));
      const bool whole = client.head.find("\r\n\r\n") != std::string::npos;
      if (whole) Write(client.fd, answer);
      if (whole || count <= 0) clients.erase(polled[i].fd);
    }
  }
}

}  // namespace stickyd
