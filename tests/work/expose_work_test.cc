// SPDX-License-Identifier: Apache-2.0
// expose_work_test: requests to the HTTP server, values of labels, and what reports and scrapes
// make of many services.
#include <fmt/format.h>

#include "../../src/expose/http/request_check.h"
#include "../../src/expose/metrics/label_value.h"
#include "stickyd/base/listen_address.h"
#include "stickyd/base/site.h"
#include "stickyd/base/text.h"
#include "stickyd/expose/metrics/exposition.h"
#include "stickyd/expose/metrics/metrics.h"
#include "stickyd/expose/report/report.h"
#include "work.h"

namespace stickyd {
namespace {

TEST(ExposeWorkTest, RequestCostsItsLengthWhateverIsInIt) {
  const HostNames names({"monitor.example:9090"});
  for (const char* piece : {"/", ":", "[", "]", "a", "1", ".", "http://", ",", ";", ";q=1",
                            "q=", " ", "gzip,", "a/b;q=0.5,", "*/*,", "text/plain;", "@", "%41"}) {
    ExpectLinear(piece, 120, [&](size_t size) {
      const std::string text = Filled(piece, size);
      const uint64_t steps = WorkOf([&] {
        names.Has(Target::Of("http://" + text, text).authority);
        names.Has(Target::Of(text, text).authority);
        IsCrossSite(text, "http://" + text, "same-origin");
        FormatFor(text);
        TakesGzip(text);
        static_cast<void>(ListenAddress::Parse(text));
        IsSameSite(HostOfUrl("http://" + text), text);
      });
      return Cost{steps, text.size()};
    });
  }
}

TEST(ExposeWorkTest, ValueOfALabelCostsTheLengthOfItsName) {
  for (const char* piece :
       {"a", "\\", "\\x", "\x01", "\xff", "\xe2\x80\xae", "\xc3\xa9", "\xf0\x9f"}) {
    ExpectLinear(piece, 20, [&](size_t size) {
      const std::string name = Filled(piece, size);
      return Cost{WorkOf([&] { LabelValue(name); }) + 1, size};
    });
    ExpectLinear(std::string("printed ") + piece, 40, [&](size_t size) {
      const std::string name = Filled(piece, size);
      return Cost{WorkOf([&] { Printable(name, size); }), size};
    });
  }
}

DaemonStatus StatusOf(size_t services) {
  DaemonStatus status;
  for (size_t i = 0; i < services; ++i) {
    ServiceStats stats;
    stats.requests[Evidence::kCookie] = 10;
    stats.returning[Evidence::kCookie] = 5;
    stats.breaks[Evidence::kCookie] = 3;
    stats.dead_pins[502] = 1;
    for (uint16_t server = 1; server < 4; ++server) stats.total.AddServer(ServerId{server}, server);
    RecentRatios recent;
    recent.hour = recent.five_minutes = stats.total;
    const std::string name = fmt::format("{}{}@docker", std::string(50, 'x'), i);
    status.pipeline.services.emplace_back(name, std::move(stats));
    status.pipeline.sessions_active.push_back(1);
    status.pipeline.recent.push_back(std::move(recent));
    status.pipeline.servers.push_back({{"http://a:80", 1}, {"http://b:80", 2}});
    status.configured.push_back({name, true, 2, true});
  }
  return status;
}

TEST(ExposeWorkTest, ReportAndScrapeCostTheServicesThatTheyTellOf) {
  ExpectLinear("scrape", 300'000,
               [](size_t services) {
                 const DaemonStatus status = StatusOf(services);
                 const uint64_t steps = WorkOf([&] {
                   Exposition(MetricsOf(status), ExpositionFormat::kText);
                   Exposition(MetricsOf(status), ExpositionFormat::kOpenMetrics);
                 });
                 return Cost{steps, services};
               },
               {100, 800});
  ExpectLinear("report", 60'000,
               [](size_t services) {
                 const DaemonStatus status = StatusOf(services);
                 ReportInput input;
                 input.stats = &status.pipeline;
                 for (size_t i = 0; i < services; ++i) {
                   input.files.push_back("file");
                   input.problems.emplace_back("problem");
                   input.changes.push_back({EventTime(), EventTime(), "change"});
                 }
                 const uint64_t steps = WorkOf([&] {
                   TextReport(input);
                   JsonReport(input);
                 });
                 return Cost{steps, services};
               },
               {100, 800});
}

}  // namespace
}  // namespace stickyd
