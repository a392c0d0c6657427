// SPDX-License-Identifier: Apache-2.0
// faults_test: what each fault of the simulator makes of the log and of the API, and what a line
// and the truth beside it have in common.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "../../../src/simulate/line_writer.h"
#include "making.h"

namespace stickyd {
namespace {

using testing::HasSubstr;

TEST(FaultsTest, LineAndTruthAreOfOneRequest) {
  const Made made = Make(std::nullopt);
  ASSERT_EQ(made.records.size(), 2400U);
  uint64_t number = 0;
  int64_t before = 0;
  std::set<uint64_t> counts;
  std::map<std::string, std::string> pins;
  for (const Both& both : made.records) {
    const json& line = both.line;
    const json& truth = both.truth;
    EXPECT_EQ(truth["line"], ++number);
    EXPECT_EQ(line["RequestCount"], truth["count"]);
    EXPECT_TRUE(counts.insert(truth["count"].get<uint64_t>()).second);
    EXPECT_EQ(line["ClientHost"], truth["client"]);
    EXPECT_EQ(line["RequestHost"], truth["host"]);
    EXPECT_EQ(line["RequestPath"], truth["path"]);
    EXPECT_EQ(line["RequestScheme"], truth["scheme"]);
    EXPECT_EQ(line["ServiceURL"], truth["server"]);
    EXPECT_EQ(line["DownstreamStatus"], truth["status"]);
    EXPECT_EQ(line["Duration"], truth["t1"].get<int64_t>() - truth["t0"].get<int64_t>());
    EXPECT_EQ(line["OriginDuration"].get<int64_t>() + line["Overhead"].get<int64_t>(),
              line["Duration"].get<int64_t>());
    EXPECT_EQ(both.written_ns, truth["t1"]);
    EXPECT_LE(before, both.written_ns) << "lines come in the order of their ends";
    before = both.written_ns;
    EXPECT_LE(truth["t0"].get<int64_t>(), truth["th"].get<int64_t>());
    EXPECT_LE(truth["th"].get<int64_t>(), truth["t1"].get<int64_t>());
    const std::string pin = truth["pin"];
    const std::string verdict = truth["verdict"];
    EXPECT_EQ(verdict, pin.empty() ? "first" : pin == truth["server"] ? "held" : "break");
    EXPECT_EQ(truth["cause"] == "", verdict != "break");
    const bool socket = truth["status"] == 101;
    EXPECT_EQ(std::string(truth["path"]).starts_with("/shop/live?n="), socket);
    const int64_t ms = line["Duration"].get<int64_t>() / 1'000'000;
    EXPECT_LE(ms, socket ? 90'000 : 4'000);
    EXPECT_GE(ms, socket ? 1'000 : 3);
    EXPECT_GE(line["ClientPort"].get<std::string>(), "32768");
  }
  EXPECT_EQ(*counts.begin(), 1U);
  EXPECT_EQ(*counts.rbegin(), 2400U);
  EXPECT_EQ(made.answers.size(), 1U) << "nothing ever changes";
}

TEST(FaultsTest, EachFaultBreaksSessionsAndNamesItself) {
  ForEachValue<Cause>([](Cause cause) {
    if (cause == Cause::kUnknown) return;
    SCOPED_TRACE(Name(cause));
    uint64_t breaks = 0;
    uint64_t named = 0;
    uint64_t others = 0;
    const auto simulator = *Simulator::Create(TwoMinutes(cause));
    for (SimulatedRecord record; simulator->Next(record);) {
      if (record.truth.find("\"verdict\":\"break\"") == std::string::npos) continue;
      const json truth = json::parse(record.truth);
      ++breaks;
      named += truth["cause"] == Name(cause) ? 1U : 0U;
      others += std::string(truth["scope"]).starts_with("app") ? 1U : 0U;
    }
    EXPECT_GE(breaks, 2U);
    EXPECT_LT(breaks, 2000U);
    EXPECT_GT(named * 10, breaks) << "of " << breaks;
    if (cause != Cause::kCookieNotSent && cause != Cause::kSharedClient &&
        cause != Cause::kCookieReplacedUpstream && cause != Cause::kCookieFormatChanged) {
      EXPECT_LE(others * 2, breaks) << "the other services have no fault";
    }
  });
}

TEST(FaultsTest, ChangesShowInTheApiAtTheirTimes) {
  const auto services = [](Cause cause) { return RawData(Make(cause)); };
  const auto servers = [](const json& data) {
    return data["services"]["shop@file"]["loadBalancer"]["servers"];
  };
  const auto gone = services(Cause::kServerGone);
  ASSERT_EQ(gone.size(), 5U) << "at the start, and each half minute of two";
  EXPECT_NE(servers(gone[0]), servers(gone[1]));
  EXPECT_EQ(servers(gone[0]).size(), servers(gone[1]).size());
  const auto down = services(Cause::kServerDown);
  EXPECT_THAT(down.size(), testing::AnyOf(10U, 11U)) << "each twelve seconds";
  EXPECT_THAT(down[1].dump(), HasSubstr("DOWN"));
  EXPECT_THAT(down[2].dump(), testing::Not(HasSubstr("DOWN")));
  const auto hrw = services(Cause::kStrategyIgnoresCookie);
  EXPECT_EQ(servers(hrw[1]).size(), servers(hrw[0]).size() + 1);
  EXPECT_EQ(servers(hrw[2]).size(), servers(hrw[0]).size());
  const auto failover = services(Cause::kFailover);
  EXPECT_EQ(failover[0]["services"]["shop@file"]["failover"]["fallback"], "shop-backup");
  EXPECT_EQ(services(Cause::kCookieRenamed).size(), 4U);
  EXPECT_TRUE(services(Cause::kStickyOnUnusedService)[0]["services"].contains("shop@file"));
}

TEST(FaultsTest, RestartsBeginToCountAnew) {
  const Made made = Make(Cause::kCookieFormatChanged);
  uint64_t restarts = 0;
  for (const Both& both : made.records) {
    restarts += both.restart ? 1U : 0U;
    if (!both.restart) continue;
    EXPECT_LT(both.truth["count"].get<uint64_t>(), 50U);
  }
  EXPECT_GE(restarts, 2U);
  EXPECT_LE(restarts, 3U);
  EXPECT_EQ(Count(Make(Cause::kServerGone), [](const Both& both) { return both.restart; }), 0U);
}

TEST(FaultsTest, PeopleBehindABalancerHaveItsAddressAndCookie) {
  const Made made = Make(Cause::kCookieReplacedUpstream);
  for (const Both& both : made.records) {
    EXPECT_TRUE(std::string(both.line["ClientAddr"]).starts_with("10.250.0."));
    EXPECT_EQ(both.line["RequestScheme"], "http");
    EXPECT_EQ(both.line["request_X-Forwarded-Proto"], "https");
  }
  EXPECT_GT(Count(made,
                  [](const Both& both) {
                    return both.line.value("request_Cookie", "").find("AWSALB=") !=
                           std::string::npos;
                  }),
            1200U);
}

TEST(FaultsTest, OldTraefikCannotHaveNewFaults) {
  const auto possible = [](Cause fault, SimulatedTraefik traefik) {
    SimulatorOptions options;
    options.fault = fault;
    options.traefik = traefik;
    return Simulator::Possible(options).has_value();
  };
  const auto v1 = SimulatedTraefik::kV1_7;
  const auto v2 = SimulatedTraefik::kV2_11;
  const auto v33 = SimulatedTraefik::kV3_3;
  const auto v37 = SimulatedTraefik::kV3_7;
  EXPECT_FALSE(possible(Cause::kStrategyIgnoresCookie, v33));
  EXPECT_TRUE(possible(Cause::kStrategyIgnoresCookie, v37));
  for (const Cause cause : {Cause::kCookiePath, Cause::kDuplicateCookie}) {
    EXPECT_FALSE(possible(cause, v2));
    EXPECT_TRUE(possible(cause, v33));
  }
  for (const Cause cause : {Cause::kFailover, Cause::kNestedLevel, Cause::kInsecureRequest,
                            Cause::kCookieExpired, Cause::kSetCookieLost}) {
    EXPECT_FALSE(possible(cause, v1));
    EXPECT_TRUE(possible(cause, v2));
  }
  EXPECT_TRUE(possible(Cause::kNotSticky, v1));
  EXPECT_FALSE(possible(Cause::kUnknown, v37));
  EXPECT_TRUE(Simulator::Possible({}).has_value());
}

TEST(FaultsTest, WhatIsRedactedOrDroppedIsNotInTheLog) {
  const Made redacted =
      Make(std::nullopt, [](SimulatorOptions& o) { o.format = SimulatedFormat::kJsonRedact; });
  const Made plain =
      Make(std::nullopt, [](SimulatorOptions& o) { o.format = SimulatedFormat::kJson; });
  const Made full = Make(std::nullopt);
  EXPECT_GT(Count(full, [](const Both& b) { return b.line.contains("request_Cookie"); }), 1200U);
  EXPECT_GT(Count(full, [](const Both& b) { return b.line.contains("downstream_Set-Cookie"); }),
            20U);
  for (const Both& both : redacted.records) {
    for (const char* key : {"request_Cookie", "downstream_Set-Cookie", "origin_Set-Cookie"}) {
      EXPECT_EQ(both.line.value(key, "REDACTED"), "REDACTED");
    }
    EXPECT_TRUE(both.line.contains("request_User-Agent"));
  }
  for (const Both& both : plain.records) EXPECT_FALSE(both.line.contains("request_User-Agent"));
}

TEST(FaultsTest, PeopleAreOfTheSharesAskedFor) {
  const Made all = Make(std::nullopt, [](SimulatorOptions& o) { o.services = 1; });
  const uint64_t http2 =
      Count(all, [](const Both& both) { return both.line["RequestProtocol"] == "HTTP/2.0"; });
  EXPECT_GT(http2, 1000U);
  EXPECT_LT(http2, 2200U);
  std::set<std::string> agents;
  for (const Both& both : all.records) {
    agents.insert(both.line["request_User-Agent"]);
    EXPECT_TRUE(std::string(both.truth["client"]).starts_with("11."));
    EXPECT_EQ(both.truth["host"], "shop.example.com");
    EXPECT_EQ(both.truth["scope"], "shop");
  }
  EXPECT_EQ(agents.size(), 5U) << "browsers only";
  const Made tools = Make(Cause::kCookieNotSent);
  const uint64_t without = Count(tools, [](const Both& both) {
    return std::string(both.line["request_User-Agent"]).find("Mozilla") == std::string::npos;
  });
  EXPECT_GT(without, 40U);
  EXPECT_LT(without, 1200U);
}

TEST(ClfLineTest, LineIsAsTraefikWritesIt) {
  Exchange e;
  e.start_ns = 1'767'603'600'123'000'000;
  e.end_ns = e.start_ns + 12'345'678;
  e.client_host = "1.1.1.1";
  e.fetch.path = "/a?n=1";
  e.fetch.referer = "https://shop/";
  e.user_agent = "curl/8";
  e.size = 512;
  e.count = 7;
  e.router = "shop@file";
  e.server = "http://10.0.0.1:80";
  std::string line;
  WriteLogLine(SimulatedFormat::kClf, "v3.7.9", e, line);
  EXPECT_EQ(line,
            "1.1.1.1 - - [05/Jan/2026:09:00:00 +0000] \"GET /a?n=1 HTTP/1.1\" 200 512 \"-\" \"-\" "
            "7 \"shop@file\" \"http://10.0.0.1:80\" 12ms\n");
  for (const auto& [format, version] : {std::pair(SimulatedFormat::kClfFull, "v3.7.9"),
                                        std::pair(SimulatedFormat::kClf, "v1.7.34")}) {
    line.clear();
    e.http2 = true;
    WriteLogLine(format, version, e, line);
    EXPECT_THAT(line, HasSubstr("HTTP/2.0\" 200 512 \"https://shop/\" \"curl/8\" 7"));
  }
}

TEST(JsonLineTest, TimesAreAsGoPrintsThem) {
  const auto line = [](int64_t ns) {
    Exchange e;
    e.start_ns = 1'767'603'600'000'000'000 + ns;
    e.end_ns = e.start_ns + 2'000'000'000;
    e.server = "http://10.0.0.1:80";
    std::string text;
    WriteLogLine(SimulatedFormat::kJson, "v3.7.9", e, text);
    return json::parse(text);
  };
  EXPECT_EQ(line(0)["StartUTC"], "2026-01-05T09:00:00Z");
  EXPECT_EQ(line(500'000'000)["StartUTC"], "2026-01-05T09:00:00.5Z");
  EXPECT_EQ(line(1)["StartUTC"], "2026-01-05T09:00:00.000000001Z");
  EXPECT_EQ(line(1)["time"], "2026-01-05T09:00:02Z");
  EXPECT_EQ(line(0)["ServiceAddr"], "10.0.0.1:80");
}

// A browser that has the application's cookie is given no other one.
TEST(FaultsTest, TheApplicationSetsItsCookieOnce) {
  uint64_t set = 0;
  for (const Both& both : Make(std::nullopt).records) {
    const std::string sent = both.line.value("request_Cookie", "");
    const std::string given = both.line.value("downstream_Set-Cookie", "");
    const bool sets = given.find("cart_id=") != std::string::npos;
    EXPECT_FALSE(sets && sent.find("cart_id=") != std::string::npos) << both.line;
    set += sets ? 1U : 0U;
  }
  EXPECT_GT(set, 0U);
}

// The second router is for http, and for the service that is reachable so.
TEST(FaultsTest, OnlyPlainHttpOfTheFaultyServiceHasTheSecondRouter) {
  std::set<std::string> routers;
  for (const Both& both : Make(Cause::kInsecureRequest).records) {
    const std::string router = both.line["RouterName"];
    const bool second = router.ends_with("-http@file");
    EXPECT_EQ(second, both.line["RequestScheme"] == "http") << both.line;
    EXPECT_TRUE(!second || router == "shop-http@file") << router;
    routers.insert(router);
  }
  EXPECT_EQ(routers.count("shop@file") + routers.count("shop-http@file"), 2U);
  for (const Both& both : Make(Cause::kCookieReplacedUpstream).records) {
    EXPECT_FALSE(std::string(both.line["RouterName"]).ends_with("-http@file"));
  }
}

}  // namespace
}  // namespace stickyd
