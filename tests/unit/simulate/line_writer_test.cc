// SPDX-License-Identifier: Apache-2.0
// line_writer_test: lines as the recordings have them.
#include "../../../src/simulate/line_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Line(const char* version, int status = 200) {
  Exchange e;
  e.status = status;
  e.server = "http://10.0.0.1:80";
  e.client_host = e.peer = "1.1.1.1";
  e.cookie = "sticky=x";
  e.origin_set = e.received_set = "sticky=a; Path=/,cart=b; Path=/";
  e.fetch.https = true;
  std::string line;
  WriteLogLine(SimulatedFormat::kJsonFull, version, e, line);
  return line;
}

TEST(LineWriterTest, OldVersionsLogStatusLines) {
  EXPECT_THAT(Line("v1.7.34"),
              HasSubstr(R"("DownstreamStatus":200,"DownstreamStatusLine":"200 OK","Duration":)"));
  EXPECT_THAT(Line("v1.7.34"),
              HasSubstr(R"("OriginStatus":200,"OriginStatusLine":"200 OK","Overhead":)"));
  EXPECT_THAT(Line("v1.7.34", 101), HasSubstr(R"("101 Switching Protocols")"));
  EXPECT_THAT(Line("v2.11.53"), Not(HasSubstr("StatusLine")));
}

TEST(LineWriterTest, OldVersionsLogTheFirstSetCookieOnly) {
  for (const char* whose : {"downstream", "origin"}) {
    const std::string field = std::string("\"") + whose + "_Set-Cookie\":";
    EXPECT_THAT(Line("v1.7.34"), HasSubstr(field + R"("sticky=a; Path=/")"));
    EXPECT_THAT(Line("v2.11.53"), HasSubstr(field + R"("sticky=a; Path=/,cart=b; Path=/")"));
  }
}

TEST(LineWriterTest, OldVersionsLogHeadersAsTheyCame) {
  EXPECT_THAT(Line("v1.7.34"), Not(HasSubstr("request_X-Forwarded-Proto")));
  EXPECT_THAT(Line("v2.11.53"), HasSubstr(R"("request_X-Forwarded-Proto":"https")"));
}

TEST(LineWriterTest, UrlsOfServersAreObjectsUpToV2) {
  const std::string url =
      R"(URL":{"Scheme":"http","Opaque":"","User":null,"Host":"10.0.0.1:80","Path":"",)"
      R"("Fragment":"","RawQuery":"","RawPath":"","RawFragment":"","ForceQuery":false,)"
      R"("OmitHost":false},)";
  EXPECT_THAT(Line("v1.7.34"), HasSubstr("\"Backend" + url));
  EXPECT_THAT(Line("v2.11.53"), HasSubstr("\"Service" + url));
  EXPECT_THAT(Line("v3.7.9"), HasSubstr(R"("ServiceURL":"http://10.0.0.1:80")"));
}

// As the recordings have them, of a request over TLS whose headers are all kept.
TEST(LineWriterTest, EachVersionHasItsKeys) {
  const auto keys = [](const char* version) {
    std::set<std::string> names;
    const auto line = nlohmann::json::parse(Line(version));
    for (const auto& [key, value] : line.items()) names.insert(key);
    return names;
  };
  const auto without = [](std::set<std::string> all, const std::set<std::string>& some) {
    for (const std::string& key : some) EXPECT_EQ(all.erase(key), 1U) << key;
    return all;
  };
  const std::set<std::string> v3 = keys("v3.7.9");
  EXPECT_THAT(
      v3,
      testing::ElementsAre(
          "ClientAddr", "ClientHost", "ClientPort", "ClientUsername", "DownstreamContentSize",
          "DownstreamStatus", "Duration", "OriginContentSize", "OriginDuration", "OriginStatus",
          "Overhead", "RequestAddr", "RequestContentSize", "RequestCount", "RequestHost",
          "RequestMethod", "RequestPath", "RequestPort", "RequestProtocol", "RequestScheme",
          "RetryAttempts", "RouterName", "ServiceAddr", "ServiceName", "ServiceURL", "StartLocal",
          "StartUTC", "TLSCipher", "TLSVersion", "downstream_Set-Cookie", "entryPointName", "level",
          "msg", "origin_Set-Cookie", "request_Cookie", "request_Sec-Fetch-Dest",
          "request_Sec-Fetch-Mode", "request_Sec-Fetch-Site", "request_X-Forwarded-Proto", "time"));
  EXPECT_EQ(keys("v3.3.3"), v3);
  std::set<std::string> v2 = v3;
  v2.insert("GzipRatio");
  EXPECT_EQ(keys("v2.11.53"), v2);
  std::set<std::string> v1 =
      without(v3, {"RequestScheme", "RouterName", "ServiceAddr", "ServiceName", "ServiceURL",
                   "TLSCipher", "TLSVersion", "entryPointName", "request_X-Forwarded-Proto"});
  v1.insert({"BackendAddr", "BackendName", "BackendURL", "DownstreamStatusLine", "FrontendName",
             "OriginStatusLine", "RequestLine"});
  EXPECT_EQ(keys("v1.7.34"), v1);
}

TEST(LineWriterTest, RequestOverHttpHasNoTlsAndABalancerSaysWhatItWas) {
  Exchange e;
  e.server = "http://10.0.0.1:80";
  e.client_host = e.peer = "1.1.1.1";
  e.fetch.https = false;
  const auto line = [&](const char* version) {
    std::string text;
    WriteLogLine(SimulatedFormat::kJsonFull, version, e, text);
    return nlohmann::json::parse(text);
  };
  EXPECT_FALSE(line("v3.7.9").contains("TLSCipher"));
  EXPECT_EQ(line("v3.7.9")["RequestScheme"], "http");
  EXPECT_EQ(line("v3.7.9")["request_X-Forwarded-Proto"], "http");
  EXPECT_EQ(line("v1.7.34")["RequestLine"], "GET  HTTP/1.1");
  e.peer = "10.0.0.9";
  e.port = 1234;
  EXPECT_EQ(line("v1.7.34")["request_X-Forwarded-Proto"], "https");
  EXPECT_EQ(line("v1.7.34")["ClientAddr"], "10.0.0.9:1234");
  EXPECT_EQ(line("v1.7.34")["ClientHost"], "1.1.1.1");
}

TEST(LineWriterTest, KeysAreSorted) {
  for (const char* version : {"v1.7.34", "v2.11.53", "v3.3.3", "v3.7.9"}) {
    const auto json = nlohmann::ordered_json::parse(Line(version));
    std::vector<std::string> keys;
    for (const auto& [key, value] : json.items()) keys.push_back(key);
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end())) << version;
  }
}

}  // namespace
}  // namespace stickyd
