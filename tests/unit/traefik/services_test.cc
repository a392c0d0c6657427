// SPDX-License-Identifier: Apache-2.0
// services_test: without the API, what a second service of a router is: one of error pages, or one
// that the router leads to in turn.
#include "routing.h"

namespace stickyd {
namespace {

constexpr const char* kBlueServer = "http://10.0.0.1:80";
constexpr const char* kGreenServer = "http://10.0.0.2:80";

class ServicesTest : public Routing {
 protected:
  Observation Answer(const char* service, int64_t second, uint16_t status = 200,
                     const std::string& cookie = "") {
    AccessRecord record =
        RecordOf("web@file", service, *service == 'a' ? kBlueServer : kGreenServer, second);
    record.status = status;
    if (!cookie.empty()) record.cookie = Text(cookie);
    return See(record);
  }
  // Did the service answer with an error page, that is, in place of a server?
  bool IsPage(const char* service, uint16_t status) {
    return Answer(service, ++second_, status).server == ServerId::kNone;
  }
  // Do services come in turn, after this request?
  bool InTurn(const char* service, int64_t second, uint16_t status = 200) {
    return interpreter_->scope(Answer(service, second, status).route->scope).in_turn;
  }

  int64_t second_ = 0;
};

TEST_F(ServicesTest, SecondServiceIsOneOfErrorPagesUntilItAnswersOtherwise) {
  EXPECT_FALSE(IsPage("a@file", 200));
  EXPECT_TRUE(IsPage("b@file", 503));
  EXPECT_FALSE(IsPage("a@file", 200));
  EXPECT_TRUE(IsPage("b@file", 400));
  EXPECT_FALSE(IsPage("b@file", 399));
  EXPECT_FALSE(IsPage("b@file", 503)) << "it is a service like the other";
}

TEST_F(ServicesTest, FirstServiceIsNoneOfErrorPages) {
  EXPECT_FALSE(IsPage("a@file", 503)) << "there is no other";
  EXPECT_FALSE(IsPage("a@file", 404));
  EXPECT_FALSE(IsPage("a@file", 200));
  EXPECT_FALSE(IsPage("b@file", 200));
  EXPECT_FALSE(IsPage("a@file", 503));
  EXPECT_TRUE(IsPage("c@file", 503)) << "a third one is like a second";
}

TEST_F(ServicesTest, CookiesOfAnErrorPageSayNothing) {
  Answer("a@file", 1);
  AccessRecord record = RecordOf("web@file", "b@file", kGreenServer, 2);
  record.status = 503;
  const std::string cookie = "lb=" + EncodeCookie(CookieEncoding::kSha256, kGreenServer);
  record.cookie = record.set_cookie = Text(cookie);
  const Observation seen = See(record);
  EXPECT_EQ(seen.server, ServerId::kNone);
  EXPECT_FALSE(seen.cookie.sent || seen.set_cookie.sent);
  EXPECT_TRUE(interpreter_->scope(seen.route->scope).learnt_names.empty());
}

TEST_F(ServicesTest, ServicesOfTwoRoutersAreNoPagesOfEachOther) {
  EXPECT_FALSE(IsPage("a@file", 200));
  AccessRecord record = RecordOf("other@file", "b@file", kGreenServer, 2);
  record.status = 503;
  EXPECT_NE(See(record).server, ServerId::kNone);
}

TEST_F(ServicesTest, WhereTheApiKnowsTheServiceStatusesDoNotTell) {
  Configure(R"({"routers": {"web@file": {"service": "tree"}}, "services": {
    "tree@file": {"weighted": {"services": [{"name": "a"}, {"name": "b"}]}},
    "a@file": {"loadBalancer": {"servers": [{"url": "http://10.0.0.1:80"}]}},
    "b@file": {"loadBalancer": {"servers": [{"url": "http://10.0.0.2:80"}]}}}})");
  EXPECT_FALSE(IsPage("a@file", 200));
  EXPECT_FALSE(IsPage("b@file", 503));
  for (int64_t second = 10; second < 20; ++second) {
    EXPECT_FALSE(InTurn(second % 2 == 0 ? "a@file" : "b@file", second)) << "the tree tells";
  }
}

TEST_F(ServicesTest, TwoReturnsAreServicesInTurn) {
  EXPECT_FALSE(InTurn("a@file", 1));
  EXPECT_FALSE(InTurn("b@file", 2));
  EXPECT_FALSE(InTurn("b@file", 3));
  EXPECT_FALSE(InTurn("a@file", 4)) << "one: the change was taken back";
  EXPECT_FALSE(InTurn("a@file", 5));
  EXPECT_FALSE(InTurn("c@file", 6)) << "a new one is no return";
  EXPECT_TRUE(InTurn("b@file", 7));
  EXPECT_TRUE(InTurn("b@file", 8));
}

