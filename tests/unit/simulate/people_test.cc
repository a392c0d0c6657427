// SPDX-License-Identifier: Apache-2.0
// people_test: who visits the made-up site: how long they stay, what a page of theirs asks for, and
// that nothing of theirs is left to who comes after.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "making.h"

namespace stickyd {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Le;
using testing::StartsWith;

// In the order in which they were made.
using Visits = std::map<std::string, std::map<uint64_t, Both>>;
Visits VisitsOf(const Made& made) {
  Visits visits;
  for (const Both& both : made.records) {
    visits[both.truth["session"]].emplace(both.truth["n"].get<uint64_t>(), both);
  }
  return visits;
}

std::string Header(const Both& both, const char* name) { return both.line.value(name, ""); }
bool IsPage(const Both& both) { return Header(both, "request_Sec-Fetch-Dest") == "document"; }
int64_t Started(const Both& both) { return both.truth["t0"]; }

Made Long(std::optional<Cause> fault = std::nullopt) {
  return Make(fault, [](SimulatorOptions& options) {
    options.requests = 5000;
    options.rate = 50;
  });
}

TEST(PeopleTest, VisitHasTwoToFifteenPages) {
  std::set<int64_t> pages;
  const Made made = Long();
  const int64_t end = Started(made.records.back());
  const Visits visits = VisitsOf(made);
  for (const auto& [session, requests] : visits) {
    if (Started(requests.rbegin()->second) > end - 30'000 * kMs) continue;  // it may go on
    pages.insert(std::count_if(requests.begin(), requests.end(),
                               [](const auto& request) { return IsPage(request.second); }));
  }
  EXPECT_EQ(*pages.begin(), 2);
  EXPECT_EQ(*pages.rbegin(), 15);
  EXPECT_GT(visits.size(), 5000 / 4 / 15U);
  EXPECT_LT(visits.size(), 5000 / 4 / 6U);
}

TEST(PeopleTest, WhoComesNextKnowsNothingOfTheOneBefore) {
  for (const std::optional<Cause> fault :
       {std::optional<Cause>(), std::optional(Cause::kCookieReplacedUpstream)}) {
    std::map<std::string, std::string> owners;
    for (const auto& [session, requests] : VisitsOf(Make(fault))) {
      std::set<std::string> scopes;
      const Both& first = requests.begin()->second;
      EXPECT_EQ(Header(first, "request_Cookie"), "");
      for (const auto& [number, request] : requests) {
        const json& truth = request.truth;
        const bool earlier = !scopes.insert(truth["scope"]).second;
        EXPECT_TRUE(earlier || truth["verdict"] == "first") << truth;
        EXPECT_TRUE(&request != &first || !truth["overlap"]) << truth;
        const auto at = owners.emplace(truth["port"].dump(), session).first;
        EXPECT_EQ(at->second, session) << "one connection, two people";
      }
    }
  }
}

TEST(PeopleTest, PartsOfAPageFollowItsHeadAtOnce) {
  std::map<std::string, uint64_t> kinds;
  size_t longest = 0;
  for (const auto& [session, requests] : VisitsOf(Long())) {
    const Both* page = nullptr;
    const Both* last = nullptr;
    size_t parts = 0;
    for (const auto& [number, request] : requests) {
      if (IsPage(request)) {
        page = &request;
        parts = 0;
      } else if (request.truth["status"] == 101) {
        EXPECT_GE(Started(request) - Started(*last), 5 * kMs);
        EXPECT_EQ(Header(request, "request_Sec-Fetch-Mode"), "websocket");
        EXPECT_EQ(Header(request, "request_Sec-Fetch-Dest"), "websocket");
        EXPECT_EQ(request.line["RequestProtocol"], "HTTP/1.1");
        EXPECT_EQ(request.truth["th"].get<int64_t>() - Started(request), kMs);
      } else {
        ASSERT_NE(page, nullptr);
        const int64_t after = Started(request) - Started(*last);
        EXPECT_THAT(after, AllOf(Ge(parts == 0 ? 15 * kMs : 0), Le((parts == 0 ? 55 : 4) * kMs)));
        const std::string path = page->truth["path"];
        const std::string folder = path.substr(0, path.find('?'));
        EXPECT_THAT(std::string(request.truth["path"]), StartsWith(folder));
        EXPECT_EQ(Header(request, "request_Referer"),
                  "https://" + std::string(request.truth["host"]) + folder);
        EXPECT_EQ(Header(request, "request_Sec-Fetch-Mode"), "no-cors");
        ++kinds[Header(request, "request_Sec-Fetch-Dest")];
        longest = std::max(longest, ++parts);
      }
      last = &request;
    }
  }
  EXPECT_EQ(longest, 6U);
  EXPECT_EQ(kinds.size(), 4U);
  EXPECT_GT(kinds["style"], kinds["script"]);
  EXPECT_GT(kinds["script"], kinds["image"]);
  EXPECT_GT(kinds["image"], kinds["empty"]);
}

TEST(PeopleTest, PagesAndPartsAreOfManyKinds) {
  std::set<std::string> pages, endings;
  int64_t shop = 0;
  const Made made = Long();
  for (const Both& both : made.records) {
    const std::string path = std::string(both.truth["path"]);
    const std::string bare = path.substr(0, path.find('?'));
    if (IsPage(both)) {
      pages.insert(bare);
    } else if (bare.find('.') != std::string::npos) {
      endings.insert(bare.substr(bare.find('.')));
    }
    EXPECT_EQ(path.substr(path.find('?')), "?n=" + both.truth["n"].dump());
    shop += both.truth["scope"] == "shop" ? 1 : 0;
    EXPECT_THAT(both.line["DownstreamContentSize"].get<int>(), AllOf(Ge(200), Le(20'200)));
    EXPECT_THAT(both.truth["port"].get<int>(), AllOf(Ge(32'768), Le(60'767)));
  }
  EXPECT_THAT(pages, testing::ElementsAre("/", "/account", "/search", "/shop/cart", "/shop/item",
                                          "/shop/products"));
  EXPECT_THAT(endings, testing::ElementsAre(".css", ".js", ".json", ".png"));
  EXPECT_THAT(shop, AllOf(Ge(2900), Le(3800))) << "half, and a third of the others";
}

TEST(PeopleTest, AnswersTakeSomeMilliseconds) {
  int64_t sum = 0;
  int64_t number = 0;
  const Made made = Make(std::nullopt, [](SimulatorOptions& options) { options.sockets = 0; });
  for (const Both& both : made.records) {
    sum += both.line["Duration"].get<int64_t>();
    ++number;
    EXPECT_EQ(both.truth["th"], both.truth["t1"]);
  }
  EXPECT_NEAR(static_cast<double>(sum / number), 15e6, 1.5e6);
}

TEST(PeopleTest, AddressIsSharedByTheShareAskedForAndByTwentyAtATime) {
  std::set<std::string> shared;
  const Made made = Make(std::nullopt, [](SimulatorOptions& options) {
    options.nat = 0.5;
    options.clients = 60;
  });
  std::map<std::string, std::string> addresses;
  for (const Both& both : made.records) addresses[both.truth["session"]] = both.truth["client"];
  double behind = 0;
  for (const auto& [session, address] : addresses) {
    if (!address.starts_with("198.51.100.")) continue;
    ++behind;
    shared.insert(address);
  }
  EXPECT_NEAR(behind / static_cast<double>(addresses.size()), 0.5, 0.15);
  EXPECT_THAT(shared,
              testing::ElementsAre("198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"));
  const uint64_t most = Count(Make(Cause::kSharedClient), [](const Both& both) {
    return std::string(both.truth["client"]).starts_with("198.51.100.");
  });
  EXPECT_THAT(most, AllOf(Ge(1400U), Le(2300U))) << "where that is the fault: most of them";
}

TEST(PeopleTest, BrowsersSpeakHttp2AndToolsDoNotNorKeepCookies) {
  uint64_t sent = 0;
  for (const Both& both : Make(Cause::kCookieNotSent).records) {
    const std::string cookie = Header(both, "request_Cookie");
    sent += cookie.empty() ? 0U : 1U;
    if (Header(both, "request_User-Agent").starts_with("Mozilla/")) continue;
    EXPECT_EQ(cookie, "");
    EXPECT_TRUE(IsPage(both)) << "no pictures, no WebSockets";
    EXPECT_EQ(both.line["RequestProtocol"], "HTTP/1.1");
    EXPECT_NE(Header(both, "downstream_Set-Cookie").find("cart_id="), std::string::npos);
  }
  EXPECT_GT(sent, 1000U);
  for (const Both& both : Make(Cause::kCookieReplacedUpstream).records) {
    EXPECT_EQ(both.line["RequestProtocol"], "HTTP/1.1") << "a balancer speaks for them";
  }
}

TEST(PeopleTest, CallsFromOtherSitesAreAsBrowsersMakeThem) {
  const struct {
    Cause fault;
    const char* site;
    const char* origin;
  } rows[] = {{Cause::kCrossSite, "cross-site", "https://partner.example.net"},
              {Cause::kThirdPartyBlocked, "cross-site", "https://partner.example.net"},
              {Cause::kCredentialsOmitted, "same-site", "https://www.example.com"}};
  for (const auto& row : rows) {
    std::set<std::string> items;
    uint64_t calls = 0;
    for (const Both& both : Make(row.fault).records) {
      const std::string path = both.truth["path"];
      const bool call = path.starts_with("/api/items/");
      EXPECT_EQ(Header(both, "request_Origin"), call ? row.origin : "");
      if (!call) continue;
      ++calls;
      items.insert(path.substr(0, path.find('?')));
      EXPECT_EQ(both.truth["scope"], "shop");
      EXPECT_EQ(Header(both, "request_Sec-Fetch-Site"), row.site);
      EXPECT_EQ(Header(both, "request_Sec-Fetch-Mode"), "cors");
      EXPECT_EQ(Header(both, "request_Sec-Fetch-Dest"), "empty");
      EXPECT_EQ(Header(both, "request_Referer"), std::string(row.origin) + "/");
      EXPECT_EQ(Header(both, "request_Cookie"), "");
    }
    EXPECT_THAT(calls, AllOf(Ge(300U), Le(900U)));
    EXPECT_EQ(items.size(), 50U);
  }
}

}  // namespace
}  // namespace stickyd
