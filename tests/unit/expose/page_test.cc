// SPDX-License-Identifier: Apache-2.0
// page_test: the cells of the status page, their order, and what stands below the tables.
#include "../../../src/expose/page.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stickyd/expose/advice.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr size_t kServices = 0;
constexpr size_t kSources = 1;
constexpr size_t kProbes = 2;

class PageTest : public testing::Test {
 protected:
  PageTest() {
    Service("shop@file");
    status_.sources.emplace_back().name = "access.log";
    status_.sources[0].up = true;
    status_.pipeline.sources.emplace_back().name = "access.log";
  }
  RecentRatios& Service(const std::string& name) {
    status_.pipeline.services.emplace_back(name, ServiceStats{});
    return status_.pipeline.recent.emplace_back();
  }
  ServiceStats& service() { return status_.pipeline.services[0].second; }
  RecentRatios& recent() { return status_.pipeline.recent[0]; }
  SourceStats& lines() { return status_.pipeline.sources[0]; }
  std::string Page() const { return StatusPage(status_, "/m"); }

  static std::vector<std::string> Split(const std::string& text, const std::string& separator) {
    std::vector<std::string> parts;
    size_t at = 0;
    for (size_t end = 0; (end = text.find(separator, at)) != std::string::npos;
         at = end + separator.size()) {
      parts.push_back(text.substr(at, end - at));
    }
    parts.push_back(text.substr(at));
    return parts;
  }
  // Class and content of each cell, as class|content.
  std::vector<std::string> Row(size_t table, size_t row = 0) const {
    std::vector<std::string> cells;
    const std::string html = Split(Split(Page(), "<table>")[table + 1], "<tr>")[row + 2];
    for (const std::string& cell : Split(html.substr(0, html.find("</tr>")), "</td>")) {
      const size_t name = cell.find("class=\"");
      if (name == std::string::npos) continue;
      const size_t end = cell.find('"', name + 7);
      cells.push_back(cell.substr(name + 7, end - name - 7) + "|" + cell.substr(end + 2));
    }
    return cells;
  }

  DaemonStatus status_;
};

TEST_F(PageTest, ServiceWithoutRequestsHasNoRatios) {
  EXPECT_THAT(Row(kServices), ElementsAre("|shop@file", "|0.0", "|–", "|–", "|–", "|–", "|–", "|0",
                                          "|0 of 0", "text|"));
}

TEST_F(PageTest, ServiceHasItsRatesAndRatios) {
  recent().requests_5m = 450;
  recent().five_minutes.returning = 50;
  recent().five_minutes.breaks = 10;
  recent().hour.returning = 400;
  recent().hour.breaks = 100;
  recent().hour.unsettled = 100;
  recent().hour.AddServer(ServerId{1}, 100);
  recent().hour.AddServer(ServerId{2}, 100);
  service().breaks[Evidence::kCookie] = 120;
  service().sessions = 70;
  service().broken_sessions = 30;
  const auto cells = Row(kServices);
  ASSERT_EQ(cells.size(), 10U);
  EXPECT_EQ(cells[1], "|1.5");
  EXPECT_EQ(cells[2], "bad|20.00&nbsp;%");
  EXPECT_EQ(cells[3], "bad|25.00&nbsp;%");
  EXPECT_EQ(cells[4], "bad|80.00&nbsp;%");
  EXPECT_EQ(cells[5], "|50.00&nbsp;%");
  EXPECT_EQ(cells[6], "|0.50");
  EXPECT_EQ(cells[7], "|120");
  EXPECT_EQ(cells[8], "|30 of 70");
}

TEST_F(PageTest, EachCellHasTheLabelOfItsColumn) {
  const auto tables = Split(Page(), "<table>");
  for (const size_t table : {kServices, kSources}) {
    const auto rows = Split(tables[table + 1], "<tr>");
    std::vector<std::string> heads, labels;
    for (const std::string& head : Split(rows[1], "</th>")) {
      if (head.starts_with("<th")) heads.push_back(head.substr(head.find('>') + 1));
    }
    for (const std::string& cell : Split(rows[2], "<td data-label=\"")) {
      if (!cell.empty()) labels.push_back(cell.substr(0, cell.find('"')));
    }
    EXPECT_EQ(heads, labels);
    EXPECT_EQ(heads.size(), table == kServices ? 10U : 8U);
  }
}

TEST_F(PageTest, MostFrequentCauseIsToldWithItsPageWhereThereIsOne) {
  service().causes[Cause::kServerGone] = 2;
  service().causes[Cause::kServerDown] = 3;
  EXPECT_THAT(Row(kServices)[9], testing::StartsWith("text|<b>server_down</b>: "));
  EXPECT_THAT(Row(kServices)[9], HasSubstr(std::string(Summary(Cause::kServerDown)) + ". "));
  status_.cause_pages = "https://docs.example/{cause}.html";
  EXPECT_THAT(
      Row(kServices)[9],
      HasSubstr("<b><a href=\"https://docs.example/server_down.html\">server_down</a></b>"));
}

TEST_F(PageTest, ServiceOfWhichTheLogTellsLittleIsUnknown) {
  recent().hour.returning = 10;
  recent().hour.unsettled = 100;
  EXPECT_EQ(Row(kServices)[3], "unknown|0.00&nbsp;%");
  EXPECT_THAT(Row(kServices)[9], testing::StartsWith("text|<b>unknown</b>: "));
}

