// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/report/trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "stickyd/expose/report/report.h"
#include "stickyd/model/log_fields.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;
using Weight = Refusal::Weight;

class TrustTest : public testing::Test {
 protected:
  TrustTest() {
    stats_.sources.emplace_back();
    stats_.sources[0].name = "access.log";
    stats_.services.emplace_back("shop@file", ServiceStats{});
    stats_.sessions_active.push_back(0);
    stats_.recent.emplace_back();
    stats_.servers.emplace_back();
  }
  SourceStats& source() { return stats_.sources[0]; }
  ServiceStats& service() { return stats_.services[0].second; }
  void Parsed(uint64_t count) {
    source().parsed += count;
    source().lines += count;
    service().requests[Evidence::kCookie] += count;
  }
  void Unparsed(UnparsedReason reason, uint64_t count) {
    source().unparsed[static_cast<size_t>(reason)] += count;
    source().lines += count;
  }
  void Skipped(SkipReason reason, uint64_t count) {
    source().skipped[static_cast<size_t>(reason)] += count;
    source().lines += count;
  }
  std::vector<std::string> Reasons() {
    std::vector<std::string> reasons;
    for (const Refusal& refusal : Refusals(stats_)) reasons.push_back(refusal.reason);
    return reasons;
  }
  static RatioCounts Counts(uint64_t returning, uint64_t breaks, uint64_t unsettled) {
    RatioCounts counts;
    counts.returning = returning;
    counts.breaks = breaks;
    counts.unsettled = unsettled;
    return counts;
  }

  PipelineStats stats_;
};

TEST_F(TrustTest, LogThatIsReadIsNotRefused) {
  Parsed(1000);
  Unparsed(UnparsedReason::kInvalidJson, 100);
  Unparsed(UnparsedReason::kForeignClf, 5000);  // a neighbour's
  Skipped(SkipReason::kTraefikLog, 5000);
  EXPECT_THAT(Reasons(), testing::IsEmpty());
}

TEST_F(TrustTest, MoreThanATenthUnparsedIsRefusedWithItsReason) {
  Parsed(900);
  Unparsed(UnparsedReason::kGenericClf, 101);
  const auto refusals = Refusals(stats_);
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].reason, "unparsed");
  EXPECT_EQ(refusals[0].weight, Weight::kUnusable);
  EXPECT_THAT(refusals[0].text, HasSubstr("101 of 1001 lines gave no record, mostly generic_clf"));
  EXPECT_THAT(refusals[0].text, HasSubstr("accessLog.format"));
}

TEST_F(TrustTest, SentencesEndOnce) {
  Unparsed(UnparsedReason::kNotAccessLog, 3);
  ASSERT_EQ(Reasons().size(), 1U);
  EXPECT_TRUE(Refusals(stats_)[0].text.ends_with("access log?")) << Refusals(stats_)[0].text;
}

TEST_F(TrustTest, NothingParsedIsRefusedAndNothingThereOnlyWhereALimitIsKept) {
  const struct {
    const char* name;
    std::function<void()> fill;
    const char* reason;
    Weight weight;
  } cases[] = {
      {"no line", [] {}, "no_lines", Weight::kNoNumbers},
      {"strange", [&] { Unparsed(UnparsedReason::kNotAccessLog, 3); }, "nothing_parsed",
       Weight::kUnusable},
      {"a neighbour's only", [&] { Unparsed(UnparsedReason::kForeignClf, 3); }, "nothing_parsed",
       Weight::kUnusable},
      {"Traefik's own", [&] { Skipped(SkipReason::kTraefikLog, 3); }, "traefik_log",
       Weight::kUnusable},
      {"outside", [&] { Skipped(SkipReason::kOutOfRange, 3); }, "out_of_range", Weight::kNoNumbers},
      {"empty lines", [&] { Skipped(SkipReason::kEmpty, 3); }, "no_lines", Weight::kNoNumbers},
      {"no server",
       [&] {
         Parsed(3);
         service().requests = {};
       },
       "no_server", Weight::kNoNumbers},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    source() = SourceStats{};
    one.fill();
    const auto refusals = Refusals(stats_);
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].reason, one.reason);
    EXPECT_EQ(refusals[0].weight, one.weight);
  }
}

TEST_F(TrustTest, LogOfWhichAllIsExcludedSaysByWhatAndWhatKeepsIt) {
  Parsed(9);
  service().requests = {};
  stats_.excluded[ExcludeReason::kPath] = 4;
  stats_.excluded[ExcludeReason::kProbe] = 3;
  const auto refusals = Refusals(stats_);
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].reason, "all_excluded");
  EXPECT_EQ(refusals[0].weight, Weight::kNoNumbers);
  EXPECT_EQ(refusals[0].text,
            "None of the 9 requests in the log is judged. Those that were sent to a server are "
            "excluded: 3 as stickyd's own probes (no option keeps those; `stickyd probe` says what "
            "they show), 4 by --exclude.path (leave it out to keep them).");
  service().requests[Evidence::kCookie] = 1;
  EXPECT_THAT(Reasons(), testing::IsEmpty()) << "one is judged";
}

