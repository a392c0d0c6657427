// SPDX-License-Identifier: Apache-2.0
// pair_rules_test: rules about two services that one person uses.
#include "auditing.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Two services behind a router each.
struct Two {
  std::string first = R"("name": "lb")";
  std::string second = R"("name": "lb")";
  std::string first_rule = "Host(`a.example.com`)";
  std::string second_rule = "Host(`a.example.com`) && PathPrefix(`/reports`)";
  std::vector<std::string> second_urls = kOthers;

  Answers Make() const {
    Answers answers;
    answers.routers = Route("cart@file", "cart", first_rule) + "," +
                      Route("reports@file", "reports", second_rule);
    answers.services = Lb("cart@file", first) + "," + Lb("reports@file", second, second_urls);
    return answers;
  }
};

TEST(PairRulesTest, OneCookieNameOnOneHostIsOverwritten) {
  EXPECT_THAT(Ask("A7", Two{}.Make()), ElementsAre(Says("error", "cart@file", "a.example.com")));
  Two two;
  two.second = R"("name": "other")";
  EXPECT_THAT(Ask("A7", two.Make()), IsEmpty());
  two = {};
  two.second_rule = "Host(`b.example.com`)";
  EXPECT_THAT(Ask("A7", two.Make()), IsEmpty()) << "each host has its own cookie";
  two.second = R"("name": "lb", "domain": "example.com")";
  EXPECT_THAT(Ask("A7", two.Make()), ElementsAre(Says("error", "cart@file", "reports@file")))
      << "its domain brings it to the other host";
  two = {};
  two.second_rule = "HostRegexp(`^.+$`)";
  EXPECT_THAT(Ask("A7", two.Make()), IsEmpty()) << "which hosts is not known";
  two.second_rule = "PathPrefix(`/x`)";
  EXPECT_EQ(Ask("A7", two.Make()).size(), 1U) << "every host is one of them";
  two = {};
  two.first = R"("name": "lb", "path": "/cart")";
  two.second = R"("name": "lb", "path": "/reports")";
  EXPECT_THAT(Ask("A7", two.Make()), IsEmpty()) << "no request has both";
  two = {};
  two.second_urls = kTwo;
  EXPECT_THAT(Ask("A7", two.Make()), IsEmpty()) << "equal servers have equal values";
}

TEST(PairRulesTest, ChildrenOfOneTreeMayShareAName) {
  Answers answers;
  answers.routers = Route("r@file", "shop", "Host(`a`)");
  answers.services =
      Weighted("shop@file", {"blue", "green"}, R"("sticky": {"cookie": {"name": "outer"}})") + "," +
      Lb("blue@file", R"("name": "lb")") + "," + Lb("green@file", R"("name": "lb")", kOthers);
  EXPECT_THAT(Ask("A7", answers), IsEmpty());
}

TEST(PairRulesTest, OnePoolWithTwoCookiesGivesOneUserTwoServers) {
  Two two;
  two.second_urls = kTwo;
  two.second = R"("name": "upload_lb")";
  EXPECT_THAT(Ask("S1", two.Make()), ElementsAre(Says("warning", "cart@file", "upload_lb")));
  two.second_rule = "Host(`b.example.com`)";
  EXPECT_THAT(Ask("S1", two.Make()), IsEmpty());
  two = {};
  two.second_urls = kTwo;
  EXPECT_THAT(Ask("S1", two.Make()), IsEmpty()) << "one cookie for both is right";
  two.second = R"("name": "upload_lb")";
  two.second_urls = kOthers;
  EXPECT_THAT(Ask("S1", two.Make()), IsEmpty());
}

TEST(PairRulesTest, OnePoolOfWhichOneServiceIsSticky) {
  Two two;
  two.second_urls = kTwo;
  two.second = "-";
  EXPECT_THAT(Ask("S2", two.Make()), ElementsAre(Says("info", "reports@file", "only cart@file")));
  EXPECT_EQ(Ask("A1", two.Make()).size(), 1U);
  two.first = "-";
  EXPECT_THAT(Ask("S2", two.Make()), IsEmpty());
}

}  // namespace
}  // namespace stickyd
