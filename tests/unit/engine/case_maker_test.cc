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
// others were given theirs there. Is that told as other_host?
bool IsOtherHost(const std::string& domain, const char* given_on, const char* host) {
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
  return service.causes[Cause::kOtherHost] == 1;
}

TEST(CaseMakerTest, ACookiesDomainIncludesItselfAndWhatIsBelowItsDot) {
  EXPECT_TRUE(IsOtherHost("", "shop.example", "www.shop.example"));
  EXPECT_FALSE(IsOtherHost("shop.example", "shop.example", "www.shop.example"));
  EXPECT_FALSE(IsOtherHost(".shop.example", "shop.example", "www.shop.example"));
  EXPECT_FALSE(IsOtherHost("shop.example", "www.shop.example", "SHOP.example"));
  EXPECT_TRUE(IsOtherHost("shop.example", "shop.example", "evilshop.example"));
  EXPECT_TRUE(IsOtherHost("shop.example", "shop.example", "example"));
  EXPECT_TRUE(IsOtherHost("shop.example", "shop.example", "shop.example.evil"));
  EXPECT_TRUE(IsOtherHost("shop.example", "shop.example", ".example"));
}

}  // namespace
}  // namespace stickyd
