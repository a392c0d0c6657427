// SPDX-License-Identifier: Apache-2.0
// fake_api.h: a server on loopback that answers as Traefik's API, from a table that tests change.
#pragma once

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "support/web_server.h"

namespace stickyd {

class FakeApi {
 public:
  struct Answer {
    int status = 200;
    std::string body;
    std::string headers;
  };

  void Put(const std::string& target, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[target] = std::move(answer);
  }
  // Of one service, shop@file, with these servers.
  void PutConfig(const std::vector<std::string>& servers) {
    std::string list;
    for (const std::string& url : servers) {
      list += fmt::format(R"({}{{"url":"{}"}})", list.empty() ? "" : ",", url);
    }
    Put("/api/rawdata",
        {200,
         fmt::format(R"({{"routers":{{"shop@file":{{"service":"shop","status":"enabled",)"
                     R"("entryPoints":["web"]}}}},"services":{{"shop@file":{{"loadBalancer":)"
                     R"({{"servers":[{}]}},"status":"enabled"}}}}}})",
                     list),
         ""});
    Put("/api/version", {200, R"({"Version":"3.7.9"})", ""});
    Put("/api/entrypoints?per_page=500&page=1",
        {200, R"([{"name":"web","address":":80"}])", "X-Next-Page: 1\r\n"});
  }
  // Of those in the table and others; with their heads.
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::string url(const std::string& path = "") const { return server_.url(path); }
  std::string address() const { return server_.address(); }
  int port() const { return server_.port(); }

 private:
  void Serve(WebServer::Talk& talk) {
    std::unique_lock lock(mutex_);
    requests_.push_back(talk.request);
    const auto known = answers_.find(talk.target());
    const Answer answer = known == answers_.end() ? Answer{404, "", ""} : known->second;
    lock.unlock();
    talk.Answer(answer.status, answer.body, answer.headers);
  }

  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<std::string> requests_;
  const WebServer server_{[this](WebServer::Talk& talk) { Serve(talk); }};
};

}  // namespace stickyd
