// SPDX-License-Identifier: Apache-2.0
// daemon_status_test: latencies by their bounds, and what the latest configuration says of
// services.
#include "stickyd/model/daemon_status.h"

#include <gtest/gtest.h>

#include <string>

#include "stickyd/model/cookie_encoding.h"

namespace stickyd {
namespace {

TEST(LatencyHistogramTest, CountsWhatIsUpToABound) {
  LatencyHistogram latencies;
  latencies.Add(0.001, 1);
  latencies.Add(0.0011, 2);
  latencies.Add(30, 4);
  latencies.Add(30.1, 8);
  EXPECT_EQ(latencies.counts.front(), 1U);
  EXPECT_EQ(latencies.counts[1], 2U);
  EXPECT_EQ(latencies.counts[LatencyHistogram::kBounds.size() - 1], 4U);
  EXPECT_EQ(latencies.counts.back(), 8U);
  EXPECT_EQ(latencies.total(), 15U);
  EXPECT_DOUBLE_EQ(latencies.sum_seconds, 0.001 + 0.0022 + 120 + 240.8);
}

// As they are written in the metric's labels.
TEST(LatencyHistogramTest, BoundsAreThoseOfTheMetric) {
  constexpr std::array<double, 12> kWanted = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                              0.1,   0.25,   0.5,   1,    5,     30};
  EXPECT_EQ(LatencyHistogram::kBounds, kWanted);
}

TEST(ConfiguredServicesTest, AreThoseOfTheLatestConfigurationThatRoutersReach) {
  ConfigHistory configs;
  EXPECT_TRUE(ConfiguredServices(configs).empty());
  for (int64_t second = 1; second <= 2; ++second) {
    auto config = std::make_shared<TraefikConfig>();
    config->time = EventTime(std::chrono::seconds(second));
    const auto add = [&](const std::string& name, ServiceKind kind) -> ServiceConfig& {
      ServiceConfig& service = config->services[name];
      service.name = name;
      service.kind = kind;
      return service;
    };
    ServiceConfig& top = add("top", ServiceKind::kWeighted);
    top.children.emplace_back().name = "leaf";
    top.children.emplace_back().name = "other";
    ServiceConfig& leaf = add("leaf", ServiceKind::kLoadBalancer);
    leaf.servers.resize(static_cast<size_t>(second) + 1);
    leaf.cookie.emplace();
    add("other", ServiceKind::kOther);
    add("unused", ServiceKind::kLoadBalancer);
    config->routers["r"].service = "top";
    ASSERT_TRUE(config->Link());
    configs.Add(std::move(config));
  }
  const auto services = ConfiguredServices(configs);
  ASSERT_EQ(services.size(), 2U);
  EXPECT_EQ(services[0].service, "leaf");
  EXPECT_TRUE(services[0].sticky);
  EXPECT_TRUE(services[0].balancer);
  EXPECT_EQ(services[0].servers, 3U);
  EXPECT_EQ(services[1].service, "top");
  EXPECT_FALSE(services[1].sticky);
  EXPECT_FALSE(services[1].balancer);
}

TEST(CookieEncodingTest, EachVersionWritesOne) {
  using E = CookieEncoding;
  const std::pair<const char*, E> versions[] = {
      {"1.7.34", E::kRawUrl},     {"v2.4.14", E::kRawUrl},  {"2.4", E::kRawUrl},
      {"2.5.0", E::kFnv1a},       {"v2.11.53", E::kFnv1a},  {"3.0.0", E::kFnv1OfFnv1a},
      {"3.2.9", E::kFnv1OfFnv1a}, {"3.3", E::kFnv1OfFnv1a}, {"3.3.3", E::kFnv1OfFnv1a},
      {"3.3.4", E::kSha256},      {"3.4.0", E::kSha256},    {"v3.4.0-rc1", E::kSha256},
      {"4.0.0", E::kSha256},      {"3.10.0", E::kSha256},   {"2.10.1", E::kFnv1a},
      {"3.3.4-rc1", E::kSha256},
  };
  for (const auto& [version, encoding] : versions) {
    EXPECT_EQ(EncodingOfVersion(version), encoding) << version;
  }
  for (const char* version : {"dev", "", "v", "3", "v3.", ".5", "vv2.5.0"}) {
    EXPECT_EQ(EncodingOfVersion(version), std::nullopt) << version;
  }
}

TEST(CookieEncodingTest, IsReadByTheVersionsThatCarryItOn) {
  using E = CookieEncoding;
  std::string accepted;
  for (size_t own = 0; own < static_cast<size_t>(E::kCount); ++own) {
    for (size_t other = 0; other < static_cast<size_t>(E::kCount); ++other) {
      const bool reads = Accepts(static_cast<E>(own), static_cast<E>(other), kHashBytes);
      accepted += reads ? 'x' : '.';
    }
    accepted += ' ';
  }
  // Each group: what it reads of raw_url, fnv1a, fnv1_of_fnv1a, sha256, fnv1, fnv1_twice.
  EXPECT_EQ(accepted, "x..... xx.... .xx... x..xxx ....x. .....x ");
  EXPECT_FALSE(Accepts(E::kFnv1OfFnv1a, E::kFnv1a, kHashBytes - 1)) << "a zero was cut";
  EXPECT_TRUE(Accepts(E::kFnv1OfFnv1a, E::kFnv1OfFnv1a, kHashBytes - 1));
}

TEST(CookieEncodingTest, IsToldByItsNameAndVersions) {
  EXPECT_EQ(Name(CookieEncoding::kRawUrl), "raw_url");
  EXPECT_EQ(Name(CookieEncoding::kFnv1Twice), "fnv1_twice");
  EXPECT_EQ(WrittenBy(CookieEncoding::kFnv1a), "v2.5 to v2.11");
  EXPECT_EQ(WrittenBy(CookieEncoding::kFnv1), "no version");
}

}  // namespace
}  // namespace stickyd
