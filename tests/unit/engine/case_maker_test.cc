// SPDX-License-Identifier: Apache-2.0
// case_maker_test: what of a request goes into its case. Is its host one that the cookie's Domain
// includes? Then the cookie of another host is not why it did not come. Was its service renamed?
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "padded.h"
#include "stickyd/engine/pipeline.h"
#include "support/json_line.h"

namespace stickyd {
namespace {

// A client was given a cookie with this Domain on `given_on`, and comes without it to `host`;
// others were given theirs there. Why is that a break?
Cause CauseOn(const std::string& domain, const char* given_on, const char* host) {
  const auto pipeline = *Pipeline::Create({}, KeyedHash({}), nullptr);
  const LaneId source = pipeline->AddLane("log");
  uint64_t count = 0;
  const auto feed = [&](const JsonRequest& request) {
    std::string line = JsonLine(request, ++count);
    line.pop_back();
    pipeline->Feed(source, 0, Padded(line).line(count));
  };
  const std::string attributes = "; Path=/" + (domain.empty() ? "" : "; Domain=" + domain);
  const std::string a = "lb=http://10.0.0.a:80" + attributes;
  const std::string b = "lb=http://10.0.0.b:80" + attributes;
  feed({.start_ms = 0, .set_cookie = a.c_str(), .host = given_on});
  feed({.start_ms = 1000, .cookie = "lb=http://10.0.0.a:80", .host = given_on});
  feed({.start_ms = 2000,
        .client = "2.2.2.2",
        .server = 'b',
        .set_cookie = b.c_str(),
        .host = host});
  feed({.start_ms = 3000, .server = 'b', .set_cookie = b.c_str(), .host = host});
  pipeline->Finish();
  const PipelineStats stats = pipeline->Stats(Pipeline::Windows::kSum);
  const ServiceStats& service = stats.services.at(0).second;
  EXPECT_EQ(service.breaks.sum(), 1U) << host;
  Cause found = Cause::kUnknown;
  ForEachValue<Cause>([&](Cause cause) {
    if (service.causes[cause] > 0) found = cause;
  });
  return found;
}

TEST(CaseMakerTest, ACookiesDomainIncludesItselfAndWhatIsBelowItsDot) {
  EXPECT_EQ(CauseOn("", "shop.example", "www.shop.example"), Cause::kOtherHost);
  EXPECT_EQ(CauseOn("shop.example", "shop.example", "www.shop.example"), Cause::kUnknown);
  EXPECT_EQ(CauseOn(".shop.example", "shop.example", "www.shop.example"), Cause::kUnknown);
  EXPECT_EQ(CauseOn("shop.example", "www.shop.example", "SHOP.example"), Cause::kUnknown);
  EXPECT_EQ(CauseOn("shop.example", "shop.example", "WWW.SHOP.EXAMPLE"), Cause::kUnknown);
  for (const char* host : {"evilshop.example", "example", "shop.example.evil", ".example"}) {
    EXPECT_EQ(CauseOn("shop.example", "shop.example", host), Cause::kCookieDomain) << host;
  }
}

// The API from this second on: a service of this name with the servers a and b.
std::shared_ptr<const TraefikConfig> ConfigOf(const std::string& name, const char* cookie,
                                              int64_t second) {
  auto config = std::make_shared<TraefikConfig>();
  config->time = EventTime(std::chrono::seconds(1'767'603'600 + second));
  ServiceConfig& service = config->services[name];
  service.name = name;
  service.kind = ServiceKind::kLoadBalancer;
  service.cookie.emplace();
  service.cookie->name = cookie;
  for (const char* url : {"http://10.0.0.a:80", "http://10.0.0.b:80"}) {
    service.servers.push_back({url, url});
  }
  config->routers["shop@file"].name = "shop@file";
  config->routers["shop@file"].service = name;
  EXPECT_TRUE(config->Link());
  return config;
}

// Cookies are not logged: that the name of the cookie went with that of the service is known from
// the log's services and the API.
TEST(CaseMakerTest, ServiceThatWasRenamedTookItsDefaultCookieWithIt) {
  for (const char* cookie : {"_1a2b3", "lb"}) {
    SCOPED_TRACE(cookie);
    const auto pipeline = *Pipeline::Create({}, KeyedHash({}), nullptr);
    const LaneId source = pipeline->AddLane("log");
    pipeline->AddConfig(ConfigOf("old@file", cookie, -60));
    pipeline->AddConfig(ConfigOf("new@file", cookie, 10));
    uint64_t count = 0;
    const auto feed = [&](const JsonRequest& request) {
      std::string line = JsonLine(request, ++count);
      line.pop_back();
      pipeline->Feed(source, 0, Padded(line).line(count));
    };
    feed({.start_ms = 1000, .service = "old@file", .router = "shop@file"});
    feed({.start_ms = 20'000, .client = "2.2.2.2", .service = "new@file", .router = "shop@file"});
    feed({.start_ms = 30'000, .server = 'b', .service = "new@file", .router = "shop@file"});
    pipeline->Finish();
    const PipelineStats stats = pipeline->Stats(Pipeline::Windows::kSum);
    uint64_t renamed = 0;
    uint64_t breaks = 0;
    for (const auto& [name, service] : stats.services) {
      renamed += service.causes[Cause::kCookieRenamed];
      breaks += service.breaks.sum();
    }
    EXPECT_EQ(breaks, 1U);
    EXPECT_EQ(renamed, cookie[0] == '_' ? 1U : 0U) << "a name of one's own stays";
  }
}

// Every response gives a client the cookie. A program may have no jar for it, a browser has one.
TEST(CaseMakerTest, BrowsersHaveAJar) {
  const auto not_sent = [](const char* agent) {
    const auto pipeline = *Pipeline::Create({}, KeyedHash({}), nullptr);
    const LaneId source = pipeline->AddLane("log");
    for (uint64_t i = 0; i < 60; ++i) {
      const std::string server(1, "ab"[i % 2]);
      const std::string cookie = "lb=http://10.0.0." + server + ":80; Path=/";
      const std::string client = "1.1.1." + std::to_string(i / 4);
      std::string line = JsonLine({.start_ms = static_cast<int64_t>(i) * 1000,
                                   .client = client.c_str(),
                                   .server = server[0],
                                   .set_cookie = cookie.c_str(),
                                   .agent = agent},
                                  i + 1);
      line.pop_back();
      pipeline->Feed(source, 0, Padded(line).line(i + 1));
    }
    pipeline->Finish();
    const PipelineStats stats = pipeline->Stats(Pipeline::Windows::kSum);
    EXPECT_GT(stats.services.at(0).second.breaks.sum(), 5U);
    return stats.services.at(0).second.causes[Cause::kCookieNotSent];
  };
  EXPECT_GT(not_sent("curl/8.5.0"), 5U);
  EXPECT_EQ(not_sent("Mozilla/5.0 (X11; Linux x86_64)"), 0U);
}

// Requests to a pipeline of its own; cookies are not logged.
class CasesTest : public testing::Test {
 protected:
  void Feed(const JsonRequest& request) {
    std::string line = JsonLine(request, ++count_);
    line.pop_back();
    pipeline_->Feed(source_, 0, Padded(line).line(count_));
  }
  // Breaks with this cause, of all services.
  uint64_t Finish(Cause cause) {
    pipeline_->Finish();
    uint64_t found = 0;
    const PipelineStats stats = pipeline_->Stats(Pipeline::Windows::kSum);
    for (const auto& service : stats.services) found += service.second.causes[cause];
    return found;
  }
  // Two services of the API whose cookies have one name.
  void TwoServicesOfOneName() {
    auto config = std::make_shared<TraefikConfig>();
    config->time = EventTime(std::chrono::seconds(1'767'603'600 - 60));
    for (const char* name : {"shop@file", "blog@file"}) {
      ServiceConfig& service = config->services[name];
      service.name = name;
      service.kind = ServiceKind::kLoadBalancer;
      service.cookie.emplace().name = "lb";
      const std::string net = *name == 's' ? "http://10.0.0." : "http://10.0.1.";
      for (const char* host : {"a:80", "b:80"}) {
        service.servers.push_back({net + host, net + host});
      }
      config->routers[name].name = config->routers[name].service = name;
    }
    ASSERT_TRUE(config->Link());
    pipeline_->AddConfig(std::move(config));
  }
  // The client is at the blog on this host, then moved at the shop.
  uint64_t SharedNames(const char* blog_host, int64_t visited_ms, const char* who = "1.1.1.1") {
    TwoServicesOfOneName();
    const auto visit = [&] {
      Feed({.start_ms = visited_ms,
            .client = who,
            .server = 'x',
            .service = "blog@file",
            .host = blog_host});
    };
    if (visited_ms < 5000) visit();
    Feed({.start_ms = 5000});
    if (visited_ms >= 5000) visit();
    Feed({.start_ms = 20'000, .server = 'b', .port = 6000});
    return Finish(Cause::kSharedCookieName);
  }
  uint64_t SharedByConnections(int connections) {
    for (int i = 0; i < 2 * connections; ++i) {
      Feed({.start_ms = i * 1000, .port = 5000 + i % connections});
    }
    Feed({.start_ms = 60'000, .server = 'b', .port = 9000});
    return Finish(Cause::kSharedClient);
  }

  std::unique_ptr<Pipeline> pipeline_ = *Pipeline::Create({}, KeyedHash({}), nullptr);
  const LaneId source_ = pipeline_->AddLane("log");
  uint64_t count_ = 0;
};

TEST_F(CasesTest, AnotherServiceOfTheCookiesNameWasVisitedSinceThePin) {
  EXPECT_EQ(SharedNames("shop.example", 10'000), 1U);
}

TEST_F(CasesTest, OnAnotherHostTheNameIsAnotherCookies) {
  EXPECT_EQ(SharedNames("blog.example", 10'000), 0U);
}

TEST_F(CasesTest, WhatWasVisitedBeforeThePinIsOver) {
  EXPECT_EQ(SharedNames("shop.example", 1000), 0U);
}

TEST_F(CasesTest, WhereAnotherClientWasSaysNothing) {
  EXPECT_EQ(SharedNames("shop.example", 10'000, "2.2.2.2"), 0U);
}

TEST_F(CasesTest, ThirteenConnectionsAreMoreThanABrowserOpens) {
  EXPECT_EQ(SharedByConnections(13), 1U);
}

TEST_F(CasesTest, TwelveConnectionsMayBeOneBrowsers) { EXPECT_EQ(SharedByConnections(12), 0U); }

}  // namespace
}  // namespace stickyd