TEST_F(TrustTest, LogThatRunsBackwardsIsRefused) {
  Parsed(100);
  for (int i = 0; i < 100; ++i)
    source().NoteOrder(EventTime() + std::chrono::hours(1 + i), LogFormat::kClf);
  source().NoteOrder(EventTime() + std::chrono::hours(1), LogFormat::kClf);  // a late one
  EXPECT_THAT(Reasons(), testing::IsEmpty());
  source() = SourceStats{};
  Parsed(100);
  for (int i = 0; i < 5; ++i)
    source().NoteOrder(EventTime() + std::chrono::hours(10 - i), LogFormat::kClf);
  EXPECT_THAT(Reasons(), testing::IsEmpty());  // four steps may be chance
  source().NoteOrder(EventTime() + std::chrono::hours(1), LogFormat::kClf);
  EXPECT_THAT(Reasons(), testing::ElementsAre("newest_first"));
}

TEST_F(TrustTest, ClientsThatAreNoneAreRefusedWhereNothingElseTellsSessionsApart) {
  Parsed(100);
  source().of_clients = 100;
  source().odd_clients = 26;
  EXPECT_THAT(Reasons(), testing::IsEmpty());  // cookies tell
  service().requests = {};
  service().requests[Evidence::kClient] = 100;
  EXPECT_THAT(Reasons(), testing::ElementsAre("clients"));
  source().odd_clients = 25;
  EXPECT_THAT(Reasons(), testing::IsEmpty());
  source().client_lists = 26;
  EXPECT_THAT(Reasons(), testing::ElementsAre("client_lists"));
  EXPECT_EQ(Refusals(stats_)[0].weight, Weight::kNoNumbers);
}

TEST_F(TrustTest, FewClientsAndThoseWhomCookiesTellApartAreNotRefused) {
  Parsed(20);
  service().requests = {};
  service().requests[Evidence::kClient] = 11;
  service().requests[Evidence::kCookie] = 10;
  source().of_clients = source().odd_clients = 10;
  EXPECT_THAT(Reasons(), testing::ElementsAre("clients"));
  service().requests[Evidence::kCookie] = 11;
  EXPECT_THAT(Reasons(), testing::IsEmpty());
  service().requests[Evidence::kCookie] = 10;
  source().of_clients = source().odd_clients = 9;
  EXPECT_THAT(Reasons(), testing::IsEmpty());
}

TEST_F(TrustTest, WhereAServiceStands) {
  EXPECT_EQ(StandingOf(Counts(0, 0, 0)), Standing::kNone);
  EXPECT_EQ(StandingOf(Counts(100, 0, 0)), Standing::kGood);
  EXPECT_EQ(StandingOf(Counts(100, 0, 50)), Standing::kGood);
  EXPECT_EQ(StandingOf(Counts(100, 0, 51)), Standing::kUnknown);
  EXPECT_EQ(StandingOf(Counts(0, 0, 1)), Standing::kUnknown);
  EXPECT_EQ(StandingOf(Counts(100, 50, 500)), Standing::kBad);  // what is settled is bad enough
  EXPECT_EQ(StandingOf(Counts(10, 10, 50)), Standing::kUnknown);
}

TEST_F(TrustTest, WhatIsAGuessIsNotSettledAndItsBreaksAreNotSure) {
  const auto standing = [](RatioCounts counts, uint64_t guessed, uint64_t guessed_breaks) {
    counts.guessed = guessed;
    counts.guessed_breaks = guessed_breaks;
    return StandingOf(counts);
  };
  EXPECT_EQ(standing(Counts(99, 0, 0), 33, 0), Standing::kGood);
  EXPECT_EQ(standing(Counts(99, 0, 0), 34, 0), Standing::kUnknown);
  EXPECT_EQ(standing(Counts(99, 0, 3), 31, 0), Standing::kGood);
  EXPECT_EQ(standing(Counts(99, 0, 3), 32, 0), Standing::kUnknown) << "both are unsettled";
  EXPECT_EQ(standing(Counts(100, 30, 0), 30, 30), Standing::kGood);
  EXPECT_EQ(standing(Counts(100, 30, 0), 100, 30), Standing::kUnknown);
  EXPECT_EQ(standing(Counts(100, 30, 0), 90, 20), Standing::kBad) << "ten are sure";
  EXPECT_EQ(standing(Counts(100, 30, 0), 100, 0), Standing::kBad);
}

