// SPDX-License-Identifier: Apache-2.0
// http_bounds_test: where the limits of an answer are, whose timeout counts, what the environment
// changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "fault_of.h"
#include "stickyd/web/http_client.h"
#include "support/web_server.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using testing::StartsWith;

using Talk = WebServer::Talk;

TEST(HttpBoundsTest, HeadersMayBeAsLongAsIsAllowedAllIn) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\n\r\n";
  const WebServer server([&](Talk& talk) { talk.Send(head + "hi"); });
  HttpOptions options;
  options.most_headers = head.size();
  HttpClient enough(options);
  for (int i = 0; i < 2; ++i) {  // each answer has the whole room
    const auto answer = enough.Ask({server.url(), "GET", {}});
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->body, "hi");
  }
  options.most_headers = head.size() - 1;
  HttpClient less(options);
  EXPECT_EQ(FaultOf(less.Ask({server.url(), "GET", {}})), HttpFault::kTooLong);
}

TEST(HttpBoundsTest, ABodyMayBeAsLongAsIsAllowed) {
  const WebServer server([&](Talk& talk) { talk.Answer(200, std::string(1500, 'x')); });
  HttpOptions options;
  for (const LongBody way : {LongBody::kFail, LongBody::kCut}) {
    options.long_body = way;
    options.most_body = 1500;
    HttpClient enough(options);
    const auto answer = enough.Ask({server.url(), "GET", {}});
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->body.size(), 1500U);
    EXPECT_FALSE(answer->body_cut);
  }
  options.most_body = 1499;
  HttpClient cutting(options);
  const auto cut = cutting.Ask({server.url(), "GET", {}});
  ASSERT_TRUE(cut.has_value());
  EXPECT_EQ(cut->body.size(), 1499U);
  EXPECT_TRUE(cut->body_cut);
}

TEST(HttpBoundsTest, TheShorterTimeoutCounts) {
  const WebServer silent([](Talk& talk) { talk.AwaitClient(); });
  HttpOptions options;
  options.timeout = milliseconds(30);
  HttpClient client(options);
  HttpRequest request{silent.url(), "GET", {}};
  request.timeout = std::chrono::hours(1);
  EXPECT_EQ(FaultOf(client.Ask(request)), HttpFault::kTimeout);
}

TEST(HttpBoundsTest, NoProxyOfTheEnvironmentIsAsked) {
  const WebServer server([](Talk& talk) { talk.Answer(200, "here"); });
  const WebServer proxy([](Talk& talk) { talk.Answer(200, "proxy"); });
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("all_proxy", proxy.url().c_str(), 1);
  HttpClient client({});
  const auto answer = client.Ask({server.url(), "GET", {}});
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "here");
}

TEST(HttpBoundsTest, VersionsAreTold) {
  const WebServer old([](Talk& talk) {
    talk.Send("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
    talk.Close();
  });
  HttpClient client({});
  const auto answer = client.Ask({old.url(), "GET", {}});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->version, 10);
  std::string seen;
  const WebServer server([&](Talk& talk) {
    seen = talk.request;
    talk.Answer(200, "");
  });
  HttpOptions options;
  options.version = HttpVersion::kHttp2;
  HttpClient newer(options);
  ASSERT_TRUE(newer.Ask({server.url(), "GET", {}}));
  EXPECT_NE(seen.find("Upgrade: h2c"), std::string::npos) << seen;
  options.version = HttpVersion::kHttp1;
  HttpClient older(options);
  ASSERT_TRUE(older.Ask({server.url(), "GET", {}}));
  EXPECT_EQ(seen.find("Upgrade"), std::string::npos) << seen;
}

TEST(HttpBoundsTest, AnyAnswerBelowTwoHundredIsInterim) {
  const WebServer server([](Talk& talk) {
    talk.Send("HTTP/1.1 199 Soon\r\nA: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  HttpClient client({});
  const auto answer = client.Ask({server.url(), "GET", {}});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hi");
  EXPECT_EQ(answer->Header("A"), "");
}

TEST(HttpBoundsTest, AnUpgradeThatIsNotGrantedHasABody) {
  const WebServer server([](Talk& talk) { talk.Answer(200, "plain"); });
  HttpClient client({});
  const auto answer =
      client.Ask({server.url(), "GET", {{"Connection", "Upgrade"}, {"upgrade", "websocket"}}});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "plain");
}

TEST(HttpBoundsTest, AHeaderHasAName) {
  std::string line = "A: b:c";
  const WebServer server([&](Talk& talk) { talk.Answer(200, "", line + "\r\n"); });
  HttpClient client({});
  const auto answer = client.Ask({server.url(), "GET", {}});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->Header("A"), "b:c");
  line = "no colon";
  EXPECT_EQ(FaultOf(client.Ask({server.url(), "GET", {}})), HttpFault::kBroken);
}

TEST(HttpBoundsTest, AMessageNamesHostAndPortAlone) {
  std::string gone;
  {
    gone = WebServer([](Talk&) {}).address();
  }
  HttpClient client({});
  for (const char* rest : {"/a@b", "?a@b", "#a@b", ""}) {
    const auto answer = client.Ask({"http://" + gone + rest, "GET", {}});
    ASSERT_FALSE(answer.has_value());
    EXPECT_THAT(answer.error().message, StartsWith(gone + ": ")) << rest;
  }
}

TEST(HttpBoundsTest, ACertificateThatCannotBeReadIsAFault) {
  const WebServer server([](Talk& talk) { talk.Close(); });
  HttpOptions options;
  options.client_cert = "/no/such/cert.pem";
  HttpClient client(options);
  EXPECT_EQ(FaultOf(client.Ask({"https://" + server.address() + "/", "GET", {}})),
            HttpFault::kFile);
}

TEST(HttpBoundsTest, EachFaultHasItsName) {
  const std::pair<HttpFault, const char*> names[] = {
      {HttpFault::kBadUrl, "bad_url"},  {HttpFault::kResolve, "resolve"},
      {HttpFault::kConnect, "connect"}, {HttpFault::kTls, "tls"},
      {HttpFault::kTimeout, "timeout"}, {HttpFault::kTooLong, "too_long"},
      {HttpFault::kBroken, "broken"},   {HttpFault::kFile, "file"},
      {HttpFault::kStopped, "stopped"}};
  for (const auto& [fault, name] : names) EXPECT_STREQ(Name(fault), name);
}

}  // namespace
}  // namespace stickyd
