// SPDX-License-Identifier: Apache-2.0
// probing.h: probes of made-up sites, without a network and without waiting.
// Role:    tests of the prober derive from it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

#include "stickyd/base/text.h"
#include "stickyd/probe/prober.h"
#include "support/fake_traefik.h"

namespace stickyd {

inline FakeAnswer Redirect(const std::string& to) {
  FakeAnswer answer;
  answer.status = 302;
  answer.Add("Location", to);
  return answer;
}

// As Traefik's entry point does it.
inline FakeSite WithHttpRedirected(const FakeSite& site) {
  return [site](const FakeRequest& request) {
    return request.secure ? site(request) : Redirect("https://" + request.host + request.path);
  };
}

class Probing : public testing::Test {
 protected:
  // The site at the URL's hosts; and what answers at options_.direct.
  FakeSite edge_;
  FakeSite direct_;
  std::optional<HttpFailure> failure_;  // of every request
  ProbeOptions options_;
  std::chrono::milliseconds elapsed_{0};
  std::chrono::milliseconds each_takes_{1};
  std::chrono::milliseconds waited_{0};
  ProbeResult result_;

  void SetUp() override { options_.url = "https://shop.example/"; }
  ProbeVerdict Run() {
    ProbeWorld world;
    world.ask = [this](const ProbeCall& call) { return Ask(call); };
    world.now = [this] {
      return CookieTime(std::chrono::seconds(1'780'000'000)) +
             std::chrono::duration_cast<std::chrono::seconds>(elapsed_);
    };
    world.elapsed = [this] { return elapsed_; };
    world.wait = [this](std::chrono::milliseconds time) {
      elapsed_ += time;
      waited_ += time;
      return true;
    };
    EXPECT_EQ(ProbeProblem(options_), "");
    result_ = Probe(options_, world);
    EXPECT_EQ(result_.verdict == ProbeVerdict::kSticky, !result_.cause.has_value());
    EXPECT_NE(result_.why, "");
    return result_.verdict;
  }
  void ExpectSticky() {
    EXPECT_EQ(Run(), ProbeVerdict::kSticky) << result_.why;
    for (const ProbeCheck& check : result_.checks) {
      EXPECT_NE(check.result, CheckResult::kFail) << check.name << ": " << check.detail;
    }
  }
  void ExpectBroken(Cause cause) {
    EXPECT_EQ(Run(), ProbeVerdict::kBroken) << result_.why;
    ASSERT_TRUE(result_.cause.has_value());
    EXPECT_EQ(Name(*result_.cause), Name(cause)) << result_.why;
    // The exchange that proves it is there, and a check has failed.
    EXPECT_GT(result_.exchange, 0);
    EXPECT_LE(static_cast<size_t>(result_.exchange), result_.exchanges.size());
    EXPECT_TRUE(std::any_of(result_.checks.begin(), result_.checks.end(),
                            [](const auto& check) { return check.result == CheckResult::kFail; }));
  }
  void ExpectUnsure(std::string_view why) {
    EXPECT_EQ(Run(), ProbeVerdict::kUnsure) << result_.why;
    EXPECT_NE(result_.why.find(why), std::string::npos) << result_.why;
  }
  // "pass", "fail", "skip", or "" if there is no such check.
  std::string ResultOf(const std::string& name) const {
    for (const ProbeCheck& check : result_.checks) {
      if (check.name == name) return std::string(Name(check.result));
    }
    return "";
  }
  std::string DetailOf(const std::string& name) const {
    for (const ProbeCheck& check : result_.checks) {
      if (check.name == name) return check.detail;
    }
    return "";
  }

 private:
  tl::expected<HttpAnswer, HttpFailure> Ask(const ProbeCall& call) {
    elapsed_ += each_takes_;
    if (failure_) return tl::unexpected(*failure_);
    FakeRequest request;
    std::string_view rest = call.url;
    request.secure = rest.starts_with("https://");
    rest.remove_prefix(rest.find("//") + 2);
    const size_t slash = rest.find('/');
    request.host = rest.substr(0, slash);
    request.path = rest.substr(slash);
    for (const HttpHeader& header : call.headers) {
      if (header.name == "Cookie") request.cookie = header.value;
      if (header.name == "Upgrade") request.socket = true;
    }
    const FakeSite& site = call.connect_to.empty() ? edge_ : direct_;
    if (!site) return tl::unexpected(HttpFailure{HttpFault::kConnect, "connection refused"});
    FakeAnswer made = site(request);
    if (made.status == 0) return tl::unexpected(HttpFailure{HttpFault::kConnect, "refused"});
    HttpAnswer answer;
    answer.status = made.status;
    answer.version = call.version == HttpVersion::kHttp1 ? 11 : 20;
    answer.headers = std::move(made.headers);
    answer.body = std::move(made.body);
    return answer;
  }
};

}  // namespace stickyd
