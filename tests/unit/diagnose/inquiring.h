// SPDX-License-Identifier: Apache-2.0
// inquiring.h: a break and what surrounds it, and the answers of the causes' rows.
// Role:    tests of causes_client.cc, causes_config.cc and causes_pin.cc derive from it.
// Shape:   JSON with all headers, over https, without a cookie, from server 1 to server 2; each
//          test changes what its row asks for.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "../../../src/diagnose/causes.h"

namespace stickyd {

// Another request of the scope.
struct Served {
  int64_t second = 0;
  ServerId server{1};
  bool given = false, returned = false, proxied = false, foreign = false, sets_any = false;
  uint16_t status = 200;
  bool chosen = true;
  bool redacted = false;
  ServiceId service = ServiceId::kNone;  // none: that of the break
  uint8_t process = 0;
  uint32_t count = 0;
};

class Inquiring : public testing::Test {
 protected:
  static constexpr uint16_t kHost = 5;
  static constexpr uint16_t kHttpsHere = kHost | kHttpsBit;
  static constexpr ServerId kPin{1};
  static constexpr ServerId kOther{2};
  using FindRow = Finding (*)(const Inquiry&);

  Inquiring() {
    Observation& seen = at_.seen;
    seen.format = LogFormat::kJson;
    seen.start = {At(0), At(0)};
    seen.end = At(1);
    seen.server = kOther;
    seen.https = true;
    seen.origin = kHttpsHere;
    seen.cookies_logged = seen.set_cookies_logged = true;
    at_.judgement.verdict = Verdict::kBreak;
    at_.judgement.pin = kPin;
    at_.cookie.emplace().name = "lb";
  }

  // Seconds from the break.
  static EventTime At(int64_t second) {
    return EventTime(std::chrono::hours(500'000)) + std::chrono::seconds(second);
  }
  void Serve(const Served& request) {
    Route route;
    route.service = request.service != ServiceId::kNone ? request.service : route_->service;
    Observation seen;
    seen.route = &route;
    seen.start = {At(request.second), At(request.second)};
    seen.server = request.server;
    seen.set_cookie.sticky = request.given;
    seen.set_cookie.sent = request.given || request.foreign || request.sets_any;
    seen.set_cookie.foreign = request.foreign;
    seen.cookie.sticky = request.returned;
    seen.proxied = request.proxied;
    seen.cookie.redacted = request.redacted;
    seen.status = request.status;
    seen.process = request.process;
    seen.count = request.count;
    facts_.Add(seen, request.chosen);
  }
  // Servers in turn, long before.
  void Walk(int requests, const Served& like = {}) {
    for (int i = 0; i < requests; ++i) {
      Served request = like;
      request.second = i - 10'000;
      request.server = ServerId{static_cast<uint16_t>(1 + i % 3)};
      Serve(request);
    }
  }
  // The request carried a cookie that names the server.
  void Show(ServerId server) {
    CookieSight& cookie = at_.seen.cookie;
    cookie.sent = cookie.sticky = cookie.leaf_value = cookie.in_scope = cookie.in_pool = true;
    cookie.meaning.server = server;
  }
  // The log shows no cookies.
  void Blind() { at_.seen.cookies_logged = at_.seen.set_cookies_logged = false; }
  void RememberPin(int64_t second, uint16_t origin = kHttpsHere) {
    at_.has_pin_run = true;
    at_.pin_run.server = kPin;
    at_.pin_run.origin = origin;
    at_.pin_run.low_first = at_.pin_run.high_first = Tick(At(second));
    at_.pin_run.low_last = at_.pin_run.high_last = Tick(At(second));
  }
  // The client was given the cookie then, on this host.
  void Give(int64_t second, uint16_t host = kHost) {
    using Unit = std::chrono::duration<int64_t, std::ratio<1, 128>>;
    at_.facts.Set(SessionFacts::kGivenSticky);
    at_.facts.given_at =
        static_cast<uint32_t>(std::chrono::floor<Unit>(At(second).time_since_epoch()).count());
    at_.facts.given[0] = host;
  }

  // A router leads to `shop`, with servers 1 and 2 of these keys.
  static constexpr const char* kPinKey = "http://10.0.0.1";
  static constexpr const char* kOtherKey = "http://10.0.0.2";
  static TraefikConfig Config(int64_t second, bool sticky = true) {
    TraefikConfig config;
    config.time = At(second);
    ServiceConfig service;
    service.name = "shop";
    service.kind = ServiceKind::kLoadBalancer;
    for (const char* key : {kPinKey, kOtherKey}) {
      PoolServer& server = service.servers.emplace_back();
      server.url = server.key = key;
    }
    if (sticky) service.cookie.emplace().name = "lb";
    config.services.emplace("shop", service);
    RouterConfig router;
    router.name = "r";
    router.service = "shop";
    config.routers.emplace("r", router);
    return config;
  }
  // The configuration at the break is the last one added before.
  void Add(TraefikConfig config) {
    for (auto& [name, service] : config.services) service.index.Make(service.servers);
    ASSERT_TRUE(config.Link());
    ASSERT_TRUE(configs_.Add(std::make_shared<const TraefikConfig>(std::move(config))));
  }
  void RouteTo(const std::vector<const char*>& path, const std::vector<const char*>& pin_path) {
    auto route = std::make_shared<Route>();
    route->config = configs_.Share(configs_.IndexAt(At(0)));
    for (const char* name : path) route->path.push_back(route->config->FindService(name));
    pin_path_.clear();
    for (const char* name : pin_path) pin_path_.push_back(route->config->FindService(name));
    route_ = route;
    at_.pin_key = kPinKey;
  }

  // Without the API: the router led to this service.
  void LeadTo(ServiceId service) {
    auto route = std::make_shared<Route>(*route_);
    route->service = service;
    route_ = route;
  }

  Finding Ask(FindRow row) {
    at_.route = route_;
    at_.seen.route = route_.get();
    const bool later = !configs_.empty() && configs_[configs_.size() - 1].time > At(0);
    const TraefikConfig* const next = later ? &configs_[configs_.size() - 1] : nullptr;
    return row({at_, facts_, configs_, options_, final_, pin_path_, next});
  }
  bool Yes(FindRow row) { return Ask(row).answer == Answer::kYes; }
  bool No(FindRow row) { return Ask(row).answer == Answer::kNo; }
  bool NotYet(FindRow row) { return Ask(row).answer == Answer::kNotYet; }

  BreakCase at_;
  ScopeFacts facts_;
  ConfigHistory configs_;
  CauseFinder::Options options_;
  bool final_ = false;
  std::shared_ptr<const Route> route_ = std::make_shared<Route>();
  std::vector<const ServiceConfig*> pin_path_;
};

}  // namespace stickyd
