// SPDX-License-Identifier: Apache-2.0
// api_bounds_test: how much of Traefik's API is read, how far redirects are followed, and what
// each failure is called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "stickyd/api/api_client.h"
#include "support/fake_api.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr EventTime kNow{std::chrono::hours(500'000)};

class ApiBoundsTest : public testing::Test {
 protected:
  ApiBoundsTest() { api_.PutConfig({"http://10.0.0.1:80"}); }
  auto Ask(ApiTarget target) {
    if (target.url.empty()) target.url = api_.url();
    return ApiClient(std::move(target), RealFileSystem()).Ask();
  }
  std::string ReasonOf(const ApiTarget& target = {}) {
    const auto answers = Ask(target);
    if (answers) return "fine";
    message_ = answers.error().message;
    return std::string(Name(answers.error().fault));
  }
  // `count` pages of a list, each with this body.
  void PutPages(const std::string& path, int count, const std::string& body) {
    for (int page = 1; page <= count; ++page) {
      api_.Put(fmt::format("{}?per_page=500&page={}", path, page),
               {200, body, fmt::format("X-Next-Page: {}\r\n", page == count ? 1 : page + 1)});
    }
  }
  // Requests whose path begins so.
  int64_t Asked(const std::string& path) const {
    const auto requests = api_.requests();
    return std::count_if(requests.begin(), requests.end(),
                         [&](const auto& request) { return request.starts_with("GET " + path); });
  }

  const TempDir folder_;
  FakeApi api_;
  std::string message_;
};

// --- pages

TEST_F(ApiBoundsTest, FiveHundredPagesAreRead) {
  PutPages("/api/entrypoints", 500, R"([{"name":"web"}])");
  const auto answers = Ask({});
  ASSERT_TRUE(answers.has_value()) << answers.error().message;
  EXPECT_EQ(std::count(answers->entry_points.begin(), answers->entry_points.end(), '{'), 500);
  PutPages("/api/entrypoints", 501, "[]");
  EXPECT_EQ(ReasonOf(), "too_long");
  EXPECT_EQ(message_, api_.url() + "/api/entrypoints has too many pages");
  EXPECT_EQ(Asked("/api/entrypoints"), 1000) << "500 each time";
}

TEST_F(ApiBoundsTest, PagesAreNoLongerTogetherThanABodyMayBe) {
  ApiTarget target;
  target.http.most_body = 600;
  const std::string page = "[" + std::string(298, ' ') + "]";
  PutPages("/api/entrypoints", 3, page);
  EXPECT_EQ(ReasonOf(target), "fine") << "it is left at the page that passes the limit";
  PutPages("/api/entrypoints", 4, page);
  EXPECT_EQ(ReasonOf(target), "too_long");
  EXPECT_EQ(Asked("/api/entrypoints"), 6);
}

TEST_F(ApiBoundsTest, APageThatDoesNotFollowIsTheLast) {
  for (const char* next : {"X-Next-Page: 0", "X-Next-Page: 1", "X-Next-Page: x", "X-Next-Page:"}) {
    api_.Put("/api/entrypoints?per_page=500&page=1", {200, "[1]", fmt::format("{}\r\n", next)});
    const auto answers = Ask({});
    ASSERT_TRUE(answers.has_value()) << next << answers.error().message;
    EXPECT_EQ(answers->entry_points, "[1]");
  }
}

TEST_F(ApiBoundsTest, AListThatIsNoneIsABadAnswer) {
  api_.Put("/api/entrypoints?per_page=500&page=1", {200, "{}", ""});
  EXPECT_EQ(ReasonOf(), "bad_answer");
  EXPECT_EQ(message_, api_.url() + "/api/entrypoints is no JSON list");
  api_.Put("/api/entrypoints?per_page=500&page=1", {503, "", ""});
  EXPECT_EQ(ReasonOf(), "fine") << "a refusal";
}

// --- what stands in for rawdata

TEST_F(ApiBoundsTest, TheFirstRefusalIsToldWhereNothingStandsIn) {
  for (const char* body : {R"([{"service":"without a name"}])", "{}"}) {
    api_.Put("/api/rawdata", {401, "", ""});
    PutPages("/api/http/routers", 1, body);
    PutPages("/api/http/services", 1, "[]");
    PutPages("/api/http/middlewares", 1, "[]");
    EXPECT_EQ(ReasonOf(), "unauthorized") << body;
  }
  EXPECT_EQ(Asked("/api/providers"), 0) << "that is no Traefik v1";
  api_.Put("/api/rawdata", {404, "", ""});
  api_.Put("/api/providers", {200, "[]", ""});
  EXPECT_EQ(ReasonOf(), "no_api");
  EXPECT_EQ(message_, api_.url() +
                          "/api/rawdata answers 404: is the API enabled, and is its base path "
                          "right?");
  EXPECT_EQ(Asked("/api/providers"), 1);
}

TEST_F(ApiBoundsTest, NothingStandsInForAnAnswerThatIsTooLong) {
  ApiTarget target;
  target.http.most_body = 20;
  EXPECT_EQ(ReasonOf(target), "too_long");
  EXPECT_EQ(api_.requests().size(), 1U);
}

