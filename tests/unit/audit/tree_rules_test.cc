// SPDX-License-Identifier: Apache-2.0
// tree_rules_test: rules about services made of services.
#include "auditing.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Answers Tree(std::string_view root, std::string_view blue, std::string_view green,
             std::string_view of_children = "") {
  Answers answers;
  answers.routers = Route("r@file", "shop", "Host(`a.example.com`)");
  answers.services = Weighted("shop@file", {"blue=3", "green"}, root) + "," +
                     Lb("blue@file", blue, kTwo, of_children) + "," +
                     Lb("green@file", green, kOthers, of_children);
  return answers;
}
constexpr const char* kRoot = R"("sticky": {"cookie": {"name": "outer"}})";
constexpr const char* kInner = R"("name": "inner")";

TEST(TreeRulesTest, EachLevelNeedsACookie) {
  const auto below = Ask("A6", Tree(kRoot, "-", "-"));
  ASSERT_THAT(below, ElementsAre(Says("error", "shop@file", "blue@file and green@file have no")));
  EXPECT_THAT(below[0].fix.yaml, HasSubstr("blue:\n      loadBalancer:"));
  EXPECT_THAT(Ask("A1", Tree(kRoot, "-", "-")), IsEmpty()) << "said once";
  const auto above = Ask("A6", Tree("", kInner, kInner));
  ASSERT_THAT(above, ElementsAre(Says("error", "shop@file", "back and forth")));
  EXPECT_THAT(above[0].fix.yaml, HasSubstr("shop:\n      weighted:\n        sticky:"));
  EXPECT_THAT(above[0].fix.kubernetes, HasSubstr("kind: TraefikService"));
  EXPECT_TRUE(above[0].fix.labels.empty()) << "labels cannot say it";
  EXPECT_THAT(Ask("A6", Tree(kRoot, kInner, kInner)), IsEmpty());
  EXPECT_THAT(Ask("A6", Tree("", "-", "-")), IsEmpty()) << "nothing is sticky: A1";
  EXPECT_EQ(Ask("A1", Tree("", "-", "-")).size(), 2U);
}

TEST(TreeRulesTest, ChildrenOfWeightZeroDoNotCount) {
  Answers answers = Tree("", kInner, kInner);
  answers.services = Weighted("shop@file", {"blue", "green=0"}) + "," + Lb("blue@file", kInner) +
                     "," + Lb("green@file", kInner, kOthers);
  EXPECT_THAT(Ask("A6", answers), IsEmpty()) << "there is no choice";
}

TEST(TreeRulesTest, ChildrenOfOneServerLeaveTheDecisionToTheLevelAbove) {
  Answers answers = Tree("", "-", "-");
  answers.services = Weighted("shop@file", {"stable=9", "canary"}) + "," +
                     Lb("stable@file", kInner, {"http://10.0.0.1:80"}) + "," +
                     Lb("canary@file", "-", {"http://10.0.0.2:80"});
  EXPECT_THAT(Ask("A6", answers), ElementsAre(Says("warning", "shop@file", "one server")));
  answers.services = Weighted("shop@file", {"stable=9", "canary"}, kRoot) + "," +
                     Lb("stable@file", "-", {"http://10.0.0.1:80"}) + "," +
                     Lb("canary@file", "-", {"http://10.0.0.2:80"});
  EXPECT_THAT(Ask("A6", answers), IsEmpty());
}

TEST(TreeRulesTest, TwoLevelsOfOneNameOverwriteEachOther) {
  EXPECT_THAT(Ask("X4", Tree(kRoot, R"("name": "outer")", kInner)),
              ElementsAre(Says("error", "shop@file", "blue@file below it")));
  EXPECT_THAT(Ask("X4", Tree(kRoot, kInner, kInner)), IsEmpty()) << "children may share one";
}

TEST(TreeRulesTest, WeightedLevelMustLearnItsChildrensHealth) {
  constexpr const char* kCheck = R"("healthCheck": {"path": "/health"})";
  const auto found = Ask("S13", Tree(kRoot, kInner, kInner, kCheck));
  ASSERT_THAT(found, ElementsAre(Says("warning", "shop@file", "503")));
  EXPECT_THAT(found[0].fix.yaml, HasSubstr("healthCheck: {}"));
  EXPECT_THAT(Ask("S13", Tree(R"("healthCheck": {}, "sticky": {"cookie": {"name": "outer"}})",
                              kInner, kInner, kCheck)),
              IsEmpty());
  EXPECT_THAT(Ask("S13", Tree(kRoot, kInner, kInner)), IsEmpty()) << "nobody checks";
  EXPECT_THAT(Ask("S13", Tree("", kInner, kInner, kCheck)), IsEmpty()) << "nobody is kept there";
}

TEST(TreeRulesTest, FailoverByStatusMovesSingleRequests) {
  const auto with = [](const char* errors, std::string_view cookie) {
    Answers answers;
    answers.routers = Route("r@file", "shop", "Host(`a`)");
    answers.services =
        fmt::format(
            R"("shop@file": {{"failover": {{"service": "main", "fallback": "backup"{}}}}}, )",
            errors) +
        Lb("main@file", cookie) + "," + Lb("backup@file", cookie, kOthers);
    return Ask("S10", answers);
  };
  EXPECT_THAT(with(R"(, "errors": {"status": ["500-599"]})", kInner),
              ElementsAre(Says("warning", "shop@file", "500-599")));
  EXPECT_THAT(with("", kInner), IsEmpty());
  EXPECT_THAT(with(R"(, "errors": {"status": ["500-599"]})", "-"), IsEmpty());
}

}  // namespace
}  // namespace stickyd
