// SPDX-License-Identifier: Apache-2.0
// api_client_test: what is asked of Traefik's API, and what is made of its refusals.
#include "stickyd/api/api_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/fake_api.h"
#include "support/temp_dir.h"
#include "support/tls_front.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

class ApiClientTest : public testing::Test {
 protected:
  ApiClientTest() { api_.PutConfig({"http://10.0.0.1:80"}); }
  auto Ask(ApiTarget target) {
    if (target.url.empty()) target.url = api_.url();
    return ApiClient(std::move(target), RealFileSystem()).Ask();
  }
  std::string ReasonOf(ApiTarget target = {}) {
    const auto answers = Ask(std::move(target));
    if (answers) return "fine";
    message_ = answers.error().message;
    return std::string(Name(answers.error().fault));
  }
  std::string Put(const std::string& name, const std::string& text) const {
    const std::string path = folder_.path() / name;
    std::ofstream(path) << text;
    return path;
  }

  const TempDir folder_;
  FakeApi api_;
  std::string message_;
};

TEST_F(ApiClientTest, BringsRawdataVersionAndEntryPoints) {
  const auto answers = Ask({});
  ASSERT_TRUE(answers.has_value()) << answers.error().message;
  const auto config = ReadConfig(*answers);
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->version, "3.7.9");
  EXPECT_EQ(config->services.at("shop@file").servers.size(), 1U);
  EXPECT_EQ(config->entry_points.size(), 1U);
  EXPECT_EQ(api_.requests().size(), 4U);
}

TEST_F(ApiClientTest, TheBasePathComesBeforeAllPaths) {
  api_.Put("/traefik/api/rawdata", {200, R"({"routers":{}})", ""});
  for (const char* base : {"/traefik", "/traefik/", "/traefik//"}) {
    ApiTarget target;
    target.url = api_.url(base);
    const auto answers = Ask(target);
    ASSERT_TRUE(answers.has_value()) << answers.error().message;
    EXPECT_EQ(answers->rawdata, R"({"routers":{}})");
    EXPECT_EQ(answers->version, "") << "404 there";
  }
}

TEST_F(ApiClientTest, WhatGuardsTheApiGetsHostAndCredentials) {
  ApiTarget target;
  target.host = "traefik.example";
  target.basic_file = Put("basic", "me:secret\nmore\n");
  ASSERT_TRUE(Ask(target).has_value());
  EXPECT_THAT(api_.requests()[0], HasSubstr("\r\nHost: traefik.example\r\n"));
  EXPECT_THAT(api_.requests()[0], HasSubstr("\r\nAuthorization: Basic bWU6c2VjcmV0\r\n"));
  target = {};
  target.bearer_file = Put("bearer", " token \n");
  ASSERT_TRUE(Ask(target).has_value());
  EXPECT_THAT(api_.requests()[4], HasSubstr("\r\nAuthorization: Bearer token\r\n"));
}

TEST_F(ApiClientTest, CredentialsAreReadAnewAtEachAsking) {
  ApiTarget target;
  target.url = api_.url();
  target.bearer_file = Put("bearer", "one");
  ApiClient client(target, RealFileSystem());
  ASSERT_TRUE(client.Ask().has_value());
  Put("bearer", "two");
  ASSERT_TRUE(client.Ask().has_value());
  EXPECT_THAT(api_.requests()[0], HasSubstr("Bearer one"));
  EXPECT_THAT(api_.requests()[4], HasSubstr("Bearer two"));
}

TEST_F(ApiClientTest, CredentialsThatCannotBeReadAreNamed) {
  ApiTarget target;
  target.basic_file = Put("basic", "no colon");
  EXPECT_EQ(ReasonOf(target), "credentials");
  EXPECT_THAT(message_, HasSubstr("is not user:password"));
  EXPECT_THAT(message_, Not(HasSubstr("no colon")));
  target = {};
  target.bearer_file = Put("bearer", "\n");
  EXPECT_EQ(ReasonOf(target), "credentials");
  target.bearer_file = folder_.path() / "none";
  EXPECT_EQ(ReasonOf(target), "credentials");
  EXPECT_TRUE(api_.requests().empty());
}

TEST_F(ApiClientTest, ListsStandInWhereRawdataIsRefused) {
  for (const int status : {401, 403, 404, 405, 500}) {
    SCOPED_TRACE(status);
    FakeApi api;
    api.Put("/api/rawdata", {status, "", ""});
    api.Put("/api/http/routers?per_page=500&page=1",
            {200, R"([{"name":"a@file","service":"s"}])", "X-Next-Page: 2\r\n"});
    api.Put("/api/http/routers?per_page=500&page=2",
            {200, R"([{"name":"b@file","service":"s"}])", "X-Next-Page: 1\r\n"});
    api.Put("/api/http/services?per_page=500&page=1", {200, R"([{"name":"s@file"}])", ""});
    api.Put("/api/http/middlewares?per_page=500&page=1", {200, "[]", ""});
    ApiTarget target;
    target.url = api.url();
    const auto answers = Ask(target);
    ASSERT_TRUE(answers.has_value()) << answers.error().message;
    const auto config = ReadConfig(*answers);
    ASSERT_TRUE(config.has_value()) << config.error().message;
    EXPECT_EQ(config->routers.size(), 2U);
    EXPECT_TRUE(config->services.contains("s@file"));
  }
}

