// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "stickyd/expose/report/remarks.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

SourceStats Source(uint64_t parsed) {
  SourceStats source;
  source.name = "access.log";
  source.lines = source.parsed = parsed;
  return source;
}

std::string TextOf(const SourceStats& source) {
  PipelineStats stats;
  stats.sources.push_back(source);
  ReportInput input;
  input.stats = &stats;
  return TextReport(input);
}

SourceStats Unparsed(UnparsedReason reason) {
  SourceStats source = Source(0);
  source.lines = source.unparsed[static_cast<size_t>(reason)] = 20;
  return source;
}

SourceStats Skipped(SkipReason reason) {
  SourceStats source = Source(0);
  source.lines = source.skipped[static_cast<size_t>(reason)] = 20;
  return source;
}

TEST(ReportTest, TextSaysWhyThereAreNoNumbers) {
  EXPECT_THAT(TextOf(Source(0)), HasSubstr("No numbers: There is no line"));
  EXPECT_THAT(TextOf(Source(5)), HasSubstr("No numbers: None of the 5 requests"));
  EXPECT_THAT(TextOf(Unparsed(UnparsedReason::kNotAccessLog)),
              HasSubstr("No numbers: None of the 20 lines"));
  EXPECT_THAT(TextOf(Unparsed(UnparsedReason::kInvalidJson)),
              HasSubstr("No numbers: None of the 20 lines"));
  EXPECT_THAT(TextOf(Unparsed(UnparsedReason::kGenericClf)), HasSubstr("set accessLog.format"));
  EXPECT_THAT(TextOf(Skipped(SkipReason::kOutOfRange)), HasSubstr("outside --since"));
  EXPECT_THAT(TextOf(Skipped(SkipReason::kTraefikLog)), HasSubstr("Traefik's own log"));
}

TEST(ReportTest, MiddlesThatCanBeReadInTwoWaysAreCounted) {
  PipelineStats stats;
  ReportInput input;
  input.stats = &stats;
  stats.sources = {Source(5), Source(5)};
  EXPECT_THAT(TextReport(input), Not(HasSubstr("two ways")));
  EXPECT_THAT(JsonReport(input), HasSubstr("\"ambiguous_middles\": 0"));
  stats.sources[0].ambiguous_middles = 1;
  stats.sources[1].ambiguous_middles = 2;
  EXPECT_THAT(TextReport(input),
              HasSubstr("parsed, path, status and agent can be read in two ways: 3\n"));
  EXPECT_THAT(JsonReport(input), HasSubstr("\"ambiguous_middles\": 3"));
}

TEST(ReportTest, TextWithNumbersGivesNoExcuse) {
  PipelineStats stats;
  stats.sources.push_back(Source(5));
  stats.services.emplace_back("shop@file", ServiceStats{});
  stats.services.back().second.requests[Evidence::kClient] = 5;
  stats.sessions_active.push_back(1);
  stats.servers.emplace_back();
  ReportInput input;
  input.stats = &stats;
  EXPECT_THAT(TextReport(input), Not(HasSubstr("No numbers")));
}

PipelineStats WithService(const std::string& name, uint64_t breaks, uint64_t returning) {
  PipelineStats stats;
  stats.sources.push_back(Source(returning + 1));
  ServiceStats service;
  service.requests[Evidence::kClient] = returning + 1;
  service.first = 1;
  service.returning[Evidence::kClient] = service.total.returning = returning;
  service.breaks[Evidence::kClient] = service.total.breaks = breaks;
  service.causes[Cause::kServerGone] = breaks;
  service.total.AddServer(ServerId{1}, returning + 1);
  service.total.AddServer(ServerId{2}, returning + 1);
  service.sessions = 3;
  service.broken_sessions = 2;
  service.dead_pins[502] = 4;
  stats.services.emplace_back(name, service);
  stats.sessions_active.push_back(1);
  stats.servers.push_back({{"http://10.0.0.1", returning + 1}});
  return stats;
}

