// SPDX-License-Identifier: Apache-2.0
// http_fixture.h: a server on loopback, whose time passes when a test says so.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "stickyd/expose/http/server.h"
#include "support/http_client.h"
#include "support/manual_clock.h"

namespace stickyd {

class HttpFixture : public testing::Test {
 protected:
  void SetUp() override { Serve(); }

  // With options_; what served before is gone.
  void Serve() {
    server_.reset();
    auto server = Start("127.0.0.1:0");
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    address_ = server_->addresses().at(0);
  }
  Result<std::unique_ptr<HttpServer>> Start(const std::string& address) {
    options_.addresses = {address};
    options_.clock = clock_;
    return HttpServer::Start(options_,
                             {[this] {
                                const std::lock_guard lock(mutex_);
                                return status_;
                              },
                              [this] { return alive_.load(); }, [this] { ++reloads_; }, probe_});
  }

  // `name`: of the only service.
  void Publish(bool ready, uint64_t records, const std::string& name = "shop@file") {
    auto status = std::make_shared<DaemonStatus>();
    status->ready = ready;
    status->pipeline.records = records;
    status->pipeline.services.emplace_back(name, ServiceStats{});
    status->pipeline.sessions_active.push_back(1);
    status->pipeline.recent.emplace_back();
    status->pipeline.servers.emplace_back();
    Publish(std::move(status));
  }
  void Publish(std::shared_ptr<const DaemonStatus> status) {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
  }

  ManualClock manual_;
  const Clock* clock_ = &manual_;
  HttpServer::Options options_;
  std::mutex mutex_;
  std::shared_ptr<const DaemonStatus> status_;
  std::atomic<bool> alive_{true};
  std::atomic<int> reloads_{0};
  decltype(HttpServer::Callbacks::probe) probe_;
  std::unique_ptr<HttpServer> server_;
  std::string address_;
};

}  // namespace stickyd
