// SPDX-License-Identifier: Apache-2.0
// probe_text_test: what a probe found, as text for people and for pipelines: numbers and units.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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

}  // namespace
}  // namespace stickyd
