// SPDX-License-Identifier: Apache-2.0
// http_client.h: one HTTP request at a time, and what came back; follows no redirect, keeps no
// cookie, asks no proxy of the environment, decompresses nothing.
// Role:    traefik asks Traefik's API through it, probe asks a site.
// Shape:   the answer's headers in the order in which they came, those of its trailers not among
//          them; a body of up to HttpOptions::most_body bytes.
// Units:   in the types.
// Errors:  a kind that metrics can name, and a sentence for people. Whatever a server sends, an
//          answer comes back within the timeout and the limits. Neither has credentials in it.
// Threads: thread-compatible; each thread has a client of its own. A stop that is requested ends a
//          request at once.
// Cost:    connections are kept from request to request.
// Source:  libcurl.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace stickyd {

enum class HttpVersion : uint8_t { kAny, kHttp1, kHttp2 };
enum class LongBody : uint8_t { kFail, kCut };

struct HttpOptions {
  std::chrono::milliseconds timeout{10'000};  // of a whole request
  std::chrono::milliseconds connect_timeout{5'000};
  size_t most_body = size_t{64} << 20U;  // bytes
  size_t most_headers = 256 << 10;       // bytes, all in
  LongBody long_body = LongBody::kFail;  // what to do with a longer one
  HttpVersion version = HttpVersion::kAny;
  std::string user_agent;
  std::string ca_file;      // PEM; empty: the system's
  std::string client_cert;  // PEM; empty: none
  std::string client_key;   // PEM; empty: in client_cert
  bool insecure = false;    // takes any certificate
  std::string user;         // user:password, basic authentication; empty: none
  std::string bearer;       // token; empty: none
  // HOST:PORT:ADDRESS: where a host is, whatever DNS says.
  std::vector<std::string> resolve;
  // ADDRESS:PORT that all requests go to, whatever their URL says; empty: none.
  std::string connect_to;
};

struct HttpHeader {
  std::string name;  // as it came
  std::string value;
};

struct HttpRequest {
  std::string url;  // http or https
  std::string method = "GET";
  std::vector<HttpHeader> headers;       // with Upgrade among them, a 101 is the whole answer
  std::chrono::milliseconds timeout{0};  // if it is shorter than that of the options; 0: that
};

struct HttpAnswer {
  int status = 0;
  int version = 0;  // 10, 11, 20
  std::vector<HttpHeader> headers;
  std::string body;
  bool body_cut = false;
  std::chrono::microseconds took{};
  // Of the first header of this name, in any case; empty if there is none.
  std::string_view Header(std::string_view name) const;
};

enum class HttpFault : uint8_t {
  kBadUrl,   // no http or https URL
  kResolve,  // the host has no address
  kConnect,  // nobody listens there, or the connection was refused
  kTls,      // certificates, ciphers, protocol
  kTimeout,
  kTooLong,  // more headers or a longer body than is allowed
  kBroken,   // no HTTP, or it ended too soon
  kFile,     // a certificate or key that cannot be read
  kStopped,
};
const char* Name(HttpFault fault);  // "bad_url", ...

struct HttpFailure {
  HttpFault fault;
  std::string message;  // "127.0.0.1:8080: connection refused"
};

class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  tl::expected<HttpAnswer, HttpFailure> Ask(const HttpRequest& request,
                                            const std::stop_token& stop = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
