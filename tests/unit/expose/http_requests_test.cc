// SPDX-License-Identifier: Apache-2.0
// http_requests_test: requests that no scraper sends, each answered at once, as often as it has
// requests in it, and with nothing left behind: the next one is answered as ever.
#include <vector>

#include "http_fixture.h"

namespace stickyd {
namespace {

const std::string kHost = "Host: localhost\r\n";
const std::string kEnd = "Connection: close\r\n\r\n";

std::string Repeat(const std::string& text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

size_t Count(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

constexpr size_t kTwiceItsHead = 0;  // libmicrohttpd 0.9.75, of errors of its own in lengths

struct Row {
  const char* name;
  std::string request;
  int status;          // of the first answer
  size_t answers = 1;  // in all, before the connection ends
  size_t scrapes = 0;  // of them
};

// NOLINTNEXTLINE(google-readability-function-size): a table.
std::vector<Row> Rows() {
  const std::string get = "GET /metrics HTTP/1.1\r\n";
  const std::string post = "POST /metrics HTTP/1.1\r\n" + kHost;
  const std::string next = get + kHost + kEnd;
  return {
      {"ordinary", get + kHost + kEnd, 200, 1, 1},
      {"1.0", "GET /metrics HTTP/1.0\r\n\r\n", 200, 1, 1},
      {"query", "GET /metrics?a=%00&b HTTP/1.1\r\n" + kHost + kEnd, 200, 1, 1},
      {"HEAD", "HEAD /metrics HTTP/1.1\r\n" + kHost + kEnd, 200},
      {"range", get + kHost + "Range: bytes=0-1\r\n" + kEnd, 200, 1, 1},
      {"long Accept", get + kHost + "Accept: " + Repeat("a/b;q=0.1,", 1400) + "\r\n" + kEnd, 200, 1,
       1},
      {"pipelined", Repeat("GET /-/healthy HTTP/1.1\r\n" + kHost + "\r\n", 200) + next, 200, 201,
       1},
      {"body of a GET", get + kHost + "Content-Length: 3\r\n\r\nabc" + next, 200, 2, 2},
      {"expect", post + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc" + next, 100, 3, 1},
      {"absolute", "GET http://localhost:1/metrics HTTP/1.1\r\n" + kHost + kEnd, 200, 1, 1},
      {"absolute, of others", "GET http://evil.example/metrics HTTP/1.1\r\n" + kHost + kEnd, 403},

      {"traversal", "GET /../../etc/passwd HTTP/1.1\r\n" + kHost + kEnd, 404},
      {"traversal, encoded", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + kHost + kEnd, 404},
      {"NUL, encoded", "GET /metrics%00x HTTP/1.1\r\n" + kHost + kEnd, 404},
      {"no method", "FOO /metrics HTTP/1.1\r\n" + kHost + kEnd, 405},
      {"DELETE", "DELETE /-/reload HTTP/1.1\r\n" + kHost + kEnd, 405},
      {"OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + kHost + kEnd, 405},
      {"0.9", "GET /metrics\r\n\r\n", 400},
      {"long header", get + kHost + "X: " + std::string(100'000, 'a') + "\r\n\r\n", 431},
      {"many headers", get + kHost + Repeat("X: a\r\n", 5000) + "\r\n", 431},
      {"long target", "GET /" + std::string(60'000, 'a') + " HTTP/1.1\r\n" + kHost + "\r\n", 414},

      {"no host", get + kEnd, 400},
      {"two hosts", get + kHost + "Host: evil.example\r\n" + kEnd, 400},
      {"blank in a name", get + kHost + "Content-Length : 3\r\n\r\nabc" + next, 400},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 0\r\n\r\nabc" + next, 400},
      {"length and chunks",
       post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next, 400},
      {"strange encoding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + next, 400},
      {"negative length", post + "Content-Length: -1\r\n\r\n" + next, 400, kTwiceItsHead},
      {"length beyond numbers", post + "Content-Length: 99999999999999999999\r\n\r\n" + next, 413,
       kTwiceItsHead},
      {"no chunk", post + "Transfer-Encoding: chunked\r\n\r\nZZZ\r\n" + next, 400},
  };
}

class HttpRequestsTest : public HttpFixture {};

TEST_F(HttpRequestsTest, EachIsAnsweredAtOnceAndOnlyAsOftenAsItAsks) {
  Publish(true, 0);
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.name);
    const std::string answer = Ask(address_, row.request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(row.status) + " "))
        << answer.substr(0, 300);
    if (row.answers != kTwiceItsHead) {
      EXPECT_EQ(Count(answer, "HTTP/1.1 "), row.answers);
    }
    EXPECT_EQ(Count(answer, "# TYPE stickyd_build_info "), row.scrapes);
    EXPECT_TRUE(Has(Get(address_, "/-/healthy"), " 200 "));
  }
}

TEST_F(HttpRequestsTest, ABodyOfAnyKindIsReadAndThrownAway) {
  options_.enable_lifecycle = true;
  Serve();
  for (const char* const kind :
       {"Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nF4240\r\n"}) {
    const UniqueFd client = Connect(address_);
    ASSERT_TRUE(Write(client, "POST /-/reload HTTP/1.1\r\n" + kHost + kind));
    const std::string end = Has(kind, "chunked") ? "\r\n0\r\n\r\n" : "";
    ASSERT_TRUE(Write(client, std::string(1'000'000, 'a') + end));
    ASSERT_TRUE(Write(client, "GET /-/healthy HTTP/1.1\r\n" + kHost + kEnd));
    const std::string answer = ReadAll(client);
    EXPECT_TRUE(Has(answer, " 202 ")) << answer;
    EXPECT_TRUE(Has(answer, " 200 ")) << answer;
  }
  EXPECT_EQ(reloads_, 2);
}

TEST_F(HttpRequestsTest, BytesOfAllKindsAreRefused) {
  std::string bytes;
  for (int i = 0; i < 8 * 256; ++i) bytes += static_cast<char>(i);
  EXPECT_TRUE(Has(Ask(address_, bytes + "\r\n\r\n"), " 400 "));
  EXPECT_TRUE(Has(Get(address_, "/-/healthy"), " 200 "));
}

}  // namespace
}  // namespace stickyd