TEST_F(ApiClientTest, OldTraefiksAreAskedForTheirProviders) {
  FakeApi api;
  api.Put("/api/providers", {200, R"({"file":{"backends":{"app":{}}}})", ""});
  ApiTarget target;
  target.url = api.url();
  const auto answers = Ask(target);
  ASSERT_TRUE(answers.has_value()) << answers.error().message;
  EXPECT_THAT(answers->rawdata, HasSubstr("\"app\""));
}

TEST_F(ApiClientTest, PagesWithoutEndAreRefused) {
  api_.Put("/api/rawdata", {404, "", ""});
  for (int page = 1; page <= 600; ++page) {
    api_.Put(fmt::format("/api/http/routers?per_page=500&page={}", page),
             {200, "[]", fmt::format("X-Next-Page: {}\r\n", page + 1)});
  }
  EXPECT_EQ(ReasonOf(), "no_api") << "the first refusal is told";
  EXPECT_LT(api_.requests().size(), 600U);
}

TEST_F(ApiClientTest, ReasonsHaveWordsAndSentences) {
  api_.Put("/api/rawdata", {401, "", ""});
  EXPECT_EQ(ReasonOf(), "unauthorized");
  EXPECT_EQ(message_, api_.url() +
                          "/api/rawdata answers 401: --traefik.basic-file or "
                          "--traefik.bearer-file has the credentials");
  api_.Put("/api/rawdata", {404, "", ""});
  EXPECT_EQ(ReasonOf(), "no_api");
  api_.Put("/api/rawdata", {500, "", ""});
  EXPECT_EQ(ReasonOf(), "status");
  EXPECT_THAT(message_, HasSubstr("answers 500"));
  ApiTarget target;
  target.http.most_body = 10;
  api_.PutConfig({"http://10.0.0.1:80"});
  EXPECT_EQ(ReasonOf(target), "too_long");
}

TEST_F(ApiClientTest, AnAnswerThatFailsNowAndThenIsNotLeftOut) {
  api_.Put("/api/version", {503, "", ""});
  const auto answers = Ask({});
  ASSERT_TRUE(answers.has_value()) << "refused for good, as far as it tells";
  EXPECT_EQ(answers->version, "");
  ApiTarget target;
  target.http.most_body = 400;
  api_.Put("/api/version", {200, std::string(500, 'x'), ""});
  EXPECT_EQ(ReasonOf(target), "too_long");
}

// --- redirects

TEST_F(ApiClientTest, RedirectsOfTheSameHostAreFollowed) {
  const std::string body = "{\"services\":{}}";
  api_.Put("/base/api/rawdata", {302, "", "Location: /other/rawdata\r\n"});
  api_.Put("/other/rawdata", {307, "", "Location: " + api_.url("/third") + "\r\n"});
  api_.Put("/third", {200, body, ""});
  ApiTarget target;
  target.url = api_.url("/base");
  const auto answers = Ask(target);
  ASSERT_TRUE(answers.has_value()) << answers.error().message;
  EXPECT_EQ(answers->rawdata, body);
}

TEST_F(ApiClientTest, RedirectsElsewhereOrInCirclesAreRefused) {
  for (const std::string location : {"http://example.org/", "//example.org/", "ftp://127.0.0.1/",
                                     "http://localhost/", "http://me:pw@127.0.0.1/", ""}) {
    api_.Put("/api/rawdata", {302, "", "Location: " + location + "\r\n"});
    EXPECT_EQ(ReasonOf(), "redirect") << location;
    EXPECT_THAT(message_, Not(HasSubstr("pw")));
  }
  api_.Put("/api/rawdata", {301, "", "Location: /api/rawdata\r\n"});
  EXPECT_EQ(ReasonOf(), "redirect");
  EXPECT_THAT(message_, HasSubstr("again and again"));
}

TEST(ShownUrlTest, HasNoCredentialsAndNoSlashAtItsEnd) {
  EXPECT_EQ(ShownUrl("https://me:pw@host:8080/base/?token=x#y"), "https://host:8080/base");
  EXPECT_EQ(ShownUrl("http://[::1]:8080"), "http://[::1]:8080");
  EXPECT_EQ(ShownUrl("http://a@b@host"), "http://host");
}

TEST_F(ApiClientTest, AnApiOverTlsIsAskedAndItsRefusalsAreNamed) {
  const Authority ours(folder_.path(), "ours");
  const CertificateFiles client = ours.Issue("client");
  const TlsFront front(api_.port(), {ours.Issue("server"), ours.file()});
  ApiTarget target;
  target.url = front.url("");
  EXPECT_EQ(ReasonOf(target), "tls") << "an authority that is not known";
  EXPECT_THAT(message_, HasSubstr("certificate"));
  target.http.ca_file = ours.file();
  EXPECT_EQ(ReasonOf(target), "tls") << "no certificate of the client's: " << message_;
  target.http.client_cert = client.cert;
  target.http.client_key = folder_.path() / "none";
  EXPECT_EQ(ReasonOf(target), "file") << message_;
  target.http.client_key = client.key;
  EXPECT_EQ(ReasonOf(target), "fine") << message_;
  target.http.ca_file.clear();
  target.http.insecure = true;
  EXPECT_EQ(ReasonOf(target), "fine") << message_;
  EXPECT_EQ(front.handshakes(), 2) << "one for all four requests of a client";
}

}  // namespace
}  // namespace stickyd
