// SPDX-License-Identifier: Apache-2.0
// http_client_test: what comes back from servers that behave, and from those that do not.
#include "stickyd/web/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "fault_of.h"
#include "support/temp_dir.h"
#include "support/web_server.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

using Talk = WebServer::Talk;

TEST(HttpClientTest, BringsStatusHeadersInOrderAndBody) {
  const WebServer server([](Talk& talk) {
    talk.Answer(404, "none", "Set-Cookie: b=2\r\nX-Empty:\r\nset-cookie:  a=1 \r\n");
  });
  HttpClient client({});
  const auto answer = client.Ask({server.url("/x"), "GET", {}});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->version, 11);
  EXPECT_EQ(answer->body, "none");
  EXPECT_FALSE(answer->body_cut);
  ASSERT_EQ(answer->headers.size(), 4U);
  EXPECT_EQ(answer->headers[0].name, "Set-Cookie");
  EXPECT_EQ(answer->headers[0].value, "b=2");
  EXPECT_EQ(answer->headers[1].value, "");
  EXPECT_EQ(answer->headers[2].name, "set-cookie");
  EXPECT_EQ(answer->headers[2].value, "a=1");
  EXPECT_EQ(answer->Header("SET-COOKIE"), "b=2");
  EXPECT_EQ(answer->Header("Location"), "");
  EXPECT_GT(answer->took.count(), 0);
}

TEST(HttpClientTest, SendsWhatItIsTold) {
  std::string seen;
  const WebServer server([&](Talk& talk) {
    seen = talk.request;
    talk.Answer(200, "");
  });
  HttpOptions options;
  options.user_agent = "tester/1";
  options.user = "me:secret";
  HttpClient client(options);
  ASSERT_TRUE(client.Ask({server.url("/a?b=c"), "OPTIONS", {{"Host", "shop.example"}, {"X", ""}}}));
  EXPECT_TRUE(seen.starts_with("OPTIONS /a?b=c HTTP/1.1\r\n")) << seen;
  EXPECT_THAT(seen, HasSubstr("\r\nHost: shop.example\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nX:\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nUser-Agent: tester/1\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nAuthorization: Basic bWU6c2VjcmV0\r\n"));
  EXPECT_THAT(seen, Not(HasSubstr("Accept-Encoding")));
  EXPECT_THAT(seen, Not(HasSubstr("Cookie")));
  options = {};
  options.bearer = "token";
  HttpClient other(options);
  ASSERT_TRUE(other.Ask({server.url("/"), "HEAD", {}}));
  EXPECT_TRUE(seen.starts_with("HEAD / HTTP/1.1\r\n")) << seen;
  EXPECT_THAT(seen, HasSubstr("\r\nAuthorization: Bearer token\r\n"));
}

TEST(HttpClientTest, FollowsNoRedirectAndKeepsNoCookie) {
  std::atomic<int> requests = 0;
  std::string cookie = "unset";
  const WebServer server([&](Talk& talk) {
    ++requests;
    cookie = talk.Header("Cookie");
    talk.Answer(302, "", "Location: /other\r\nSet-Cookie: a=1; Path=/\r\n");
  });
  HttpClient client({});
  for (int i = 1; i <= 2; ++i) {
    const auto answer = client.Ask({server.url(), "GET", {}});
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 302);
    EXPECT_EQ(requests, i);
    EXPECT_EQ(cookie, "");
  }
}

TEST(HttpClientTest, GoesWhereItIsSentWhateverTheUrlSays) {
  std::string host;
  const WebServer server([&](Talk& talk) {
    host = talk.Header("Host");
    talk.Answer(200, "here");
  });
  HttpOptions resolved;
  resolved.resolve = {"shop.example:" + std::to_string(server.port()) + ":127.0.0.1"};
  HttpClient by_name(resolved);
  const std::string named = "shop.example:" + std::to_string(server.port());
  const auto answer = by_name.Ask({"http://" + named + "/", "GET", {}});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(host, named);
  HttpOptions connected;
  connected.connect_to = server.address();
  HttpClient by_place(connected);
  ASSERT_TRUE(by_place.Ask({"http://other.example/", "GET", {}}));
  EXPECT_EQ(host, "other.example");
}

TEST(HttpClientTest, InterimAnswersAndTrailersAreNoPartOfTheAnswer) {
  const WebServer server([](Talk& talk) {
    talk.Send(
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: 1\r\nTrailer: B\r\n\r\n"
        "2\r\nhi\r\n0\r\nB: 2\r\n\r\n");
  });
  HttpClient client({});
  const auto answer = client.Ask({server.url(), "GET", {}});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hi");
  EXPECT_EQ(answer->Header("A"), "1");
  EXPECT_EQ(answer->Header("B"), "");
  EXPECT_EQ(answer->Header("Link"), "");
}