TEST_F(ServicesTest, LineThatCameLateIsNoReturn) {
  EXPECT_FALSE(InTurn("a@file", 10));
  EXPECT_FALSE(InTurn("b@file", 20));
  for (const int64_t second : {5, 19, 20}) {
    EXPECT_FALSE(InTurn("a@file", second));
    EXPECT_FALSE(InTurn("b@file", second + 1));
  }
  EXPECT_FALSE(InTurn("a@file", 21));
  EXPECT_TRUE(InTurn("b@file", 22));
}

TEST_F(ServicesTest, RoutersOfTheirOwnServicesAreNotInTurn) {
  InterpreterOptions options;
  options.service_map = {{".*", "all"}};
  Use(options);
  for (int64_t second = 1; second < 10; ++second) {
    const char* name = second % 2 == 0 ? "a@file" : "b@file";
    const Observation seen = See(RecordOf(name, name, kBlueServer, second));
    EXPECT_FALSE(interpreter_->scope(seen.route->scope).in_turn);
  }
}

// A weighted service may be above, without a cookie of its own.
TEST_F(ServicesTest, WhereServicesComeInTurnACookieIsHonouredIfAnotherNamesTheService) {
  const std::string leaf = "lb=" + EncodeCookie(CookieEncoding::kSha256, kBlueServer);
  const std::string level = "outer=" + EncodeCookie(CookieEncoding::kFnv1, "a");
  const std::string other = "outer=" + EncodeCookie(CookieEncoding::kFnv1, "b");
  const auto honoured = [&](const std::string& cookie) {
    const CookieSight sight = Answer("a@file", ++second_, 200, cookie).cookie;
    EXPECT_TRUE(sight.leaf_value);
    return sight.upper_honoured;
  };
  EXPECT_TRUE(honoured(leaf));
  Answer("b@file", ++second_);
  EXPECT_TRUE(honoured(leaf)) << "one return";
  Answer("b@file", ++second_);
  EXPECT_FALSE(honoured(leaf));
  EXPECT_TRUE(honoured(leaf + "; " + level));
  EXPECT_TRUE(honoured(level + "; " + leaf));
  EXPECT_FALSE(honoured(leaf + "; " + other));
}

TEST_F(ServicesTest, FirstServiceIsNoPagesHoweverItAnswers) {
  EXPECT_FALSE(IsPage("a@file", 503));
  EXPECT_TRUE(IsPage("b@file", 503));
  EXPECT_FALSE(IsPage("a@file", 503));
}

TEST_F(ServicesTest, ErrorPagesAreNoReturns) {
  for (int64_t second = 1; second < 10; ++second) {
    const bool page = second % 3 == 0;
    EXPECT_FALSE(page ? InTurn("b@file", second, 503) : InTurn("a@file", second)) << second;
  }
}

// Blue and green, one deploy after the other.
TEST_F(ServicesTest, ReturnsThatAreFarApartAreNoTurns) {
  for (int deploy = 0; deploy < 6; ++deploy) {
    const char* service = deploy % 2 == 0 ? "a@file" : "b@file";
    EXPECT_FALSE(InTurn(service, 3600 * deploy + 1)) << deploy;
    EXPECT_FALSE(InTurn(service, 3600 * deploy + 2)) << deploy;
  }
}

TEST_F(ServicesTest, TurnsAreForgottenAfterAMinute) {
  EXPECT_FALSE(InTurn("a@file", 1));
  EXPECT_FALSE(InTurn("b@file", 2));
  EXPECT_FALSE(InTurn("a@file", 3));
  EXPECT_TRUE(InTurn("b@file", 4));
  EXPECT_TRUE(InTurn("b@file", 63));
  EXPECT_FALSE(InTurn("b@file", 64));
}

TEST_F(ServicesTest, ServicesThatTheOperatorJoinedAreNotOneRouters) {
  InterpreterOptions options;
  options.service_map = {{".*", "all"}};
  Use(options);
  AccessRecord record = RecordOf("a@file", "a@file", kBlueServer, 1);
  record.status = 200;
  EXPECT_NE(See(record).server, ServerId::kNone);
  record = RecordOf("b@file", "b@file", kGreenServer, 2);
  record.status = 404;
  EXPECT_NE(See(record).server, ServerId::kNone) << "b is a router of its own";
}

}  // namespace
}  // namespace stickyd
