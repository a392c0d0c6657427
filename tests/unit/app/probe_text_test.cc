// SPDX-License-Identifier: Apache-2.0
// probe_text_test: what a probe found, as text for people and for pipelines, and as JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "../../../src/app/commands/probe_report.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

// Two requests; the second one proves that the cookie is not honoured.
ProbeResult Broken() {
  ProbeResult result;
  result.url = "https://shop.example/";
  result.verdict = ProbeVerdict::kBroken;
  result.cause = Cause::kNotHonoured;
  result.why = "it was not honoured";
  result.exchange = 2;
  result.took = std::chrono::milliseconds(1250);
  result.checks = {{"reachable", CheckResult::kPass, "HTTP 200 answers", 1},
                   {"path", CheckResult::kSkip, "not asked", 0},
                   {"cookie_honoured", CheckResult::kFail, "a < b", 2}};
  for (int number = 1; number <= 2; ++number) {
    ProbeExchange& exchange = result.exchanges.emplace_back();
    exchange.number = number;
    exchange.check = number == 1 ? "first visit" : "visit 2";
    exchange.call.url = result.url;
    exchange.status = 200;
    exchange.took = std::chrono::microseconds(1'999'999);
  }
  return result;
}

TEST(ProbeTextTest, TimesAreInSecondsAndThoseOfRequestsInMilliseconds) {
  ProbeSettings settings;
  settings.trace = true;
  EXPECT_THAT(ProbeText(Broken(), settings), HasSubstr("< 200 in 1999 ms\n"));
  EXPECT_THAT(ProbeText(Broken(), settings), HasSubstr("\n2 requests in 1.2 s\n"));
  ProbeResult one = Broken();
  one.exchanges.pop_back();
  EXPECT_THAT(ProbeText(one, settings), HasSubstr("\n1 request in 1.2 s\n"));
}

TEST(ProbeTextTest, WhatWasNotWrittenDownIsCounted) {
  ProbeSettings settings;
  settings.trace = true;
  ProbeResult result = Broken();
  EXPECT_THAT(ProbeText(result, settings), Not(HasSubstr(" more\n")));
  result.exchanges[0].sent_more = 3;
  result.exchanges[1].set_more = 1;
  EXPECT_THAT(ProbeText(result, settings), HasSubstr("  > and 3 more\n"));
  EXPECT_THAT(ProbeText(result, settings), HasSubstr("  < and 1 more\n"));
}

TEST(ProbeTextTest, ChecksStandInColumns) {
  EXPECT_THAT(ProbeText(Broken(), {}), HasSubstr("  pass  reachable        HTTP 200 answers\n"
                                                 "  skip  path             not asked\n"
                                                 "  fail  cookie_honoured  a < b\n"));
  EXPECT_THAT(ProbeText(Broken(), {}), HasSubstr("\n  shown by request 2\n"));
}

TEST(ProbeTextTest, WithoutATraceTheFirstVisitAndTheProofCanBeAskedAgain) {
  ProbeResult result = Broken();
  result.exchanges.push_back(result.exchanges[1]);
  result.exchanges.back().number = 3;
  // Behind the word; -1: it is not there.
  const auto lines_of = [](const ProbeResult& of) -> int64_t {
    const std::string text = ProbeText(of, {});
    const size_t again = text.find("again:\n");
    if (again == std::string::npos) return -1;
    const std::string rest = text.substr(again + 7);
    return std::count(rest.begin(), rest.end(), '\n');
  };
  EXPECT_EQ(lines_of(result), 2);
  result.verdict = ProbeVerdict::kSticky;
  EXPECT_EQ(lines_of(result), -1);
}

TEST(ProbeTextTest, PipelinesGetACaseForEachCheckAndOneForTheVerdict) {
  const std::string text = ProbeJunit({Broken()});
  EXPECT_THAT(text, HasSubstr("<testsuite name=\"stickyd probe https://shop.example/\" tests=\"4\" "
                              "failures=\"2\" skipped=\"1\" time=\"1.250\">"));
  EXPECT_THAT(text, HasSubstr("name=\"reachable\"/>"));
  EXPECT_THAT(text, HasSubstr("name=\"path\"><skipped message=\"not asked\"/></testcase>"));
  EXPECT_THAT(text, HasSubstr("name=\"cookie_honoured\"><failure message=\"a &lt; b\"/>"));
  EXPECT_THAT(text, HasSubstr("name=\"verdict\"><failure message=\"broken (not_honoured): it was "
                              "not honoured. "));
  ProbeResult sticky = Broken();
  sticky.verdict = ProbeVerdict::kSticky;
  sticky.cause.reset();
  EXPECT_THAT(ProbeJunit({sticky}), HasSubstr("name=\"verdict\"/>"));
  EXPECT_THAT(ProbeJunit({sticky}), HasSubstr("tests=\"4\" failures=\"1\" skipped=\"1\""));
}