TEST(ReportTest, EveryNumberInTheTextSaysWhatItCounts) {
  const PipelineStats stats = WithService("shop@file", 50, 100);
  ReportInput input;
  input.stats = &stats;
  const std::string text = TextReport(input);
  for (const char* part :
       {"requests: 101, of which first 1, returning 100, ambiguous 0, unresolved 0\n",
        "breaks: 50 = 50.00 % of returning (surely above 40.38 %; 50.00 % if nothing were sticky; "
        "index 1.00)\n",
        "sessions: 3, of which broken 2\n", "breaks by cause:\n", "      50  server_gone: ",
        "returning requests answered by a failing server, by status:\n         4  502: ",
        "requests by server:\n    100.0 %  http://10.0.0.1\n", "  surely above: ", "  index: "}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(ReportTest, EveryNumberInJsonIsItsOwn) {
  PipelineStats stats = WithService("shop@file", 25, 100);
  ServiceStats& service = stats.services[0].second;
  service.held = 75;
  service.ambiguous = 6;
  service.unresolved = 7;
  service.unpinned[Evidence::kClient] = 8;
  service.total.unsettled = 25;
  service.top_break_share = 0.6;
  service.total.AddServer(ServerId{1}, 202);  // 303 to 101: 0.375 if nothing were sticky
  service.states[StickyState::kStale] = 9;
  stats.records = 10;
  stats.no_server = 11;
  stats.excluded[ExcludeReason::kPath] = 12;
  stats.refused[Limit::kPeople] = 13;
  stats.sources[0].sequences = {14, 15, 16, 0, 0, false};
  stats.sessions = {17, 18, 19, 20, 21, 22, 23};
  ReportInput input;
  input.stats = &stats;
  input.bytes = 24;
  input.seconds = 1.5;
  auto report = nlohmann::json::parse(JsonReport(input));
  const auto number = [&](const char* key) { return report[key].get<double>(); };
  EXPECT_EQ(number("records"), 10);
  EXPECT_EQ(number("no_server"), 11);
  EXPECT_EQ(report["excluded"], nlohmann::json({{"path", 12}}));
  EXPECT_EQ(report["client_limited"], nlohmann::json({{"people", 13}}));
  EXPECT_EQ(number("restarts"), 14);
  EXPECT_EQ(number("missing_requests"), 16);
  EXPECT_EQ(number("sessions_remembered"), 17);
  EXPECT_EQ(report["sessions_forgotten"],
            nlohmann::json({{"idle", 20}, {"full", 21}, {"clock", 22}}));
  EXPECT_EQ(number("bytes"), 24);
  EXPECT_EQ(number("seconds"), 1.5);
  const nlohmann::json& shop = report["services"][0];
  const nlohmann::json wanted = {
      {"requests", 101},
      {"requests_by_evidence", {{"client", 101}}},
      {"first", 1},
      {"returning", 100},
      {"held", 75},
      {"breaks", 25},
      {"breaks_by_evidence", {{"client", 25}}},
      {"ambiguous", 6},
      {"unresolved", 7},
      {"unpinned", 8},
      {"settled_ratio", 0.8},
      {"standing", "bad"},
      {"ratio", 0.25},
      {"expected_ratio", 0.375},
      {"index", 0.25 / 0.375},
      {"causes", {{"server_gone", 25}}},
      {"sticky_states", {{"stale", 9}}},
      {"top_client_break_share", 0.6},
      {"sessions", 3},
      {"broken_sessions", 2},
      {"dead_pins_by_status", {{"502", 4}}},
      {"servers", {{{"server", "http://10.0.0.1"}, {"assignments", 101}, {"share", 1.0}}}},
      {"service", "shop@file"},
      {"examples", nlohmann::json::array()},
  };
  for (const auto& [key, value] : shop.items()) {
    if (key == "ratio_lower_bound") continue;
    EXPECT_EQ(value, wanted[key]) << key;
  }
  EXPECT_NEAR(shop["ratio_lower_bound"].get<double>(), 0.17545, 0.00001);
}

TEST(ReportTest, ACauseHasARowFromItsFirstBreakOn) {
  PipelineStats stats = WithService("shop@file", 2, 100);
  stats.services[0].second.causes[Cause::kServerGone] = 1;
  stats.services[0].second.causes[Cause::kNotSticky] = 1;
  ReportInput input;
  input.stats = &stats;
  const std::string text = TextReport(input);
  EXPECT_THAT(text, HasSubstr("       1  server_gone: "));
  EXPECT_THAT(text, HasSubstr("       1  not_sticky: "));
  EXPECT_THAT(text, Not(HasSubstr("       0  ")));
  const auto report = nlohmann::json::parse(JsonReport(input));
  EXPECT_EQ(report["services"][0]["causes"],
            nlohmann::json({{"not_sticky", 1}, {"server_gone", 1}}));
}

TEST(ReportTest, ColoursAreThereOnlyWhereAskedForAndRedOnlyWhereItIsSurelyBad) {
  const PipelineStats bad = WithService("shop@file", 50, 100);
  const PipelineStats few = WithService("shop@file", 1, 100);
  ReportInput input;
  input.stats = &bad;
  EXPECT_THAT(TextReport(input), Not(HasSubstr("\033")));
  input.color = true;
  EXPECT_THAT(TextReport(input), HasSubstr("\033[1;31m50 = 50.00 % of returning\033[0m"));
  EXPECT_THAT(JsonReport(input), Not(HasSubstr("\033")));
  input.stats = &few;
  EXPECT_THAT(TextReport(input), Not(HasSubstr("\033[1;31m")));
  EXPECT_THAT(TextReport(input), HasSubstr("\033[1mshop@file\033[0m"));
}

TEST(ReportTest, ProblemsAreCountedInTheTextAndNamedInJson) {
  const PipelineStats stats = WithService("shop@file", 1, 100);
  ReportInput input;
  input.stats = &stats;
  input.problems = {"missing: No such file or directory"};
  EXPECT_THAT(TextReport(input), HasSubstr("Problems: 1 on standard error"));
  EXPECT_THAT(TextReport(input), Not(HasSubstr("No such file")));
  EXPECT_THAT(JsonReport(input), HasSubstr("No such file"));
}

TEST(ReportTest, ReportOfAPartSaysSo) {
  const PipelineStats stats = WithService("shop@file", 1, 100);
  ReportInput input;
  input.stats = &stats;
  EXPECT_THAT(TextReport(input), Not(HasSubstr("part of the input")));
  EXPECT_THAT(JsonReport(input), HasSubstr("\"interrupted\": false"));
  input.interrupted = true;
  EXPECT_THAT(TextReport(input), HasSubstr("Interrupted: this report is of a part of the input"));
  EXPECT_THAT(JsonReport(input), HasSubstr("\"interrupted\": true"));
}

TEST(ReportTest, TopicOfARemarkStaysWhileItsNumbersGrow) {
  PipelineStats stats;
  stats.sources.push_back(Unparsed(UnparsedReason::kFieldsDropped));
  stats.sources.back().sequences.missing = 3;
  const auto before = Remarks(stats);
  ++stats.sources.back().sequences.missing;
  ++stats.sources.back().unparsed[static_cast<size_t>(UnparsedReason::kFieldsDropped)];
  const auto after = Remarks(stats);
  ASSERT_EQ(before.size(), 2U);
  ASSERT_EQ(after.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(before[i].topic, after[i].topic);
    EXPECT_NE(before[i].text, after[i].text);
  }
}

TEST(ReportTest, LogThatNamesNoServerIsNamed) {
  SourceStats source = Source(500);
  source.with_count = 500;
  EXPECT_THAT(TextOf(source), HasSubstr("keep ServiceURL"));
  source.answered_without_server = 49;  // redirects
  source.with_server = 1;
  EXPECT_THAT(TextOf(source), Not(HasSubstr("keep ServiceURL")));
}

TEST(ReportTest, LogWithoutCountsIsNamed) {
  SourceStats source = Source(500);
  EXPECT_THAT(TextOf(source), HasSubstr("RequestCount=keep"));
  source.with_count = 1;
  EXPECT_THAT(TextOf(source), Not(HasSubstr("RequestCount=keep")));
}

TEST(ReportTest, FieldsThatAreDroppedAreNamed) {
  SourceStats source = Unparsed(UnparsedReason::kFieldsDropped);
  source.dropped = kDroppedDuration | kDroppedClient;
  EXPECT_THAT(TextOf(source), HasSubstr("the log lacks Duration, ClientHost"));
}

TEST(ReportTest, UnparsedLinesAreShownByTheirPlace) {
  PipelineStats stats;
  stats.sources.push_back(Unparsed(UnparsedReason::kInvalidJson));
  stats.sources.back().unparsed_places.push_back({UnparsedReason::kInvalidJson, 1, 17});
  ReportInput input;
  input.stats = &stats;
  input.files = {"a.log", "b.log"};
  const auto report = nlohmann::json::parse(JsonReport(input));
  EXPECT_EQ(report["unparsed_places"][0],
            nlohmann::json({{"reason", "invalid_json"}, {"file", "b.log"}, {"line", 17}}));
}

TEST(ReportTest, OneAddressWithMostOfTheBreaksIsWorthAWord) {
  PipelineStats stats;
  ServiceStats service;
  service.sessions = 30;
  service.breaks[Evidence::kCookie] = 60;
  service.top_break_share = 0.75;
  stats.services = {{"shop", service}};
  EXPECT_THAT(Remarks(stats), testing::ElementsAre(testing::Field(
                                  &Remark::text, HasSubstr("shop: 75 % of the breaks"))));
  stats.services[0].second.top_break_share = 0.5;
  EXPECT_THAT(Remarks(stats), testing::IsEmpty());
  stats.services[0].second = service;
  stats.services[0].second.breaks[Evidence::kCookie] = 49;
  EXPECT_THAT(Remarks(stats), testing::IsEmpty());
  stats.services[0].second = service;
  stats.services[0].second.sessions = 19;  // a test, or a service of few
  EXPECT_THAT(Remarks(stats), testing::IsEmpty());
  stats.refused[Limit::kBreaks] = 7;
  stats.refused[Limit::kPeople] = 5;
  EXPECT_THAT(Remarks(stats),
              testing::ElementsAre(testing::Field(
                  &Remark::text, HasSubstr("5 for more people, 7 for more breaks"))));
}

TEST(ReportTest, JsonHasItsVersion) {
  const PipelineStats stats;
  ReportInput input;
  input.stats = &stats;
  EXPECT_EQ(nlohmann::json::parse(JsonReport(input))["report_version"], 1);
}

}  // namespace
}  // namespace stickyd