TEST(HttpClientTest, AnUpgradeThatIsGrantedIsTheWholeAnswer) {
  const WebServer server([](Talk& talk) {
    talk.Send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSet-Cookie: a=1\r\n\r\n");
    talk.AwaitClient();
  });
  HttpClient client({});
  const auto answer =
      client.Ask({server.url(), "GET", {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status, 101);
  EXPECT_EQ(answer->Header("Set-Cookie"), "a=1");
}

TEST(HttpClientTest, ARequestMayHaveLessTimeThanTheOthers) {
  const WebServer silent([](Talk& talk) { talk.AwaitClient(); });
  HttpClient client({});
  HttpRequest request{silent.url(), "GET", {}};
  request.timeout = milliseconds(50);
  EXPECT_EQ(FaultOf(client.Ask(request)), HttpFault::kTimeout);
}

TEST(HttpClientTest, ALongBodyIsCutOrAFault) {
  const WebServer server([](Talk& talk) {
    talk.Send("HTTP/1.1 200 OK\r\n\r\n");
    while (talk.Send(std::string(1000, 'x'))) {
    }
  });
  HttpOptions options;
  options.most_body = 1500;
  HttpClient failing(options);
  const auto failed = failing.Ask({server.url(), "GET", {}});
  EXPECT_EQ(FaultOf(failed), HttpFault::kTooLong);
  EXPECT_THAT(failed.error().message, HasSubstr("longer than is allowed"));
  options.long_body = LongBody::kCut;
  HttpClient cutting(options);
  const auto cut = cutting.Ask({server.url(), "GET", {}});
  ASSERT_TRUE(cut.has_value()) << cut.error().message;
  EXPECT_TRUE(cut->body_cut);
  EXPECT_EQ(cut->body, std::string(1500, 'x'));
}

TEST(HttpClientTest, EndlessHeadersAreAFault) {
  const WebServer server([](Talk& talk) {
    talk.Send("HTTP/1.1 200 OK\r\n");
    while (talk.Send("Set-Cookie: " + std::string(100, 'x') + "\r\n")) {
    }
  });
  HttpOptions options;
  options.most_headers = 5000;
  HttpClient client(options);
  EXPECT_EQ(FaultOf(client.Ask({server.url(), "GET", {}})), HttpFault::kTooLong);
}

TEST(HttpClientTest, CompressedBodiesStayAsTheyAre) {
  const std::string bytes = "\x1f\x8b\x08 not even gzip";
  const WebServer server(
      [&](Talk& talk) { talk.Answer(200, bytes, "Content-Encoding: gzip\r\n"); });
  HttpClient client({});
  const auto answer = client.Ask({server.url(), "GET", {}});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, bytes);
}

TEST(HttpClientTest, WhatIsNoAnswerIsAFaultWithAName) {
  const WebServer silent([](Talk& talk) { talk.AwaitClient(); });
  HttpOptions hasty;
  hasty.timeout = milliseconds(50);
  HttpClient waiting(hasty);
  const auto late = waiting.Ask({silent.url(), "GET", {}});
  EXPECT_EQ(FaultOf(late), HttpFault::kTimeout);
  EXPECT_EQ(late.error().message, silent.address() + ": no answer in time");

  HttpClient client({});
  const WebServer cut([](Talk& talk) {
    talk.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    talk.Close();
  });
  EXPECT_EQ(FaultOf(client.Ask({cut.url(), "GET", {}})), HttpFault::kBroken);
  const WebServer words([](Talk& talk) {
    talk.Send("SSH-2.0-OpenSSH\r\n");
    talk.Close();
  });
  EXPECT_EQ(FaultOf(client.Ask({words.url(), "GET", {}})), HttpFault::kBroken);
  const WebServer shy([](Talk& talk) { talk.Close(); });
  EXPECT_EQ(FaultOf(client.Ask({shy.url(), "GET", {}})), HttpFault::kBroken);
  EXPECT_EQ(FaultOf(client.Ask({"https://" + shy.address() + "/", "GET", {}})), HttpFault::kTls);
  std::string gone;
  {
    gone = WebServer([](Talk&) {}).url();
  }
  EXPECT_EQ(FaultOf(client.Ask({gone, "GET", {}})), HttpFault::kConnect);
  for (const char* url : {"", "ftp://127.0.0.1/", "file:///etc/passwd", "http://"}) {
    EXPECT_EQ(FaultOf(client.Ask({url, "GET", {}})), HttpFault::kBadUrl) << url;
  }
  HttpOptions files;
  files.ca_file = "/no/such/ca.pem";
  HttpClient without_ca(files);
  EXPECT_EQ(FaultOf(without_ca.Ask({"https://" + shy.address() + "/", "GET", {}})),
            HttpFault::kFile);
}

TEST(HttpClientTest, MessagesHaveNoCredentials) {
  std::string gone;
  {
    gone = WebServer([](Talk&) {}).address();
  }
  HttpOptions options;
  options.bearer = "token";
  HttpClient client(options);
  const auto answer = client.Ask({"http://user:secret@" + gone + "/a?key=hidden", "GET", {}});
  ASSERT_FALSE(answer.has_value());
  EXPECT_TRUE(answer.error().message.starts_with(gone + ": ")) << answer.error().message;
  for (const char* word : {"user", "secret", "hidden", "token"}) {
    EXPECT_THAT(answer.error().message, Not(HasSubstr(word)));
  }
}

TEST(HttpClientTest, AStopEndsARequest) {
  std::stop_source stop;
  const WebServer silent([&](Talk& talk) {
    stop.request_stop();
    talk.AwaitClient();
  });
  HttpClient client({});
  EXPECT_EQ(FaultOf(client.Ask({silent.url(), "GET", {}}, stop.get_token())), HttpFault::kStopped);
}

TEST(HttpClientTest, FaultsHaveNames) {
  EXPECT_STREQ(Name(HttpFault::kBadUrl), "bad_url");
  EXPECT_STREQ(Name(HttpFault::kTimeout), "timeout");
  EXPECT_STREQ(Name(HttpFault::kStopped), "stopped");
}

}  // namespace
}  // namespace stickyd
