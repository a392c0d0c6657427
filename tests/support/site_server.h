// SPDX-License-Identifier: Apache-2.0
// site_server.h: a made-up site (fake_traefik.h) on loopback.
// Threads: one request at a time, whatever the connections.
#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "support/fake_traefik.h"
#include "support/web_server.h"

namespace stickyd {

class SiteServer {
 public:
  explicit SiteServer(FakeSite site)
      : site_(std::move(site)), server_([this](WebServer::Talk& talk) { Answer(talk); }) {}
  std::string url(const std::string& path = "/") const { return server_.url(path); }
  std::string address() const { return server_.address(); }
  int port() const { return server_.port(); }
  std::string agent() {
    const std::lock_guard lock(mutex_);
    return agent_;
  }

 private:
  void Answer(WebServer::Talk& talk) {
    const std::lock_guard lock(mutex_);
    agent_ = talk.Header("User-Agent");
    FakeRequest request;
    request.secure = false;
    request.host = talk.Header("Host");
    request.host.resize(std::min(request.host.size(), request.host.find(':')));
    request.path = talk.target();
    request.cookie = talk.Header("Cookie");
    request.socket = talk.Header("Upgrade") == "websocket";
    const FakeAnswer answer = site_(request);
    std::string headers;
    for (const HttpHeader& header : answer.headers) {
      headers += header.name + ": " + header.value + "\r\n";
    }
    talk.Answer(answer.status, answer.body, headers);
  }

  const FakeSite site_;
  std::mutex mutex_;
  std::string agent_;
  WebServer server_;  // last: it uses the others
};

}  // namespace stickyd