// --- JSON

TEST(ProbeJsonTest, EveryFieldHasItsValue) {
  ProbeResult result = Broken();
  result.service = "shop@file";
  result.cookies = {{"lb", "0123456789abcdef",
                     "lb=0123456789abcdef; Path=/; Domain=shop.example; Max-Age=60; Secure; "
                     "HttpOnly; SameSite=Lax",
                     "--cookie names it", "http://10.0.0.1:80"}};
  ProbeExchange& first = result.exchanges[0];
  first.version = 11;
  first.location = "/next";
  first.served_by = "pod-1";
  first.note = "a note";
  first.call.connect_to = "10.0.0.9:80";
  first.set_more = 5;
  first.taken = {{"lb", "0123456789abcdef", CookieAct::kStored, CookieReason::kNone, ""}};
  ProbeExchange& second = result.exchanges[1];
  second.sent = {{"lb", "0123456789abcdef", CookieAct::kKeptBack, CookieReason::kPath, "a path"}};
  second.failure = HttpFailure{HttpFault::kTimeout, "no answer in time"};
  auto json = nlohmann::json::parse(ProbeJson(result, {}));
  EXPECT_NE(json["advice"], nullptr);
  json.erase("advice");
  for (auto& exchange : json["exchanges"]) {
    EXPECT_THAT(std::string(exchange["curl"]), testing::StartsWith("curl "));
    exchange.erase("curl");
  }
  auto wanted = nlohmann::json::parse(R"({
    "version": 1, "url": "https://shop.example/", "verdict": "broken", "cause": "not_honoured",
    "why": "it was not honoured", "service": "shop@file", "proof": 2, "seconds": 1.25,
    "cookies": [{"name": "lb", "value": "0123...cdef", "known_by": "--cookie names it",
      "server": "http://10.0.0.1:80", "path": "/", "domain": "shop.example", "max_age": 60,
      "secure": true, "http_only": true, "same_site": "Lax"}],
    "checks": [
      {"name": "reachable", "result": "pass", "detail": "HTTP 200 answers", "exchange": 1},
      {"name": "path", "result": "skip", "detail": "not asked", "exchange": null},
      {"name": "cookie_honoured", "result": "fail", "detail": "a < b", "exchange": 2}],
    "exchanges": [
      {"number": 1, "check": "first visit", "method": "GET", "url": "https://shop.example/",
       "connect_to": "10.0.0.9:80", "cookies_sent": [], "status": 200, "http_version": "1.1",
       "location": "/next", "served_by": "pod-1", "note": "a note", "seconds": 1.999999,
       "cookies_set": [{"name": "lb", "value": "0123...cdef", "act": "stored", "why": null}],
       "cookies_set_more": 5},
      {"number": 2, "check": "visit 2", "method": "GET", "url": "https://shop.example/",
       "connect_to": null,
       "cookies_sent": [{"name": "lb", "value": "0123...cdef", "act": "kept back",
                         "why": "a path"}],
       "failure": {"kind": "timeout", "message": "no answer in time"}}]})");
  wanted["cookie"] = wanted["cookies"][0];
  EXPECT_EQ(json, wanted);
}

TEST(ProbeJsonTest, WhatIsNotKnownIsNull) {
  ProbeResult result;
  result.url = "https://shop.example/";
  result.verdict = ProbeVerdict::kSticky;
  const auto json = nlohmann::json::parse(ProbeJson(result, {}));
  for (const char* field : {"cause", "advice", "service", "proof", "cookie"}) {
    EXPECT_EQ(json.at(field), nullptr) << field;
  }
  for (const char* field : {"cookies", "checks", "exchanges"}) {
    EXPECT_EQ(json.at(field), nlohmann::json::array()) << field;
  }
}

TEST(ProbeJsonTest, ATraceHasWholeValues) {
  ProbeResult result = Broken();
  result.cookies = {{"lb", "0123456789abcdef", "lb=0123456789abcdef", "", ""}};
  ProbeSettings settings;
  settings.trace = true;
  const auto json = nlohmann::json::parse(ProbeJson(result, settings));
  EXPECT_EQ(json["cookie"]["value"], "0123456789abcdef");
  for (const char* field : {"server", "path", "domain", "max_age", "same_site"}) {
    EXPECT_EQ(json["cookie"].at(field), nullptr) << field;
  }
}

}  // namespace
}  // namespace stickyd
