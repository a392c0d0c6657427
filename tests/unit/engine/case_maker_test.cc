// SPDX-License-Identifier: Apache-2.0
// case_maker_test: is the request's host one that the cookie's Domain includes? Then the cookie of
// another host is not why it did not come.
#include <gtest/gtest.h>

#include <string>

#include "padded.h"
#include "stickyd/engine/pipeline.h"
#include "support/json_line.h"

namespace stickyd {
namespace {

// A client was given a cookie with this Domain on `given_on`, and comes without it to `host`;
// others were given theirs there. Why is that a break?
Cause CauseOn(const std::string& domain, const char* given_on, const char* host) {
  const auto pipeline = *Pipeline::Create({}, KeyedHash({}), nullptr);
  const LaneId source = pipeline->AddLane("log");
  uint64_t count = 0;
  const auto feed = [&](const JsonRequest& request) {
    std::string line = JsonLine(request, ++count);
    line.pop_back();
    pipeline->Feed(source, 0, Padded(line).line(count));
  };
  const std::string attributes = "; Path=/" + (domain.empty() ? "" : "; Domain=" + domain);
  const std::string a = "lb=http://10.0.0.a:80" + attributes;
  const std::string b = "lb=http://10.0.0.b:80" + attributes;
  feed({.start_ms = 0, .set_cookie = a.c_str(), .host = given_on});
  feed({.start_ms = 1000, .cookie = "lb=http://10.0.0.a:80", .host = given_on});
  feed({.start_ms = 2000,
        .client = "2.2.2.2",
        .server = 'b',
        .set_cookie = b.c_str(),
        .host = host});
  feed({.start_ms = 3000, .server = 'b', .set_cookie = b.c_str(), .host = host});
  pipeline->Finish();
  const PipelineStats stats = pipeline->Stats(Pipeline::Windows::kSum);
  const ServiceStats& service = stats.services.at(0).second;
  EXPECT_EQ(service.breaks.sum(), 1U) << host;
  Cause found = Cause::kUnknown;
  ForEachValue<Cause>([&](Cause cause) {
    if (service.causes[cause] > 0) found = cause;
  });
  return found;
}

TEST(CaseMakerTest, ACookiesDomainIncludesItselfAndWhatIsBelowItsDot) {
  EXPECT_EQ(CauseOn("", "shop.example", "www.shop.example"), Cause::kOtherHost);
  EXPECT_EQ(CauseOn("shop.example", "shop.example", "www.shop.example"), Cause::kUnknown);
  EXPECT_EQ(CauseOn(".shop.example", "shop.example", "www.shop.example"), Cause::kUnknown);
  EXPECT_EQ(CauseOn("shop.example", "www.shop.example", "SHOP.example"), Cause::kUnknown);
  EXPECT_EQ(CauseOn("shop.example", "shop.example", "WWW.SHOP.EXAMPLE"), Cause::kUnknown);
  for (const char* host : {"evilshop.example", "example", "shop.example.evil", ".example"}) {
    EXPECT_EQ(CauseOn("shop.example", "shop.example", host), Cause::kCookieDomain) << host;
  }
}

}  // namespace
}  // namespace stickyd
