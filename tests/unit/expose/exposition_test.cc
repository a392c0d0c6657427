// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/metrics/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "stickyd/expose/metrics/metrics.h"

namespace stickyd {
namespace {

std::string Unzip(std::string zipped, size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): zlib's types are like that.
  stream.next_in = reinterpret_cast<Bytef*>(zipped.data());
  stream.avail_in = static_cast<uInt>(zipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? out : "broken";
}

std::vector<prometheus::MetricFamily> Families() {
  DaemonStatus status;
  status.pipeline.services.emplace_back("shop@file", ServiceStats{});
  status.pipeline.services.back().second.breaks[Evidence::kCookie] = 7;
  status.pipeline.sessions_active.push_back(1);
  status.pipeline.recent.emplace_back();
  status.line_to_metric.Add(0.02, 3);
  return MetricsOf(status);
}

TEST(ExpositionTest, OpenMetricsNamesCountersWithoutTotalAndEnds) {
  const std::string text = Exposition(Families(), ExpositionFormat::kOpenMetrics);
  EXPECT_NE(text.find("# TYPE stickyd_breaks counter\n"), std::string::npos);
  EXPECT_NE(text.find("\nstickyd_breaks_total{service=\"shop@file\",evidence=\"cookie\"} 7\n"),
            std::string::npos);
  EXPECT_NE(text.find("# TYPE stickyd_line_to_metric_seconds histogram\n"), std::string::npos);
  EXPECT_NE(text.find("stickyd_line_to_metric_seconds_bucket{le=\"+Inf\"} 3\n"), std::string::npos);
  EXPECT_EQ(text.find("_total counter"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
}

TEST(ExpositionTest, BothFormatsHaveTheSameSamples) {
  const auto samples = [](const std::string& text) {
    std::string kept;
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at) + 1;
      if (text[at] != '#') kept += text.substr(at, end - at);
      at = end;
    }
    return kept;
  };
  const auto families = Families();
  const std::string text = samples(Exposition(families, ExpositionFormat::kText));
  EXPECT_GT(text.size(), 1000U);
  EXPECT_EQ(samples(Exposition(families, ExpositionFormat::kOpenMetrics)), text);
}

TEST(ExpositionTest, ServicesOfTheApiAndTheLogHaveAllSeriesFromTheStart) {
  DaemonStatus status;
  status.pipeline.services.emplace_back("seen@file", ServiceStats{});
  status.pipeline.sessions_active.push_back(0);
  status.pipeline.recent.emplace_back();
  status.configured.push_back({"seen@file", true, 2, true});
  status.configured.push_back({"idle@file", true, 2, true});
  status.configured.push_back({"tree@file", true, 0, false});
  const std::string text = Exposition(MetricsOf(status), ExpositionFormat::kText);
  const auto count = [&](const std::string& sample) {
    size_t found = 0;
    for (size_t at = text.find(sample); at != std::string::npos; at = text.find(sample, at + 1)) {
      ++found;
    }
    return found;
  };
  for (const std::string service : {"seen@file", "idle@file"}) {
    SCOPED_TRACE(service);
    const std::string label = "{service=\"" + service + "\"";
    ForEachValue<Evidence>([&](Evidence evidence) {
      const std::string rest = label + ",evidence=\"" + std::string(Name(evidence)) + "\"} 0\n";
      for (const char* const name : {"requests_total", "returning_requests_total", "breaks_total",
                                     "unpinned_requests_total"}) {
        EXPECT_EQ(count("\nstickyd_" + (name + rest)), 1U) << name << rest;
      }
    });
    ForEachValue<Cause>([&](Cause cause) {
      const std::string rest = label + ",cause=\"" + std::string(Name(cause)) + "\"} 0\n";
      EXPECT_EQ(count("\nstickyd_break_causes_total" + rest), 1U) << rest;
    });
    EXPECT_EQ(count("\nstickyd_sessions_total" + label + "} 0\n"), 1U);
    EXPECT_EQ(count("\nstickyd_sessions_active" + label + "} 0\n"), 1U);
  }
  EXPECT_EQ(count("stickyd_breaks_total{service=\"tree@file\""), 0U);
}

TEST(ExpositionTest, StatesOfTheCookieAreTheSixOfTheDocuments) {
  const std::string text = Exposition(Families(), ExpositionFormat::kText);
  const std::string series = "\nstickyd_sticky_requests_total{service=\"shop@file\",state=\"";
  std::vector<std::string> states;
  for (size_t at = text.find(series); at != std::string::npos; at = text.find(series, at + 1)) {
    const size_t begin = at + series.size();
    states.push_back(text.substr(begin, text.find('"', begin) - begin));
  }
  EXPECT_THAT(states,
              testing::ElementsAre("hit", "first", "missing", "stale", "refused", "rewritten"));
}

TEST(ExpositionTest, TheScraperChooses) {
  struct Row {
    const char* accept;
    ExpositionFormat format;
  };
  const Row rows[] = {
      {"", ExpositionFormat::kText},
      {"*/*", ExpositionFormat::kText},
      {"text/html,application/xhtml+xml,*/*;q=0.8", ExpositionFormat::kText},
      {"application/openmetrics-text", ExpositionFormat::kOpenMetrics},
      {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
       "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       ExpositionFormat::kOpenMetrics},
      {"text/plain;q=0.5, application/openmetrics-text;q=0.2", ExpositionFormat::kText},
      {"application/openmetrics-text;q=0", ExpositionFormat::kText},
      {"application/openmetrics-text;q=fish", ExpositionFormat::kText},
      {",;,q=1;;", ExpositionFormat::kText},
  };
  for (const Row& row : rows) EXPECT_EQ(FormatFor(row.accept), row.format) << row.accept;
}

TEST(ExpositionTest, GzipOnlyIfAskedForAndWhole) {
  EXPECT_TRUE(TakesGzip("gzip"));
  EXPECT_TRUE(TakesGzip("deflate, gzip;q=0.5"));
  EXPECT_FALSE(TakesGzip(""));
  EXPECT_FALSE(TakesGzip("gzip;q=0"));
  EXPECT_FALSE(TakesGzip("br"));
  const std::string text = Exposition(Families(), ExpositionFormat::kText);
  EXPECT_EQ(Unzip(Gzip(text), 2 * text.size()), text);
  EXPECT_EQ(Unzip(Gzip(""), 16), "");
}

TEST(ExpositionTest, ANameFromTheLogBreaksNoLine) {
  DaemonStatus status;
  status.pipeline.services.emplace_back("a\"b\\c\nd\x1b[31m\xff\xed\xa0\x80<script>",
                                        ServiceStats{});
  status.pipeline.sessions_active.push_back(1);
  status.pipeline.recent.emplace_back();
  const std::string text = Exposition(MetricsOf(status), ExpositionFormat::kText);
  EXPECT_NE(text.find("stickyd_sessions_total{service=\"a\\\"b\\\\c\\\\x0ad\\\\x1b[31m\\\\xff"
                      "\\\\xed\\\\xa0\\\\x80<script>\"} 0\n"),
            std::string::npos)
      << text.substr(text.find("stickyd_sessions_total"), 300);
}

}  // namespace
}  // namespace stickyd