TEST_F(ApiBoundsTest, WhatHelpsIsAskedForAfterRawdata) {
  api_.Put("/api/overview", {200, R"({"features":{}})", ""});
  const auto answers = Ask({});
  ASSERT_TRUE(answers.has_value()) << answers.error().message;
  EXPECT_EQ(answers->overview, R"({"features":{}})");
  EXPECT_EQ(answers->version, R"({"Version":"3.7.9"})");
  EXPECT_THAT(api_.requests()[0], HasSubstr("\r\nHost: " + api_.address() + "\r\n"));
  EXPECT_THAT(api_.requests()[0], Not(HasSubstr("Authorization")));
}

// --- redirects

TEST_F(ApiBoundsTest, ThreeRedirectsAreFollowed) {
  api_.Put("/api/rawdata", {301, "", "Location: /1\r\n"});
  api_.Put("/1", {302, "", "Location: /2\r\n"});
  api_.Put("/2", {308, "", "Location: /3\r\n"});
  api_.Put("/3", {200, R"({"routers":{}})", ""});
  const auto answers = Ask({});
  ASSERT_TRUE(answers.has_value()) << answers.error().message;
  EXPECT_EQ(answers->rawdata, R"({"routers":{}})");
  api_.Put("/3", {302, "", "Location: /4\r\n"});
  api_.Put("/4", {200, R"({"routers":{}})", ""});
  EXPECT_EQ(ReasonOf(), "redirect");
  EXPECT_EQ(message_, api_.url() + "/api/rawdata redirects again and again");
  EXPECT_EQ(Asked("/4"), 0);
}

TEST_F(ApiBoundsTest, AnotherPortIsTheSameHost) {
  FakeApi other;
  other.Put("/x", {200, R"({"routers":{}})", ""});
  api_.Put("/api/rawdata", {302, "", "Location: " + other.url("/x") + "\r\n"});
  const auto answers = Ask({});
  ASSERT_TRUE(answers.has_value()) << answers.error().message;
  EXPECT_EQ(answers->rawdata, R"({"routers":{}})");
}

TEST_F(ApiBoundsTest, ARedirectElsewhereIsNamed) {
  api_.Put("/api/rawdata", {302, "", "Location: https://me:pw@login.example/?next=x\r\n"});
  EXPECT_EQ(ReasonOf(), "redirect");
  EXPECT_EQ(message_, api_.url() +
                          "/api/rawdata redirects to https://login.example: give --traefik.url "
                          "the place of the API itself");
}

// --- what failures are called

TEST_F(ApiBoundsTest, FailuresOfTheConnectionHaveReasons) {
  ApiTarget target;
  target.url = "ftp://127.0.0.1/";
  EXPECT_EQ(ReasonOf(target), "bad_url");
  {
    const WebServer gone([](WebServer::Talk&) {});
    target.url = gone.url();
  }
  EXPECT_EQ(ReasonOf(target), "connect");
  const WebServer babbles([](WebServer::Talk& talk) {
    talk.Send("what?\r\n\r\n");
    talk.Close();
  });
  target.url = babbles.url();
  EXPECT_EQ(ReasonOf(target), "broken");
  target.url = "https://" + babbles.address();
  EXPECT_EQ(ReasonOf(target), "tls");
  target.http.ca_file = folder_.path() / "none.pem";
  EXPECT_EQ(ReasonOf(target), "file");
  const WebServer waits([](WebServer::Talk& talk) { talk.AwaitClient(); });
  target = {};
  target.url = waits.url();
  target.http.timeout = std::chrono::milliseconds(1);
  EXPECT_EQ(ReasonOf(target), "timeout");
}

TEST_F(ApiBoundsTest, CredentialsAreAtMostAsLongAsAFileOfThemMayBe) {
  const auto put = [&](size_t bytes) {
    const std::string path = folder_.path() / "basic";
    std::ofstream(path) << "me:x\n" << std::string(bytes - 5, '#');
    return path;
  };
  ApiTarget target;
  target.basic_file = put(65'536);
  EXPECT_EQ(ReasonOf(target), "fine");
  target.basic_file = put(65'537);
  EXPECT_EQ(ReasonOf(target), "credentials");
  EXPECT_EQ(message_, target.basic_file + ": longer than 65536 bytes");
}

// --- asked once

TEST_F(ApiBoundsTest, AConfigurationIsOfTheTimeOfItsAsking) {
  ApiTarget target;
  target.url = api_.url();
  const auto config = AskForConfig(target, RealFileSystem(), kNow);
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->time, kNow);
  EXPECT_EQ(config->version, "3.7.9");
  api_.Put("/api/rawdata", {200, "<html>", ""});
  auto bad = AskForConfig(target, RealFileSystem(), kNow);
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().fault, ApiFault::kBadAnswer);
  EXPECT_THAT(bad.error().message, StartsWith(api_.url() + ": "));
  api_.Put("/api/rawdata", {401, "", ""});
  bad = AskForConfig(target, RealFileSystem(), kNow);
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().fault, ApiFault::kUnauthorized);
}

}  // namespace
}  // namespace stickyd