TEST_F(TrustTest, ServiceBehindAProxyThatNobodyNamedIsUnknownAndTraefikShouldTrustIt) {
  Parsed(60);
  service().total = Counts(40, 20, 6);
  service().total.guessed_breaks = 20;
  service().total.guessed = 20;
  const auto text = [&] {
    const auto refusals = Refusals(stats_);
    return refusals.size() == 1 && refusals[0].reason == "unsettled" ? refusals[0].text : "none";
  };
  EXPECT_THAT(text(), HasSubstr("of 46 requests that came back the log settles only 40"));
  EXPECT_THAT(text(), Not(HasSubstr("proxy")));
  service().total.guessed = 21;  // more than half
  EXPECT_THAT(text(), HasSubstr("shop@file: 21 of 46 requests that came back came over "
                                "connections of a proxy that Traefik was not told to trust"));
  EXPECT_THAT(text(), HasSubstr("forwardedHeaders.trustedIPs"));
  EXPECT_THAT(text(), HasSubstr("proxyProtocol.trustedIPs"));
  EXPECT_THAT(text(), Not(HasSubstr("accessLog"))) << "more fields would not settle it";
  service().total.guessed_breaks = 0;
  EXPECT_EQ(text(), "none") << "bad, surely";
}

TEST_F(TrustTest, UnsettledServiceIsNoGreenOneAndJsonWouldSettleIt) {
  Parsed(60);
  service().total = Counts(2, 0, 44);
  const auto refusals = Refusals(stats_);
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].reason, "unsettled");
  EXPECT_EQ(refusals[0].weight, Weight::kNoNumbers);
  EXPECT_THAT(refusals[0].text, HasSubstr("of 46 requests that came back the log settles only 2"));
  EXPECT_THAT(refusals[0].text, HasSubstr("accessLog.format=json"));
  source().fields = kLogsJson;
  EXPECT_THAT(Refusals(stats_)[0].text, HasSubstr("headers.names.Cookie=keep"));
  source().fields = kAllLogFields;
  EXPECT_THAT(Refusals(stats_)[0].text, Not(HasSubstr("accessLog")));
  ReportInput input;
  input.stats = &stats_;
  EXPECT_THAT(TextReport(input), HasSubstr("unknown, not good: the log settles 4.35 %"));
  EXPECT_THAT(JsonReport(input), HasSubstr("\"standing\": \"unknown\""));
  service().total = Counts(2, 0, 17);  // too few to say so
  EXPECT_THAT(Reasons(), testing::IsEmpty());
}

TEST_F(TrustTest, SourceWithoutARecordIsNotReadable) {
  EXPECT_TRUE(source().IsReadable());
  source().strange = 19;
  EXPECT_TRUE(source().IsReadable());
  source().strange = 20;
  EXPECT_FALSE(source().IsReadable());
  Parsed(1);
  source().strange = 999;
  EXPECT_TRUE(source().IsReadable());
  source().strange = 1000;
  EXPECT_FALSE(source().IsReadable());
  source() = SourceStats{};
  Skipped(SkipReason::kTraefikLog, 199);
  EXPECT_TRUE(source().IsReadable());
  Skipped(SkipReason::kTraefikLog, 1);
  EXPECT_FALSE(source().IsReadable());
}

TEST_F(TrustTest, AdviceForUnknownNamesOnlyWhatTheLogLacks) {
  Parsed(10);
  const auto advice = [&] {
    return Advice(Cause::kUnknown, {"shop", "a", "b", MissingIn(stats_)});
  };
  EXPECT_EQ(
      advice(),
      "Log JSON (accessLog.format=json), and keep the headers Cookie, Set-Cookie, User-Agent, "
      "Sec-Fetch-Site (accessLog.fields.headers.names), or give stickyd Traefik's API "
      "(watch: --traefik.url, analyze: --traefik.snapshot).");
  source().fields = kAllLogFields & ~unsigned{kLogsSecFetchSite};
  EXPECT_EQ(advice(),
            "Keep the headers Sec-Fetch-Site (accessLog.fields.headers.names), or give stickyd "
            "Traefik's API (watch: --traefik.url, analyze: --traefik.snapshot).");
  stats_.has_config = true;
  EXPECT_EQ(advice(), "Keep the headers Sec-Fetch-Site (accessLog.fields.headers.names).");
  source().fields = kAllLogFields;
  EXPECT_THAT(advice(), HasSubstr("stickyd explain"));
  stats_.has_config = false;
  EXPECT_EQ(advice(),
            "Give stickyd Traefik's API (watch: --traefik.url, analyze: --traefik.snapshot).");
}

TEST_F(TrustTest, PageOfACauseIsWhereTheOptionSays) {
  EXPECT_EQ(CausePageAddress(Cause::kNotSticky, ""), "/usr/share/doc/stickyd/causes/not_sticky.md");
  EXPECT_EQ(CausePageAddress(Cause::kNotSticky, "https://a/b"), "https://a/b/not_sticky.md");
  EXPECT_EQ(CausePageAddress(Cause::kNotSticky, "https://a/b/"), "https://a/b/not_sticky.md");
  EXPECT_EQ(CausePageAddress(Cause::kNotSticky, "https://a/?q={cause}#x"),
            "https://a/?q=not_sticky#x");
}

}  // namespace
}  // namespace stickyd
