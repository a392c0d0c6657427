// SPDX-License-Identifier: Apache-2.0
// truth_test: the cookies that the made-up Traefik sets and browsers keep, and what the truth says
// of requests: worked out once more here, from the lines alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "making.h"

namespace stickyd {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Not;

constexpr int64_t kSecondNs = 1000 * kMs;
constexpr int64_t kStartNs = 1'767'603'600 * kSecondNs;

std::string Field(const Both& both, const char* key) { return both.line.value(key, ""); }
bool IsShop(const Both& both) { return both.truth["scope"] == "shop"; }

// The sticky cookies that services were given, as Set-Cookie has them, without their values.
std::set<std::string> SetBy(const Made& made, bool shop, const char* header) {
  std::set<std::string> cookies;
  for (const Both& both : made.records) {
    std::string all = Field(both, header);
    all = all.substr(0, all.find(','));
    if (IsShop(both) != shop || all.empty() || all.starts_with("cart_id=")) continue;
    cookies.insert(all.substr(0, all.find('=')) + all.substr(all.find(';')));
  }
  return cookies;
}
std::set<std::string> SetBy(Cause fault) {
  return SetBy(Make(fault), true, "downstream_Set-Cookie");
}

TEST(TruthTest, StickyCookieHasTheAttributesThatItsServiceIsGiven) {
  EXPECT_THAT(SetBy(Cause::kServerDown), ElementsAre("srv_id; Path=/; HttpOnly"));
  EXPECT_THAT(SetBy(Cause::kCookiePath), ElementsAre("srv_id; Path=/shop/cart; HttpOnly"));
  EXPECT_THAT(SetBy(Cause::kCookieDomain),
              ElementsAre("srv_id; Path=/; Domain=shop.internal; HttpOnly"));
  EXPECT_THAT(SetBy(Cause::kCookieExpired), ElementsAre("srv_id; Path=/; Max-Age=15; HttpOnly"));
  EXPECT_THAT(SetBy(Cause::kInsecureRequest), ElementsAre("srv_id; Path=/; HttpOnly; Secure"));
  EXPECT_THAT(SetBy(Cause::kThirdPartyBlocked),
              ElementsAre("srv_id; Path=/; HttpOnly; Secure; SameSite=None"));
  EXPECT_THAT(SetBy(Cause::kDuplicateCookie),
              ElementsAre("srv_id; Path=/; HttpOnly", "srv_id; Path=/shop; HttpOnly"));
  EXPECT_THAT(SetBy(Cause::kNotSticky), testing::IsEmpty());
  const Made old = Make(
      std::nullopt, [](SimulatorOptions& options) { options.traefik = SimulatedTraefik::kV1_7; });
  EXPECT_THAT(SetBy(old, true, "downstream_Set-Cookie"), ElementsAre("srv_id; Path=/"));
  EXPECT_THAT(old.answers, testing::IsEmpty()) << "its API is another one";
}

TEST(TruthTest, OtherServicesHaveTheCookieThatTheApiSaysAndKeepIt) {
  const Made made = Make(Cause::kSetCookieLost);
  std::set<std::string> said;
  for (const char* name : {"app1@file", "app2@file"}) {
    const json service = RawData(made)[0]["services"][name];
    const std::string cookie = service["loadBalancer"]["sticky"]["cookie"]["name"];
    said.insert(cookie + "; Path=/; HttpOnly");
  }
  EXPECT_EQ(said.size(), 2U);
  EXPECT_EQ(SetBy(made, false, "origin_Set-Cookie"), said);
  EXPECT_EQ(SetBy(made, false, "downstream_Set-Cookie"), said);
  EXPECT_THAT(SetBy(made, true, "origin_Set-Cookie"), ElementsAre("srv_id; Path=/; HttpOnly"));
  EXPECT_THAT(SetBy(made, true, "downstream_Set-Cookie"), testing::IsEmpty())
      << "that is what the middleware loses";
}

TEST(TruthTest, BrowsersKeepWhatTheyMayAndForgetItInTime) {
  for (const Both& both : Make(Cause::kCookieDomain).records) {
    EXPECT_THAT(Field(both, "request_Cookie"), Not(HasSubstr("srv_id="))) << "a foreign domain";
  }
  std::map<std::string, int64_t> set_at;  // by session
  int64_t oldest = 0;
  for (const Both& both : Make(Cause::kCookieExpired).records) {
    if (!IsShop(both)) continue;
    const std::string session = both.truth["session"];
    if (Field(both, "request_Cookie").find("srv_id=") != std::string::npos) {
      oldest = std::max(oldest, both.truth["t0"].get<int64_t>() - set_at[session]);
    }
    if (Field(both, "downstream_Set-Cookie").find("srv_id=") != std::string::npos) {
      set_at[session] = both.truth["t1"];
    }
  }
  EXPECT_THAT(oldest, AllOf(Ge(8 * kSecondNs), Le(15 * kSecondNs)));
}

TEST(TruthTest, CookieHeaderIsAListOfPairs) {
  std::set<std::string> balanced;
  uint64_t pairs = 0;
  for (const Both& both : Make(Cause::kCookieReplacedUpstream).records) {
    std::string rest = Field(both, "request_Cookie");
    while (!rest.empty()) {
      const std::string pair = rest.substr(0, rest.find("; "));
      rest = rest.size() == pair.size() ? "" : rest.substr(pair.size() + 2);
      ASSERT_GT(pair.find('='), 0U);
      ASSERT_LT(pair.find('='), pair.size() - 1);
      ++pairs;
      if (!pair.starts_with("AWSALB=")) continue;
      EXPECT_EQ(pair.size(), 7U + 32U);
      EXPECT_TRUE(balanced.insert(pair).second) << "a new one with each answer";
      EXPECT_EQ(rest, "") << "the balancer adds its own behind the others";
    }
  }
  EXPECT_GT(pairs, 3000U);
}

TEST(TruthTest, RestartEndsWhatWasUnderWayAndStartsAnew) {
  const Made made = Make(Cause::kCookieFormatChanged);
  int64_t since = 0;
  uint64_t n = 0;
  std::map<int64_t, std::string> versions;
  for (const SimulatedAnswers& answers : made.answers) {
    const json version = Answered(answers, "version.json");
    versions[answers.time_ns] = version["Version"];
    EXPECT_EQ(answers.time_ns, kStartNs + static_cast<int64_t>(n++) * 40 * kSecondNs);
    const char* const dates[] = {"2026-01-05T09:00:00Z", "2026-01-05T09:00:40Z",
                                 "2026-01-05T09:01:20Z", "2026-01-05T09:02:00Z"};
    ASSERT_LE(n, 4U);
    EXPECT_EQ(version["startDate"], dates[n - 1]);
    EXPECT_EQ(version["Version"], n % 2 == 0 ? "v3.7.9" : "v3.3.3");
  }
  uint64_t most = 0;
  for (const Both& both : made.records) {
    if (both.restart) {
      since = (both.written_ns - kStartNs) / (40 * kSecondNs) * 40 * kSecondNs + kStartNs;
      most = 0;
    }
    EXPECT_GE(both.truth["t0"].get<int64_t>(), since);
    EXPECT_LE(both.truth["count"].get<uint64_t>(), (most += both.restart ? 30 : 1) + 30);
  }
  EXPECT_GT(since, 0);
  for (const SimulatedAnswers& answers : Make(Cause::kServerGone).answers) {
    EXPECT_EQ(Answered(answers, "version.json")["startDate"], "2026-01-05T09:00:00Z");
  }
}

TEST(TruthTest, EachProcessOfAReplicatedTraefikCountsItsOwn) {
  const Made made = Make(Cause::kReplicasDisagree);
  std::map<bool, std::set<uint64_t>> counts;
  for (const Both& both : made.records) {
    const bool second = std::string(both.truth["server"]).starts_with("http://10.4.");
    EXPECT_TRUE(counts[second].insert(both.truth["count"].get<uint64_t>()).second);
  }
  for (const bool second : {false, true}) {
    EXPECT_EQ(*counts[second].begin(), 1U);
    EXPECT_EQ(*counts[second].rbegin(), counts[second].size());
  }
  EXPECT_THAT(counts[true].size(), AllOf(Ge(600U), Le(1000U))) << "half of two thirds";
}

TEST(TruthTest, ServersAreOfOneServiceEach) {
  for (const Cause fault : {Cause::kServerGone, Cause::kFailover, Cause::kNestedLevel,
                            Cause::kSharedCookieName, Cause::kRouterSwitched}) {
    std::map<std::string, std::string> services;
    for (const Both& both : Make(fault).records) {
      const std::string service = both.truth["service"];
      const auto at = services.emplace(both.truth["server"], service).first;
      EXPECT_EQ(at->second, service) << Name(fault);
      EXPECT_TRUE(at->first.ends_with(":8080"));
    }
  }
  std::set<std::string> first;
  for (const Both& both : Make(Cause::kServerGone).records) {
    if (IsShop(both)) first.insert(both.truth["server"]);
  }
  EXPECT_THAT(first,
              ElementsAre("http://10.1.0.11:8080", "http://10.1.0.12:8080", "http://10.1.0.13:8080",
                          "http://10.1.0.14:8080", "http://10.1.0.15:8080", "http://10.1.0.16:8080",
                          "http://10.1.0.17:8080"));
}

// A break on a connection that was last at this very server is none for who sees connections.
void ExpectConnectionsToTell(std::optional<Cause> fault, SimulatedFormat format, bool shown) {
  SCOPED_TRACE(static_cast<int>(format));
  Made made = Make(fault, [&](SimulatorOptions& options) { options.format = format; });
  const auto time = [](const Both& both, const char* which) -> int64_t {
    return both.truth[which];
  };
  struct Learnt {
    int64_t head;
    std::string server;
  };
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<Key, std::vector<Learnt>> learnt;
  const auto key = [](const Both& both) {
    return Key(both.truth["session"], both.truth["scope"], both.truth["port"].dump());
  };
  std::stable_sort(made.records.begin(), made.records.end(),
                   [&](const Both& a, const Both& b) { return time(a, "th") < time(b, "th"); });
  for (const Both& both : made.records) {
    learnt[key(both)].push_back({time(both, "th"), both.truth["server"]});
  }
  uint64_t forgiven = 0;
  for (const Both& both : made.records) {
    if (both.truth["verdict"] != "break") continue;
    std::string last;
    for (const Learnt& one : learnt[key(both)]) {
      if (one.head <= time(both, "t0")) last = one.server;
    }
    const bool held = shown && last == both.truth["server"];
    EXPECT_EQ(both.truth["expect"], held ? "held" : "break") << both.truth;
    forgiven += held ? 1U : 0U;
  }
  EXPECT_EQ(forgiven > 0, shown);
}

TEST(TruthTest, ConnectionsTellWhereTheLogShowsThem) {
  ExpectConnectionsToTell(Cause::kNotSticky, SimulatedFormat::kJson, true);
  ExpectConnectionsToTell(Cause::kNotSticky, SimulatedFormat::kJsonRedact, true);
  ExpectConnectionsToTell(Cause::kNotSticky, SimulatedFormat::kClf, false);
  ExpectConnectionsToTell(Cause::kNotSticky, SimulatedFormat::kClfFull, false);
  ExpectConnectionsToTell(Cause::kCookieReplacedUpstream, SimulatedFormat::kJson, false);
}

// Two milliseconds between what somebody learns and what they ask are too close to call.
TEST(TruthTest, OverlapIsAPhotoFinishOfOnePerson) {
  const Made made = Make(Cause::kNotSticky);
  std::map<std::string, std::vector<const Both*>> sessions;
  for (const Both& both : made.records) sessions[both.truth["session"]].push_back(&both);
  uint64_t close = 0;
  for (const auto& [session, requests] : sessions) {
    for (const Both* one : requests) {
      bool near = false;
      bool certain = false;
      for (const Both* other : requests) {
        if (one == other) continue;
        const int64_t start = one->truth["t0"];
        const int64_t head = other->truth["th"];
        near = near || std::abs(start - head) <= 2 * kMs;
        const bool knew = head < start && start - head < 2 * kMs;
        certain = certain || (knew && one->truth["scope"] == other->truth["scope"]);
        certain = certain || (start < head && head - start < 2 * kMs && one->truth["t1"] > head);
      }
      EXPECT_TRUE(near || !one->truth["overlap"]) << one->truth;
      EXPECT_TRUE(!certain || one->truth["overlap"]) << one->truth;
      close += certain ? 1U : 0U;
    }
  }
  EXPECT_GT(close, 50U);
}

// A cookie that was honoured is taken at its word.
TEST(TruthTest, CookieThatWasHonouredIsHeldWhateverTheClientKnew) {
  uint64_t said = 0;
  for (const Both& both : Make(Cause::kInsecureRequest).records) {
    const bool sticky = Field(both, "request_Cookie").find("srv_id=") != std::string::npos;
    if (!IsShop(both) || !sticky || both.truth["verdict"] != "break") continue;
    EXPECT_EQ(both.truth["expect"], "held") << both.truth;
    ++said;
  }
  EXPECT_GT(said, 5U);
}

// And one that was refused is proof of a break, where it names another server.
TEST(TruthTest, CookieThatWasRefusedIsABreakThatAnybodySees) {
  Made made = Make(Cause::kNotHonoured);
  const auto value = [](const Both& both, const char* header) {
    const std::string all = Field(both, header);
    const size_t at = all.find("srv_id=");
    if (!IsShop(both) || at == std::string::npos) return std::string();
    return all.substr(at + 7, all.find_first_of(";,", at) - at - 7);
  };
  std::map<std::string, std::string> servers;
  for (const Both& both : made.records) {
    const std::string set = value(both, "downstream_Set-Cookie");
    if (!set.empty()) servers[set] = both.truth["server"];
  }
  EXPECT_EQ(servers.size(), 4U);
  std::stable_sort(made.records.begin(), made.records.end(), [](const Both& a, const Both& b) {
    return a.truth["t0"].get<int64_t>() < b.truth["t0"].get<int64_t>();
  });
  std::set<std::pair<std::string, std::string>> refused;
  uint64_t breaks = 0;
  uint64_t back = 0;
  for (const Both& both : made.records) {
    const std::string sent = value(both, "request_Cookie");
    if (sent.empty()) continue;
    const bool moved = servers[sent] != both.truth["server"];
    const bool again = Field(both, "downstream_Set-Cookie").starts_with("srv_id=");
    if (moved && refused.emplace(both.truth["session"], sent).second) {
      EXPECT_EQ(both.truth["expect"], "break") << both.truth;
      EXPECT_TRUE(again);
      ++breaks;
    } else if (!moved) {
      EXPECT_EQ(both.truth["expect"], "held") << both.truth;
      back += again ? 1U : 0U;
    }
  }
  EXPECT_GT(breaks, 30U);
  EXPECT_GT(back, 5U) << "refused, and by chance where it was";
}

}  // namespace
}  // namespace stickyd