TEST_F(PageTest, WorstServiceIsFirstAndEqualOnesStayInOrder) {
  const auto order = [&] {
    std::string names;
    for (size_t i = 0; i < 4; ++i) names += Row(kServices, i)[0].substr(1) + " ";
    return names;
  };
  recent().hour.returning = 1000;
  for (const char* name : {"a", "b", "c"}) Service(name).hour.returning = 1000;
  EXPECT_EQ(order(), "shop@file a b c ");
  status_.pipeline.recent[2].hour.breaks = 100;
  status_.pipeline.recent[3].hour.breaks = 500;
  EXPECT_EQ(order(), "c b shop@file a ");
}

TEST_F(PageTest, SourceHasItsNumbers) {
  lines().lines = 30;
  lines().parsed = 20;
  lines().unparsed[0] = 2;
  lines().unparsed[1] = 3;
  lines().skipped[0] = 1;
  lines().skipped[1] = 4;
  lines().last_event = EventTime(std::chrono::seconds(1000));
  status_.made_seconds = 1042;
  status_.sources[0].lag_bytes = 77;
  status_.sources[0].problems = {"one <", "two"};
  EXPECT_THAT(Row(kSources), ElementsAre("|access.log", "good|up", "|30", "bad|5", "|5", "|77",
                                         "|42&nbsp;s", "text|one &lt; two "));
  status_.made_seconds = 900;
  EXPECT_EQ(Row(kSources)[6], "|0&nbsp;s") << "clocks may differ";
  lines().parsed = 0;
  EXPECT_EQ(Row(kSources)[6], "|–");
  lines().unparsed = {};
  EXPECT_EQ(Row(kSources)[3], "|0");
  SourceStats other;
  other.name = "other.log";
  other.lines = 1000;
  status_.pipeline.sources.push_back(other);
  EXPECT_EQ(Row(kSources)[2], "|30") << "of its own only";
}

TEST_F(PageTest, SourceIsUpDownOrNotUnderstood) {
  EXPECT_EQ(Row(kSources)[1], "good|up");
  lines().strange = lines().lines = 1000;
  EXPECT_EQ(Row(kSources)[1], "bad|not understood");
  status_.sources[0].up = false;
  EXPECT_EQ(Row(kSources)[1], "bad|down");
}

TEST_F(PageTest, WhatIsToBeNotedStandsBelow) {
  EXPECT_THAT(Page(), Not(HasSubstr("<h2>Notes</h2>")));
  EXPECT_THAT(Page(), Not(HasSubstr("No request has been seen yet")));
  status_.pipeline.clock_steps = 3;
  EXPECT_THAT(Page(), HasSubstr("<h2>Notes</h2><ul>\n<li>the log's clock went back 3 times"));
  status_.pipeline.services.clear();
  status_.pipeline.recent.clear();
  EXPECT_THAT(Page(), HasSubstr("<p>No request has been seen yet.</p>"));
}

TEST_F(PageTest, FootSaysHowFullItIsAndWhereTheMetricsAre) {
  status_.pipeline.sessions.entries = 5;
  status_.pipeline.sessions.limit = 9;
  status_.version = "1.2.3";
  EXPECT_THAT(Page(), HasSubstr("<footer>5 sessions remembered of 9 at most. <a href=\"/m\">metrics"
                                "</a> · <a href=\"/-/healthy\">health</a> · version 1.2.3"));
}

TEST_F(PageTest, ProbesShowVerdictCauseAgeAndWhatToDo) {
  status_.made_seconds = 1000;
  status_.cause_pages = "https://pages/";
  ProbeStatus& broken = status_.probes.emplace_back();
  broken.target = "shop";
  broken.url = "https://<shop>/";
  broken.verdict = ProbeVerdict::kBroken;
  broken.cause = Cause::kCookiePath;
  broken.why = "Path=\"/a\"";
  broken.fix = "Set <path>.";
  broken.last_run_seconds = 958;
  broken.duration_seconds = 1.25;
  broken.runs[ProbeVerdict::kBroken] = 2;
  broken.runs[ProbeVerdict::kSticky] = 3;
  EXPECT_THAT(Row(kProbes),
              ElementsAre("|shop", "bad|broken",
                          "|<a href=\"https://pages/cookie_path.md\">cookie_path</a>", "|42&nbsp;s",
                          "|1.2&nbsp;s", "|5", "|2",
                          "text|https://&lt;shop&gt;/: Path=&quot;/a&quot;. Set &lt;path&gt;."));
  ProbeStatus& unsure = status_.probes.emplace_back();
  unsure.url = "https://b/";
  unsure.cause = Cause::kUnknown;
  unsure.last_run_seconds = 1001;  // clocks
  EXPECT_THAT(Row(kProbes, 1)[1], "unknown|unsure");
  EXPECT_THAT(Row(kProbes, 1)[3], "|0&nbsp;s");
  unsure.success = true;  // it is allowed
  EXPECT_THAT(Row(kProbes, 1)[1], "good|unsure");
  status_.probes.emplace_back().url = "https://c/";
  EXPECT_THAT(Row(kProbes, 2),
              ElementsAre("|", "|not run yet", "|–", "|–", "|–", "|0", "|0", "text|https://c/"));
}

}  // namespace
}  // namespace stickyd
