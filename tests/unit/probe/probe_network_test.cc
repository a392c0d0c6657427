// SPDX-License-Identifier: Apache-2.0
// probe_network_test: how requests of a probe get to a site.
#include "stickyd/probe/probe_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/web_server.h"

namespace stickyd {
namespace {

using testing::HasSubstr;

ProbeCall CallOf(const std::string& url) {
  ProbeCall call;
  call.url = url;
  return call;
}

TEST(ProbeNetworkTest, SendsTheCallAndSaysWhoAsks) {
  std::string seen;
  const WebServer server([&](WebServer::Talk& talk) {
    seen = talk.request;
    talk.Answer(200, "here");
  });
  ProbeNetwork network({.user_agent = "tester/1", .ca_file = {}, .insecure = false, .resolve = {}});
  const ProbeWorld world = network.World();
  ProbeCall call = CallOf(server.url("/a?b"));
  call.headers = {{"Cookie", "lb=1"}};
  const auto answer = world.ask(call);
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->body, "here");
  EXPECT_THAT(seen, HasSubstr("GET /a?b HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nUser-Agent: tester/1\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nCookie: lb=1\r\n"));
}

TEST(ProbeNetworkTest, EachCallHasItsTimeAndPlace) {
  const WebServer silent([](WebServer::Talk& talk) { talk.AwaitClient(); });
  const WebServer server([](WebServer::Talk& talk) { talk.Answer(200, talk.Header("Host")); });
  ProbeNetwork network({});
  const ProbeWorld world = network.World();
  ProbeCall call = CallOf(silent.url());
  call.timeout = std::chrono::milliseconds(30);
  const auto late = world.ask(call);
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().fault, HttpFault::kTimeout);
  call.timeout = std::chrono::seconds(10);
  call.url = "http://shop.example/";
  call.connect_to = server.address();
  const auto answer = world.ask(call);
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->body, "shop.example");
}

TEST(ProbeNetworkTest, LongBodiesAreCut) {
  const WebServer server([](WebServer::Talk& talk) { talk.Answer(200, std::string(70'000, 'x')); });
  ProbeNetwork network({});
  const auto answer = network.World().ask(CallOf(server.url()));
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->body.size(), 65'536U);
  EXPECT_TRUE(answer->body_cut);
}

TEST(ProbeNetworkTest, AfterAStopNothingIsAsked) {
  std::stop_source stop;
  int requests = 0;
  const WebServer server([&](WebServer::Talk& talk) {
    ++requests;
    talk.Answer(200, "");
  });
  ProbeNetwork network({}, stop.get_token());
  const ProbeWorld world = network.World();
  EXPECT_TRUE(world.ask(CallOf(server.url())).has_value());
  stop.request_stop();
  const auto answer = world.ask(CallOf(server.url()));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().fault, HttpFault::kStopped);
  EXPECT_FALSE(world.wait(std::chrono::hours(1))) << "nor waited for";
  EXPECT_EQ(requests, 1);
}

}  // namespace
}  // namespace stickyd
